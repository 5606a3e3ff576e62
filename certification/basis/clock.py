"""The time of a deed: the database's, where a server keeps it.

Processes on several machines may differ by minutes; the database that they share does not differ
from itself. So each reckons with how far the database is ahead of it. A file (SQLite) has no clock
but that of the one machine on which all who open it stand.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

from certification.basis.beside import beside
from certification.basis.database import Database

AGAIN_AFTER_S = 60
LEFT_ALONE = timedelta(seconds=1)
"""Less than that is no difference: time would only jump to and fro."""

logger = logging.getLogger(__name__)
_ahead = [timedelta()]


def now() -> datetime:
    """Read at the doors, and nowhere below them."""
    return machine() + _ahead[0]


def machine() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  (the one place)


@asynccontextmanager
async def kept(db: Database) -> AsyncIterator[None]:
    """Measured when it is opened, and every minute from then on."""
    await measure(db)
    if db.engine_type == "sqlite":
        yield
        return
    async with beside(_again(db)):
        yield


async def _again(db: Database) -> None:
    while True:
        await asyncio.sleep(AGAIN_AFTER_S)
        with suppress(Exception):  # away: what was measured before still holds
            await measure(db)


async def measure(db: Database) -> timedelta:
    """How far the database is ahead of this machine; from now on it is reckoned with."""
    if db.engine_type == "sqlite":
        _ahead[0] = timedelta()
        return _ahead[0]
    asked = machine()
    [row] = await db.query("SELECT clock_timestamp() AS at")
    took = machine() - asked
    ahead: timedelta = row["at"] - asked - took / 2
    if abs(ahead) <= LEFT_ALONE + took:
        ahead = timedelta()
    if abs(ahead - _ahead[0]) > LEFT_ALONE + took:
        logger.warning("the database's clock is %.0f s ahead; it decides", ahead.total_seconds())
        _ahead[0] = ahead
    return _ahead[0]
