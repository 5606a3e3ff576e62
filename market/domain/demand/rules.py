"""Ask for it: who wants a crop that nobody offers says how much, where and in which week."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from certification.basis.refusal import Invalid, Missing

GRAMS_MIN, GRAMS_MAX = 100, 500_000
WEEKS_AHEAD_MAX = 26
"""A farmer who reads it before sowing has the time that most crops need."""
GUEST_KEY_LETTERS = 22


class NoSuchWish(Missing):
    """Not there, or not of whoever asks."""

    code = "demand.no_such_wish"


class GramsWrong(Invalid):
    code = "demand.grams_wrong"


class WeekWrong(Invalid):
    """Past, or more than half a year away."""

    code = "demand.week_wrong"


class SecretMissing(Invalid):
    """Who is not signed in brings a secret of the own making, to take it back with."""

    code = "demand.secret_missing"


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`week`: any day of it."""

    id: str
    crop: str
    place: str
    week: date
    grams: int


class Asked(msgspec.Struct, frozen=True, tag="demand.asked"):
    wish: str
    crop: str
    place: str
    week: str
    grams: int


class Withdrawn(msgspec.Struct, frozen=True, tag="demand.withdrawn"):
    wish: str


class Met(msgspec.Struct, frozen=True, tag="demand.met"):
    """What was asked for is offered there in that week; `askers` are told."""

    offer: str
    cycle: str
    crop: str
    askers: tuple[str, ...]


def monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


def ensure_ask(asked: Ask, today: date) -> None:
    if not GRAMS_MIN <= asked.grams <= GRAMS_MAX:
        raise GramsWrong(field="grams")
    first = monday(today)
    if not first <= monday(asked.week) <= first + timedelta(weeks=WEEKS_AHEAD_MAX):
        raise WeekWrong(field="week", weeks=WEEKS_AHEAD_MAX)
