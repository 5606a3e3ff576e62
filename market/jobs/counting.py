"""Each process that answers scans writes down once a minute how many there were, and once more when
it ends. One that falls loses what it had not written: at most that minute."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import islice

from certification.basis.beside import beside
from certification.basis.transaction import run
from certification.basis.units import local_day
from market.domain.scans import commands as scans
from market.domain.scans.counted import Counter

INTERVAL_S = 60.0
AT_ONCE = 500
"""Lots in one transaction: nobody who writes waits long for it."""

log = logging.getLogger(__name__)


@asynccontextmanager
async def counting(counter: Counter, now: Callable[[], datetime]) -> AsyncIterator[None]:
    try:
        async with beside(_forever(counter, now)):
            yield
    finally:
        await write(counter, now())


async def _forever(counter: Counter, now: Callable[[], datetime]) -> None:
    while True:
        await asyncio.sleep(INTERVAL_S)
        await write(counter, now())


async def write(counter: Counter, at: datetime) -> None:
    """What could not be written is counted with the next minute's."""
    left = counter.take()
    while left:
        part = dict(islice(left.items(), AT_ONCE))
        try:
            await run(scans.add, part, on=local_day(at))
        except asyncio.CancelledError:
            counter.put_back(left)
            raise
        except Exception:
            counter.put_back(left)
            log.exception("scans were not written; they are kept for the next minute")
            return
        left = {code: left[code] for code in left if code not in part}
