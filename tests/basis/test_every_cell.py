"""Every column of every proven table, edited by hand, is caught and named; no table is forgotten.

A new proven table is tested here by itself. When its Checks refuse the row made for it, give the
values they want in `samples.SAMPLES`.
"""

import sqlite3

import asyncpg
import msgspec
import pytest
from piccolo.columns import Column
from piccolo.table import Table

from certification.basis import log
from certification.basis.database import Database
from certification.basis.proof import faults
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.basis.transaction import run
from market.db import all_tables
from tests.basis.samples import literal, make, other
from tests.basis.village import TODAY
from tests.databases import edit_by_hand


def tagged(tag: str) -> list[type[Table]]:
    return [table for table in all_tables() if tag in table._meta.tags]


class Sampled(msgspec.Struct, frozen=True, tag="samples.made"):
    table: str


async def told(table: type[Table]) -> str:
    """The key of one row of the table, which the log knows."""
    key = await make(table, {})
    log.append(Sampled(table._meta.tablename), (table, key), subject="x", by="p-wan", at=TODAY)
    return str(key)


@pytest.mark.parametrize("table", tagged(PROVEN), ids=lambda table: table._meta.tablename)
async def test_every_edited_cell_is_named(
    db: Database, market_url: str, table: type[Table]
) -> None:
    key = await run(told, table)
    [row] = await table.select().where(table._meta.primary_key == _typed(table, key))
    assert await faults([table]) == []
    back: list[str] = []
    for column in table._meta.columns:
        old = row[column._meta.name]
        for value in [other(old, column)] + [None] * (column._meta.null and old is not None):
            await edit_by_hand(market_url, *back, _edit(db, table, column, value))
            found = [(fault.table, fault.row, fault.column) for fault in await faults([table])]
            _ensure_named(table, column, key, value, found)
            back = [_edit(db, table, column, old)]
    await edit_by_hand(market_url, *back)
    assert await faults([table]) == []


def _typed(table: type[Table], key: str) -> str | int:
    return int(key) if table._meta.primary_key.value_type is int else key


def _edit(db: Database, table: type[Table], column: Column, value: object) -> str:
    cell = f'"{column._meta.db_column_name}" = {literal(value, db.engine_type)}'
    return f'UPDATE "{table._meta.tablename}" SET {cell}'


def _ensure_named(
    table: type[Table], column: Column, key: str, value: object, found: list[tuple]
) -> None:
    """A key that was edited is one row too many and one too few; salt stands before its cells."""
    name = table._meta.tablename
    if column._meta.primary_key:
        assert found == [(name, str(value), None), (name, key, None)]
        return
    assert found[:1] == [(name, key, column._meta.name)]
    assert column._meta.name == log.SALT or len(found) == 1


@pytest.mark.parametrize("table", tagged(APPEND_ONLY), ids=lambda table: table._meta.tablename)
async def test_an_append_only_row_stays(db: Database, table: type[Table]) -> None:
    await run(make, table, {})
    name, key = table._meta.tablename, table._meta.primary_key._meta.db_column_name
    for deed in (f'UPDATE "{name}" SET "{key}" = "{key}"', f'DELETE FROM "{name}"'):
        with pytest.raises((sqlite3.IntegrityError, asyncpg.RaiseError), match="is append-only"):
            await db.fetch(deed)
    assert await table.count() == 1
