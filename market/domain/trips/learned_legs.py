"""What trucks really took corrects what was planned, and says how sure it is; pure.

A factor is the median of actual by planned seconds, from the nearest of these that has enough legs:
the very leg, its length at that time of the week, its length, all legs. Before that it is plain:
what was planned, with a range that nobody measured. `basis` says which.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from math import ceil, sqrt
from typing import Literal

import msgspec

from market.domain.trips.problem import Note
from market.domain.trips.ways import NO_WAY, Ways, closed

Basis = Literal["leg", "hours", "length", "all", "plain"]
LEGS_MIN, ENOUGH = 8, 20
"""Of the very leg; of many alike."""
LENGTHS_M = (3_000, 15_000)
HOURS = (6, 9, 15, 19)
"""Before dawn, to the market, the day, home from work, the night."""
SATURDAY = 5
TELLING_S = 60
"""Shorter legs are all parking."""
BELIEVED = (0.2, 5.0)
"""Beyond, somebody forgot to press, or had a flat tyre."""
LEAST, MOST = 0.5, 3.0
DAY_LEAST, DAY_MOST = 0.7, 2.0
DAY_BEGINS_S, KEEPS = 900, 0.7
"""A day begins as if a quarter of an hour had gone as planned; each leg counts 0.7 of the next."""
TOGETHER = 0.3
"""How much legs of one day are late together."""


class Leg(msgspec.Struct, frozen=True):
    """A way that was driven; `planned_s` before any correction."""

    start: str
    end: str
    metres: int
    planned_s: int
    actual_s: int
    weekday: int
    """Monday is 0."""
    hour: int


class Factor(msgspec.Struct, frozen=True):
    """Of ten legs one is quicker than `low`, one slower than `high`."""

    middle: float
    low: float
    high: float
    legs: int
    basis: Basis


class Range(msgspec.Struct, frozen=True):
    """Seconds after midnight at which a visit begins: eight of ten times from `early` to `late`."""

    early: int
    likely: int
    late: int


class Step(msgspec.Struct, frozen=True):
    """The way to a visit, and the visit."""

    planned_s: int
    factor: Factor
    stays_s: int = 0
    opens_s: int = 0
    """It does not begin before."""


PLAIN = Factor(1.0, 0.85, 1.4, 0, "plain")


class Learned:
    def __init__(self, legs: Iterable[Leg]) -> None:
        found: dict[tuple[object, ...], list[float]] = {}
        for leg in legs:
            ratio = leg.actual_s / max(leg.planned_s, 1)
            if leg.planned_s >= TELLING_S and BELIEVED[0] <= ratio <= BELIEVED[1]:
                for _, key in _keys(leg.start, leg.end, leg.metres, leg.weekday, leg.hour):
                    found.setdefault(key, []).append(ratio)
        self.factors = {key: sorted(ratios) for key, ratios in found.items()}
        self.legs = len(self.factors.get(("all",), []))

    def factor(self, start: str, end: str, metres: int, weekday: int, hour: int) -> Factor:
        for basis, key in _keys(start, end, metres, weekday, hour):
            ratios = self.factors.get(key, [])
            if len(ratios) >= (LEGS_MIN if basis == "leg" else ENOUGH):
                low, middle, high = (
                    min(max(_at(ratios, share), LEAST), MOST) for share in (0.1, 0.5, 0.9)
                )
                return Factor(middle, low, high, len(ratios), basis)
        return PLAIN


def corrected(ways: Ways, names: Sequence[str], learned: Learned, weekday: int, hour: int) -> Ways:
    """Different factors may make going round shorter, so the ways are closed anew."""
    if learned.legs < LEGS_MIN:
        return ways
    seconds = [
        [
            lasts if a == b or lasts >= NO_WAY
            else ceil(lasts * learned.factor(names[a], names[b], way, weekday, hour).middle)
            for b, (lasts, way) in enumerate(zip(row, row_m, strict=True))
        ]
        for a, (row, row_m) in enumerate(zip(ways.seconds, ways.metres, strict=True))
    ]  # fmt: skip
    closed_metres, closed_seconds, _ = closed(ways.metres, seconds, names)
    key = "Durations are corrected by what trucks took on {legs} legs."
    return msgspec.structs.replace(
        ways, metres=closed_metres, seconds=closed_seconds,
        notes=(*ways.notes, Note(key, {"legs": learned.legs})), corrected=True,
    )  # fmt: skip


def today(driven: Iterable[tuple[int, int]]) -> float:
    """How this day goes: planned and actual seconds of its legs so far, the last of them last.

    Planned is corrected already; long legs and late ones count more.
    """
    planned = actual = float(DAY_BEGINS_S)
    for planned_s, actual_s in driven:
        planned, actual = KEEPS * planned + planned_s, KEEPS * actual + actual_s
    return min(max(actual / planned, DAY_LEAST), DAY_MOST)


def eta_range(now_s: int, steps: Sequence[Step], day: float = 1.0) -> list[Range]:
    """For each visit ahead, from when the truck can drive on.

    Legs are late partly together, partly each for itself: of the one kind the widths are added, of
    the other their squares. A visit that waits for its opening makes up for what was late before.
    """
    likely, found = float(now_s), []
    quicker: list[float] = []
    slower: list[float] = []
    for step in steps:
        lasts = step.planned_s * day
        likely += lasts * step.factor.middle
        quicker.append(lasts * (step.factor.middle - step.factor.low))
        slower.append(lasts * (step.factor.high - step.factor.middle))
        early, late = likely - _width(quicker), likely + _width(slower)
        at = Range(*(round(max(time, step.opens_s)) for time in (early, likely, late)))
        found.append(at)
        if late <= step.opens_s:
            quicker, slower = [], []
        likely = max(likely, step.opens_s) + step.stays_s
    return found


def _width(widths: Sequence[float]) -> float:
    each = sum(width * width for width in widths)
    return sqrt(TOGETHER * sum(widths) ** 2 + (1 - TOGETHER) * each)


def _keys(
    start: str, end: str, metres: int, weekday: int, hour: int
) -> list[tuple[Basis, tuple[object, ...]]]:
    """From the nearest to the farthest."""
    length, hours = bisect(LENGTHS_M, metres), bisect(HOURS, hour)
    return [
        ("leg", ("leg", start, end)), ("hours", ("hours", length, hours, weekday >= SATURDAY)),
        ("length", ("length", length)), ("all", ("all",)),
    ]  # fmt: skip


def _at(ratios: Sequence[float], share: float) -> float:
    """Below it the next leg lies with this chance; so few legs make a wide range."""
    place = min(max(share * (len(ratios) + 1) - 1, 0.0), len(ratios) - 1.0)
    below = int(place)
    above = min(below + 1, len(ratios) - 1)
    return ratios[below] + (ratios[above] - ratios[below]) * (place - below)
