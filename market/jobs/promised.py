"""A harvest keeps what was promised of its planting: what is ordered of that moves to its lots."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.transaction import run
from market.domain.orders import harvested

BY = "clock"
"""Nobody decides it: it follows from the harvest."""
LESS = ("orders.expired", "orders.cancelled", "orders.changed")


async def follow(entry: log.Entry, *, at: datetime) -> None:
    """An entry that comes twice changes nothing."""
    if entry.event["type"] == "lots.harvested":
        await run(harvested.delivered, str(entry.event["lot"]), by=BY, at=at)
    elif entry.event["type"] in LESS:
        await run(harvested.freed, str(entry.event["order"]), by=BY, at=at)
