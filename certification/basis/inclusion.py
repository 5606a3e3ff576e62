"""Showing that an entry is in what was signed, and that what was signed later only added to it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress

import msgspec

from certification.basis import checkpoints, log, merkle, tiles
from certification.basis.checkpoints import Signed
from certification.basis.log import LogEntry
from certification.basis.refusal import Invalid, Missing, Refusal


class NoSuchEntry(Missing):
    code = "inclusion.no_such_entry"


class NotYetSigned(Missing):
    """It is in the record, and what was signed does not reach it."""

    code = "inclusion.not_yet_signed"


class BeyondSigned(Missing):
    code = "inclusion.beyond_signed"


class WrongOrder(Invalid):
    code = "inclusion.wrong_order"


class DoesNotHold(Refusal):
    """The entry or the tree was altered after it was signed."""

    code = "inclusion.does_not_hold"


class Proved(msgspec.Struct, frozen=True):
    seq: int
    leaf: bytes
    proof: tuple[bytes, ...]
    holds: bool
    """Computed here once more: an entry that was altered since proves nothing."""


class Continued(msgspec.Struct, frozen=True):
    first: int
    first_root: bytes
    second: int
    second_root: bytes
    proof: tuple[bytes, ...]


async def of_entry(seq: int, size: int | None) -> tuple[Signed, Proved]:
    """Under the newest checkpoint, or the one over so many entries."""
    entries, _ = await log.head()
    if not 1 <= seq <= entries:
        raise NoSuchEntry(seq=seq, entries=entries)
    signed = await checkpoints.newest() if size is None else await checkpoints.of_size(size)
    if seq > signed.size:
        raise NotYetSigned(seq=seq, signed=signed.size)
    found = await of_entries([seq], signed)
    if not found or not found[0].holds:
        raise DoesNotHold(seq=seq)
    return signed, found[0]


async def of_entries(seqs: Iterable[int], signed: Signed) -> list[Proved]:
    """Those that the checkpoint covers, in order."""
    covered = sorted({seq for seq in seqs if seq <= signed.size})
    if not covered:
        return []
    rows = await (
        LogEntry.select(LogEntry.seq, LogEntry.leaf)
        .where(LogEntry.seq.is_in(covered))
        .order_by(LogEntry.seq)
    )
    return [await _proved(row["seq"], row["leaf"], signed) for row in rows]


async def _proved(seq: int, leaf: bytes, signed: Signed) -> Proved:
    proof: list[bytes] = []
    with suppress(tiles.HoleInLog):
        proof = await tiles.inclusion(seq - 1, signed.size)
    holds = merkle.includes(signed.root, signed.size, seq - 1, leaf, proof)
    return Proved(seq, leaf, tuple(proof), holds)


async def between(first: int, second: int) -> Continued:
    """Of any two sizes that were reached when the record was last signed."""
    newest = await checkpoints.newest()
    if not 0 < first <= second:
        raise WrongOrder(first=first, second=second)
    if second > newest.size:
        raise BeyondSigned(size=second, signed=newest.size)
    try:
        of_newest = await tiles.root(newest.size)
        roots = await tiles.root(first), await tiles.root(second)
        proof = await tiles.consistency(first, second)
    except tiles.HoleInLog:
        raise DoesNotHold(seq=second) from None
    if of_newest != newest.root:  # else an altered past would prove itself
        raise DoesNotHold(seq=second)
    return Continued(first, roots[0], second, roots[1], tuple(proof))


def as_text(signed: Signed, proved: Proved) -> str:
    """C2SP tlog-proof: other programs for such logs read it."""
    steps = "".join(f"{b64encode(step).decode()}\n" for step in proved.proof)
    return f"c2sp.org/tlog-proof@v1\nindex {proved.seq - 1}\n{steps}\n{signed.note}"
