"""Every column of every proven table, edited by hand, is caught and named; no table is forgotten.

A new proven table is tested here by itself. When its Checks refuse the row made for it, give the
values they want in `samples.SAMPLES`.
"""

import sqlite3
from itertools import count, groupby
from typing import Any, NamedTuple

import asyncpg
import msgspec
from piccolo.columns import Column
from piccolo.table import Table

from certification.basis import log
from certification.basis.database import Database
from certification.basis.proof import faults
from certification.basis.schema import APPEND_ONLY, AT_WORK, PROVEN
from certification.basis.transaction import run
from market.db import all_tables
from tests.basis.samples import Made, literal, make, other
from tests.basis.village import TODAY
from tests.databases import edit_by_hand

ALL = 10_000


def tagged(tag: str) -> list[type[Table]]:
    return [table for table in all_tables() if tag in table._meta.tags]


class Sampled(msgspec.Struct, frozen=True, tag="samples.made"):
    """Some rows of some tables."""


class Cell(NamedTuple):
    table: type[Table]
    column: Column
    key: Any
    """Of its row."""
    old: Any
    value: Any
    """What somebody writes over it."""

    def edit(self, db: Database) -> str:
        return self._edit(db, self.key, self.value)

    def mend(self, db: Database) -> str:
        return self._edit(db, self.value if self.column._meta.primary_key else self.key, self.old)

    def _edit(self, db: Database, key: Any, value: Any) -> str:
        cell = f'"{self.column._meta.db_column_name}" = {literal(value, db.engine_type)}'
        which = f'"{_key(self.table)}" = {literal(key, db.engine_type)}'
        return f'UPDATE "{self.table._meta.tablename}" SET {cell} WHERE {which}'


def _key(table: type[Table]) -> str:
    return table._meta.primary_key._meta.db_column_name


async def made(tables: list[type[Table]]) -> dict[type[Table], Any]:
    """The key of one row of each; the log knows it, and each that it refers to."""
    keys: Made = {}
    for table in tables:
        await make(table, keys)
    named = {table._meta.tablename: table for table in tagged(PROVEN)}
    rows = [(named[name], key) for (name, _), key in keys.items() if name in named]
    log.append(Sampled(), *rows, subject="x", by="p-wan", at=TODAY)
    return {table: keys[table._meta.tablename, 0] for table in tables}


async def cells(table: type[Table], key: Any) -> list[Cell]:
    """Each column with another value, and with none where there may be none."""
    [row] = await table.select().where(table._meta.primary_key == key)
    found = []
    for column in table._meta.columns:
        if column._meta.help_text == AT_WORK:
            continue
        old = row[column._meta.name]
        values = [other(old, column)] + [None] * (column._meta.null and old is not None)
        found += [Cell(table, column, key, old, value) for value in values]
    return found


async def test_every_edited_cell_is_named(db: Database, market_url: str) -> None:
    """One cell of each table at a time, those of all tables together."""
    todo = [await cells(table, key) for table, key in (await run(made, tagged(PROVEN))).items()]
    assert await faults(tagged(PROVEN)) == []
    wrong, back = [], list[str]()
    for turn in count():
        edited = [of[turn] for of in todo if turn < len(of)]
        await edit_by_hand(market_url, *back, *(cell.edit(db) for cell in edited))
        back = [cell.mend(db) for cell in edited]
        if not edited:
            break
        found = await _found([cell.table for cell in edited])
        wrong += [cell for cell in edited if not _is_named(cell, found)]
    assert wrong == []
    assert await faults(tagged(PROVEN)) == []


Found = dict[str, list[tuple[str, str | None]]]
"""By table, the row and the column of each fault."""


async def _found(tables: list[type[Table]]) -> Found:
    every = await faults(tables, most=ALL)
    return {
        table: [(fault.row, fault.column) for fault in of]
        for table, of in groupby(every, lambda fault: fault.table)
    }


def _is_named(cell: Cell, found: Found) -> bool:
    """A key that was edited is one row too many and one too few; salt stands before its cells."""
    named = found.get(cell.table._meta.tablename, [])
    if cell.column._meta.primary_key:
        return sorted(named) == sorted([(str(cell.value), None), (str(cell.key), None)])
    column = cell.column._meta.name
    return named[:1] == [(str(cell.key), column)] and (column == log.SALT or len(named) == 1)


async def test_append_only_rows_stay(db: Database) -> None:
    tables = tagged(APPEND_ONLY)
    keys: Made = {}
    for table in tables:
        await run(make, table, keys)
    moved = []
    for table in tables:
        name, key = table._meta.tablename, _key(table)
        before = await table.count()
        for deed in (f'UPDATE "{name}" SET "{key}" = "{key}"', f'DELETE FROM "{name}"'):
            try:
                await db.fetch(deed)
            except (sqlite3.IntegrityError, asyncpg.RaiseError) as refused:
                if "is append-only" in str(refused):
                    continue
            moved.append(deed)
        if not before or await table.count() != before:
            moved.append(name)
    assert moved == []
