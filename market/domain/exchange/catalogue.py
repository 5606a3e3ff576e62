"""What may be ordered now, in the words of the Data Food Consortium (ontology 1.16, JSON-LD): who
offers it, what it is, for how much, and which certificate stands behind it.

All of it is on the shop's pages too: groups and lots, nobody's name and no plot.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from certification.areas import queries as areas
from certification.basis.units import THAILAND as LOCAL
from certification.basis.units import local_day
from market.domain.exchange.asking import Rows, asked
from market.domain.offers import queries as offers
from market.domain.offers.queries import CycleView, ShopLine
from market.domain.offers.rules import price

CONTEXT = (
    "https://www.datafoodconsortium.org/wp-content/plugins/wordpress-context-jsonld/"
    "context_1.16.0.jsonld"
)
"""By which name the consortium's own programs know it without asking the network."""
BAHT = "http://qudt.org/vocab/currency/THB"
"""DFC's list of measures has no baht; its currencies are defined by QUDT's."""
THAILAND = "http://publications.europa.eu/resource/authority/country/THA"
SCHEMA = "https://schema.org/"
CLAIMS = {"organic": "อินทรีย์", "in_conversion": "ระยะปรับเปลี่ยน", "plain": "ผลผลิตทั่วไป"}
STAGES = {"organic": "organic", "in_conversion": "in conversion to organic"}
Node = dict[str, Any]

GROUPS = "SELECT id, code, name_th, name_en, area FROM producer_group WHERE id IN («ids»)"
PAPERS = (
    "SELECT x.lot, c.code, c.number, c.scheme, c.stage, c.valid_from, c.valid_until,"
    " coalesce((SELECT e.kind FROM certificate_event e WHERE e.certificate = c.id"
    " AND e.from_on <= «today» ORDER BY e.seq DESC LIMIT 1), 'reinstated') AS last"
    " FROM (SELECT id AS lot, certificate FROM lot WHERE certificate IS NOT NULL"
    " UNION SELECT lot, certificate FROM lot_also) x JOIN certificate c ON c.id = x.certificate"
    " WHERE x.lot IN («lots») ORDER BY c.number"
)


async def nodes(at: datetime, origin: str) -> AsyncIterator[Node]:
    """One round of orders after another; no more than one of them is held."""
    told: set[str] = set()
    for cycle in await offers.open_cycles(at):
        lines = [one for one in await offers.shop(cycle.id) if not one.expected]
        groups = {
            row["id"]: row
            for row in await asked(GROUPS, ids=[*{one.group for one in lines}, cycle.merchant])
        }
        papers = await _papers(lines, local_day(at))
        of_round = _round(cycle, lines, groups, papers, origin)
        for node in of_round:
            if node["@id"] not in told:
                told.add(node["@id"])
                yield node


async def streamed(at: datetime, origin: str) -> AsyncIterator[bytes]:
    yield b'{"@context":%s,\n"@graph":[\n' % msgspec.json.encode(CONTEXT)
    comma = b""
    async for node in nodes(at, origin):
        yield comma + msgspec.json.encode(node)
        comma = b",\n"
    yield b"\n]}\n"


async def _papers(lines: list[ShopLine], today: date) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for row in await asked(PAPERS, lots=[one.lot for one in lines], today=today):
        row["holds"] = row["last"] == "reinstated" and row["valid_until"] >= today
        found.setdefault(row["lot"], []).append(row)
    return found


def _round(
    cycle: CycleView, lines: list[ShopLine], groups: Mapping[str, Mapping[str, Any]],
    papers: Mapping[str, Rows], origin: str,
) -> Iterator[Node]:  # fmt: skip
    """Products are each group's; the catalogue, its items and the offers are the merchant's."""
    merchant = _who(groups[cycle.merchant], origin)
    catalogue = f"{origin}/api/v1/catalogue#{cycle.id}"
    for id, group in groups.items():
        supplied = [_product(one, origin) for one in lines if one.group == id]
        node = _enterprise(group, origin, supplied)
        if id == cycle.merchant:
            node["dfc-b:maintains"] = [catalogue]
            node["dfc-b:manages"] = [f"{origin}/L/{one.lot_code}#item-{one.offer}" for one in lines]
        yield node
        yield _address(group, origin)
    yield {
        "@id": catalogue, "@type": "dfc-b:Catalog", "dfc-b:maintainedBy": merchant,
        "dfc-b:lists": [f"{origin}/L/{one.lot_code}#item-{one.offer}" for one in lines],
    }  # fmt: skip
    yield {
        "@id": f"{origin}/api/v1/cycles/{cycle.id}", "@type": "dfc-b:SaleSession",
        "dfc-b:beginDate": _moment(cycle.opens_at), "dfc-b:endDate": _moment(cycle.closes_at),
        "dfc-b:lists": [f"{origin}/L/{one.lot_code}#offer-{one.offer}" for one in lines],
    }  # fmt: skip
    for one in lines:
        held = papers.get(one.lot, [])
        yield _goods(one, held, groups[one.group], origin)
        yield _item(one, catalogue, merchant, origin)
        yield _offer(one, origin)
        yield from (_certificate(paper, origin) for paper in held)


