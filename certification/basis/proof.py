"""Holding the tables against the log: which cells are not as they were told?

What is looked at may have been spoilt by hand: whatever is missing or cannot be read is a Fault
with a name, and the looking goes on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from piccolo.columns import Column
from piccolo.table import Table

from certification.basis.catalogue import columns_of
from certification.basis.database import Row, in_use
from certification.basis.log import GENESIS, Entry, LogEntry, LogHead, digests, instant, leaf_hash

PAGE = 500
FAULTS_MAX = 20

UNREADABLE = (ValueError, ArithmeticError, sqlite3.OperationalError, asyncpg.InterfaceError)
"""What a driver raises at a value that is not of its column's kind."""

Vouched = dict[str, dict[str, str]]
"""Of one table: by id, the digests of the cells as the log last told them."""

Witnessed = tuple[int, bytes]
"""The (seq, leaf) of an entry that left the machine earlier."""


class Fault(Exception):
    """`row` is empty where a whole table or column is meant, `column` None for a whole row."""

    def __init__(self, table: str, row: object, column: str | None, why: str) -> None:
        super().__init__(" ".join(f"{table} {row} {column or ''}".split()) + f": {why}")
        self.table, self.row, self.column, self.why = table, str(row), column, why


class _ToldRow(msgspec.Struct, frozen=True):
    table: str
    id: str
    cells: dict[str, str]


async def verify(
    proven: Sequence[type[Table]], *, witnessed: Witnessed | None = None
) -> Fault | None:
    """The first fault, or None."""
    found = await faults(proven, witnessed=witnessed, most=1)
    return found[0] if found else None


async def faults(
    proven: Sequence[type[Table]],
    *,
    witnessed: Witnessed | None = None,
    most: int = FAULTS_MAX,
) -> list[Fault]:
    """At most so many faults, those of the log first. Looks at one snapshot while others write.

    `witnessed` is the only thing that shows a log rewritten from the start, or put back to an
    older day.
    """
    found: list[Fault] = []
    async with (
        in_use().begin(read_only=True),
        aclosing(_faults(proven, witnessed)) as all_faults,
    ):
        async for fault in all_faults:
            found.append(fault)
            if len(found) == most:
                break
    return found


async def _faults(
    proven: Sequence[type[Table]], witnessed: Witnessed | None
) -> AsyncGenerator[Fault, None]:
    live = await columns_of(in_use())
    lost = [fault for table in (LogEntry, LogHead) for fault in gone(table, live)]
    for fault in lost:
        yield fault
    if lost:
        return  # without the log nothing can be said of the tables
    chain = _Chain(witnessed)
    async for fault in chain.faults():
        yield fault
    async for fault in _table_faults(proven, chain.vouched, live):
        yield fault


async def _table_faults(
    proven: Sequence[type[Table]], told: dict[str, Vouched], live: dict[str, set[str]]
) -> AsyncIterator[Fault]:
    filled = await _filled([table for table in proven if table._meta.tablename in live])
    for table in proven:
        missing = gone(table, live)
        for fault in missing:
            yield fault
        if any(fault.column in (None, table._meta.primary_key._meta.name) for fault in missing):
            continue
        vouched = told.get(table._meta.tablename, {})
        if table in filled:
            async for fault in _compare(table, vouched, {str(f.column) for f in missing}):
                yield fault
        for fault in _lost(table, vouched):
            yield fault


async def _filled(tables: Sequence[type[Table]]) -> set[type[Table]]:
    """Those with a row: most of a young market's tables have none yet."""
    names = {table._meta.tablename: table for table in tables}
    if not names:
        return set()
    asked = ", ".join(f'EXISTS (SELECT 1 FROM "{name}") AS "{name}"' for name in names)  # noqa: S608  (names of our own tables)
    [there] = await in_use().query(f"SELECT {asked}")
    return {table for name, table in names.items() if there[name]}


def _lost(table: type[Table], vouched: Vouched) -> Iterator[Fault]:
    """What is left when the rows that are there were compared."""
    for id, cells in vouched.items():
        if cells:
            yield Fault(table._meta.tablename, id, None, "is in the log, and gone from the table")


def gone(table: type[Table], live: dict[str, set[str]]) -> list[Fault]:
    name = table._meta.tablename
    if name not in live:
        return [Fault(name, "", None, "the table is gone")]
    wanted = [c._meta.db_column_name for c in table._meta.columns]
    return [
        Fault(name, "", column, "the column is gone")
        for column in wanted
        if column not in live[name]
    ]


