"""Asking twice is asking once: the id of a deed, what was asked with it, and the answer given.

The asker makes the id. The same id with the same body is answered as before, the same id with
another body is refused, whoever asks first and however many ask at the same moment. A deed that is
asked `for_good` remembers a "no" as well: what was refused stays refused, also when its duplicate
comes late and could be done by then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import ParamSpec, TypeVar

import msgspec
from piccolo import columns as column
from piccolo.table import Table

from certification.basis import columns
from certification.basis.database import Look, in_use
from certification.basis.refusal import Fact, Refusal, as_told
from certification.basis.transaction import run, run_after, transaction

P = ParamSpec("P")
T = TypeVar("T")


class AskedOtherwise(Refusal):
    """This id was used for something else; a new deed needs a new id."""

    code = "asked.otherwise"

    def __init__(self, **facts: Fact) -> None:
        super().__init__(**facts)
        self.kept = True


class Asked(Table, tablename="asked"):
    """Kept for ever: a phone may come back with its outbox after a year."""

    id = columns.row_id()
    deed = columns.word()
    by = columns.person(null=True)
    digest = column.Varchar(length=64, default=None, help_text="SHA-256 of what was asked")
    answer = column.Bytea(default=None, help_text="JSON of what was answered, or of a no's facts")
    refused = column.Varchar(
        length=60, null=True, default=None, help_text="The code of the no that was given"
    )
    at = columns.instant()


class Deed(msgspec.Struct, frozen=True):
    """What was asked, as far as it is kept."""

    id: str
    name: str
    by: str | None
    digest: str
    answer: type
    at: datetime


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
    digest = digest_of(deed, by, body)
    async with transaction():
        # Who comes second waits here until the first has committed, then reads its answer.
        new = await in_use().query(
            "INSERT INTO asked (id, deed, by, digest, answer, at) VALUES ({}, {}, {}, {}, {}, {})"
            " ON CONFLICT (id) DO NOTHING RETURNING id",
            id, deed, by, digest, b"", at,
        )  # fmt: skip
        if not new:
            return await _as_before(id, digest, answer)
        try:
            answered = await do()
        except Refusal as no:
            no.deed = Deed(id, deed, by, digest, answer, at)
            raise
        await in_use().query(
            "UPDATE asked SET answer = {} WHERE id = {}", msgspec.json.encode(answered), id
        )
        return answered


def digest_of(deed: str, by: str | None, body: object) -> str:
    asked = [deed, by, msgspec.to_builtins(body)]
    return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()


async def is_known(id: str) -> bool:
    """Whether it was answered, be it by a no."""
    return bool(await in_use().look("SELECT id FROM asked WHERE id = {}", id))


async def _as_before(id: str, digest: str, answer: type[T]) -> T:
    [known] = await Asked.select(Asked.digest, Asked.answer, Asked.refused).where(Asked.id == id)
    if known["digest"] != digest:
        raise AskedOtherwise(id=id)
    if known["refused"]:
        no = as_told(known["refused"], msgspec.json.decode(known["answer"]))
        no.kept = True
        raise no
    return msgspec.json.decode(known["answer"], type=answer)


async def for_good(command: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """`run`, and a no of the rules (409) is remembered under the deed's id and told again.

    What is malformed, missing or forbidden began nothing, and what was busy may be asked again:
    neither is remembered. Of duplicates at once the first that is stored is the answer of all.
    """
    return await for_good_after(None, command, *args, **kwargs)


async def for_good_after(
    first: Look | None, command: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> T:
    """The same, where `first` may say the no before anything is begun: `run_after`."""
    try:
        return await run_after(first, command, *args, **kwargs)
    except Refusal as no:
        deed = no.deed
        if not isinstance(deed, Deed) or no.status != Refusal.status:
            raise
        if await _remember(deed, no):
            no.kept = True
            raise
        done: T = await run(_as_before, deed.id, deed.digest, deed.answer)
        return done


async def _remember(deed: Deed, no: Refusal) -> bool:
    """One statement and no transaction around it. False: another has answered it meanwhile."""
    return bool(
        await in_use().query(
            "INSERT INTO asked (id, deed, by, digest, answer, refused, at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (id) DO NOTHING RETURNING id",
            deed.id, deed.name, deed.by, deed.digest, msgspec.json.encode(no.facts), no.code,
            deed.at,
        )
    )  # fmt: skip
