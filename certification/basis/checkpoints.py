"""The root of the log's tree, signed and kept elsewhere too: it shows that the past was changed.

Each is a row (append-only) and a file in a folder of its own, which no restore puts back. None is
signed that does not continue what was signed before: whoever keeps an older one would hold two
records of one name in hand, and could believe neither.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec
from piccolo import columns as column
from piccolo.table import Table

from certification.basis import log, notes, tiles
from certification.basis.database import in_use
from certification.basis.keepings import Desk, desk
from certification.basis.notes import Checkpoint, Signer, Verifier
from certification.basis.refusal import Missing, Refusal
from certification.basis.schema import APPEND_ONLY
from certification.basis.transaction import run, transaction

EVERY = timedelta(hours=1)
"""How often the clock signs what is new."""


class LogCheckpoint(Table, tablename="log_checkpoint", tags=[APPEND_ONLY]):
    number = column.BigInt(primary_key=True)
    at = column.Timestamptz()
    origin = column.Varchar(length=200, index=True, help_text="The log's name, as it is signed")
    size = column.BigInt(index=True)
    root = column.Bytea()
    verifier = column.Varchar(length=300, help_text="name+id+key, to check the note with")
    note = column.Text()


class Signed(msgspec.Struct, frozen=True):
    number: int
    at: datetime
    origin: str
    size: int
    root: bytes
    verifier: str
    note: str


class NoneYet(Missing):
    """Nothing was signed so far, or nothing of that size."""

    code = "checkpoints.none_yet"


class NothingToSign(Refusal):
    code = "checkpoints.nothing_to_sign"


class RecordShorter(Refusal):
    """Fewer entries than were signed before: put back to an older day, or cut."""

    code = "checkpoints.record_shorter"


class RecordOtherwise(Refusal):
    """The first entries are not those that were signed before: gone on anew, or edited."""

    code = "checkpoints.record_otherwise"


class KeyMissing(Refusal):
    code = "checkpoints.key_missing"


class KeyOpen(Refusal):
    """Others than its owner may read it: they could sign in our name."""

    code = "checkpoints.key_open"


class KeyDamaged(Refusal):
    code = "checkpoints.key_damaged"


class FolderUnusable(Refusal):
    """It was signed and stands in the table, but could not be kept beside it."""

    code = "checkpoints.folder_unusable"


KEY_REFUSED = {"missing": KeyMissing, "open": KeyOpen, "damaged": KeyDamaged}


def ensure_can_sign() -> None:
    _signer(desk())


async def ensure_continues() -> None:
    """Whether what is here may still be signed after what was."""
    here = desk()
    before = await _before(_signer(here).verifier, here)
    size, _ = await log.head()
    await _ensure_continues(before, size)


async def sign(*, at: datetime) -> Signed:
    """A checkpoint over all there is; the newest again where nothing came since."""
    here = desk()
    signer = _signer(here)
    await _lay_all()
    signed = await run(_sign, [signer], here, at)
    _keep(here, signed)
    return signed


async def keep_newest() -> None:
    """What was signed while the folder could not be written to."""
    if last := await _newest():
        _keep(desk(), last)


async def renew(*, at: datetime, another_record: bool) -> Signed:
    """With a new key. The old one, where it is not lost, signs beside it, so that who trusts it may
    trust the new one. `another_record`: under a new name, owing nothing to what was signed before.
    """
    here, name = desk(), await origin()
    held = here.signer
    old = held if isinstance(held, Signer) and not another_record else None
    new = Signer(_next(name) if another_record else name, secrets.token_bytes(notes.KEY_BYTES))
    await _lay_all()
    signed = await run(_sign, [new, *([old] if old else [])], here, at)
    here.replace_key(new)
    _keep(here, signed)
    return signed


def next_after(at: datetime) -> datetime:
    """When what came since is signed at the latest."""
    return at + EVERY


async def newest() -> Signed:
    found = await _newest()
    if found is None:
        raise NoneYet()
    return found


async def of_size(size: int) -> Signed:
    """The newest over so many entries."""
    rows = await _rows("WHERE size = {} ORDER BY number DESC LIMIT 1", size)
    if not rows:
        raise NoneYet()
    return rows[0]


async def first_over(seq: int) -> Signed | None:
    """The first that was signed over an entry: what it would be nobody knew when that was told."""
    rows = await _rows("WHERE size >= {} ORDER BY number LIMIT 1", seq)
    return rows[0] if rows else None


async def latest(most: int) -> list[Signed]:
    return await _rows("ORDER BY number DESC LIMIT {}", most)


async def origin() -> str:
    """The name that the record bears, or will when it is first signed."""
    last = await _newest()
    if last:
        return last.origin
    here = desk()
    held = here.signer
    return held.name if isinstance(held, Signer) else here.name


async def verifiers() -> list[str]:
    """Every key that ever signed, the newest first."""
    rows = await in_use().query(
        "SELECT verifier, max(number) AS last FROM log_checkpoint GROUP BY verifier"
        " ORDER BY last DESC"
    )
    return [row["verifier"] for row in rows]


async def _lay_all() -> None:
    """In transactions of their own, so that nobody waits long for the writer's turn."""
    while await run(tiles.lay):
        pass


