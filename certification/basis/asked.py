"""Asking twice is asking once: the id of a deed, what was asked with it, and the answer given.

The asker makes the id. The same id with the same body is answered as before, the same id with
another body is refused, whoever asks first and however many ask at the same moment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import msgspec
from piccolo import columns as column
from piccolo.table import Table

from certification.basis import columns
from certification.basis.database import in_use
from certification.basis.refusal import Refusal
from certification.basis.transaction import transaction

T = TypeVar("T")


class AskedOtherwise(Refusal):
    """This id was used for something else; a new deed needs a new id."""

    code = "asked.otherwise"


class Asked(Table, tablename="asked"):
    """Kept for ever: a phone may come back with its outbox after a year."""

    id = columns.row_id()
    deed = columns.word()
    by = columns.person(null=True)
    digest = column.Varchar(length=64, default=None, help_text="SHA-256 of what was asked")
    answer = column.Bytea(default=None, help_text="JSON of the Struct that was answered")
    at = columns.instant()


async def once(
    id: str,
    deed: str,
    body: object,
    do: Callable[[], Awaitable[T]],
    answer: type[T],
    *,
    by: str | None,
    at: datetime,
) -> T:
    """Do it, or give the answer it had; call inside `run`, so that a collision begins anew."""
    digest = hashlib.sha256(
        msgspec.json.encode([deed, by, msgspec.to_builtins(body)], order="deterministic")
    ).hexdigest()
    async with transaction():
        # Who comes second waits here until the first has committed, then reads its answer.
        new = await in_use().query(
            "INSERT INTO asked (id, deed, by, digest, answer, at) VALUES ({}, {}, {}, {}, {}, {})"
            " ON CONFLICT (id) DO NOTHING RETURNING id",
            id, deed, by, digest, b"", at,
        )  # fmt: skip
        if not new:
            return await _as_before(id, digest, answer)
        answered = await do()
        await in_use().query(
            "UPDATE asked SET answer = {} WHERE id = {}", msgspec.json.encode(answered), id
        )
        return answered


async def _as_before(id: str, digest: str, answer: type[T]) -> T:
    [known] = await Asked.select(Asked.digest, Asked.answer).where(Asked.id == id)
    if known["digest"] != digest:
        raise AskedOtherwise(id=id)
    return msgspec.json.decode(known["answer"], type=answer)
