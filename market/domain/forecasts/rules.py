"""What a farmer expects to harvest, and how much of it may be sold before it is there.

How much follows from the own record: of each earlier promise the part that was delivered. Whoever
sells a part x of what may come pays for each kilo too many with a buyer who gets nothing, and for
each kilo too few with one that is sold some days later, once it is cut. We count the first as four
times as bad as the second; then the best x is the 1/(1+4) = 20th percentile of what was delivered
(the critical fractile of the newsvendor: Arrow, Harris, Marschak, "Optimal Inventory Policy",
Econometrica 19, 1951). The percentile is interpolated (type 7 of Hyndman, Fan, "Sample Quantiles in
Statistical Packages", The American Statistician 50, 1996). The weight of 4 is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from market.domain.lots.refusals import MoreThanExpected

PERCENTILE = 20
LAST = 10
"""So many promises count: who had a bad year is not held to it for ever."""
FEW = 5
"""With fewer, the missing ones count as the start."""
DAYS_EITHER_SIDE = 7
"""A harvest so far from the day that was said is still what was promised for it."""
AHEAD_DAYS_MAX = 60
GRAMS_MAX = 10**9
Because = Literal["start", "record"]


class NoSuchForecast(Missing):
    code = "forecasts.missing"


class GramsWrong(Invalid):
    code = "forecasts.grams_wrong"


class DayWrong(Invalid):
    """Past, too far ahead, or not a day on which this planting gives anything."""

    code = "forecasts.day_wrong"


class NotLower(Refusal):
    """More than was said is another offer."""

    code = "forecasts.not_lower"


class ReservedMore(Refusal):
    """So much of it is ordered already; nothing that somebody ordered is taken away."""

    code = "forecasts.reserved_more"


class Ended(Refusal):
    """Withdrawn, or harvested already."""

    code = "forecasts.ended"


class Bounds(msgspec.Struct, frozen=True):
    """In percent of what is promised; `start` is for who has promised nothing yet."""

    start: int = 60
    least: int = 30
    most: int = 100


class Kept(msgspec.Struct, frozen=True):
    """One promise whose day has passed, or that was fulfilled before."""

    promised_grams: int
    delivered_grams: int

    @property
    def percent(self) -> int:
        """More than was promised counts as all of it."""
        return min(100, self.delivered_grams * 100 // self.promised_grams)


class Share(msgspec.Struct, frozen=True):
    percent: int
    because: Because
    promises: int
    promised_grams: int
    delivered_grams: int


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`grams` may come on `ready_on`, or some days beside it."""

    id: str
    planting: str
    ready_on: date
    grams: int


class Expected(msgspec.Struct, frozen=True, tag="forecasts.expected"):
    forecast: str
    stock: str
    planting: str
    grams: int
    percent: int
    because: str
    presold_grams: int


class Lowered(msgspec.Struct, frozen=True, tag="forecasts.lowered"):
    forecast: str
    grams: int
    presold_grams: int


class GivenUp(msgspec.Struct, frozen=True, tag="forecasts.given_up"):
    forecast: str


class Delivered(msgspec.Struct, frozen=True, tag="forecasts.delivered"):
    forecast: str
    lot: str
    grams: int


def share(record: Sequence[Kept], bounds: Bounds) -> Share:
    """`record`: the newest first. Never above all of it; a promise kept in full never lowers it."""
    counted = record[:LAST]
    parts = [kept.percent for kept in counted] + [bounds.start] * (FEW - len(counted))
    percent = min(max(_percentile(sorted(parts)), bounds.least), bounds.most, 100)
    return Share(
        percent, "record" if counted else "start", len(counted),
        sum(kept.promised_grams for kept in counted),
        sum(kept.delivered_grams for kept in counted),
    )  # fmt: skip


def _percentile(parts: Sequence[int]) -> int:
    below, over = divmod((len(parts) - 1) * PERCENTILE, 100)
    above = min(below + 1, len(parts) - 1)
    return (parts[below] * (100 - over) + parts[above] * over) // 100


def presold(grams: int, percent: int) -> int:
    return max(1, grams * percent // 100)


def ensure_day(asked: Expect, window: tuple[date, date], today: date) -> None:
    beside = timedelta(days=DAYS_EITHER_SIDE)
    begins, ends = window
    if not 0 < asked.grams <= GRAMS_MAX:
        raise GramsWrong(field="grams")
    if not today <= asked.ready_on <= today + timedelta(days=AHEAD_DAYS_MAX):
        raise DayWrong(field="ready_on")
    if not begins - beside <= asked.ready_on <= ends + beside:
        raise DayWrong(field="ready_on")


def ensure_likely(grams: int, expected_grams: int | None, spoken_for: int) -> None:
    """`spoken_for`: harvested of the planting, or promised and yet to come."""
    left = max(0, (expected_grams or 0) - spoken_for)
    if grams > left:
        raise MoreThanExpected(expected_grams=left)


def lowered(promised: int, asked: int, reserved: int, percent: int) -> int:
    """What may be sold of the lower amount: at least what is ordered already."""
    if not 0 < asked < promised:
        raise NotLower(grams=promised)
    if asked < reserved:
        raise ReservedMore(reserved_grams=reserved)
    return max(reserved, presold(asked, percent))
