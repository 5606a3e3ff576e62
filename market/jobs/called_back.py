"""What follows by itself: a harvest that a recall names joins it, who sold on is told, and goods in
which a sample found too much are held until it is answered."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.transaction import run
from market.domain.recalls import commands, held

BY = "clock"


async def follow(entry: log.Entry, *, at: datetime) -> None:
    """An entry that comes twice changes nothing."""
    match entry.event["type"]:
        case "lots.harvested":
            await run(commands.reported_late, str(entry.event["lot"]), by=BY, at=at)
        case "walkup.sold":
            await run(commands.sold_since, str(entry.event["sale"]), by=BY, at=at)
        case "residues.noted" if entry.event["lot"]:
            await run(held.look, str(entry.event["lot"]), by=BY, at=at)
