"""Public answers kept as bytes: bounded, and never older than half a second of the record.

Whatever changes what a page says is told to the log, by any process; the rest is the clock's, and
`turns_at` says when. So before it answers, a process looks at the head of the log, when it told
something itself and else at most every POLL_S, and where that has moved it doubts all it kept: who
asks for a page next has its rows read, and only where these differ is the page made again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from time import monotonic
from typing import Generic, Protocol, TypeVar

from certification.basis.database import in_use
from certification.basis.units import local_day
from market.domain.trace import queries

POLL_S = 0.4
BYTES_MAX = 32_000_000

Key = tuple[str, bytes, str]
"""Path, query, language."""


class Weighty(Protocol):
    @property
    def weight(self) -> int:
        """In bytes, about."""


Kept = TypeVar("Kept", bound=Weighty)


class Shelf(Generic[Kept]):
    def __init__(self, clock: Callable[[], datetime], *, bytes_max: int = BYTES_MAX) -> None:
        self.clock, self.bytes_max = clock, bytes_max
        self.version = 0
        """Grows when something was told or the clock turned."""
        self.today = date.min
        """When it last looked."""
        self.kept: dict[Key, tuple[Kept, int]] = {}
        self.bytes = 0
        self._head: tuple[int, bytes] | None = None
        self._until: datetime | None = None
        self._looks_at = 0.0
        self._deeds = -1
        self._looking = asyncio.Lock()

    def get(self, key: Key) -> tuple[Kept | None, bool]:
        """What is kept, and whether it is still true; else its maker looks once more."""
        made, version = self.kept.get(key, (None, 0))
        return made, version == self.version

    def is_due(self) -> bool:
        """Then `look` comes before `get`."""
        return monotonic() >= self._looks_at or in_use().deeds != self._deeds

    async def look(self) -> None:
        async with self._looking:
            if self.is_due():
                await self._look()

    def keep(self, key: Key, made: Kept, version: int) -> None:
        """As of the version at which its making began."""
        if (before := self.kept.pop(key, None)) is not None:
            self.bytes -= before[0].weight
        self.kept[key] = made, version
        self.bytes += made.weight
        while self.bytes > self.bytes_max:
            oldest = next(iter(self.kept))
            self.bytes -= self.kept.pop(oldest)[0].weight

    async def _look(self) -> None:
        asked_at, now, deeds = monotonic(), self.clock(), in_use().deeds
        self.today, head = local_day(now), await queries.head()
        if head != self._head or self._until is None or now >= self._until:
            self._until = await queries.turns_at(now)
            self._head, self.version = head, self.version + 1
        self._looks_at, self._deeds = asked_at + POLL_S, deeds