async def _sign(signers: Sequence[Signer], here: Desk, at: datetime) -> Signed:
    by = signers[0].verifier
    async with transaction():
        while await tiles.lay():
            pass
        before, last = await _before(by, here), await _newest()
        size, _ = await log.head()  # after them: another process may sign and tell meanwhile
        if not size:
            raise NothingToSign()
        await _ensure_continues(before, size)
        if last and (last.size, last.verifier) == (size, by.text):
            return last
        now = Checkpoint(by.name, size, await tiles.root(size))
        signed = Signed(
            last.number + 1 if last else 1, at, now.origin, size, now.root, by.text,
            notes.sign(now.text, signers),
        )  # fmt: skip
        return signed if await _write(signed) else await newest()


async def _write(signed: Signed) -> bool:
    """False where another process signed at this moment: then theirs is as good."""
    return bool(
        await in_use().query(
            "INSERT INTO log_checkpoint (number, at, origin, size, root, verifier, note)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT DO NOTHING RETURNING number",
            *msgspec.structs.astuple(signed),
        )
    )


async def _before(by: Verifier, here: Desk) -> list[Checkpoint]:
    """What the folder remembers, which is not put back with the table, and what the table does."""
    known = [by, *(notes.read_verifier(text) for text in await verifiers())]
    kept = here.newest_kept(by.name, known)
    rows = await _rows("WHERE origin = {} ORDER BY number DESC LIMIT 1", by.name)
    return [
        *([kept] if kept else []),
        *(Checkpoint(one.origin, one.size, one.root) for one in rows),
    ]


async def _ensure_continues(before: Sequence[Checkpoint], size: int) -> None:
    for one in before:
        if one.size > size:
            raise RecordShorter(signed=one.size, entries=size)
        if await _root(one.size) != one.root:
            raise RecordOtherwise(signed=one.size, entries=size)


async def _root(size: int) -> bytes | None:
    with suppress(tiles.HoleInLog):
        return await tiles.root(size)
    return None


async def _newest() -> Signed | None:
    rows = await latest(1)
    return rows[0] if rows else None


async def _rows(rest: str, *given: object) -> list[Signed]:
    rows = await in_use().query(
        f"SELECT number, at, origin, size, root, verifier, note FROM log_checkpoint {rest}",  # noqa: S608  (ours)
        *given,
    )
    return msgspec.convert(rows, list[Signed], strict=False)


def _keep(here: Desk, signed: Signed) -> None:
    try:
        here.keep(signed.size, notes.read_verifier(signed.verifier), signed.note)
    except OSError as fault:
        raise FolderUnusable(folder=str(here.folder)) from fault


def _signer(here: Desk) -> Signer:
    held = here.signer
    if isinstance(held, str):
        raise KEY_REFUSED[held](file=here.key_file)
    return held


def _next(name: str) -> str:
    """`…/log`, `…/log/2`, `…/log/3`."""
    stem, _, last = name.rpartition("/")
    return f"{stem}/{int(last) + 1}" if stem and last.isdecimal() else f"{name}/2"


async def anything_signed() -> bool:
    return bool(await in_use().query("SELECT 1 AS one FROM log_checkpoint LIMIT 1"))
