"""The search follows what is named anew; should a process die in between, the clock's turn does."""

from __future__ import annotations

from certification.basis import log
from certification.basis.transaction import run
from market.domain.search import commands as search

NAMES = frozenset({"products.defined", "places.defined", "groups.founded"})
PAGE = 500


async def read_on() -> None:
    new: list[int] = []

    async def note(entry: log.Entry) -> None:
        if entry.event["type"] in NAMES:
            new.append(entry.seq)

    while await log.consume("search", note, limit=PAGE):
        pass
    if new:
        await run(search.follow)
