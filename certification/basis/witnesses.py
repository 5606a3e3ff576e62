"""Checkpoints that lie elsewhere: is the record still the one they were signed over?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from certification.basis import checkpoints, keepings, notes, tree_proof
from certification.basis.notes import Checkpoint, Signer, Unreadable, Unsigned, Verifier
from certification.basis.proof import FAULTS_MAX, Fault
from certification.basis.refusal import Invalid
from certification.basis.tree_proof import OTHERWISE, TOO_FEW

BYTES_MAX = 1_000_000
EVERY = 1_000_000
KEPT = "checkpoint"
"""What a fault of the folder is of; no table has that name."""


class NotACheckpoint(Invalid):
    """The file is something else, or was altered until it can no longer be read."""

    code = "witnesses.not_a_checkpoint"


class NotAKey(Invalid):
    code = "witnesses.not_a_key"


class SignedByAnother(Invalid):
    """No key that we know, or that was given, signed it; or what is signed was altered."""

    code = "witnesses.signed_by_another"


class Judged(msgspec.Struct, frozen=True):
    said: Checkpoint
    found: Literal["fits", "shorter", "rewritten", "forked"]
    entries: int
    fits_until: int
    """The entries up to here are those of the newest checkpoint of our own that still fits."""


def read(path: Path, known: Sequence[Verifier]) -> Checkpoint:
    try:
        with path.open("rb") as file:
            note = file.read(BYTES_MAX).decode()
        said = notes.read_checkpoint(notes.text_of(note))
        by = notes.signers_of(note)
    except (OSError, UnicodeDecodeError, Unreadable):
        raise NotACheckpoint(file=str(path)) from None
    try:
        notes.signed_text(note, known)
    except Unsigned:
        signers = ", ".join(f"{name} {id}" for name, id in by)
        ours = ", ".join(f"{one.name} {one.id.hex()}" for one in known)
        raise SignedByAnother(
            file=str(path), origin=said.origin, signers=signers, known=ours or "-"
        ) from None
    return said


async def known(given: str | None) -> list[Verifier]:
    """The key that was given, or else ours of today and every key that ever signed here."""
    if given:
        try:
            return [notes.read_verifier(given)]
        except Unreadable:
            raise NotAKey() from None
    today = keepings.desk().signer
    ours = [today.verifier] if isinstance(today, Signer) else []
    return [*ours, *map(notes.read_verifier, await checkpoints.verifiers())]


async def judge(said: Checkpoint) -> Judged:
    """`rewritten`: we remember signing it. `forked`: it was signed, and not over this past."""
    mine = await checkpoints.latest(EVERY)
    entries, roots = await tree_proof.roots([said.size, *(row.size for row in mine)])
    fitting = [row.size for row in mine if roots.get(row.size) == row.root]
    until = max(fitting, default=0)
    if roots.get(said.size) == said.root:
        return Judged(said, "fits", entries, until)
    if said.size > entries:
        return Judged(said, "shorter", entries, until)
    signed_here = any((row.size, row.root) == (said.size, said.root) for row in mine)
    return Judged(said, "rewritten" if signed_here else "forked", entries, until)


async def kept_faults() -> list[Fault]:
    """Of the folder that no restore puts back: each file of this record whole, ours, still true."""
    here, ours, name = keepings.desk(), await known(None), await checkpoints.origin()
    held, faults = dict[str, Checkpoint](), list[Fault]()
    for path in here.kept():
        try:
            held[path.name] = read(path, ours)
        except NotACheckpoint:
            faults.append(Fault(KEPT, path.name, None, "is no checkpoint any more"))
        except SignedByAnother as no:
            if no.facts["origin"] == name:  # else of an older record, whose key may be forgotten
                why = "is not signed by us, or was altered"
                faults.append(Fault(KEPT, path.name, None, why))
    entries, roots = await tree_proof.roots(said.size for said in held.values())
    for file, said in sorted(held.items()):
        if said.origin == name and roots.get(said.size) != said.root:
            why = OTHERWISE if said.size <= entries else TOO_FEW
            told = why.format(size=said.size, entries=entries)
            faults.append(Fault(KEPT, file, None, told))
    return faults[:FAULTS_MAX]
