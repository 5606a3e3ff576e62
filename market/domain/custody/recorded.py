"""The steps of a lot's custody that strangers may read, each with the entry that recorded it.

From the harvest to the truck. What was sold, given away or thrown away is not for strangers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from certification.basis.database import Row, in_use
from market.domain.custody.chain import KINDS, Step, chain
from market.domain.lineage import queries as lineage
from market.domain.lots import queries as lots

TELLS = {
    "harvested": ("lots.harvested",), "made": ("lots.made",), "used": ("lineage.used",),
    "crated": ("custody.filled", "custody.received", "custody.dispatched"),
    "emptied": (
        "custody.emptied", "custody.received", "custody.dispatched", "custody.loan_ended",
    ),
    "dispatched": ("custody.dispatched",), "received": ("custody.received",),
    "loaded": ("truck_day.loaded",), "unloaded": ("truck_day.unloaded",),
}  # fmt: skip
"""By kind of step, what the record calls it. A dispatch tells what came before it was known."""

ENTRIES = (
    "SELECT seq, at, tag, body FROM log_entry WHERE tag IN ({tags}) AND subject IN ("
    " SELECT id FROM lot WHERE id = {{}}"
    " UNION SELECT crate FROM crate_content WHERE lot = {{}}"
    " UNION SELECT dispatch FROM custody_dispatch_line WHERE lot = {{}}"
    " UNION SELECT a.dispatch FROM custody_arrival a"
    " JOIN custody_arrival_line l ON l.arrival = a.id WHERE l.lot = {{}}"
    " UNION SELECT truck FROM truck_loading WHERE lot = {{}}) ORDER BY seq"
)


class Recorded(msgspec.Struct, frozen=True):
    code: str
    """Of the lot whose step it is."""
    step: Step
    seq: int | None
    """The entry; None where the record has none, as where goods were in hand before it began."""


async def line(lot: str) -> tuple[Recorded, ...]:
    """The lot and all that it was made of: of those, what befell them before they went into it."""
    within = [one.lot for one in await lineage.ancestors(lot)]
    deeds = {one.deed for lot in (lot, *within) for one in await lineage.inputs_of(lot)}
    steps = [*await recorded(lot)]
    for one in within:
        told = await recorded(one)
        into = [of.step for of in told if of.step.kind == "used" and of.step.subject in deeds]
        last = max(step.at for step in into)
        steps += [of for of in told if of.step.at <= last and of.step.kind != "used"]
        steps += [of for of in told if of.step in into]
    return tuple(sorted(steps, key=_in_order))


def _in_order(one: Recorded) -> tuple[datetime, int, int]:
    return one.step.at, one.seq or 0, KINDS.index(one.step.kind)


async def recorded(lot: str) -> tuple[Recorded, ...]:
    """In order; a step that no entry tells is among them, and says so."""
    code = (await lots.lot(lot)).code
    tags = sorted({tag for of_kind in TELLS.values() for tag in of_kind})
    select = ENTRIES.format(tags=", ".join(["{}"] * len(tags)))
    entries = await in_use().query(select, *tags, *[lot] * 5)
    steps = [step for step in await chain(lot) if step.kind in TELLS]
    return tuple(Recorded(code, step, _entry(step, entries)) for step in steps)


def _entry(step: Step, entries: Sequence[Row]) -> int | None:
    """Of that moment, of that kind, and naming the very row."""
    tells, row = TELLS[step.kind], step.subject.encode()
    seqs = (
        int(one["seq"])
        for one in entries
        if one["tag"] in tells and row in bytes(one["body"])
        if msgspec.convert(one["at"], datetime) == step.at
    )
    return next(seqs, None)
