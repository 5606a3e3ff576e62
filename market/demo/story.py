"""The demo as deeds, each with its time: they are told in the order in which they happened."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from certification.basis.transaction import run


class Deed(NamedTuple):
    at: datetime
    do: Callable[[], Awaitable[Any]]


def deed(command: Callable[..., Awaitable[Any]], *asked: Any, by: str, at: datetime) -> Deed:
    """One command of the doors."""
    return Deed(at, partial(command, *asked, by=by, at=at))


async def tell(deeds: Iterable[Deed]) -> None:
    """Those of one moment together, as they were given; nobody else is there yet to wait."""
    in_turn = sorted(deeds, key=lambda deed: deed.at)
    for _, moment in itertools.groupby(in_turn, key=lambda deed: deed.at):
        await run(_done, [*moment])


async def _done(deeds: list[Deed]) -> None:
    for each in deeds:
        await each.do()
