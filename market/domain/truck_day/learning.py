"""What the past of a stop says about the next visit; pure, and honest about how little it knows.

With few visits the plain average of what was sold; with enough the newsvendor's quantile: load as
much as was wanted on so many of the visits as pay for a kilo too many. A visit on which it sold
out wanted at least what it sold, so it counts with a little more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

import msgspec

VISITS_MIN, VISITS_ENOUGH = 4, 8
SOLD_OUT_MORE = 6, 5
"""Who finds nothing left is not counted: where all was sold, a fifth more was wanted."""
STEP_GRAMS = 500
KEPT_VALUE = 1, 2
"""Of the price: what a kilo that came home is still worth the next day."""
FARMERS_PART = 7, 10
"""Of the price: what a kilo costs that is sold."""

How = Literal["newsvendor", "average", "too_few"]


class Past(msgspec.Struct, frozen=True):
    """One product at one stop on one day."""

    on: date
    sold_grams: int
    left_grams: int
    """On the truck when it left the stop."""

    @property
    def sold_out(self) -> bool:
        return self.left_grams == 0 and self.sold_grams > 0

    @property
    def wanted_grams(self) -> int:
        more, of = SOLD_OUT_MORE
        return self.sold_grams * more // of if self.sold_out else self.sold_grams


class Par(msgspec.Struct, frozen=True):
    """How much to bring next time; `how` and `visits` say on what that rests."""

    grams: int
    how: How
    visits: int
    sold_out: int


def par(past: Sequence[Past], quantile: tuple[int, int] | None = None) -> Par:
    """`quantile`: part and whole of the visits that are to be served in full."""
    visits, sold_out = len(past), sum(one.sold_out for one in past)
    if visits < VISITS_MIN:
        return Par(0, "too_few", visits, sold_out)
    if visits < VISITS_ENOUGH:
        mean = -(-sum(one.sold_grams for one in past) // visits)
        return Par(_rounded(mean), "average", visits, sold_out)
    part, whole = quantile or critical()
    wanted = sorted(one.wanted_grams for one in past)
    at = -(-part * visits // whole)
    return Par(_rounded(wanted[min(max(at, 1), visits) - 1]), "newsvendor", visits, sold_out)


def critical(
    cost: tuple[int, int] = FARMERS_PART, kept: tuple[int, int] = KEPT_VALUE
) -> tuple[int, int]:
    """Gain of a kilo sold / (that + loss of a kilo too many), as part and whole."""
    gain = (cost[1] - cost[0]) * kept[1]
    loss = max(cost[0] * kept[1] - kept[0] * cost[1], 0)
    return (gain, gain + loss) if gain + loss else (1, 1)


def _rounded(grams: int) -> int:
    return -(-grams // STEP_GRAMS) * STEP_GRAMS


class Stay(msgspec.Struct, frozen=True):
    """What a stop brought on one day."""

    on: date
    sales_satang: int
    grams: int
    buyers: int
    no_shows: int
    orders: int
    late_minutes: int | None
    """Against the plan; None without one. Below zero: it came early."""
    metres: int
    """The way there, by the plan."""


class Report(msgspec.Struct, frozen=True):
    visits: int
    sales_satang: int
    grams: int
    buyers: int
    no_shows: int
    orders: int
    late_minutes: int | None
    """The mean of those that are known."""
    satang_per_km: int | None


def report(stays: Iterable[Stay]) -> Report:
    known = list(stays)
    late = [one.late_minutes for one in known if one.late_minutes is not None]
    metres = sum(one.metres for one in known)
    sales = sum(one.sales_satang for one in known)
    return Report(
        len(known), sales, sum(one.grams for one in known), sum(one.buyers for one in known),
        sum(one.no_shows for one in known), sum(one.orders for one in known),
        round(sum(late) / len(late)) if late else None,
        sales * 1000 // metres if metres else None,
    )  # fmt: skip
