"""A buyer says what was wrong with goods that were handed over, and what becomes of it.

open ──the treasurer──> answered ──the buyer, within days──> appealed ──the committee──> closed
                                 ──nobody──> as it was answered

Whoever answers says what is given, who bears it and why. It is never more than was paid for the
goods, all complaints of an order together.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal

HOURS = 24
"""After the goods were handed over, unless the settings say otherwise."""
ANSWER_WITHIN = timedelta(days=3)
APPEAL_WITHIN = timedelta(days=7)
WORDS_MAX = 1_000

Kind = Literal["spoilt", "short", "wrong", "quality", "other"]
KINDS: tuple[Kind, ...] = ("spoilt", "short", "wrong", "quality", "other")
Outcome = Literal["credit", "refund", "refused"]
OUTCOMES: tuple[Outcome, ...] = ("credit", "refund", "refused")
Bearer = Literal["farmer", "group", "fund", "merchant"]
BEARERS: tuple[Bearer, ...] = ("farmer", "group", "fund", "merchant")
LATER: tuple[Bearer, ...] = ("farmer", "group")
"""The merchant gives it at once and takes it from what these are owed."""


class NoSuchComplaint(Missing):
    code = "complaints.no_such_complaint"


class NotHandedOver(Refusal):
    code = "complaints.not_handed_over"


class TooLate(Refusal):
    code = "complaints.too_late"


class ToldAlready(Refusal):
    """Of these goods; what is new is said to who answers."""

    code = "complaints.told_already"


class NothingSaid(Invalid):
    code = "complaints.nothing_said"


class NotOpen(Refusal):
    """Answered already, or closed."""

    code = "complaints.not_open"


class HasPhoto(Refusal):
    """Another one; what was shown is not taken away again."""

    code = "complaints.has_photo"


class MoreThanPaid(Refusal):
    code = "complaints.more_than_paid"


class NoReason(Invalid):
    code = "complaints.no_reason"


class NoOneFarmer(Refusal):
    """The goods are of several farmers: the group bears it."""

    code = "complaints.no_one_farmer"


class OwnCause(Forbidden):
    """Nobody answers what he complained of, or what his own goods are blamed for."""

    code = "complaints.own_cause"


class Complain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    order: str
    line: str
    kind: Kind
    words: str
    photo: str | None = None


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`satang`: 0 where it is refused; `bearer`: who bears it."""

    id: str
    complaint: str
    outcome: Outcome
    satang: int
    bearer: Bearer | None
    reason: str


class Appeal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    complaint: str
    words: str


class PhotoAdded(msgspec.Struct, frozen=True, tag="complaints.photo_added"):
    complaint: str
    order: str


class Complained(msgspec.Struct, frozen=True, tag="complaints.made"):
    complaint: str
    order: str
    merchant: str
    kind: str


class Answered(msgspec.Struct, frozen=True, tag="complaints.answered"):
    """`instance`: treasurer or committee; `satang`: in all, as it stands now."""

    complaint: str
    order: str
    instance: str
    outcome: str
    satang: int


class Appealed(msgspec.Struct, frozen=True, tag="complaints.appealed"):
    complaint: str
    order: str
    merchant: str


class Taken(msgspec.Struct, frozen=True, tag="complaints.taken"):
    """What the merchant had given for farmer or group was taken from what they are owed."""

    answer: str
    satang: int


def ensure_told(asked: Complain) -> None:
    if not asked.words.strip() or len(asked.words) > WORDS_MAX:
        raise NothingSaid(field="words")


def ensure_in_time(handed_over: datetime | None, hours: int, at: datetime) -> None:
    if handed_over is None:
        raise NotHandedOver()
    if at > handed_over + timedelta(hours=hours):
        raise TooLate(hours=hours)


def ensure_answer(asked: Answer, *, paid: int, given: int) -> None:
    """`paid`: for these goods; `given`: by the answer before, which may only grow."""
    if not asked.reason.strip() or len(asked.reason) > WORDS_MAX:
        raise NoReason(field="reason")
    if asked.outcome == "refused":
        if asked.satang:
            raise MoreThanPaid(most_satang=0)
        return
    if asked.bearer is None:
        raise NoReason(field="bearer")
    if not 0 < asked.satang <= paid - given:
        raise MoreThanPaid(most_satang=paid - given)


def ensure_bearer(bearer: Bearer | None, farmer: str | None) -> None:
    if bearer == "farmer" and not farmer:
        raise NoOneFarmer()


def ensure_another(by: str, *own: str | None) -> None:
    if by in own:
        raise OwnCause()


def ensure_in_time_to_appeal(answered: datetime, at: datetime) -> None:
    if at > answered + APPEAL_WITHIN:
        raise TooLate(hours=APPEAL_WITHIN // timedelta(hours=1))
