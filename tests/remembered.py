"""What every story begins with is told by the product's commands once, and written as rows after.

    return await remembered(db, "village", settle)

Only into a database in which nothing was told yet, and outside a transaction, which rows written
by another connection could not enter; the second asks what the first was answered.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from piccolo.engine.sqlite import SQLiteEngine

from tests import beside
from tests.recycled import rows_of
from tests.recycled_sqlite import connected

T = TypeVar("T")
Rows = dict[str, list[tuple[Any, ...]]]
"""By table."""
_kept: dict[tuple[str, str], tuple[Any, Any]] = {}


async def remembered(db: Any, name: str, make: Callable[[], Awaitable[T]]) -> T:
    if db.under_way() or await db.query("SELECT 1 FROM log_entry LIMIT 1"):
        return await make()
    known = (db.engine_type, name)
    sqlite = isinstance(db, SQLiteEngine)
    if known not in _kept:
        made = await make()
        rows = _sqlite_rows(db.path) if sqlite else beside.run(_postgres_rows(db.config["dsn"]))
        _kept[known] = (rows, made)
        return made
    rows, made = _kept[known]
    if sqlite:
        _fill_sqlite(db.path, rows)
    else:
        beside.run(_fill_postgres(db.config["dsn"], rows))
    return made


def _sqlite_rows(path: str) -> Rows:
    with connected(path) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        every = {name: _all(connection, name) for (name,) in tables.fetchall()}
    return {name: rows for name, rows in every.items() if rows}


def _all(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    return connection.execute(f'SELECT * FROM "{table}"').fetchall()


def _fill_sqlite(path: str, rows: Rows) -> None:
    """Without the writer's foreign keys and recursive triggers: REPLACE may write the head anew."""
    with connected(path) as connection:
        for table, lines in rows.items():
            marks = ", ".join("?" * len(lines[0]))
            connection.executemany(f'INSERT OR REPLACE INTO "{table}" VALUES ({marks})', lines)


async def _postgres_rows(url: str) -> str:
    return await rows_of(await beside.connected(url))


async def _fill_postgres(url: str, rows: str) -> None:
    connection = await beside.connected(url)
    await connection.execute(f"DELETE FROM log_head; {rows}")
