"""A farmer's minimum price of a crop: nobody sells hers below it without a yes that is on record.

The yes is hers, or the committee's by a decision of a day; it holds for a crop, down to a price,
until a last day, and is a row of its own.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid, Refusal

SATANG_PER_KG_MAX = 10_000_000
CONSENT_DAYS_MAX = 60
Because = Literal["own", "committee"]


class BelowMinimum(Refusal):
    """`satang_per_kg` is the least for which it may be sold."""

    code = "floors.below_minimum"


class PriceWrong(Invalid):
    code = "floors.price_wrong"


class DayWrong(Invalid):
    """The last day of a yes is past or far away, or the decision is still to come."""

    code = "floors.day_wrong"


class NoFloor(Refusal):
    """Where no minimum is set nobody needs a yes; nor for a price that is not below it."""

    code = "floors.no_floor"


class SetFloor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """0: none any more."""

    id: str
    crop: str
    satang_per_kg: int


class AllowBelow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    farmer: str
    crop: str
    satang_per_kg: int
    until: date
    """The last day."""
    decided_on: date | None = None
    """Of the committee; the farmer's own yes has none."""


class FloorSet(msgspec.Struct, frozen=True, tag="floors.set"):
    floor: str
    farmer: str
    crop: str
    satang_per_kg: int


class Allowed(msgspec.Struct, frozen=True, tag="floors.allowed_below"):
    consent: str
    farmer: str
    crop: str
    satang_per_kg: int
    until: str
    because: str


def ensure_price(satang_per_kg: int, *, least: int = 0) -> None:
    if not least <= satang_per_kg <= SATANG_PER_KG_MAX:
        raise PriceWrong(field="price")


def ensure_consent(asked: AllowBelow, floor: int, today: date, *, own: bool) -> None:
    ensure_price(asked.satang_per_kg, least=1)
    if not asked.satang_per_kg < floor:
        raise NoFloor(satang_per_kg=floor)
    if not today <= asked.until <= today + timedelta(days=CONSENT_DAYS_MAX):
        raise DayWrong(field="until", days=CONSENT_DAYS_MAX)
    if own != (asked.decided_on is None) or (asked.decided_on or today) > today:
        raise DayWrong(field="decided_on", days=CONSENT_DAYS_MAX)


def ensure_not_below(satang_per_kg: int, least: int) -> None:
    if satang_per_kg < least:
        raise BelowMinimum(satang_per_kg=least)
