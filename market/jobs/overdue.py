"""What is late: the farmer is reminded, the leader is told, and after the charter's days of grace
it lies with the committee. The committee acts, never the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from certification.basis.database import Database, in_use
from certification.basis.transaction import run
from certification.findings import commands, queries

BY = "clock"
EVERY = timedelta(minutes=1)
_last: list[tuple[Database, datetime]] = []


async def tick(at: datetime) -> None:
    """Looks at all that is open, so that a worker that slept for days misses nothing. What is said
    is kept with the finding, so that it is said once by however many workers."""
    db = in_use()
    if _last and _last[0][0] is db and timedelta() <= at - _last[0][1] < EVERY:
        return
    _last[:] = [(db, at)]
    for found in await queries.unsettled(at):
        await run(commands.tell, found, by=BY, at=at)
