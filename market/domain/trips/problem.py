"""One day of the green truck as data: plots to collect from, stops to serve, trucks, roads.

Whole units throughout: seconds after midnight, metres, grams, satang.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from certification.basis.refusal import Invalid

Window = tuple[int, int]
Matrix = tuple[tuple[int, ...], ...]
VISITS_MAX, TRUCKS_MAX = 400, 40
SATANG_UNIT = 60_000
"""A cost in parts: metres x satang per km x 60 + seconds x satang per minute x 1000."""


class NotADay(Invalid):
    """`why`: what of the problem makes no sense."""

    code = "trips.not_a_day"


class Visit(msgspec.Struct, frozen=True):
    """A plot gives its lots once and whole; a stop takes its pre-orders and sells to passers-by."""

    id: str
    kind: Literal["plot", "stop"]
    windows: tuple[Window, ...]
    """Service begins inside one of them; sorted, none overlaps another."""
    service_s: int
    goods: dict[str, int]
    """Grams by crop: what a plot has ready, what is pre-ordered at a stop."""
    value_satang: int = 0
    """What serving the stop is expected to earn besides its pre-orders."""
    required: bool = False

    @property
    def is_plot(self) -> bool:
        return self.kind == "plot"


class Truck(msgspec.Struct, frozen=True):
    id: str
    capacity_grams: int
    shift: Window
    satang_per_km: int
    satang_per_min: int


class Problem(msgspec.Struct, frozen=True):
    """Place 0 of the matrices is the base of every truck, place i + 1 that of visit i."""

    name: str
    visits: tuple[Visit, ...]
    trucks: tuple[Truck, ...]
    metres: Matrix
    seconds: Matrix
    roads: str = "estimate"
    """Where the matrices come from; shown beside every plan."""

    @property
    def crops(self) -> tuple[str, ...]:
        return tuple(sorted({crop for visit in self.visits for crop in visit.goods}))


class Unserved(msgspec.Struct, frozen=True):
    id: str
    reason: str
    """far, crop, spoken_for, time, worth: `reasons` says when."""
    facts: dict[str, int] = {}


class Plan(msgspec.Struct, frozen=True):
    """For each truck the ids in the order of visiting; empty where it stays at the base."""

    routes: tuple[tuple[str, ...], ...]
    cost: int
    """Parts of a satang, see SATANG_UNIT: what driving and duty cost, less what stops earn."""
    engine: str
    unserved: tuple[Unserved, ...] = ()
    proved: bool = False
    """Nothing better exists."""

    @property
    def satang(self) -> int:
        return round(self.cost / SATANG_UNIT)


def ensure_sound(problem: Problem) -> None:
    """Refuses what no engine could make sense of; done once, at the door."""
    ids = [visit.id for visit in problem.visits] + [truck.id for truck in problem.trucks]
    size = len(problem.visits) + 1
    square = [len(m) == size and all(len(row) == size for row in m)
              for m in (problem.metres, problem.seconds)]  # fmt: skip
    _ensure(len(ids) == len(set(ids)), "an id stands twice")
    _ensure(all(square), "the matrices do not fit the visits")
    _ensure(0 < len(problem.trucks) <= TRUCKS_MAX, "no truck, or too many")
    _ensure(len(problem.visits) <= VISITS_MAX, "too many visits")
    for row in (*problem.metres, *problem.seconds):
        _ensure(min(row, default=0) >= 0, "a negative way")
    for visit in problem.visits:
        _ensure_visit(visit)
    for truck in problem.trucks:
        _ensure(0 <= truck.shift[0] <= truck.shift[1], "a shift ends before it begins")
        _ensure(truck.capacity_grams > 0, "a truck that carries nothing")


def _ensure_visit(visit: Visit) -> None:
    _ensure(bool(visit.windows), f"{visit.id} has no window")
    ends = [edge for window in visit.windows for edge in window]
    _ensure(ends == sorted(ends) and ends[0] >= 0, f"{visit.id}: windows out of order")
    _ensure(visit.service_s >= 0, f"{visit.id}: negative service")
    _ensure(all(grams > 0 for grams in visit.goods.values()), f"{visit.id}: goods of nothing")


def _ensure(holds: bool, why: str) -> None:  # noqa: FBT001
    if not holds:
        raise NotADay(why=why)
