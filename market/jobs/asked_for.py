"""Who asked for what nobody offered is told of the first offer of it."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.transaction import run
from market.domain.demand import commands


async def follow(entry: log.Entry, *, at: datetime) -> None:
    """An entry that comes twice changes nothing."""
    if entry.event["type"] == "offers.offered":
        await run(commands.meet, str(entry.event["offer"]), at=at)
