"""A PostgreSQL database that a test is done with, made for the next what its template was.

To copy and drop one is most of what a short test takes; a test leaves rows in a few dozen tables.
Checks that were dropped come back; whoever changed more (a trigger, a table, a setting) leaves it
to be dropped.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import asyncpg

from tests.beside import connected

MOST_BYTES = 4_000_000
"""A larger content is copied by PostgreSQL itself."""
TIMES = 40
"""Rows that were deleted lie about until they are vacuumed."""

CATALOGS = (
    "pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_trigger",
    "pg_proc", "pg_type", "pg_namespace", "pg_rewrite", "pg_db_role_setting",
)  # fmt: skip
NEWEST = (
    "SELECT max(xmin::text::bigint) FROM ("
    + " UNION ALL ".join(f"SELECT xmin FROM {catalog}" for catalog in CATALOGS)
    + ") AS every"
)
MOVED = " UNION ALL ".join(
    f"SELECT ARRAY[count(*), count(*) FILTER (WHERE age(xmin) < age($1::xid))] FROM {catalog}"
    for catalog in CATALOGS
)
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
TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r'"
    " AND relnamespace = current_schema()::regnamespace ORDER BY oid"
)
SIZE = (
    "SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relkind = 'r'"
    " AND relnamespace = current_schema()::regnamespace"
)
COLUMNS = (
    "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = $1::text::regclass"
    " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
)
STARTED = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
    " FROM pg_sequences WHERE last_value IS NOT NULL"
)
OTHERS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid != pg_backend_pid() AND pid != ALL($2)"
    " AND backend_type = 'client backend'"
)


class Contents(NamedTuple):
    newest: int
    moved: list[list[int]]
    look: str
    """At once: who else is there, what moved, which tables hold rows."""
    shape: str
    checks: set[tuple[str, str, str]]
    """Of which table, its name, its definition."""
    rows: str
    """As statements."""


async def contents(url: str) -> Contents | None:
    """None where it is too much to be written again for each test."""
    connection = await asyncpg.connect(url)
    try:
        if (await connection.fetchval(SIZE) or 0) > MOST_BYTES or await connection.fetch(STARTED):
            return None
        rows = await rows_of(connection)
        filled = await _filled(connection)
        look = f"SELECT ({OTHERS}), ARRAY({MOVED}), ({filled}), ARRAY({STARTED})"
        shape = await connection.fetchval(SHAPE)
        newest = await connection.fetchval(NEWEST)
        _, moved, _, _ = await connection.fetchrow(look, newest, [])
        return Contents(newest, moved, look, shape, await _checks(connection), rows)
    finally:
        await connection.close()


async def restored(url: str, as_in: Contents, ours: Collection[int] = ()) -> Contents | None:
    """Inside `beside.run`. None where somebody is still there, or changed more than rows and
    checks: drop it."""
    try:
        connection = await connected(url)
        others, moved, filled, _ = await connection.fetchrow(as_in.look, as_in.newest, [*ours])
        if others:
            return None
        touched = moved != as_in.moved
        gone = as_in.checks - await _checks(connection) if touched else ()
        statements = [
            *(f'DELETE FROM "{table}";' for table in filled),
            *(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {so};' for table, name, so in gone),
            as_in.rows,
        ]
        if any(statements):  # asyncpg knows no answer to nothing
            await connection.execute("".join(statements))
        if not touched:
            return as_in
        if await connection.fetchval(SHAPE) != as_in.shape:
            return None
        newest = await connection.fetchval(NEWEST)
        _, moved, _, _ = await connection.fetchrow(as_in.look, newest, [*ours])
        return as_in._replace(newest=newest, moved=moved)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return None  # a table or column is gone, or the server was


async def rows_of(connection: asyncpg.Connection) -> str:
    """Statements that write every row as it is: one way to the server, where COPY takes one for
    each table."""
    lines = []
    for table in await connection.fetchval(await _filled(connection)):
        columns = [column for (column,) in await connection.fetch(COLUMNS, f'"{table}"')]
        values = ", ".join(f"quote_nullable({column}::text)" for column in columns)
        rows = await connection.fetch(f"SELECT concat_ws(', ', {values}) FROM \"{table}\"")
        lines.append(f'INSERT INTO "{table}" VALUES ({"), (".join(row for (row,) in rows)});')
    return "".join(lines)


async def _filled(connection: asyncpg.Connection) -> str:
    """The question which tables hold rows."""
    every = ", ".join(
        f"CASE WHEN EXISTS (SELECT FROM \"{table}\") THEN '{table}' END"
        for (table,) in await connection.fetch(TABLES)
    )
    return f"SELECT array_remove(ARRAY[{every}]::text[], NULL)"


async def _checks(connection: asyncpg.Connection) -> set[tuple[str, str, str]]:
    return {(row[0], row[1], row[2]) for row in await connection.fetch(CHECKS)}
