"""At the collection point: what was promised is weighed, and accepted or refused with a reason."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal

GRAMS_MAX = 100_000_000
LATE_MOST = timedelta(days=7)
"""A desk may be so long without signal: a round is fetched and divided in a week."""
AHEAD_MOST = timedelta(minutes=10)
"""A device's clock may be wrong by so much."""
Because = Literal["spoilt", "unripe", "size", "dirty", "unlabelled", "not_ordered", "other"]
BECAUSE: tuple[Because, ...] = (
    "spoilt", "unripe", "size", "dirty", "unlabelled", "not_ordered", "other",
)  # fmt: skip


class NoSuchIntake(Missing):
    code = "intake.missing"


class WeightWrong(Invalid):
    """Nothing, less than nothing, or more accepted than was weighed."""

    code = "intake.weight_wrong"


class ReasonMissing(Invalid):
    """Something is refused, and not said why."""

    code = "intake.reason_missing"


class NothingRefused(Invalid):
    """A reason, and nothing that was refused."""

    code = "intake.nothing_refused"


class CorrectedAlready(Refusal):
    code = "intake.corrected_already"


class OtherOffer(Refusal):
    """A weighing is corrected by another of the same goods."""

    code = "intake.other_offer"


class TooLate(Refusal):
    """Weighed so long ago that nobody can find it out any more."""

    code = "intake.too_late"


class NotYet(Refusal):
    """Weighed at an hour that is still to come: the clock of the device is wrong."""

    code = "intake.not_yet"


class OtherPerson(Refusal):
    """Typed under another person's sign-in, and sent under this one's."""

    code = "intake.other_person"


class NotOfThePromise(Refusal):
    """A lot that came of another promise, or that is said where the offer already is of a lot."""

    code = "intake.not_of_the_promise"


class NothingOfTheLot(Refusal):
    """A weighing that made a lot cannot come to nothing: its lot would be of no grams."""

    code = "intake.nothing_of_the_lot"


class WeighIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`last`: no more of it comes. `corrects`: the weighing that this one stands for instead.

    Of an expected harvest what is accepted becomes a lot, cut on `harvested_on` (empty: today),
    unless it is of `lot`, which is written down already. `as_plain` and `sure` are what whoever
    types says where the harvest would be refused without. `weighed_at`: by the clock of the desk,
    where there was no signal then.
    """

    id: str
    offer: str
    weighed_grams: int
    accepted_grams: int
    because: Because | None = None
    photo: str | None = None
    last: bool = False
    corrects: str | None = None
    harvested_on: date | None = None
    lot: str | None = None
    as_plain: bool = False
    sure: bool = False
    weighed_at: datetime | None = None


class WeighedIn(msgspec.Struct, frozen=True, tag="intake.weighed"):
    intake: str
    offer: str
    weighed_grams: int
    accepted_grams: int
    because: str
    accepted_in_all: int
    corrects: str
    lot: str = ""


def ensure_weighed(asked: WeighIn) -> None:
    """A correction may say that nothing was there."""
    least = 0 if asked.corrects else 1
    if not least <= asked.weighed_grams <= GRAMS_MAX:
        raise WeightWrong(field="weighed")
    if not 0 <= asked.accepted_grams <= asked.weighed_grams:
        raise WeightWrong(field="accepted")
    refused = asked.weighed_grams - asked.accepted_grams
    if refused and asked.because is None:
        raise ReasonMissing(field="because")
    if not refused and asked.because is not None:
        raise NothingRefused(field="because")


def ensure_in_time(weighed_at: datetime | None, at: datetime) -> None:
    if weighed_at is None:
        return
    if weighed_at > at + AHEAD_MOST:
        raise NotYet(weighed_at=weighed_at.isoformat())
    if weighed_at < at - LATE_MOST:
        raise TooLate(weighed_at=weighed_at.isoformat(), days=LATE_MOST.days)
