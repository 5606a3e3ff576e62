"""The electronic sortable spreadsheet of FSMA 204 (21 CFR part 1 subpart S): each critical tracking
event of our lots on its line, with the key data elements that the rule asks for.

We cool nothing before it is packed and are no first receiver from a boat, so those two events
never stand here. A sale to who eats it is none of the rule's events either; it is told, and called
so, for whoever looks for a lot. Nobody is named: the harvester is the group, the field the plot's
code.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from certification.areas import queries as areas
from certification.basis.units import THAILAND, local_day
from certification.crops import queries as crops
from market.domain.exchange import statements
from market.domain.exchange.asking import asked, pages
from market.domain.exchange.rules import Grams, Head, Row, Scope

HARVESTING, PACKING, SHIPPING = "Harvesting", "Initial packing", "Shipping"
RECEIVING, TRANSFORMATION = "Receiving", "Transformation"
SALE = "Sale to who eats it (no CTE)"
NOWHERE = ""

HEADS = (
    Head("Critical tracking event"),
    Head("Event date", (
        "1.1325(a)(1)(vii)", "1.1325(b)(1)(v)", "1.1330(a)(15)", "1.1340(a)(6)", "1.1345(a)(6)",
        "1.1350(a)(2)(iii)",
    )),
    Head("Event ID"),
    Head("Traceability lot code", (
        "1.1330(a)(11)", "1.1340(a)(1)", "1.1345(a)(1)", "1.1350(a)(2)(i)",
    )),
    Head("Commodity", ("1.1325(a)(1)(ii)", "1.1325(b)(1)(ii)", "1.1330(a)(1)")),
    Head("Variety", ("1.1325(a)(1)(ii)", "1.1325(b)(1)(ii)", "1.1330(a)(1)")),
    Head("Product description", (
        "1.1330(a)(12)", "1.1340(a)(3)", "1.1345(a)(3)", "1.1350(a)(2)(iv)",
    )),
    Head("Quantity", (
        "1.1325(a)(1)(iii)", "1.1325(b)(1)(iii)", "1.1330(a)(13)", "1.1340(a)(2)", "1.1345(a)(2)",
        "1.1350(a)(2)(v)",
    )),
    Head("Unit of measure", (
        "1.1325(a)(1)(iii)", "1.1325(b)(1)(iii)", "1.1330(a)(3)", "1.1330(a)(13)", "1.1340(a)(2)",
        "1.1345(a)(2)", "1.1350(a)(1)(iii)", "1.1350(a)(2)(v)",
    )),
    Head("Location of the event", (
        "1.1330(a)(14)", "1.1340(a)(5)", "1.1345(a)(5)", "1.1350(a)(2)(ii)",
    )),
    Head("Immediate previous source", ("1.1345(a)(4)",)),
    Head("Immediate subsequent recipient", (
        "1.1325(a)(1)(i)", "1.1325(b)(1)(i)", "1.1340(a)(4)",
    )),
    Head("Farm", ("1.1325(a)(1)(iv)", "1.1325(b)(1)(vi)", "1.1330(a)(4)")),
    Head("Field or growing area", ("1.1325(a)(1)(v)", "1.1330(a)(5)")),
    Head("Harvest date", ("1.1325(a)(1)(vii)", "1.1330(a)(8)")),
    Head("Harvester", ("1.1330(a)(7)",)),
    Head("Harvester phone", ("1.1330(a)(7)",)),
    Head("Date received for packing", ("1.1330(a)(2)",)),
    Head("Cooling location", ("1.1325(b)(1)(iv)", "1.1330(a)(9)")),
    Head("Cooling date", ("1.1325(b)(1)(v)", "1.1330(a)(10)")),
    Head("Lot code source", (
        "1.1330(a)(14)", "1.1340(a)(7)", "1.1345(a)(7)", "1.1350(a)(2)(ii)",
    )),
    Head("Lot code source reference", (
        "1.1330(a)(14)", "1.1340(a)(7)", "1.1345(a)(7)", "1.1350(a)(2)(ii)",
    )),
    Head("Input lot code", ("1.1350(a)(1)(i)",)),
    Head("Input product description", ("1.1350(a)(1)(ii)",)),
    Head("Input quantity", ("1.1330(a)(3)", "1.1350(a)(1)(iii)")),
    Head("Reference document type", (
        "1.1325(a)(1)(viii)", "1.1325(b)(1)(vii)", "1.1330(a)(16)", "1.1340(a)(8)",
        "1.1345(a)(8)", "1.1350(a)(2)(vi)",
    )),
    Head("Reference document number", (
        "1.1325(a)(1)(viii)", "1.1325(b)(1)(vii)", "1.1330(a)(16)", "1.1340(a)(8)",
        "1.1345(a)(8)", "1.1350(a)(2)(vi)",
    )),
)  # fmt: skip
"""Beside each head the paragraphs that it answers. Of fish in containers (1.1325(a)(1)(vi),
1.1330(a)(6)) we have none."""


class Event(NamedTuple):
    """One line, as the rule names its parts; what an event has not is left empty."""

    cte: str
    id: str
    on: Any
    grams: int
    here: str = NOWHERE
    source: str = NOWHERE
    recipient: str = NOWHERE
    document: str = NOWHERE
    packed: str = NOWHERE
    """How it is packed, after the name of the goods."""
    farm: bool = False
    """Whether the rule asks for farm, field, harvester and day of harvest."""
    input: Mapping[str, Any] | None = None


async def rows(scope: Scope, origin: str) -> AsyncIterator[Row]:
    """By kind of event, each in the order in which it was told."""
    lots = await _lots(scope)
    begin = datetime.combine(scope.since, time(), THAILAND)
    end = datetime.combine(scope.until + timedelta(days=1), time(), THAILAND)
    for sql, made in KINDS:
        said = sql.replace("«whose»", statements.WHOSE if lots is None else statements.THESE)
        async for found in pages(said, scope, lots=lots, begin=begin, end=end):
            for row in found:
                yield _row(row, made(row), origin)


async def _lots(scope: Scope) -> list[str] | None:
    """The lot, what went into it and what came of it; None: all of the groups'."""
    if scope.lot is None:
        return None
    return [row["id"] for row in await asked(statements.KIN, lot=scope.lot)]


