"""The day as plain lists for the search: places by number, and each truck as it may be used.

Place 0 is the usual base, place n the n-th visit, then further bases; `nowhere` is where a truck
without an end goes home, free of way. RELOAD and REST are no places of the matrices.
"""

from __future__ import annotations

from msgspec.structs import replace

from market.domain.trips.problem import (
    BASE,
    BREAK,
    SATANG_UNIT,
    Earlier,
    Position,
    Problem,
    Truck,
    Visit,
    Window,
)

Goods = tuple[int, ...]
"""Grams by crop, in the order of `Ground.crops`; the last is crates, where any are counted."""
DAY_S = 2 * 86_400


class Ground:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.nowhere = len(problem.metres)
        self.reload, self.rest = self.nowhere + 1, self.nowhere + 2
        self.metres = [[*row, 0] for row in problem.metres] + [[0] * (self.nowhere + 1)]
        self.seconds = [[*row, 0] for row in problem.seconds] + [[0] * (self.nowhere + 1)]
        self.number = {visit.id: n for n, visit in enumerate(problem.visits, start=1)}
        self.number |= {BASE: self.reload, BREAK: self.rest}
        self._visits(problem)
        self._goods(problem)
        self.earlier = _Told(problem.earlier, self.number) if problem.earlier else None
        self.fresh = [problem.fresh.get(crop, 0) for crop in self.crops]
        self.rich = bool(self.walkup or self.earlier or any(self.fresh))
        """Whether a route's cost asks when each visit begins, or what is sold on the way."""
        self.rigs = [Rig(self, truck) for truck in problem.trucks]
        self._who_is_asked(problem)

    def _visits(self, problem: Problem) -> None:
        beyond = self.rest + 1 - len(problem.visits) - 1
        self.windows = [(), *(_may_begin(visit) for visit in problem.visits), *[()] * beyond]
        self.service = [0, *(visit.service_s for visit in problem.visits), *[0] * beyond]
        self.value = [0, *(v.value_satang * SATANG_UNIT for v in problem.visits), *[0] * beyond]
        self.priority = [0, *(visit.priority for visit in problem.visits)]
        self.is_plot = [False, *(visit.is_plot for visit in problem.visits), *[False] * beyond]
        self.use_by = [None, *(visit.use_by_s for visit in problem.visits), *[None] * beyond]
        self.spoils = any(visit.use_by_s is not None for visit in problem.visits)

    def _goods(self, problem: Problem) -> None:
        self.crops = problem.crops
        self.crates = any(visit.crates for visit in problem.visits)
        nothing = (0,) * (len(self.crops) + self.crates)
        self.goods: list[Goods] = [nothing] * (self.rest + 1)
        self.weight = [0] * (self.rest + 1)
        self.walkup: dict[int, list[tuple[int, int, int]]] = {}
        """By stop: crop, grams asked for, satang for a kilogram."""
        for place, visit in enumerate(problem.visits, start=1):
            sign = 1 if visit.is_plot else -1
            grams = tuple(sign * visit.goods.get(crop, 0) for crop in self.crops)
            self.weight[place] = sum(grams)
            self.goods[place] = (*grams, sign * visit.crates) if self.crates else grams
            asked = [(n, visit.walkup[crop], visit.satang_per_kg.get(crop, 0))
                     for n, crop in enumerate(self.crops) if visit.walkup.get(crop)]  # fmt: skip
            if asked:
                self.walkup[place] = asked
        self.asked_for = {crop for asked in self.walkup.values() for crop, _, _ in asked}

    def _who_is_asked(self, problem: Problem) -> None:
        """Of the visits those that may be put in; what is made or off may not."""
        made = {id for truck in problem.trucks for id in truck.made}
        open_ = [
            (place, visit)
            for place, visit in enumerate(problem.visits, start=1)
            if not visit.off and visit.id not in made
        ]
        self.plots = [place for place, visit in open_ if visit.is_plot]
        self.stops = [place for place, visit in open_ if not visit.is_plot]
        self.required = {place for place, visit in open_ if visit.required}
        fixed = {place for rig in self.rigs for place in rig.fixed}
        sold = [p for p in self.plots if any(self.goods[p][crop] > 0 for crop in self.asked_for)]
        worth = {plot for plot in self.plots if plot in self.required or self.value[plot] > 0}
        must = [plot for plot in self.plots if plot in worth and plot not in sold]
        self.wanted = [place for place in (*self.stops, *must, *sold) if place not in fixed]
        """What is put in for its own sake; other plots come along with the stops that need them."""
        self.dropped = 0
        if self.earlier:
            self._keep_what_was_told(self.earlier)

    def _keep_what_was_told(self, earlier: _Told) -> None:
        """To keep a visit is worth what dropping it costs, and `dropped` is what all would."""
        parts = earlier.costs.dropped_satang * SATANG_UNIT
        for place in (*self.plots, *self.stops):
            if place in earlier.begins:
                self.value[place] += parts
                self.dropped += parts


