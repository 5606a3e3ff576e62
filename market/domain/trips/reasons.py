"""Why a stop is not served, and the cheapest change that would serve it: each tried, none guessed.

`far`        no truck alone reaches it in time and is back in time; `seconds` it would be late
`crop`       the day's plots have not so much of the crop; `grams` that are missing
`spoken_for` there is enough of the crop, but what is left after the others does not suffice
`time`       no truck has room for it; `seconds` by which windows would have to give, at the least
`worth`      it could be served, and would cost `satang` more than it earns
"""

from __future__ import annotations

from collections.abc import Sequence

from market.domain.trips.problem import SATANG_UNIT, Truck, Unserved
from market.domain.trips.route import Ground, Route, built


def reasons(ground: Ground, routes: Sequence[Route]) -> tuple[Unserved, ...]:
    """One for each stop that is on no route, in the order of the problem."""
    asking = _Asking(ground, routes)
    served = {place for route in routes for place in route.places}
    return tuple(asking.why(stop) for stop in ground.stops if stop not in served)


class _Asking:
    def __init__(self, ground: Ground, routes: Sequence[Route]) -> None:
        self.ground, self.routes = ground, routes
        visited = {place for route in routes for place in route.places}
        self.free = [plot for plot in ground.plots if plot not in visited]

    def why(self, stop: int) -> Unserved:
        id = self.ground.problem.visits[stop - 1].id
        late = min(_late(self.ground, truck, [stop]) for truck in self.ground.problem.trucks)
        if late:
            return Unserved(id, "far", {"seconds": late})
        if missing := self._missing(stop):
            return Unserved(id, "crop", {"grams": missing})
        costs = [cost for route in self.routes if (cost := self._cost(route, stop)) is not None]
        if costs:
            more = max(round((min(costs) - self.ground.value[stop]) / SATANG_UNIT), 0)
            return Unserved(id, "worth", {"satang": more})
        if shorts := [short for route in self.routes for short in self._shorts(route, stop)]:
            return Unserved(id, "spoken_for", {"grams": min(shorts)})
        return Unserved(id, "time", {"seconds": min(self._lateness(r, stop) for r in self.routes)})

    def _missing(self, stop: int) -> int:
        """Of all plots of the day together."""
        ground = self.ground
        return sum(
            max(-wants - sum(ground.goods[plot][crop] for plot in ground.plots), 0)
            for crop, wants in enumerate(ground.goods[stop])
        )

    def _cost(self, route: Route, stop: int) -> int | None:
        """Of the cheapest insertion that holds, with one free plot for what it lacks if need be."""
        found = []
        for cost, at in route.insertions(stop):
            if not any(route.short(at, self.ground.goods[stop])):
                found.append(cost)
                continue
            with_plot = self._with_a_plot(route, stop, at)
            found += [] if with_plot is None else [with_plot]
        return min(found, default=None)

    def _with_a_plot(self, route: Route, stop: int, at: int) -> int | None:
        longer = built(self.ground, route.truck, [*route.places[:at], stop, *route.places[at:]])
        costs = []
        for plot in self.free if longer else []:
            assert longer
            for _, where in longer.insertions(plot):
                both = [*longer.places[:where], plot, *longer.places[where:]]
                driven = built(self.ground, route.truck, both) if where <= at else None
                if driven and min(map(min, driven.least), default=0) >= 0:
                    costs.append(driven.cost - route.cost)
        return min(costs, default=None)

    def _shorts(self, route: Route, stop: int) -> list[int]:
        """Grams that are missing wherever the truck has time for it, free plots not counted."""
        wanted = self.ground.goods[stop]
        return [sum(route.short(at, wanted)) for _, at in route.insertions(stop)]

    def _lateness(self, route: Route, stop: int) -> int:
        return min(
            _late(self.ground, route.truck, [*route.places[:at], stop, *route.places[at:]])
            for at in range(len(route.places) + 1)
        )


def _late(ground: Ground, truck: Truck, places: Sequence[int]) -> int:
    """Seconds by which windows and shift would have to give, all in all, driven in this order."""
    now, here, late = truck.shift[0], 0, 0
    for place in places:
        now += ground.seconds[here][place]
        opens, closes = next(
            (w for w in ground.windows[place] if now <= w[1]), ground.windows[place][-1]
        )
        late += max(now - closes, 0)
        now = max(min(now, closes), opens) + ground.service[place]
        here = place
    return late + max(now + ground.seconds[here][0] - truck.shift[1], 0)
