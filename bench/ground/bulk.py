"""Rows by the million, made by the database itself: the same on both engines, and by a seed.

    async with laying(db) as lay:
        await lay("lot", 20_000, id=lay.id("lot", "i"), grams="1000 + i % 7", ...)

Foreign keys are not looked at meanwhile; every other rule of the tables is.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from certification.basis.database import Database
from market.db import Postgres

AT = "'2026-03-01 02:00:00+00:00'"
SERIES = {
    "sqlite": "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {} - 1)",
    "postgres": "WITH n (i) AS (SELECT generate_series(0::bigint, {}::bigint - 1))",
}


class Lay:
    """Expressions are SQL over `i`, the number of the row from 0."""

    def __init__(self, db: Database) -> None:
        self._db, self._sqlite = db, db.engine_type == "sqlite"

    async def __call__(self, table: str, count: int, more: str = "", **columns: str) -> None:
        """`more`: what is joined to the numbers, or which of them are meant."""
        names = ", ".join(f'"{name.rstrip("_")}"' for name in columns)
        series = SERIES[self._db.engine_type].format(count)
        await self._db.fetch(
            f'INSERT INTO "{table}" ({names}) {series}'
            f" SELECT {', '.join(columns.values())} FROM n {more}"
        )

    def id(self, of: str, number: str) -> str:
        """As long and as much in order as the product's own."""
        begins = f"0195{zlib.crc32(of.encode()) & 0xFFFF:04x}-0000-7000-8000-"
        return self._hex(begins, number, 12)

    def code(self, letter: str, number: str) -> str:
        return self._hex(letter, number, 7)

    def _hex(self, begins: str, number: str, digits: int) -> str:
        if self._sqlite:
            return f"printf('{begins}%0{digits}x', {number})"
        return f"'{begins}' || lpad(to_hex(({number})::bigint), {digits}, '0')"

    def day(self, number: str) -> str:
        """So many days after the first."""
        if self._sqlite:
            return f"date('2026-01-01', ({number}) || ' days')"
        return f"DATE '2026-01-01' + ({number})::int"

    def instant(self, hours: str) -> str:
        if self._sqlite:
            return f"datetime('2026-01-01', ({hours}) || ' hours') || '+00:00'"
        return f"TIMESTAMPTZ '2026-01-01 00:00:00+00' + ({hours}) * INTERVAL '1 hour'"

    def bytes(self, count: int) -> str:
        return f"zeroblob({count})" if self._sqlite else f"decode(repeat('00', {count}), 'hex')"

    @property
    def at(self) -> str:
        return AT if self._sqlite else f"TIMESTAMPTZ {AT}"


@asynccontextmanager
async def laying(db: Database) -> AsyncIterator[Lay]:
    """Afterwards the engine looks at its tables, as it does by itself some time after."""
    if not isinstance(db, Postgres):
        await db.fetch("PRAGMA foreign_keys = 0")
        await db.fetch("PRAGMA cache_size = -1000000")
    async with db.begin():
        if isinstance(db, Postgres):
            await db.fetch("SET LOCAL session_replication_role = replica")
            await db.fetch("SET LOCAL statement_timeout = 0")
        yield Lay(db)
    if not isinstance(db, Postgres):
        await db.fetch("PRAGMA foreign_keys = 1")
        await db.fetch("PRAGMA cache_size = -2000")
    else:
        connection = await asyncpg.connect(db.config["dsn"])  # which nothing cuts off
        try:
            await connection.execute("VACUUM ANALYZE")
        finally:
            await connection.close()
