"""What the database says of itself, beside what the Piccolo Tables say.

Nobody compares SQL text with Python: the Tables are created in a scratch place on the same kind of
engine, and the two catalogues are read by one query and compared as sets of sentences.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from piccolo.table import Table

from certification.basis.database import Database
from certification.basis.schema import creation, in_order

Fact = tuple[str, str]
"""A table, and one sentence about it."""

OF_SQLITE = """
SELECT m.name AS "table", 'column ' || c.name || ' ' || lower(c.type)
       || iif(c."notnull", ' not null', '') || iif(c.pk, ' key ' || c.pk, '') AS fact, '' AS sql
  FROM sqlite_master m, pragma_table_xinfo(m.name) c WHERE m.type = 'table'
UNION ALL
SELECT m.name, 'foreign key ' || f."from" || ' to ' || f."table" || '.' || coalesce(f."to", 'key')
       || ' on delete ' || f.on_delete || ' on update ' || f.on_update, ''
  FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
UNION ALL
SELECT m.name, 'unique ' || (SELECT group_concat(x.name) FROM pragma_index_info(i.name) x), ''
  FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table' AND i.origin = 'u'
UNION ALL
SELECT tbl_name, type || ' ' || name, sql FROM sqlite_master
 WHERE sql IS NOT NULL
"""

OF_POSTGRES = """
SELECT c.relname AS "table", 'column ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
       || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END AS fact
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
   AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT c.relname, 'constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid, true)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 WHERE c.relnamespace = current_schema()::regnamespace AND k.contype IN ('p', 'u', 'f', 'c', 'x')
UNION ALL
SELECT c.relname, replace(pg_get_indexdef(i.indexrelid), current_schema() || '.', '')
       || CASE WHEN i.indisvalid THEN '' ELSE ' (invalid)' END
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
 WHERE c.relnamespace = current_schema()::regnamespace
   AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
UNION ALL
SELECT c.relname, pg_get_triggerdef(t.oid, true) || ' ' || t.tgenabled::text
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
"""


COLUMNS_OF_SQLITE = """
SELECT m.name AS "table", c.name AS "column"
  FROM sqlite_master m, pragma_table_xinfo(m.name) c WHERE m.type = 'table'
"""

COLUMNS_OF_POSTGRES = """
SELECT c.relname AS "table", a.attname AS "column"
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
   AND a.attnum > 0 AND NOT a.attisdropped
"""


async def columns_of(db: Database) -> dict[str, set[str]]:
    """The names of the columns of each table that is there."""
    sql = COLUMNS_OF_SQLITE if db.engine_type == "sqlite" else COLUMNS_OF_POSTGRES
    found: dict[str, set[str]] = {}
    for row in await db.query(sql):
        found.setdefault(row["table"], set()).add(row["column"])
    return found


async def differences(db: Database, tables: Sequence[type[Table]]) -> list[str]:
    """Sentences such as "plot: missing: unique code"; none when catalogue and Tables agree."""
    tables = in_order(tables)  # a table after those it refers to
    if db.engine_type == "sqlite":
        expected, live = _told_by_sqlite(tables), _sqlite_facts(await db.query(OF_SQLITE))
    else:
        expected, live = await _told_by_postgres(db, tables), await _postgres_facts(db)
    missing = [f"{table}: missing: {fact}" for table, fact in expected - live]
    return sorted(
        missing + [f"{table}: not in the Table: {fact}" for table, fact in live - expected]
    )


def _told_by_sqlite(tables: Sequence[type[Table]]) -> set[Fact]:
    scratch = sqlite3.connect(":memory:")
    scratch.row_factory = sqlite3.Row
    try:
        for table in tables:
            for statement in creation(table):
                scratch.execute(statement)
        return _sqlite_facts(scratch.execute(OF_SQLITE).fetchall())
    finally:
        scratch.close()


def _sqlite_facts(rows: Iterable[Mapping[str, Any]]) -> set[Fact]:
    facts: set[Fact] = set()
    for row in rows:
        if row["table"].startswith("sqlite_"):
            continue
        if row["fact"].startswith("table "):
            facts |= {(row["table"], f"check {rule}") for rule in _checks(row["sql"])}
        else:
            facts.add((row["table"], f"{row['fact']} {_plain(row['sql'])}".strip()))
    return facts


def _checks(sql: str) -> list[str]:
    """The conditions of a CREATE TABLE: SQLite keeps them nowhere else."""
    return [
        _plain(_balanced(sql[at.end() - 1 :]))
        for at in re.finditer(r"\bCHECK\s*\(", sql, re.IGNORECASE)
    ]


def _balanced(text: str) -> str:
    depth = 0
    for at in re.finditer(r"'[^']*'|\"[^\"]*\"|[()]", text):
        depth += {"(": 1, ")": -1}.get(at.group(), 0)
        if depth == 0:
            return text[: at.end()]
    return text


def _plain(sql: str) -> str:
    return " ".join(re.sub(r'"|\b(\w+)\.(?=")', "", sql).split())


class _Undo(Exception):
    """Ends a transaction that was only for looking."""


async def _told_by_postgres(db: Database, tables: Sequence[type[Table]]) -> set[Fact]:
    with suppress(_Undo):
        async with db.begin():
            await db.fetch("CREATE SCHEMA expected_of_tables")
            await db.fetch("SET LOCAL search_path = expected_of_tables")
            await db.each([statement for table in tables for statement in creation(table)])
            facts = await _postgres_facts(db)
            raise _Undo
    return facts


async def _postgres_facts(db: Database) -> set[Fact]:
    return {(row["table"], row["fact"]) for row in await db.query(OF_POSTGRES)}
