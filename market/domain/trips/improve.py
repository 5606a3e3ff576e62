"""A first plan and its improvement by ruin and recreate, in the crops' own terms.

After Schrimpf et al. (2000) and Christiaens and Vanden Berghe (2020, "Slack induction by string
removals"). What is ours: a stop is put in together with the plots that its goods still
need, and plots that nobody needs any more are left out. The same problem, seed and number of
iterations give the same plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import exp
from random import Random

from market.domain.trips.problem import Problem
from market.domain.trips.route import Ground, Route, built

Progress = Callable[[int], float]
"""From the number of iterations done to how far the search is; at 1 or more it ends."""
LEFT_OUT = 10**15
"""What leaving out a required stop costs: more than any day."""
POSITIONS_TRIED = 4
STRING_MAX, REMOVED_MAX = 8, 14
BLINK = 0.1
HOT, COLD = 0.1, 0.001
"""Temperatures, as shares of what the first plan spends."""


class State:
    """Routes by truck, and which visits are on none."""

    def __init__(self, ground: Ground, routes: list[Route]) -> None:
        self.ground, self.routes = ground, routes

    def copy(self) -> State:
        return State(self.ground, list(self.routes))

    @property
    def cost(self) -> int:
        """In parts of a satang; a required visit left out weighs more than any day."""
        return self.less_earned + len(self.ground.required - self.on_the_road()) * LEFT_OUT

    @property
    def less_earned(self) -> int:
        """What is driven, less what the stops earn."""
        earned = sum(self.ground.value[p] for route in self.routes for p in route.places)
        return sum(route.cost for route in self.routes) - earned

    def on_the_road(self) -> set[int]:
        return {place for route in self.routes for place in route.places}


def improved(problem: Problem, seed: int, progress: Progress) -> tuple[tuple[int, ...], ...]:
    """For each truck its places; the best that was found when `progress` says it is enough."""
    return Search(Ground(problem), seed).run(progress)


class Search:
    def __init__(self, ground: Ground, seed: int) -> None:
        self.ground = ground
        self.random = Random(seed)  # noqa: S311 - a search, no secret
        self.near = _neighbours(ground)
        must = [plot for plot in ground.plots if plot in ground.required]
        self.wanted = [*ground.stops, *must]
        """What is put in for its own sake; other plots come along with the stops that need them."""

    def run(self, progress: Progress) -> tuple[tuple[int, ...], ...]:
        now = best = self.first()
        now_cost = best_cost = now.cost
        scale = max(sum(route.cost for route in now.routes), 1)
        done = 0
        while (share := progress(done)) < 1:
            heat = scale * HOT * (COLD / HOT) ** share
            other = self.changed(now)
            cost = other.cost
            if cost < now_cost or self.random.random() < exp(min(0.0, (now_cost - cost) / heat)):
                now, now_cost = other, cost
                if cost < best_cost:
                    best, best_cost = other, cost
            done += 1
        return tuple(tuple(route.places) for route in best.routes)

    def first(self) -> State:
        """Everything put in one by one: required stops, then those that earn most."""
        ground = self.ground
        empty = [built(ground, truck, []) for truck in ground.problem.trucks]
        state = State(ground, [route for route in empty if route])
        order = sorted(
            self.wanted,
            key=lambda s: (s not in ground.required, ground.is_plot[s], -ground.value[s], s),
        )
        self.recreate(state, order)
        return state

    def changed(self, state: State) -> State:
        other = state.copy()
        self.ruin(other)
        on_the_road = other.on_the_road()
        absent = [stop for stop in self.wanted if stop not in on_the_road]
        self.recreate(other, self.order(absent))
        return other

    def order(self, stops: list[int]) -> list[int]:
        ground, random = self.ground, self.random
        random.shuffle(stops)
        match random.randrange(4):
            case 0:
                stops.sort(key=lambda s: -ground.value[s])
            case 1:
                stops.sort(key=lambda s: ground.metres[0][s], reverse=random.random() < 0.5)
            case 2:
                stops.sort(key=lambda s: ground.windows[s][-1][1])
        stops.sort(key=lambda s: s not in ground.required)
        return stops

    # ── ruin ────────────────────────────────────────────────────────────────────────────────

    def ruin(self, state: State) -> None:
        random = self.random
        on_the_road = sorted(state.on_the_road())
        if not on_the_road:
            return
        gone: set[int] = set()
        most = random.randint(1, min(REMOVED_MAX, len(on_the_road)))
        seed, touched = random.choice(on_the_road), set[int]()
        for place in (seed, *self.near[seed]):
            if len(gone) >= most:
                break
            number = next((n for n, r in enumerate(state.routes) if place in r.places), None)
            if number is not None and number not in touched:
                touched.add(number)
                gone |= self.string(state.routes[number].places, place, most - len(gone))
        for number in sorted(touched):
            kept = [place for place in state.routes[number].places if place not in gone]
            state.routes[number] = self.mended(state, number, kept)

    def string(self, places: list[int], around: int, most: int) -> set[int]:
        random, at = self.random, places.index(around)
        length = random.randint(1, min(STRING_MAX, len(places), most))
        first = random.randint(max(0, at - length + 1), min(at, len(places) - length))
        return set(places[first : first + length])

    def mended(self, state: State, number: int, places: list[int]) -> Route:
        """What is left of a route: other plots for what is short now, or without the stops."""
        ground, truck = self.ground, state.routes[number].truck
        route = built(ground, truck, places)
        assert route, "leaving out a visit makes nobody late: roads keep the triangle inequality"
        if self.random.random() < 0.5:
            others = State(ground, [r for n, r in enumerate(state.routes) if n != number])
            free = set(ground.plots) - others.on_the_road() - set(places)
            if filled := self.filled(route, free):
                return filled
        while (at := _first_short(route)) is not None:
            rest = [place for n, place in enumerate(route.places) if n != at]
            again = built(ground, truck, rest)
            assert again
            route = again
        return self.pruned(route)

    # ── recreate ────────────────────────────────────────────────────────────────────────────

    def recreate(self, state: State, stops: Iterable[int]) -> None:
        free = set(self.ground.plots) - state.on_the_road()
        for stop in stops:
            if self.ground.is_plot[stop] and stop not in free:
                continue  # it came along with a stop
            worth = self.ground.value[stop] + (stop in self.ground.required) * LEFT_OUT
            best, chosen = worth, None
            tried_empty = set[object]()
            for number, route in enumerate(state.routes):
                kind = (route.truck.capacity_grams, route.truck.shift, route.truck.satang_per_km,
                        route.truck.satang_per_min)  # fmt: skip
                if not route.places and kind in tried_empty:
                    continue
                if not route.places:
                    tried_empty.add(kind)
                found = self.put_in(route, stop, free, best)
                if found and found.cost - route.cost < best:
                    best, chosen = found.cost - route.cost, (number, found)
            if chosen:
                number, route = chosen
                free -= set(route.places)
                free |= {p for p in state.routes[number].places if self.ground.is_plot[p]} - set(
                    route.places
                )
                state.routes[number] = route

    def put_in(self, route: Route, stop: int, free: set[int], below: int) -> Route | None:
        """The route with the stop and the plots it needs, where that costs less than `below`."""
        best: Route | None = None
        tried = 0
        for cost, at in route.insertions(stop):
            if cost >= below or tried == POSITIONS_TRIED:
                break
            if self.random.random() < BLINK:
                continue
            tried += 1
            places = [*route.places[:at], stop, *route.places[at:]]
            other = built(self.ground, route.truck, places)
            if self.ground.is_plot[stop]:
                if not route.carries(at, self.ground.weight[stop]):
                    continue
            elif other and any(route.short(at, self.ground.goods[stop])):
                other = self.filled(other, free, route.cost + below)
            if other and other.cost - route.cost < below:
                below, best = other.cost - route.cost, other
        return best

    def filled(self, route: Route, free: set[int], below: int = LEFT_OUT) -> Route | None:
        """With plots put in until no crop is short; None where it cannot be, or costs too much."""
        left = set(free)
        while (lack := _lack(route)) is not None:
            at, crop, grams = lack
            found = self.best_plot(route, left, at, crop, grams)
            if found is None:
                return None
            where, plot = found
            other = built(
                self.ground, route.truck, [*route.places[:where], plot, *route.places[where:]]
            )
            if other is None or other.cost >= below:
                return None
            left.discard(plot)
            route = other
        return self.pruned(route)

    def best_plot(
        self, route: Route, free: set[int], at: int, crop: int, grams: int
    ) -> tuple[int, int] | None:
        """Where, and which: the cheapest for each gram that helps, up to the `at`-th visit."""
        ground, best = self.ground, None
        for plot in sorted(free):
            gives = ground.goods[plot][crop]
            if gives <= 0 or self.random.random() < BLINK:
                continue
            for cost, where in route.insertions(plot):
                if where <= at and route.carries(where, ground.weight[plot]):
                    rate = cost / min(gives, grams)
                    if best is None or rate < best[0]:
                        best = (rate, where, plot)
                    break
        return (best[1], best[2]) if best else None

    def pruned(self, route: Route) -> Route:
        """Without the plots that nobody on it needs."""
        ground = self.ground
        spare = [p for p in route.places if ground.is_plot[p] and p not in ground.required]
        for plot in spare:
            at = route.places.index(plot)
            least, gives = route.least[at + 1], ground.goods[plot]
            if all(have >= give for have, give in zip(least, gives, strict=True)):
                rest = built(ground, route.truck, [p for p in route.places if p != plot])
                if rest and rest.cost <= route.cost:
                    route = rest
        return route


def _neighbours(ground: Ground) -> list[list[int]]:
    """For each place all visits, the nearest first."""

    def from_there(of: int) -> list[int]:
        others = [place for place in range(1, len(ground.windows)) if place != of]
        return sorted(others, key=lambda place: (ground.metres[of][place], place))

    return [from_there(of) for of in range(len(ground.windows))]


def _lack(route: Route) -> tuple[int, int, int] | None:
    """Where a crop runs out first: the visit's number, which crop, how many grams."""
    aboard = [0] * len(route.ground.crops)
    for at, place in enumerate(route.places):
        for crop, grams in enumerate(route.ground.goods[place]):
            aboard[crop] += grams
            if aboard[crop] < 0:
                return at, crop, -aboard[crop]
    return None


def _first_short(route: Route) -> int | None:
    lack = _lack(route)
    return lack[0] if lack else None
