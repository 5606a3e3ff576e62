"""The public record: one append-only row for every deed, chained, and read by whoever comes after.

An entry's body is RFC 8785 JSON of integers and strings. It holds the leaf hash (RFC 6962) of the
entry before it, so that each leaf stands for all before, and a digest of every cell of the rows
the deed made or changed, so that the tables can be held against the record.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

import msgspec
from piccolo import columns as column
from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis.database import Database, Row, in_use
from certification.basis.inserting import insert
from certification.basis.schema import APPEND_ONLY, AT_WORK, create

GENESIS = bytes(32)
EXACT_MAX = 2**53 - 1
SALT_BYTES_MIN = 16
SALT = "salt"
"""The column with the row's random salt. Columns with `secret=True` (personal, free text) are
digested under it: when value and salt are erased, what the log holds of them says nothing."""


class LogEntry(Table, tablename="log_entry", tags=[APPEND_ONLY]):
    seq = column.BigInt(primary_key=True)
    at = column.Timestamptz()
    tag = column.Varchar(length=100)
    subject = column.Varchar(length=100, index=True)
    actor = column.Varchar(length=100, help_text="A pseudonym: what is chained cannot be forgotten")
    body = column.Bytea(help_text="The exact bytes that were hashed")
    prev = column.Bytea()
    leaf = column.Bytea()
    log_entry_seq_positive = Check(seq > 0)


class LogHead(Table, tablename="log_head"):
    id = column.Integer(primary_key=True)
    seq = column.BigInt()
    leaf = column.Bytea()
    log_head_is_one = Check(id == 1)


class LogCursor(Table, tablename="log_cursor"):
    reader = column.Varchar(length=100, primary_key=True)
    seq = column.BigInt()


TABLES: list[type[Table]] = [LogEntry, LogHead, LogCursor]


class Told(msgspec.Struct, frozen=True):
    event: msgspec.Struct
    rows: tuple[tuple[type[Table], Any], ...]
    subject: str
    by: str
    at: datetime


class Entry(msgspec.Struct, frozen=True):
    """What a reader is given."""

    seq: int
    at: str
    by: str
    subject: str
    event: dict[str, Any]
    rows: list[dict[str, Any]]
    prev: str


async def create_log(db: Database) -> None:
    for table in TABLES:
        await create(db, table)
    await lay_head(db)


async def lay_head(db: Database) -> None:
    await db.fetch(head_statement(db.engine_type))


def head_statement(engine_type: str) -> str:
    """The one row that gives the order, as a migration makes it; without it no deed commits."""
    zeros = f"x'{GENESIS.hex()}'" if engine_type == "sqlite" else f"'\\x{GENESIS.hex()}'"
    return f"INSERT INTO log_head (id, seq, leaf) VALUES (1, 0, {zeros})"  # noqa: S608  (zeros)


def append(
    event: msgspec.Struct, *rows: tuple[type[Table], Any], subject: str, by: str, at: datetime
) -> None:
    """Tell what was decided, and which rows (Table, id) it made or changed.

    Written when the outermost transaction ends, or never.
    """
    tx = in_use().under_way()
    assert tx, "an event belongs to a transaction"
    tx.told.append(Told(event, rows, subject, by, at))


async def write(told: list[Told]) -> None:
    """Take the head, write, move the head: so the order of `seq` is the order of commits."""
    if not told:
        return
    [head] = await in_use().query(
        "UPDATE log_head SET seq = seq + {} WHERE id = 1 RETURNING seq, leaf", len(told)
    )
    # Only now: read any earlier, a row could be changed by a deed that commits before this one.
    proofs = await _proofs({row for deed in told for row in deed.rows})
    seq, prev, entries = head["seq"] - len(told), head["leaf"], []
    for deed in told:
        seq += 1
        body = canonical(_body(seq, prev, deed, [proofs[row] for row in deed.rows]))
        entries.append(_entry(seq, prev, deed, body))
        prev = leaf_hash(body)
    await insert(*entries)
    await in_use().query("UPDATE log_head SET leaf = {} WHERE id = 1", prev)


def _body(seq: int, prev: bytes, deed: Told, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "seq": seq,
        "at": instant(deed.at),
        "by": deed.by,
        "subject": deed.subject,
        "event": msgspec.to_builtins(deed.event),
        "rows": rows,
        "prev": prev.hex(),
    }


def _entry(seq: int, prev: bytes, deed: Told, body: bytes) -> LogEntry:
    tag = str(deed.event.__struct_config__.tag)
    return LogEntry(
        seq=seq, at=deed.at, tag=tag, subject=deed.subject, actor=deed.by,
        body=body, prev=prev, leaf=leaf_hash(body),
    )  # fmt: skip


async def _proofs(rows: set[tuple[type[Table], Any]]) -> dict[tuple[type[Table], Any], Row]:
    """Read back what the database holds at the end of the deed: that is what is vouched for."""
    proofs: dict[tuple[type[Table], Any], Row] = {}
    for table in {table for table, _ in rows}:
        key = table._meta.primary_key._meta.name
        ids = [id for of, id in rows if of is table]
        found = {row[key]: row for row in await in_use().query(_by_ids(table, len(ids)), *ids)}
        for id in ids:
            if id in found:
                _ensure_salted(table, found[id])
            cells = digests(table, found[id]) if id in found else {}  # none: the row is gone
            proofs[table, id] = {"table": table._meta.tablename, "id": str(id), "cells": cells}
    return proofs


@lru_cache(maxsize=1024)
def _by_ids(table: type[Table], count: int) -> str:
    """Of so many rows every column; built once, for each deed asks it of each of its tables."""
    names = ", ".join(f'"{column._meta.db_column_name}"' for column in table._meta.columns)
    key, marks = table._meta.primary_key._meta.db_column_name, ", ".join(["{}"] * count)
    return f'SELECT {names} FROM "{table._meta.tablename}" WHERE "{key}" IN ({marks})'  # noqa: S608


def _ensure_salted(table: type[Table], row: Row) -> None:
    """A name or number digested without a salt could be guessed by trying them all."""
    told = [c._meta.name for c in table._meta.secret_columns if row[c._meta.name] is not None]
    if told and len(row.get(SALT) or b"") < SALT_BYTES_MIN:
        raise ValueError(f"{table._meta.tablename}: {told[0]} is secret and has no salt")


def digests(table: type[Table], row: Row) -> dict[str, str]:
    """One digest for every cell of a row, the salt first."""
    place = [table._meta.tablename, str(row[table._meta.primary_key._meta.name])]
    secret = {c._meta.name for c in table._meta.secret_columns}
    salt, cells = row.get(SALT) or b"", {}
    for name in sorted(row.keys() - at_work(table), key=lambda name: (name != SALT, name)):
        content = canonical([*place, name, *plain(row[name])])
        cells[name] = (
            commitment(salt, name, content)
            if name in secret
            else hashlib.sha256(content).hexdigest()
        )
    return cells


@cache
def at_work(table: type[Table]) -> frozenset[str]:
    return frozenset(c._meta.name for c in table._meta.columns if c._meta.help_text == AT_WORK)


def commitment(salt: bytes, name: str, content: bytes) -> str:
    """Each column has its own key, so that one cell can be opened without the others."""
    return hmac.digest(hmac.digest(salt, name.encode(), "sha256"), content, "sha256").hex()


def plain(value: Any) -> list[int | str]:
    """A cell in integers and strings, the same from both engines; nothing stands for NULL."""
    match value:
        case None:
            return []
        case bool() | int():
            return [str(int(value))]  # as text: JSON is exact to 2^53 only
        case bytes():
            return [value.hex()]
        case datetime():
            return [instant(value)]
        case str() | date() | UUID():
            return [str(value)]
    raise TypeError(f"{type(value).__name__} has no place in a proven table")


def instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(value: Any) -> bytes:
    """RFC 8785, of which this needs only a part: msgspec then writes the same bytes, much faster.

    Its strings are those of RFC 8785 3.2.2.2; its order of keys is that of 3.2.3 for ASCII. A test
    holds it against a whole implementation.
    """
    _ensure_exact(value)
    return msgspec.json.encode(value, order="deterministic")


def _ensure_exact(value: Any) -> None:
    match value:
        case str():
            return
        case int() if not isinstance(value, bool):
            if abs(value) > EXACT_MAX:
                raise ValueError(f"{value}: JSON is exact to 2^53 only")
        case list() | tuple():
            for part in value:
                _ensure_exact(part)
        case dict():
            _ensure_plain_keys(value)
            _ensure_exact([*value.values()])
        case _:
            raise TypeError(f"{value!r}: the log speaks in integers and strings")


def _ensure_plain_keys(value: dict[Any, Any]) -> None:
    for name in value:
        if not isinstance(name, str) or not name.isascii():
            raise TypeError(f"{name!r}: a key of the log is ASCII")


def leaf_hash(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


async def after(seq: int, *, limit: int = 100) -> list[Entry]:
    rows = await in_use().query(
        "SELECT body FROM log_entry WHERE seq > {} ORDER BY seq LIMIT {}", seq, limit
    )
    return [msgspec.json.decode(row["body"], type=Entry) for row in rows]


async def events_of(subject: str) -> list[Entry]:
    """All that was ever told of one subject, oldest first."""
    rows = await in_use().query(
        "SELECT body FROM log_entry WHERE subject = {} ORDER BY seq", subject
    )
    return [msgspec.json.decode(row["body"], type=Entry) for row in rows]


async def head() -> tuple[int, bytes]:
    """Number and leaf of the last entry: kept elsewhere, it is what `proof` calls witnessed."""
    [row] = await in_use().query("SELECT seq, leaf FROM log_head WHERE id = 1")
    return row["seq"], row["leaf"]


async def consume(reader: str, handle: Callable[[Entry], Awaitable[None]], limit: int = 100) -> int:
    """Hand the next entries to `handle`, in order; tells how many it handed over.

    None is passed over: when `handle` fails, the cursor stays before that entry, which comes again.
    Some may come twice: when the process dies before the cursor has followed them, or when two
    processes read as the same reader at once. There is no lease, so `handle` must bear repeating
    (a row with the entry's `seq` as its key, an idempotency key for the world).
    """
    db = in_use()
    assert db.under_way() is None, "a reader stands outside every deed"
    [cursor] = await db.query(
        "INSERT INTO log_cursor (reader, seq) VALUES ({}, 0)"
        " ON CONFLICT (reader) DO UPDATE SET reader = excluded.reader RETURNING seq",
        reader,
    )
    entries, done = await after(cursor["seq"], limit=limit), 0
    try:
        for entry in entries:
            await handle(entry)
            done = entry.seq
    finally:
        if done:  # once for all of them: each move of the cursor is a commit of its own
            await db.query(
                "UPDATE log_cursor SET seq = {} WHERE reader = {} AND seq < {}", done, reader, done
            )
    return len(entries)
