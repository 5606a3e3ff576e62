"""What programs are told of a lot, certificate, plot or group: its facts, and all links of it.

A new document of a lot adds its line to `_of_lot`, in the commit that lets it answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

import msgspec

from certification.basis.text import Text
from certification.groups import queries as groups
from market.domain.custody import queries as custody
from market.domain.trace import made, past, queries
from market.domain.trace.alike import Trace
from market.domain.trace.made import MadeTrace
from market.domain.trace.queries import CertificatePage, GroupPage, PlotPage
from market.web.linkset import Link, Of
from market.web.negotiated import FACTS

Known = Callable[[str, date], Awaitable[Of]]
API = "/api/v1"
SIGNED = "application/vc"


async def lot(code: str, today: date) -> Of:
    found = await made.of_any(code, today)
    if isinstance(found, MadeTrace):
        on, links = found.harvested_from.isoformat(), _of_made(found)
    else:
        on, links = found.harvested_on.isoformat(), _of_lot(found)
    name = Text(f"{found.crop_name.th} {on}", f"{found.crop_name.en} {on}")
    recalled = (Link("recallStatus", f"/L/{found.code}", "links.recall"),) if found.recalled else ()
    return Of(f"/L/{found.code}", name, (*_of_any(found.code), *links, *recalled), found)


def _of_any(code: str) -> tuple[Link, ...]:
    here = f"/L/{code}"
    return (
        Link("pip", here, "links.page"),
        Link("traceability", here, "links.trace"),
        Link("traceability", f"{here}/proof", "links.proof"),
        Link("traceability", f"{here}/way", "links.way"),
        Link("traceability", f"{API}/lots/by-code/{code}", "links.facts", FACTS),
        Link("dpp", f"{here}/dpp.json", "links.passport", SIGNED),
    )


def _of_made(lot: MadeTrace) -> tuple[Link, ...]:
    papers = dict.fromkeys(one.certificate.code for one in lot.harvests if one.certificate)
    return (
        *[Link("traceability", f"/L/{one.code}", "links.harvest") for one in lot.harvests],
        *[link for code in papers for link in _papers(code)],
        Link("homepage", f"/G/{lot.group_code}", "links.group"),
    )


def _of_lot(lot: Trace) -> tuple[Link, ...]:
    papers = [lot.certificate, *lot.also]
    return (
        *[link for one in papers if one for link in _papers(one.code)],
        Link("locationInfo", f"/P/{lot.plot.code}", "links.plot"),
        Link("homepage", f"/G/{lot.place.group_code}", "links.group"),
    )


async def certificate(code: str, today: date) -> Of:
    found = await queries.certificate_page(code, today)
    return Of(f"/C/{found.code}", Text(found.number, found.number), _of_paper(found), found)


def _of_paper(paper: CertificatePage) -> tuple[Link, ...]:
    links = [*_papers(paper.code), Link("traceability", f"/C/{paper.code}/proof", "links.proof")]
    if paper.plot:
        links.append(Link("locationInfo", f"/P/{paper.plot.code}", "links.plot"))
    if paper.place.group_code:
        links.append(Link("homepage", f"/G/{paper.place.group_code}", "links.group"))
    return tuple(links)


async def plot(code: str, today: date) -> Of:
    found = await queries.plot_page(code, today)
    name = Text(f"แปลง {found.plot.code}", f"Plot {found.plot.code}")
    return Of(f"/P/{found.plot.code}", name, _of_plot(found), found)


def _of_plot(land: PlotPage) -> tuple[Link, ...]:
    code = land.plot.code
    return (
        Link("locationInfo", f"/P/{code}", "links.plot"),
        Link("masterData", f"{API}/plots/by-code/{code}", "links.facts", FACTS),
        *[link for one in land.certificates for link in _papers(one.code)],
        Link("homepage", f"/G/{land.plot.group_code}", "links.group"),
    )


async def group(code: str, today: date) -> Of:
    found = await queries.group_page(code, today)
    return Of(f"/G/{found.code}", found.name, _of_group(found), found)


def _of_group(group: GroupPage) -> tuple[Link, ...]:
    facts = f"{API}/groups/by-code/{group.code}"
    return (
        Link("homepage", f"/G/{group.code}", "links.group"),
        Link("masterData", facts, "links.facts", FACTS),
        Link("statisticInfo", f"/G/{group.code}/strength", "links.strength"),
        Link("statisticInfo", f"{facts}/strength", "links.strength", FACTS),
        *[link for one in group.certificates for link in _papers(one.code)],
    )


class CrateFacts(msgspec.Struct, frozen=True):
    """What its page tells: what is in it and whose it is, never who has it."""

    code: str
    name: Text
    owner: Text
    owner_code: str
    retired: bool
    lots: tuple[Inside, ...]


class Inside(msgspec.Struct, frozen=True):
    code: str
    crop: str
    grams: int


async def crate(code: str, _: date) -> Of:
    found = await custody.crate(await past.subject(code, "crate"))
    owner = await groups.group(found.owner)
    lots = tuple(
        Inside(one.lot_code, one.crop, one.grams) for one in await custody.inside(found.id)
    )
    facts = CrateFacts(
        found.code, Text(found.name_th, found.name_en), Text(owner.name_th, owner.name_en),
        owner.code, found.state == "retired", lots,
    )  # fmt: skip
    links = (
        Link("pip", f"/S/{found.code}", "links.crate"),
        *[Link("traceability", f"/L/{one.code}", "links.lot") for one in lots],
        Link("homepage", f"/G/{owner.code}", "links.group"),
    )
    return Of(f"/S/{found.code}", facts.name, links, facts)


def waiting(letter: str, code: str) -> Of:
    """Printed, and not reported yet: there is a page that says so, and nothing more."""
    said = f"{code[:4]}-{code[4:]}"
    return Of(f"/{letter}/{code}", Text(f"{said} ยังไม่มีรายงาน", f"{said}, not reported yet"), ())


def _papers(code: str) -> tuple[Link, ...]:
    return (
        Link("certificationInfo", f"/C/{code}", "links.certificate"),
        Link("certificationInfo", f"{API}/certificates/by-code/{code}", "links.facts", FACTS),
        Link("certificationInfo", f"/C/{code}/vc.json", "links.signed", SIGNED),
    )