def _who(group: Mapping[str, Any], origin: str) -> str:
    return f"{origin}/G/{group['code']}"


def _enterprise(group: Mapping[str, Any], origin: str, supplied: list[str]) -> Node:
    return {
        "@id": _who(group, origin), "@type": "dfc-b:Enterprise",
        "dfc-b:name": group["name_th"], **_labels(group["name_th"], group["name_en"]),
        "dfc-b:hasAddress": f"{_who(group, origin)}#address", "dfc-b:supplies": supplied,
    }  # fmt: skip


def _address(group: Mapping[str, Any], origin: str) -> Node:
    """Of a group the tambon, of a network the province: no street and no house."""
    named = {part.level: part.name.th for part in areas.path(group["area"])}
    said = {
        "dfc-b:hasStreet": named.get("tambon"), "dfc-b:hasCity": named.get("amphoe"),
        "dfc-b:region": named.get("province"),
    }  # fmt: skip
    return {
        "@id": f"{_who(group, origin)}#address", "@type": "dfc-b:Address",
        **{name: value for name, value in said.items() if value}, "dfc-b:hasCountry": THAILAND,
    }  # fmt: skip


def _product(line: ShopLine, origin: str) -> str:
    return f"{origin}/L/{line.lot_code}#product"


def _goods(line: ShopLine, held: Rows, group: Mapping[str, Any], origin: str) -> Node:
    """A lot as goods, in the least amount that is sold: its certificates are its own."""
    return {
        "@id": _product(line, origin), "@type": "dfc-b:SuppliedProduct",
        "dfc-b:name": line.name_th, **_labels(line.name_th, line.name_en),
        "dfc-b:description": f"{CLAIMS[line.claim]} · เก็บเกี่ยว {line.harvested_on.isoformat()}",
        "dfc-b:suppliedBy": _who(group, origin),
        "dfc-b:hasQuantity": {
            "@type": "dfc-b:QuantitativeValue", "dfc-b:hasUnit": "dfc-m:Kilogram",
            "dfc-b:value": line.step_grams / 1000,
        },
        "dfc-b:hasCertification": [f"{origin}/C/{paper['code']}" for paper in held],
        "dfc-b:referencedBy": [f"{origin}/L/{line.lot_code}#item-{line.offer}"],
    }  # fmt: skip


def _item(line: ShopLine, catalogue: str, merchant: str, origin: str) -> Node:
    here = f"{origin}/L/{line.lot_code}"
    return {
        "@id": f"{here}#item-{line.offer}", "@type": "dfc-b:CatalogItem",
        "dfc-b:sku": line.lot_code, "dfc-b:stockLimitation": line.grams_left // line.step_grams,
        "dfc-b:references": _product(line, origin), "dfc-b:listedIn": [catalogue],
        "dfc-b:managedBy": merchant, "dfc-b:offeredThrough": [f"{here}#offer-{line.offer}"],
    }  # fmt: skip


def _offer(line: ShopLine, origin: str) -> Node:
    here = f"{origin}/L/{line.lot_code}"
    return {
        "@id": f"{here}#offer-{line.offer}", "@type": "dfc-b:Offer",
        "dfc-b:offeredItem": {"@id": f"{here}#item-{line.offer}"},
        "dfc-b:hasPrice": {
            "@type": "dfc-b:Price", "dfc-b:hasUnit": BAHT,
            "dfc-b:value": price(line.step_grams, line.satang_per_kg) / 100,
        },
    }  # fmt: skip


def _certificate(paper: Mapping[str, Any], origin: str) -> Node:
    """A concept, as DFC has certifications; what DFC has no word for, in those of schema.org."""
    here = f"{origin}/C/{paper['code']}"
    state = "CertificationActive" if paper["holds"] else "CertificationInactive"
    return {
        "@id": here, "@type": ["skos:Concept", f"{SCHEMA}Certification"],
        "skos:notation": paper["number"],
        "skos:prefLabel": [
            {"@language": "th", "@value": f"{CLAIMS[paper['stage']]} PGS {paper['number']}"},
            {"@language": "en", "@value": f"PGS {paper['number']}, {STAGES[paper['stage']]}"},
        ],
        f"{SCHEMA}issuedBy": f"PGS {paper['scheme']}",
        f"{SCHEMA}certificationIdentification": paper["number"],
        f"{SCHEMA}validFrom": paper["valid_from"].isoformat(),
        f"{SCHEMA}expires": paper["valid_until"].isoformat(),
        f"{SCHEMA}certificationStatus": {"@id": SCHEMA + state},
        f"{SCHEMA}url": {"@id": f"{here}/vc.json"},
    }  # fmt: skip


def _labels(th: str, en: str) -> Node:
    return {"rdfs:label": [{"@language": "th", "@value": th}, {"@language": "en", "@value": en}]}


def _moment(at: datetime) -> str:
    return at.astimezone(LOCAL).isoformat(timespec="seconds")
