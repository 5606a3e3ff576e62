"""Two people, neither near to the other nor to whom it is about, within three days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from certification.basis.refusal import Forbidden, Missing, Refusal

LASTS = timedelta(hours=72)
REST = timedelta(hours=24)
"""How long after a PIN that was chosen by way of a recovery its bearer moves no money elsewhere."""


class NoPinYet(Refusal):
    """A first code needs no second person."""

    code = "recovery.no_pin_yet"


class Waiting(Refusal):
    """One is under way for this person."""

    code = "recovery.waiting"


class Unknown(Missing):
    code = "recovery.unknown"


class Over(Refusal):
    """Confirmed, stopped, or older than 72 hours."""

    code = "recovery.over"


class SameHands(Forbidden):
    """Who began it, and who is to be let in, does not confirm it."""

    code = "recovery.same_hands"


class TooNear(Forbidden):
    """Kin or of one household with who began it or who is to be let in."""

    code = "recovery.too_near"


class Resting(Refusal):
    """The PIN was recovered less than a day ago. `until_at`: ISO."""

    code = "recovery.resting"


class RecoveryView(msgspec.Struct, frozen=True):
    id: str
    person: str
    group: str | None
    begun_by: str
    begun_at: datetime
    expires_at: datetime


class Begun(msgspec.Struct, frozen=True, tag="recovery.begun"):
    recovery: str
    person: str
    group: str


class Confirmed(msgspec.Struct, frozen=True, tag="recovery.confirmed"):
    """All devices and sessions of the person ended with it, and a code was made."""

    recovery: str
    person: str
    group: str


class Stopped(msgspec.Struct, frozen=True, tag="recovery.stopped"):
    recovery: str
    person: str


def ensure_second(of: RecoveryView, near: Iterable[str], *, by: str) -> None:
    """`near`: whoever is related to `by`."""
    if by in (of.begun_by, of.person):
        raise SameHands
    if {of.begun_by, of.person} & set(near):
        raise TooNear


def ensure_rested(recovered_at: datetime | None, pin_since: datetime | None, at: datetime) -> None:
    """`recovered_at`: of the last that was confirmed; the PIN may have been chosen days later."""
    if recovered_at is None or pin_since is None or pin_since < recovered_at:
        return
    if at < pin_since + REST:
        raise Resting(until_at=(pin_since + REST).isoformat())
