"""One deed, one transaction; and the one place where a deed is done again."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

from certification.basis import log
from certification.basis.database import Doomed, Look, in_use

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS_MAX = 8
PAUSE_S_FIRST = 0.005
SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION = "40001", "40P01", "23505"


class TooContended(RuntimeError):
    """The deed met others at every attempt; nothing of it is stored."""


@asynccontextmanager
async def transaction(first: Look | None = None) -> AsyncIterator[None]:
    """Begin a transaction, or join the one under way, which needs no look; what fails inside dooms
    the whole."""
    db = in_use()
    outer = db.under_way()
    if outer is not None:
        try:
            yield
        except BaseException as fault:
            outer.doom(fault)
            raise
        return
    async with db.begin(first=first) as tx:
        yield
        await log.write(tx.told)  # last: nobody waits for a row while holding the head of the log


async def run(command: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do the whole command in one transaction, and again when it collided with another.

    So a command has no effect outside the database. Called inside a transaction it joins, once:
    only the outermost can begin anew. A value that must be unique and was taken meanwhile is met
    once more: now the command sees the other's row, and refuses in its own words.
    """
    return await run_after(None, command, *args, **kwargs)


async def run_after(
    first: Look | None, command: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> T:
    """`run`, unless `first` refuses: then nothing was begun."""
    attempts = 1 if in_use().under_way() else ATTEMPTS_MAX
    overtaken = False
    for attempt in range(attempts):
        try:
            async with transaction(first):
                return await command(*args, **kwargs)
        except Exception as fault:
            again = collided(fault) or (not overtaken and was_overtaken(fault))
            if attempts == 1 or not again:
                raise
            overtaken = overtaken or was_overtaken(fault)
            met = fault
        await asyncio.sleep(random.uniform(0, PAUSE_S_FIRST * 2**attempt))  # noqa: S311
    raise TooContended(f"{attempts} attempts") from met


def collided(fault: BaseException | None) -> bool:
    """Whether nothing is wrong but the moment: the same deed may succeed when done again."""
    fault = _first(fault)
    if isinstance(fault, sqlite3.OperationalError):
        return getattr(fault, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return getattr(fault, "sqlstate", None) in (SERIALIZATION_FAILURE, DEADLOCK)


def was_overtaken(fault: BaseException | None) -> bool:
    """Whether another took the same unique value while this deed was under way.

    PostgreSQL only: SQLite's one writer has seen every row before it writes.
    """
    return getattr(_first(fault), "sqlstate", None) == UNIQUE_VIOLATION


def _first(fault: BaseException | None) -> BaseException | None:
    while isinstance(fault, Doomed):
        fault = fault.__cause__
    return fault
