"""The pools of a recycled PostgreSQL database, open from one test to the next.

A new connection learns hundreds of tables and plans every statement anew, which is most of what a
short test takes. A test is given the product's own `Postgres`, and a new one each time; only its
two pools have served before, and only tests that left nothing in them. Whoever cuts, kills or
exhausts connections opens its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any, NamedTuple

import asyncpg

from market.db import Postgres

AS_NEW = "RESET ALL; CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all()"
"""Back to the `server_settings`, which are the product's."""


class Pools(NamedTuple):
    pool: asyncpg.Pool
    lookers: asyncpg.Pool
    pids: Collection[int]
    loop: asyncio.AbstractEventLoop


_kept: dict[str, Pools] = {}


def given(db: Postgres) -> bool:
    """Whether there were any for it; otherwise it is to be opened."""
    kept = _kept.pop(db.config["dsn"], None)
    if kept:
        db.pool, db._lookers = kept.pool, kept.lookers
    return kept is not None


async def keep(db: Postgres) -> bool:
    """Not where a task is left that may still use them."""
    if asyncio.all_tasks() != {asyncio.current_task()}:
        return False
    pids = [*await _as_new(db.pool), *await _as_new(db._lookers)]
    _kept[db.config["dsn"]] = Pools(db.pool, db._lookers, pids, asyncio.get_running_loop())
    db.pool = None  # for whoever still has it, it is closed
    del db._lookers
    return True


async def _as_new(pool: Any) -> list[int]:
    taken = [await pool.acquire() for _ in range(pool.get_size())]
    for connection in taken:
        await connection.execute(AS_NEW)
    pids = [connection.get_server_pid() for connection in taken]
    for connection in taken:
        await pool.release(connection)
    return pids


def pids(url: str) -> Collection[int]:
    """Of the server's processes for them, each of which is idle."""
    return _kept[url].pids if url in _kept else ()


def left(url: str) -> None:
    """Between two tests: the database goes, or changes."""
    if kept := _kept.pop(url, None):
        kept.loop.run_until_complete(_closed(kept))


async def _closed(kept: Pools) -> None:
    await kept.lookers.close()
    await kept.pool.close()


def all_left() -> None:
    for url in [*_kept]:
        left(url)
