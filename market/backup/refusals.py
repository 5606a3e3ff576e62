"""Why a backup is not made, or not put back; in each case nothing was touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from certification.basis.refusal import Refusal
from market.db import is_full


class AlreadyThere(Refusal):
    """The name is taken: a backup never writes over another."""

    code = "backup.already_there"


class NoBackup(Refusal):
    """What was named is no backup of ours."""

    code = "backup.none"


class Damaged(Refusal):
    """A byte is not as it was written, or a file is missing or too many."""

    code = "backup.damaged"


class FromNewer(Refusal):
    """It was made by a newer market, or by one that grew otherwise."""

    code = "backup.from_newer"


class KeyMissing(Refusal):
    code = "backup.key_missing"


class KeyWrong(Refusal):
    """A key file is there, but not the one the backup was sealed with."""

    code = "backup.key_wrong"


class KeyPaperWrong(Refusal):
    """A line of the key paper cannot be what was printed."""

    code = "backup.key_paper_wrong"


class StillServed(Refusal):
    code = "backup.still_served"


class HoldsSomething(Refusal):
    """What is there would be replaced, and nobody said so."""

    code = "backup.holds_something"


class NotSound(Refusal):
    """Its bytes are as written, and yet its rows do not fit its record, or its key."""

    code = "backup.not_sound"


class NoRoomLeft(Refusal):
    code = "backup.no_room"


@contextmanager
def room_needed() -> Iterator[None]:
    """A full disk is told as such, whoever meets it: this program, SQLite or PostgreSQL."""
    try:
        yield
    except Exception as fault:
        if is_full(fault):
            raise NoRoomLeft() from fault
        raise
