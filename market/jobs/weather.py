"""What the weather of the next days proposes to officers, where a server of it is set up."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

from certification.areas import queries as areas
from certification.basis.ids import following
from certification.basis.transaction import run
from market.domain.area_events import commands, queries
from market.domain.area_events.rules import EnterEvent, Kind, Outlook, first_days
from market.gateways.weather import WeatherAway, outlook

AGAIN_AFTER = timedelta(hours=6)
WEATHER = "01930000-0000-7000-8000-00000000ae00"
"""The same kind on the same day in the same tambons is one proposal, however often it is asked."""

logger = logging.getLogger(__name__)
Ask = Callable[[str, float, float], Awaitable[list[Outlook]]]
_url: list[str] = [""]
_looked: list[datetime] = []
_running: set[asyncio.Task[None]] = set()


def use(url: str) -> None:
    _url[:] = [url]
    _looked.clear()


async def tick(at: datetime) -> None:
    if not _url[0] or _running or (_looked and abs(at - _looked[0]) < AGAIN_AFTER):
        return
    _looked[:] = [at]
    task = asyncio.create_task(look(_url[0], at), context=contextvars.Context())
    _running.add(task)
    task.add_done_callback(_running.discard)


async def look(url: str, at: datetime, ask: Ask = outlook) -> None:
    expected = defaultdict[tuple[Kind, date], set[str]](set)
    for tambon in await queries.farmed_tambons():
        shape = areas.polygon(tambon)
        if shape is None:
            continue
        try:
            days = await ask(url, shape.centroid.y, shape.centroid.x)
        except WeatherAway as fault:
            logger.warning("The weather was not told: %s", fault)
            return
        for kind, day in first_days(days).items():
            expected[kind, day].add(tambon)
    for (kind, day), tambons in sorted(expected.items()):
        known = await queries.expected_already(kind, day)
        if new := tuple(sorted(tambons - known)):
            id = following(WEATHER, f"{kind} {day} {' '.join(new)}")
            await run(commands.propose, EnterEvent(id, kind, new, day), by=commands.CLOCK, at=at)
