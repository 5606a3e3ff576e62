"""Holding the tables against the log: which is the first cell that is not as it was told?"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from piccolo.table import Table

from certification.basis.database import Row, in_use
from certification.basis.log import GENESIS, Entry, LogEntry, LogHead, digests, instant, leaf_hash

PAGE = 500

Vouched = dict[tuple[str, str], dict[str, str]]
"""Table and id, and the digests of the cells as the log last told them."""


class Fault(Exception):
    def __init__(self, table: str, row: object, column: str | None, why: str) -> None:
        super().__init__(f"{table} {row} {column or ''}: {why}")
        self.table, self.row, self.column, self.why = table, str(row), column, why


async def verify(
    proven: Sequence[type[Table]], *, witnessed: tuple[int, bytes] | None = None
) -> Fault | None:
    """The first fault, or None. Looks at one snapshot while others write.

    `witnessed` is a (seq, leaf) that left the machine earlier: the only thing that shows a log
    rewritten from the start, or put back to an older day.
    """
    try:
        async with in_use().begin(read_only=True):
            vouched = await _walk(witnessed)
            for table in proven:
                await _compare(table, vouched)
    except Fault as fault:
        return fault
    return None


async def _walk(witnessed: tuple[int, bytes] | None) -> Vouched:
    """Go along the chain from the first entry to the head."""
    vouched: Vouched = {}
    seq, prev = 0, GENESIS
    while page := await _page(LogEntry, seq or None):
        for row in page:
            entry = _checked(row, seq + 1, prev)
            seq, prev = entry.seq, row["leaf"]
            if witnessed and witnessed[0] == seq and witnessed[1] != prev:
                raise Fault("log_entry", seq, "leaf", "is not the one that was witnessed")
            vouched |= {(told["table"], told["id"]): told["cells"] for told in entry.rows}
    await _check_head(seq, prev)
    if witnessed and witnessed[0] > seq:
        raise Fault("log_entry", witnessed[0], None, "was witnessed, and is gone")
    return vouched


def _checked(row: Row, seq: int, prev: bytes) -> Entry:
    if row["seq"] != seq:
        raise Fault("log_entry", seq, None, f"is gone; {row['seq']} follows")
    if leaf_hash(row["body"]) != row["leaf"]:
        raise Fault("log_entry", seq, "body", "does not give the leaf beside it")
    entry = msgspec.json.decode(row["body"], type=Entry)
    told = {
        "seq": entry.seq,
        "prev": bytes.fromhex(entry.prev),
        "at": entry.at,
        "tag": entry.event["type"],
        "subject": entry.subject,
        "actor": entry.by,
    }
    for name, value in told.items():
        if _shown(row[name]) != value:
            raise Fault("log_entry", seq, name, "is not what the body says")
    if row["prev"] != prev:
        raise Fault("log_entry", seq, "prev", "is not the leaf of the entry before")
    return entry


def _shown(value: Any) -> Any:
    return instant(value) if isinstance(value, datetime) else value


async def _check_head(seq: int, leaf: bytes) -> None:
    heads = await LogHead.select()
    if [head["id"] for head in heads] != [1]:
        raise Fault("log_head", 1, "id", "there must be one head")
    for name, value in (("seq", seq), ("leaf", leaf)):
        if heads[0][name] != value:
            raise Fault("log_head", 1, name, "is not that of the last entry")


async def _compare(table: type[Table], vouched: Vouched) -> None:
    name, key = table._meta.tablename, table._meta.primary_key._meta.name
    seen = None
    while page := await _page(table, seen):
        for row in page:
            seen = row[key]
            told = vouched.pop((name, str(seen)), {})
            if not told:
                raise Fault(name, seen, None, "is in the table, and the log does not know it")
            _compare_cells(name, seen, told, digests(table, row))
    for (of, id), cells in vouched.items():
        if of == name and cells:
            raise Fault(name, id, None, "is in the log, and gone from the table")


def _compare_cells(table: str, id: object, told: dict[str, str], found: dict[str, str]) -> None:
    for name in [*found, *told]:
        if name not in told or name not in found:
            raise Fault(table, id, name, "a column the log and the table do not share")
        if told[name] != found[name]:
            raise Fault(table, id, name, "is not as the log told it")


async def _page(table: type[Table], after: Any) -> list[Row]:
    """The next rows by key; a table of any length is never in memory at once."""
    key = table._meta.primary_key
    query = table.select().order_by(key).limit(PAGE)
    try:
        return await (query if after is None else query.where(key > after))
    except (ValueError, ArithmeticError, sqlite3.OperationalError) as fault:
        why = f"one of the next {PAGE} rows cannot be read: {fault}"
        raise Fault(table._meta.tablename, f"after {after}", None, why) from fault
