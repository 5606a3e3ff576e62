"""What witnesses elsewhere signed of our checkpoints: kept, shown with the note, checked anew."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec
from piccolo import columns as column
from piccolo.table import Table

from certification.basis import notes
from certification.basis.checkpoints import LogCheckpoint, Signed
from certification.basis.cosigned import Cosigned, Witness, read, read_witness
from certification.basis.database import in_use
from certification.basis.notes import Unreadable
from certification.basis.proof import Fault
from certification.basis.schema import APPEND_ONLY

ALTERED = "was altered, or is not of the witness beside it"


class LogCosignature(Table, tablename="log_cosignature", tags=[APPEND_ONLY]):
    id = column.Varchar(length=40, primary_key=True)
    """The checkpoint's number and the number of the witness's key."""
    checkpoint = column.BigInt(index=True)
    size = column.BigInt()
    witness = column.Varchar(length=300, index=True, help_text="name+number+key, to check it with")
    at = column.Timestamptz(help_text="When the witness saw it, by the witness's clock")
    line = column.Text()


class Seen(NamedTuple):
    """The largest that a witness has signed."""

    name: str
    size: int
    at: datetime


async def keep(signed: Signed, found: Cosigned) -> None:
    """Once for each checkpoint and witness; told again it stays as it is."""
    await in_use().query(
        "INSERT INTO log_cosignature (id, checkpoint, size, witness, at, line)"
        " VALUES ({}, {}, {}, {}, {}, {}) ON CONFLICT DO NOTHING RETURNING id",
        f"{signed.number}-{found.witness.id.hex()}", signed.number, signed.size,
        found.witness.text, found.at, found.line,
    )  # fmt: skip


async def last_of(by: Witness, origin: str) -> int:
    """Up to where this witness has seen the record of that name; 0 for not yet."""
    rows = await in_use().query(
        "SELECT max(s.size) AS size FROM log_cosignature s"
        " JOIN log_checkpoint c ON c.number = s.checkpoint WHERE s.witness = {} AND c.origin = {}",
        by.text, origin,
    )  # fmt: skip
    return rows[0]["size"] or 0


async def seen(origin: str) -> list[Seen]:
    """Of each witness the newest, for people to read."""
    rows = await (
        LogCosignature.select(LogCosignature.witness, LogCosignature.size, LogCosignature.at)
        .where(LogCosignature.checkpoint.is_in(LogCheckpoint.select(LogCheckpoint.number)
               .where(LogCheckpoint.origin == origin)))
        .order_by(LogCosignature.checkpoint)
    )  # fmt: skip
    newest = {row["witness"]: row for row in rows}
    found = [Seen(read_witness(of).name, row["size"], row["at"]) for of, row in newest.items()]
    return sorted(found, key=lambda one: one.at, reverse=True)


async def with_lines(signed: Signed) -> Signed:
    """The note with the signatures of its witnesses below our own."""
    rows = await (
        LogCosignature.select(LogCosignature.line)
        .where(LogCosignature.checkpoint == signed.number)
        .order_by(LogCosignature.at, LogCosignature.id)
    )
    note = signed.note + "".join(row["line"] for row in rows)
    return msgspec.structs.replace(signed, note=note)


async def witnesses(of: Signed) -> list[str]:
    """The keys of those whose lines stand below it, `name+number+key`, in their order."""
    rows = await (
        LogCosignature.select(LogCosignature.witness)
        .where(LogCosignature.checkpoint == of.number)
        .order_by(LogCosignature.at, LogCosignature.id)
    )
    return [row["witness"] for row in rows]


async def known() -> list[str]:
    """The keys of all that ever signed one of ours, `name+number+key`."""
    rows = await in_use().query("SELECT DISTINCT witness FROM log_cosignature ORDER BY witness")
    return [row["witness"] for row in rows]


async def faults() -> list[Fault]:
    """Each line held against the checkpoint and the key that stand beside it."""
    rows = await LogCosignature.select().order_by(LogCosignature.id)
    signed = {row["number"]: row for row in await LogCheckpoint.select() if rows}
    return [
        Fault("log_cosignature", row["id"], "line", ALTERED)
        for row in rows
        if not _holds(row, signed.get(row["checkpoint"]))
    ]


def _holds(row: dict[str, object], of: dict[str, object] | None) -> bool:
    if of is None or of["size"] != row["size"]:
        return False
    try:
        text = notes.text_of(str(of["note"]))
        found = read(str(row["line"]), text, read_witness(str(row["witness"])))
    except Unreadable:
        return False
    return found is not None and found.line == row["line"]