class Rig:
    """One truck as the search sees it: where and when it begins, and what it may do."""

    def __init__(self, ground: Ground, truck: Truck) -> None:
        self.truck = truck
        position = truck.position or Position(0, 0)
        self.made = [ground.number[id] for id in truck.made]
        ahead = () if truck.out else truck.first[len(truck.made) :]
        self.fixed = [ground.number[id] for id in ahead]
        self.base = truck.start
        self.start = _standing(ground, truck, self.made)
        self.end = ground.nowhere if truck.end is None else truck.end
        self.under_way = truck.position is not None and not truck.out
        leaves = (position.at_s, position.at_s) if truck.position else truck.shift
        self.leaves = (0, leaves[0], leaves[1] + truck.overtime_s * (not self.under_way))
        self.returns = (0, 0, min(truck.shift[1] + truck.overtime_s, DAY_S))
        aboard = tuple(position.aboard.get(crop, 0) for crop in ground.crops)
        self.aboard = (*aboard, position.crates) if ground.crates else aboard
        self.load = sum(aboard)
        self.rested = (
            truck.rest is None or truck.out or position.rested or ground.rest in self.fixed
        )
        most = truck.reload.trips if truck.reload else 1
        self.trips_more = max(most - position.trips, 0)
        self.token = {ground.reload: _reload(truck), ground.rest: _rest(truck)}
        self.per_metre = truck.satang_per_km * 60
        self.per_second = truck.satang_per_min * 1000
        self.per_second_over = truck.satang_per_overtime_min * 1000
        self.allowed = {
            place for place, visit in enumerate(ground.problem.visits, start=1)
            if not truck.out
            and not set(visit.needs) - set(truck.has) and visit.truck in (None, truck.id)
        }  # fmt: skip
        alone = frozenset(
            n for n, visit in enumerate(ground.problem.visits, start=1) if visit.truck == truck.id
        )
        told = truck.id if ground.problem.earlier else ""
        self.kind = (repr(replace(truck, id="")), alone, told)
        """Of two trucks of one kind that both stay at the base, one is tried."""


class _Told:
    """What people were told, by place."""

    def __init__(self, earlier: Earlier, number: dict[str, int]) -> None:
        self.costs = earlier
        known = {id: place for id, place in number.items() if not id.startswith("@")}
        self.begins = {known[id]: s for id, s in earlier.begins.items() if id in known}
        self.trucks = {known[id]: truck for id, truck in earlier.trucks.items() if id in known}


def _may_begin(visit: Visit) -> tuple[Window, ...]:
    since, until = visit.promised or (0, DAY_S)
    since = max(since, visit.ready_s)
    length = visit.service_s if visit.inside else 0
    cut = [(max(since, w[0]), min(until, w[1] - length)) for w in visit.windows]
    return tuple(w for w in cut if w[0] <= w[1])


def _standing(ground: Ground, truck: Truck, made: list[int]) -> int:
    if truck.position and truck.position.home:
        return truck.start if truck.end is None else truck.end
    for place in reversed(made):
        if place != ground.rest:
            return truck.start if place == ground.reload else place
    return truck.start


def _reload(truck: Truck) -> tuple[int, Window]:
    return (truck.reload.service_s, truck.reload.open) if truck.reload else (0, (0, 0))


def _rest(truck: Truck) -> tuple[int, Window]:
    return (truck.rest.seconds, truck.rest.window) if truck.rest else (0, (0, 0))
