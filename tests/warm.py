"""The connections to a recycled database, open from one test to the next.

A new connection learns hundreds of tables and plans every statement anew, which is most of what a
short test takes. A test is given the product's own `SQLite` or `Postgres`, and a new one each time;
only its connections have served before, and only tests that left nothing in them. Whoever cuts,
kills or exhausts connections opens its own.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection
from typing import Any, NamedTuple

import asyncpg

from certification.basis.database import Database
from market.db import SQLite, engine_for

AS_NEW = "RESET ALL; CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all()"
"""Back to the `server_settings`, which are the product's."""


class Kept(NamedTuple):
    parts: dict[str, Any]
    pids: Collection[int]
    """Of the processes that serve them."""
    loop: asyncio.AbstractEventLoop


_kept: dict[str, Kept] = {}


def given(db: Database) -> bool:
    """Whether there were any for it; otherwise it is to be opened."""
    kept = _kept.pop(_url(db), None)
    if kept:
        assert kept.loop is asyncio.get_running_loop(), "they live in their own loop"
        _put(db, kept.parts)
    return kept is not None


async def keep(db: Database) -> bool:
    """Not where a task is left that may still use them, or one is not as it was opened. For `db`
    itself they are closed."""
    if asyncio.all_tasks() != {asyncio.current_task()}:
        return False
    pids: list[int] = []
    if isinstance(db, SQLite):
        names = ["_connections", "_writer", "_readers", "_here"]
        if not _as_opened(db):
            return False
    else:
        names = ["pool", "_lookers"]
        try:
            pids = [*await _as_new(db.pool), *await _as_new(db._lookers)]
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            return False
    parts = {name: getattr(db, name) for name in names}
    _put(db, dict.fromkeys(names) | {"_connections": []})
    _kept[_url(db)] = Kept(parts, pids, asyncio.get_running_loop())
    return True


def _url(db: Database) -> str:
    return f"sqlite:///{db.path}" if isinstance(db, SQLite) else str(db.config["dsn"])


def _put(db: Database, parts: dict[str, Any]) -> None:
    for name, part in parts.items():
        setattr(db, name, part)
    if isinstance(db, SQLite):
        db._turn = asyncio.Lock()


def _as_opened(db: SQLite) -> bool:
    """Nobody turned a setting or left a table of its own in a connection."""
    wanted = dict.fromkeys(db._connections, db._of_readers)
    wanted[db._writer] = db._of_writer
    return all(
        _values(connection._conn, f"PRAGMA {name}") == [value]
        for connection, pragmas in wanted.items()
        for name, value in pragmas.items()
    ) and not any(
        _values(one, "SELECT name FROM sqlite_temp_master")
        for one in (db._here, *(connection._conn for connection in db._connections))
    )


def _values(connection: Any, sql: str) -> list[Any]:
    cursor = connection.cursor()
    cursor.row_factory = None
    return [value for row in cursor.execute(sql).fetchall() for value in row]


async def _as_new(pool: Any) -> list[int]:
    taken = [await pool.acquire() for _ in range(pool.get_size())]
    for connection in taken:
        await connection.execute(AS_NEW)
    pids = [connection.get_server_pid() for connection in taken]
    for connection in taken:
        await pool.release(connection)
    return pids


def pids(url: str) -> Collection[int]:
    return _kept[url].pids if url in _kept else ()


def threads() -> set[threading.Thread]:
    """Each connection to a file is one."""
    every = (kept.parts.get("_connections", ()) for kept in _kept.values())
    return {connection._thread for connections in every for connection in connections}


def left(url: str) -> None:
    """Between two tests: the database goes, or changes."""
    if kept := _kept.pop(url, None):
        _put(db := engine_for(url), kept.parts)
        kept.loop.run_until_complete(db.close())


def all_left() -> None:
    for url in [*_kept]:
        left(url)
