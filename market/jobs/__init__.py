"""What happens without being asked: readers of the log, and the clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from certification.basis.beside import beside
from market.jobs import (
    checkpoints,
    clock,
    issuer,
    overdue,
    providers,
    readers,
    sending,
    slips,
    unusual,
    weather,
    witnessing,
)

log = logging.getLogger(__name__)
TICK_SECONDS = 1.0


@asynccontextmanager
async def running(now: Callable[[], datetime], *, on: bool = True) -> AsyncIterator[None]:
    """Readers and clock beside the service; `market worker` runs the same apart."""
    if not on:
        yield
        return
    async with beside(forever(now)):
        yield


async def forever(now: Callable[[], datetime], alive: Callable[[], object] = lambda: None) -> None:
    """A step that fails is told and tried again at the next tick; nothing is passed over."""
    while True:
        await once(now())
        alive()
        await asyncio.sleep(TICK_SECONDS)


STEPS = (
    clock.tick, overdue.tick, unusual.tick, readers.read_on, issuer.tick, checkpoints.tick,
    witnessing.tick, sending.tick, weather.tick, slips.tick, providers.tick,
)  # fmt: skip


async def once(at: datetime) -> None:
    for step in STEPS:
        try:
            await step(at)
        except Exception:
            log.exception("%s failed; it is tried again", step.__module__)
