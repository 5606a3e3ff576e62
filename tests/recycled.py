"""A PostgreSQL database that a test is done with, made for the next what its template was.

To copy and drop one is most of what a short test takes; a test leaves rows in a few dozen tables.
Checks that were dropped come back; whoever changed more (a trigger, a table, a setting) leaves it
to be dropped.
"""

from __future__ import annotations

import io
from collections.abc import Collection
from typing import NamedTuple

import asyncpg

from tests.beside import connected

MOST_BYTES = 4_000_000
"""A larger content is copied by PostgreSQL itself."""
TIMES = 40
"""Rows that were deleted lie about until they are vacuumed."""

MOVED = " UNION ALL ".join(
    f"SELECT count(*), max(xmin::text::bigint) FROM {table}"
    for table in (
        "pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_trigger",
        "pg_proc", "pg_type", "pg_namespace", "pg_rewrite", "pg_db_role_setting",
    )
)  # fmt: skip
"""Alike as long as nobody touched the schema: cheap, and asked each time."""
SHAPE = (
    "SELECT md5(string_agg(line, chr(10) ORDER BY line)) FROM ("
    " SELECT concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull,"
    " pg_get_expr(d.adbin, d.adrelid)) AS line FROM pg_class c"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
    " WHERE c.relnamespace = current_schema()::regnamespace"
    " UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))"
    " FROM pg_constraint WHERE connamespace = current_schema()::regnamespace"
    " UNION ALL SELECT concat_ws(' ', tgenabled, pg_get_triggerdef(oid)) FROM pg_trigger"
    " WHERE NOT tgisinternal"
    " UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc"
    " WHERE pronamespace = current_schema()::regnamespace AND prokind = 'f'"
    " UNION ALL SELECT concat_ws(' ', nspname) FROM pg_namespace"
    " UNION ALL SELECT concat_ws(' ', setconfig) FROM pg_db_role_setting) AS lines"
)
CHECKS = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE contype = 'c' AND connamespace = current_schema()::regnamespace"
)
FILLED = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND pg_relation_size(oid) > 0"
    " AND relnamespace = current_schema()::regnamespace ORDER BY oid"
)
STARTED = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
    " FROM pg_sequences WHERE last_value IS NOT NULL"
)
OTHERS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid != pg_backend_pid() AND pid != ALL($1)"
    " AND backend_type = 'client backend'"
)


class Contents(NamedTuple):
    moved: list[tuple[int, int]]
    shape: str
    checks: set[tuple[str, str, str]]
    """Of which table, its name, its definition."""
    rows: dict[str, bytes]


async def contents(url: str) -> Contents | None:
    """None where it is too much to be written again for each test."""
    connection = await asyncpg.connect(url)
    try:
        rows = {}
        for (table,) in await connection.fetch(FILLED):
            out = io.BytesIO()
            await connection.copy_from_table(table, output=out, format="binary")
            rows[table] = out.getvalue()
        if sum(map(len, rows.values())) > MOST_BYTES or await connection.fetch(STARTED):
            return None
        shape = await connection.fetchval(SHAPE)
        return Contents(await _moved(connection), shape, await _checks(connection), rows)
    finally:
        await connection.close()


async def restored(
    url: str, as_in: Contents, ours: Collection[int] = ()
) -> Contents | None:
    """Inside `beside.run`. None where somebody is still there, or changed more than rows and
    checks: drop it."""
    try:
        connection = await connected(url)
        if await connection.fetchval(OTHERS, [*ours]):
            return None
        touched = await _moved(connection) != as_in.moved
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            filled = [table for (table,) in await connection.fetch(FILLED)]
            if filled:
                await connection.execute("".join(f'DELETE FROM "{table}";' for table in filled))
            for table, name, check in as_in.checks - await _checks(connection) if touched else ():
                await connection.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {check}')
            for table, rows in as_in.rows.items():
                await connection.copy_to_table(table, source=io.BytesIO(rows), format="binary")
            await connection.fetch(STARTED)
        if touched and await connection.fetchval(SHAPE) != as_in.shape:
            return None
        return as_in._replace(moved=await _moved(connection)) if touched else as_in
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return None  # a table or column is gone, or the server was


async def _moved(connection: asyncpg.Connection) -> list[tuple[int, int]]:
    return [(row[0], row[1] or 0) for row in await connection.fetch(MOVED)]


async def _checks(connection: asyncpg.Connection) -> set[tuple[str, str, str]]:
    return {(row[0], row[1], row[2]) for row in await connection.fetch(CHECKS)}
