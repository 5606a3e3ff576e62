"""Plain days by PyVRP, where the extra `routes` is installed: no crop that one visit gives another.

Everything is collected, or everything is handed over from one load that lies at the base of the
one truck, or nothing is carried at all; one window for each visit, no breaks, no further trips,
nothing that hangs on the hour. Days that collect by crop are not PyVRP's: it knows pairs alone.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from market.domain.trips.ground import Ground, Rig
from market.domain.trips.improve import Places

ENGINE = "pyvrp"
PROMISE = 10**12
"""More than any day costs, and yet no sum of them is too large for PyVRP."""


class NotInstalled(RuntimeError):
    """The planner does without."""


def installed() -> bool:
    return find_spec("pyvrp") is not None


def fits(ground: Ground) -> bool:
    """Whether it is a plain day."""
    if ground.rich or ground.spoils or not all(map(_is_plain, ground.rigs)):
        return False
    asked = {*ground.plots, *ground.stops}
    if any(asked - rig.allowed for rig in ground.rigs):
        return False
    if any(len(ground.windows[place]) > 1 for place in asked):
        return False
    carried = any(min(ground.goods[stop], default=0) < 0 for stop in ground.stops)
    return not carried or load_of(ground) is not None


def _is_plain(rig: Rig) -> bool:
    truck = rig.truck
    moved = truck.position or truck.first or truck.out or truck.overtime_s
    return not moved and rig.rested and not rig.trips_more and truck.end is not None


def load_of(ground: Ground) -> int | None:
    """The one plot, where it lies at the base of the one truck and fits on it."""
    if len(ground.rigs) != 1 or len(ground.plots) != 1:
        return None
    [rig], [plot] = ground.rigs, ground.plots
    here = ground.metres[rig.start][plot] == ground.seconds[rig.start][plot] == 0
    enough = all(
        gives + sum(ground.goods[stop][crop] for stop in ground.stops) >= 0
        for crop, gives in enumerate(ground.goods[plot])
    )
    crates = ground.goods[plot][-1] if ground.crates else 0
    fits_ = ground.weight[plot] <= rig.truck.capacity_grams and (
        rig.truck.crates is None or crates <= rig.truck.crates
    )
    return plot if here and enough and fits_ and ground.windows[plot] else None


def solve(ground: Ground, seconds: float, seed: int) -> Places:
    """An order of visits for each truck, to be priced and checked by whoever asked."""
    try:
        from pyvrp import Model  # noqa: PLC0415 - the extra `routes`
        from pyvrp.stop import MaxRuntime  # noqa: PLC0415
    except ImportError:
        raise NotInstalled(ENGINE) from None
    day = _Day(ground, Model())
    stop = MaxRuntime(max(seconds, 0.05))
    best = day.model.solve(stop, seed=seed % 2**31, collect_stats=False, display=False).best
    return day.places(best)


class _Day:
    def __init__(self, ground: Ground, model: Any) -> None:
        self.ground, self.model, self.load = ground, model, None
        if any(min(ground.goods[stop], default=0) < 0 for stop in ground.stops):
            self.load = load_of(ground)
        asked = [*ground.plots, *ground.stops]
        self.asked = [p for p in asked if p != self.load and ground.windows[p]]
        ends = {spot for rig in ground.rigs for spot in (rig.start, rig.end)}
        self.spots = [*sorted(ends), *self.asked]
        self.at = [model.add_location(0, 0) for _ in self.spots]
        depots = {spot: model.add_depot(self.at[n]) for n, spot in enumerate(sorted(ends))}
        for n, place in enumerate(self.asked, start=len(ends)):
            self._visit(place, self.at[n])
        for rig in ground.rigs:
            self._truck(rig, depots)
        for n, a in enumerate(self.spots):
            for m, b in enumerate(self.spots):
                if n != m:
                    model.add_edge(self.at[n], self.at[m], ground.metres[a][b],
                                   ground.seconds[a][b])  # fmt: skip

    def _visit(self, place: int, location: Any) -> None:
        """A promise is worth more than any way, so that those are broken that add up to least."""
        ground = self.ground
        [(opens, closes)] = ground.windows[place]
        prize = ground.value[place] + ground.priority[place] * PROMISE * (place in ground.required)
        gives = ground.goods[place][-1] if ground.crates and place in ground.plots else 0
        taken = [ground.weight[place], gives] if place in ground.plots else [0, 0]
        self.model.add_client(
            location, pickup=taken, service_duration=ground.service[place], tw_early=opens,
            tw_late=closes, prize=prize, required=False,
        )  # fmt: skip

    def _truck(self, rig: Rig, depots: dict[int, Any]) -> None:
        """One of each, so that it is known whose way it is; it leaves with its load."""
        truck, begins = rig.truck, rig.leaves[1]
        if self.load is not None:
            begins = max(begins, self.ground.windows[self.load][0][0])
            begins += self.ground.service[self.load]
        crates = 10**9 if truck.crates is None else truck.crates
        self.model.add_vehicle_type(
            1, [truck.capacity_grams, crates], depots[rig.start], depots[rig.end], tw_early=begins,
            tw_late=max(rig.returns[2], begins), unit_distance_cost=rig.per_metre,
            unit_duration_cost=rig.per_second,
        )  # fmt: skip

    def places(self, best: Any) -> Places:
        found: list[tuple[int, ...]] = [() for _ in self.ground.rigs]
        data = self.model.data()
        for route in best.routes():
            clients = [data.client(one.idx).location for one in route if one.is_client()]
            visits = tuple(self.spots[location] for location in clients)
            load = (self.load,) if self.load is not None else ()
            found[route.vehicle_type()] = (*load, *visits)
        return tuple(found)