class _Chain:
    """The log from the first entry to the head; afterwards it knows what was last told."""

    def __init__(self, witnessed: Witnessed | None) -> None:
        self.vouched: dict[str, Vouched] = {}
        """By table."""
        self._witnessed = witnessed
        self._seq, self._leaf = 0, GENESIS

    async def faults(self) -> AsyncIterator[Fault]:
        async for row in _rows(LogEntry, set()):
            if isinstance(row, Fault):
                yield row
                continue
            for fault in self._follow(row):
                yield fault
        for fault in await _head_faults(self._seq, self._leaf):
            yield fault
        if self._witnessed and self._witnessed[0] > self._seq:
            yield Fault("log_entry", self._witnessed[0], None, "was witnessed, and is gone")

    def _follow(self, row: Row) -> Iterator[Fault]:
        seq = row["seq"]
        if seq != self._seq + 1:
            yield Fault("log_entry", self._seq + 1, None, f"is gone; {seq} follows")
        if leaf_hash(row["body"]) != row["leaf"]:
            yield Fault("log_entry", seq, "body", "does not give the leaf beside it")
        yield from self._hear(row)
        if row["prev"] != self._leaf:
            yield Fault("log_entry", seq, "prev", "is not the leaf of the entry before")
        self._seq, self._leaf = seq, row["leaf"]
        if self._witnessed and self._witnessed[0] == seq and self._witnessed[1] != row["leaf"]:
            yield Fault("log_entry", seq, "leaf", "is not the one that was witnessed")

    def _hear(self, row: Row) -> Iterator[Fault]:
        """Take what the body says, also where another fault stands beside it."""
        try:
            entry = msgspec.json.decode(row["body"], type=Entry)
            told = msgspec.convert(entry.rows, list[_ToldRow])
            said = _said(entry)
        except (ValueError, KeyError, msgspec.MsgspecError) as fault:
            yield Fault("log_entry", row["seq"], "body", f"cannot be read: {fault}")
            return
        for name, value in said.items():
            if _shown(row[name]) != value:
                yield Fault("log_entry", row["seq"], name, "is not what the body says")
        for one in told:
            self.vouched.setdefault(one.table, {})[one.id] = one.cells


def _said(entry: Entry) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "prev": bytes.fromhex(entry.prev),
        "at": entry.at,
        "tag": entry.event["type"],
        "subject": entry.subject,
        "actor": entry.by,
    }


def _shown(value: Any) -> Any:
    return instant(value) if isinstance(value, datetime) else value


async def _head_faults(seq: int, leaf: bytes) -> list[Fault]:
    heads = [row async for row in _rows(LogHead, set())]
    spoilt = [head for head in heads if isinstance(head, Fault)]
    if spoilt:
        return spoilt
    [head, *more] = [head for head in heads if not isinstance(head, Fault)] or [{"id": 0}]
    if more or head["id"] != 1:
        return [Fault("log_head", 1, "id", "there must be one head")]
    return [
        Fault("log_head", 1, name, "is not that of the last entry")
        for name, value in (("seq", seq), ("leaf", leaf))
        if head[name] != value
    ]


async def _compare(table: type[Table], vouched: Vouched, missing: set[str]) -> AsyncIterator[Fault]:
    """Row by row; afterwards those are left in `vouched` that are not in the table."""
    key = table._meta.primary_key._meta.name
    async for row in _rows(table, missing):
        if isinstance(row, Fault):
            vouched.pop(row.row, None)
            yield row
            continue
        told = vouched.pop(str(row[key]), {})
        for fault in _cell_faults(table, row, told, missing):
            yield fault


def _cell_faults(
    table: type[Table], row: Row, told: dict[str, str], missing: set[str]
) -> Iterator[Fault]:
    name, id = table._meta.tablename, row[table._meta.primary_key._meta.name]
    if not told:
        yield Fault(name, id, None, "is in the table, and the log does not know it")
        return
    try:
        found = digests(table, row)
    except TypeError as fault:
        yield Fault(name, id, None, f"cannot be read: {fault}")
        return
    for column in {**found, **told}:
        if column in missing:
            continue
        if column not in told or column not in found:
            yield Fault(name, id, column, "a column the log and the table do not share")
        elif told[column] != found[column]:
            yield Fault(name, id, column, "is not as the log told it")


async def _rows(table: type[Table], missing: set[str]) -> AsyncIterator[Row | Fault]:
    """All rows by key; a table of any length is never in memory at once."""
    key = table._meta.primary_key
    columns = [c for c in table._meta.columns if c._meta.db_column_name not in missing]
    names = ", ".join(f'"{column._meta.db_column_name}"' for column in columns)
    select, by_key = f'SELECT {names} FROM "{table._meta.tablename}"', f'"{key._meta.name}"'  # noqa: S608  (names of our own tables)
    last: Any = None
    while True:
        after = "" if last is None else f" WHERE {by_key} > {{}}"
        one_page = f"{select}{after} ORDER BY {by_key} LIMIT {PAGE}"
        try:
            page = await in_use().query(one_page, *([] if last is None else [last]))
        except UNREADABLE:
            async for row in _one_by_one(table, columns, last):
                yield row
            return
        for row in page:
            yield row
        if len(page) < PAGE:
            return
        last = page[-1][key._meta.name]


async def _one_by_one(
    table: type[Table], columns: list[Column], last: Any
) -> AsyncIterator[Row | Fault]:
    """Slow, for a table in which something cannot be read: which cell is it?"""
    key = table._meta.primary_key
    query = table.select(key).order_by(key)
    try:
        ids = [row[key._meta.name] for row in await (query.where(key > last) if last else query)]
    except UNREADABLE as fault:
        yield Fault(table._meta.tablename, "", key._meta.name, f"cannot be read: {fault}")
        return
    for id in ids:
        try:
            [row] = await table.select(*columns).where(key == id)
            yield row
        except UNREADABLE:
            yield await _unreadable(table, columns, id)


async def _unreadable(table: type[Table], columns: list[Column], id: object) -> Fault:
    for column in columns:
        try:
            await table.select(column).where(table._meta.primary_key == id)
        except UNREADABLE as fault:
            return Fault(table._meta.tablename, id, column._meta.name, f"cannot be read: {fault}")
    raise AssertionError(f"{table._meta.tablename} {id}: readable after all")
