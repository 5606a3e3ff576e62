"""The steps of a lot's custody that strangers may read, each with the entry that recorded it.

From the harvest to the truck. What was sold, given away or thrown away is not for strangers.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import in_use
from market.domain.custody.chain import Step, chain

TELLS = {
    "harvested": ("lots.harvested",), "made": ("lots.made",), "used": ("lineage.used",),
    "crated": ("custody.filled", "custody.received"),
    "emptied": ("custody.emptied", "custody.received"),
    "dispatched": ("custody.dispatched",), "received": ("custody.received",),
    "loaded": ("truck_day.loaded",), "unloaded": ("truck_day.unloaded",),
}  # fmt: skip
"""By kind of step, what the record calls it."""

ENTRIES = (
    "SELECT seq, at, tag FROM log_entry WHERE tag IN ({tags}) AND subject IN ("
    " SELECT id FROM lot WHERE id = {{}}"
    " UNION SELECT crate FROM crate_content WHERE lot = {{}}"
    " UNION SELECT dispatch FROM custody_dispatch_line WHERE lot = {{}}"
    " UNION SELECT truck FROM truck_loading WHERE lot = {{}}) ORDER BY seq"
)


class Recorded(msgspec.Struct, frozen=True):
    step: Step
    seq: int
    """The entry, and what it is called."""
    tag: str


async def recorded(lot: str) -> tuple[Recorded, ...]:
    """In order; a step that no entry tells is not among them."""
    tags = sorted({tag for of_kind in TELLS.values() for tag in of_kind})
    select = ENTRIES.format(tags=", ".join(["{}"] * len(tags)))
    found: dict[tuple[datetime, str], int] = {
        (msgspec.convert(row["at"], datetime), row["tag"]): row["seq"]
        for row in await in_use().query(select, *tags, lot, lot, lot, lot)
    }
    return tuple(
        Recorded(step, seq, tag)
        for step in await chain(lot)
        for tag in TELLS.get(step.kind, ())
        if (seq := found.get((step.at, tag)))
    )
