"""At the collection point: what was promised is weighed, and accepted or refused with a reason."""

from __future__ import annotations

from typing import Literal

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal

GRAMS_MAX = 100_000_000
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


class WeighIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`last`: no more of it comes. `corrects`: the weighing that this one stands for instead."""

    id: str
    offer: str
    weighed_grams: int
    accepted_grams: int
    because: Because | None = None
    photo: str | None = None
    last: bool = False
    corrects: str | None = None


class WeighedIn(msgspec.Struct, frozen=True, tag="intake.weighed"):
    intake: str
    offer: str
    weighed_grams: int
    accepted_grams: int
    because: str
    accepted_in_all: int
    corrects: str


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
