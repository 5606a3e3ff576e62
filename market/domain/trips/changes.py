"""What would have to be otherwise for a visit to be made: looked for in a day that gives way.

Each kind of change is looked for with that one limit lifted, cut down to what was used of it, and
then held against the checker on a day that has just that much more. Told is the one that costs
least, by rough prices: nobody knows what a neighbour's waiting is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from msgspec.structs import replace

from market.domain.trips.build import built
from market.domain.trips.evaluate import evaluate
from market.domain.trips.ground import DAY_S, Ground
from market.domain.trips.insert import LEFT_OUT, Inserting, State
from market.domain.trips.problem import SATANG_UNIT, Change, Problem, Truck, Visit, Window
from market.domain.trips.route import Route, begins

SATANG_PER_KG, SATANG_PER_KG_ROOM, SATANG_PER_MIN = 3_000, 500, 150
"""A kilogram more that is picked, one more that is squeezed in, a minute that people wait."""
MUCH = 10**9
Way = tuple[Change, Problem, int, tuple[str, ...]]
"""The change, the day with it, and which truck's route is then which."""


class Changes:
    def __init__(self, problem: Problem, state: State) -> None:
        self.problem = problem
        self.ids = [list(_ids(state.ground, route)) for route in state.routes]
        self.places = [route.places for route in state.routes]

    def cheapest(self, place: int) -> Change | None:
        """None where more than one thing would have to be otherwise."""
        kinds = (self.window, self.shift, self.crop, self.capacity, self.another_truck)
        ways = sorted((way for kind in kinds for way in kind(place)), key=self.price)
        return next((way[0] for way in ways if self.holds(way)), None)

    def price(self, way: Way) -> tuple[int, str, str]:
        change = way[0]
        rates = {
            "window": SATANG_PER_MIN / 60, "shift": SATANG_PER_MIN / 60,
            "crop": SATANG_PER_KG / 1000, "capacity": SATANG_PER_KG_ROOM / 1000,
            "another_truck": 1.0,
        }  # fmt: skip
        return round(change.amount * rates[change.kind]), change.kind, change.id

    def holds(self, way: Way) -> bool:
        """By the checker, which knows nothing of this search; others left out are told there."""
        _, problem, number, route = way
        ids = [*self.ids, *([[]] if len(problem.trucks) > len(self.ids) else [])]
        ids[number] = list(route)
        return all(fault.rule == 2 for fault in evaluate(problem, ids).faults)

    # ── one limit lifted ────────────────────────────────────────────────────────────────────

    def window(self, place: int) -> Iterator[Way]:
        visit = self.problem.visits[place - 1]
        wide = replace(visit, windows=((0, DAY_S),), promised=None, inside=False)

        def used(_: Ground, route: Route) -> int:
            begun = begins(route)[route.places.index(place)]
            return _outside(visit, begun)

        for amount, number, route, ids in self._least(
            Ground(_with_visit(self.problem, wide)), place, used
        ):
            begun = begins(route)[route.places.index(place)]
            wider = replace(wide, windows=_widened(visit, begun))
            if amount:
                change = Change("window", visit.id, amount)
                yield change, _with_visit(self.problem, wider), number, ids

    def shift(self, place: int) -> Iterator[Way]:
        longer = tuple(replace(t, overtime_s=DAY_S) for t in self.problem.trucks)

        def used(_: Ground, route: Route) -> int:
            return max(route.back - self._latest(route.rig.truck.id), 0)

        lifted = Ground(replace(self.problem, trucks=longer))
        for amount, number, _, ids in self._least(lifted, place, used):
            truck = self.problem.trucks[number]
            later = replace(truck, overtime_s=truck.overtime_s + amount)
            if amount:
                change = Change("shift", truck.id, amount)
                yield change, _with_truck(self.problem, number, later), number, ids

    def _latest(self, id: str) -> int:
        return next(t.shift[1] + t.overtime_s for t in self.problem.trucks if t.id == id)

    def capacity(self, place: int) -> Iterator[Way]:
        roomy = tuple(replace(t, capacity_grams=MUCH) for t in self.problem.trucks)
        limits = {truck.id: truck.capacity_grams for truck in self.problem.trucks}

        def used(_: Ground, route: Route) -> int:
            return max(max(route.most) - limits[route.rig.truck.id], 0)

        lifted = Ground(replace(self.problem, trucks=roomy))
        for amount, number, _, ids in self._least(lifted, place, used):
            truck = self.problem.trucks[number]
            larger = replace(truck, capacity_grams=truck.capacity_grams + amount)
            if amount:
                change = Change("capacity", truck.id, amount)
                yield change, _with_truck(self.problem, number, larger), number, ids

    def crop(self, place: int) -> Iterator[Way]:
        """A plot that is on the road before gives more, of the one crop that is short."""
        ground, bare = Ground(self.problem), Ground(self.problem)
        bare.goods[place], bare.weight[place] = bare.goods[0], 0

        def used(_: Ground, route: Route) -> int:
            return sum(_short(ground, route, place))

        for amount, number, route, ids in self._least(bare, place, used):
            shorts = _short(ground, route, place)
            many = [(crop, grams) for crop, grams in enumerate(shorts) if grams]
            plot = _plot_before(ground, route, place)
            if plot and len(many) == 1 and many[0][0] < len(ground.crops):
                crop = ground.crops[many[0][0]]
                gives = self.problem.visits[plot - 1]
                goods = {**gives.goods, crop: gives.goods.get(crop, 0) + amount}
                changed = _with_visit(self.problem, replace(gives, goods=goods))
                yield Change("crop", gives.id, amount, crop), changed, number, ids

    def another_truck(self, place: int) -> Iterator[Way]:
        visit = self.problem.visits[place - 1]
        told = self.problem.trucks[0]
        has = tuple(sorted({*told.has, *visit.needs}))
        other = replace(
            told, id="@another", has=has, first=(), position=None, end=told.end, start=told.start
        )
        anybody = replace(_with_visit(self.problem, replace(visit, truck=None)), earlier=None)
        problem = replace(anybody, trucks=(*self.problem.trucks, other))

        def used(_: Ground, route: Route) -> int:
            return -(-route.cost // SATANG_UNIT) if route.rig.truck.id == "@another" else MUCH

        for amount, number, _, ids in self._least(Ground(problem), place, used, [*self.places, []]):
            if amount < MUCH:
                yield Change("another_truck", told.id, amount), problem, number, ids

    # ── where it would be put then ──────────────────────────────────────────────────────────

    def _least(
        self, ground: Ground, place: int, used: Callable[[Ground, Route], int],
        places: list[list[int]] | None = None,
    ) -> Iterator[tuple[int, int, Route, tuple[str, ...]]]:  # fmt: skip
        """The way that uses least of what was lifted: how much, which truck, its route."""
        trying = Inserting(ground, Random(0), blink=0.0)  # noqa: S311 - nothing is drawn
        routes = [built(ground, rig, each) for rig, each in
                  zip(ground.rigs, places or self.places, strict=True)]  # fmt: skip
        free = set(ground.plots) - {p for route in routes if route for p in route.places}
        best: tuple[int, int, int, Route] | None = None
        for number, route in enumerate(routes):
            for _, at in trying.positions(route, place) if route else ():
                assert route
                if longer := trying.at(route, place, at, free, LEFT_OUT):
                    found = (used(ground, longer), longer.cost, number, longer)
                    best = found if best is None or found[:3] < best[:3] else best
        if best:
            yield best[0], best[2], best[3], _ids(ground, best[3])


def _ids(ground: Ground, route: Route) -> tuple[str, ...]:
    name = {place: id for id, place in ground.number.items()}
    return (*route.rig.truck.made, *(name[place] for place in route.places))


def _with_visit(problem: Problem, visit: Visit) -> Problem:
    visits = tuple(visit if one.id == visit.id else one for one in problem.visits)
    return replace(problem, visits=visits)


def _with_truck(problem: Problem, number: int, truck: Truck) -> Problem:
    trucks = problem.trucks
    return replace(problem, trucks=(*trucks[:number], truck, *trucks[number + 1 :]))


def _outside(visit: Visit, begun: int) -> int:
    """By how many seconds the window that is nearest, or the promise, would have to give."""
    return min(_gap(window, visit, begun) for window in visit.windows)


def _gap(window: Window, visit: Visit, begun: int) -> int:
    since, until = visit.promised or (0, DAY_S)
    opens = max(window[0], since, visit.ready_s)
    closes = min(window[1] - (visit.service_s if visit.inside else 0), until)
    return max(opens - begun, begun - closes, 0)


def _widened(visit: Visit, begun: int) -> tuple[Window, ...]:
    return ((min(begun, visit.windows[0][0]), max(begun, visit.windows[-1][1])),)


def _short(ground: Ground, route: Route, stop: int) -> list[int]:
    """What the stop would lack where it stands, of what is spare from there on."""
    at = route.places.index(stop)
    least = route.least[at]
    return [max(-grams - least[n], 0) for n, grams in enumerate(ground.goods[stop])]


def _plot_before(ground: Ground, route: Route, stop: int) -> int | None:
    at = route.places.index(stop)
    before = route.places[:at]
    if ground.reload in before:
        before = before[len(before) - before[::-1].index(ground.reload) :]
    return next((place for place in reversed(before) if ground.is_plot[place]), None)
