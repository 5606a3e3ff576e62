"""When a meeting has ended, a suspension that it might have confirmed and did not lapses."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.transaction import run
from certification.hearings import commands as hearings


async def follow(entry: log.Entry, *, at: datetime) -> None:
    """An entry that comes twice changes nothing."""
    if entry.event["type"] == "meetings.ended":
        await run(hearings.lapse, str(entry.event["meeting"]), at=at)