def _row(row: Mapping[str, Any], of: Event, origin: str) -> Row:
    crop, home = crops.crop(row["crop"]), _group(row)
    origin_of = of.input or row
    goods = f"{crop.name.en}{f', {of.packed}' if of.packed else ''}"
    told = (
        (_farm(origin_of), origin_of["plot"], origin_of["harvested_on"], home, None)
        if of.farm
        else (None,) * 5
    )
    put_in = (
        (of.input["code"], crops.crop(of.input["crop"]).name.en, Grams(of.input["grams"]))
        if of.input
        else (None,) * 3
    )
    return (
        of.cte, of.on, of.id, row["code"], crop.name.en, row["variety"], goods, Grams(of.grams),
        "kg", of.here or home, of.source, of.recipient, *told,
        of.on if of.cte == PACKING else None, None, None, home, f"{origin}/L/{row['code']}",
        *put_in, of.document, of.id,
    )  # fmt: skip


def _harvesting(row: Mapping[str, Any]) -> Event:
    return Event(
        HARVESTING, row["at_key"], row["harvested_on"], row["grams"], here=_farm(row) or NOWHERE,
        recipient=_group(row), document="Harvest report", farm=True,
    )  # fmt: skip


def _packing(row: Mapping[str, Any]) -> Event:
    """The first packets of a harvest are packed when their labels are printed."""
    packets = f"{row['labels']} packets of {row['packet_grams'] / 1000:g} kg"
    own = {**row, "grams": row["lot_grams"]}
    return Event(
        PACKING, row["at_key"], local_day(row["at"]), row["grams"], document="Label run",
        packed=packets, farm=True, input=own,
    )  # fmt: skip


def _made(row: Mapping[str, Any]) -> Event:
    """Packing what was only harvested is its first; everything else makes new lots of lots."""
    first = row["kind"] == "pack" and not row["of_made"]
    put_in = {
        "code": row["in_code"], "crop": row["in_crop"], "grams": row["in_grams"],
        "plot": row["in_plot"], "harvested_on": row["in_harvested_on"],
        "tambon": row["in_tambon"], "moo": row["in_moo"],
    }  # fmt: skip
    return Event(
        PACKING if first else TRANSFORMATION, row["deed"], local_day(row["at"]), row["grams"],
        document="Record of lots made", farm=first, input=put_in,
    )  # fmt: skip


def _dispatched(row: Mapping[str, Any]) -> Event:
    return Event(
        SHIPPING, row["dispatch"], local_day(row["at"]), row["grams"], here=_place(row, "from_"),
        recipient=_place(row, "to_"), document="Dispatch",
    )  # fmt: skip


def _loaded(row: Mapping[str, Any]) -> Event:
    to = _place(row, "to_") if row["to_tambon"] else "Sold on the way, from the truck"
    return Event(
        SHIPPING, row["at_key"], local_day(row["at"]), row["grams"], recipient=to,
        document="Load list of the truck",
    )  # fmt: skip


def _received(row: Mapping[str, Any]) -> Event:
    return Event(
        RECEIVING, row["arrival"], local_day(row["at"]), row["grams"], here=_place(row, "to_"),
        source=_place(row, "from_"), document="Arrival",
    )  # fmt: skip


def _sold(row: Mapping[str, Any]) -> Event:
    people = f"{row['deeds']} {'buyer' if row['deeds'] == 1 else 'buyers'}"
    return Event(
        SALE, row["at_key"], local_day(msgspec.convert(row["at"], datetime)), int(row["grams"]),
        here=_place(row, "to_") or "On the way, from the truck", recipient=people,
        document=row["document"],
    )  # fmt: skip


KINDS: tuple[tuple[str, Callable[[Mapping[str, Any]], Event]], ...] = (
    (statements.HARVESTS, _harvesting),
    (statements.PRINTED, _packing),
    (statements.MADE, _made),
    (statements.DISPATCHED, _dispatched),
    (statements.LOADED, _loaded),
    (statements.RECEIVED, _received),
    (statements.HANDED_OVER, _sold),
    (statements.WALKED_UP, _sold),
)


def _farm(row: Mapping[str, Any]) -> str | None:
    """Of a lot of several fields none: each of its inputs has its own."""
    if not row["tambon"]:
        return None
    return _address(row["tambon"] + (f"{row['moo']:02d}" if row["moo"] else ""))


def _group(row: Mapping[str, Any]) -> str:
    return f"{row['group_en']}, {_address(row['group_area'])}"


def _place(row: Mapping[str, Any], end: str) -> str:
    """Of a base the tambon alone: it may be somebody's home."""
    if not row[f"{end}tambon"]:
        return NOWHERE
    where = _address(row[f"{end}tambon"])
    return f"Base, {where}" if row[f"{end}kind"] == "base" else f"{row[f'{end}name']}, {where}"


@lru_cache(maxsize=2_048)
def _address(code: str) -> str:
    return f"{areas.address(code, 'en')}, Thailand"
