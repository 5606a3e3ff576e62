"""Visits put into routes where they cost least, each stop with the plots that its goods need.

What is ours in the search: a stop is put in together with the plots that its goods still need, and
plots that nobody needs any more are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from market.domain.trips.build import built
from market.domain.trips.ground import Ground
from market.domain.trips.route import Route

LEFT_OUT = 10**15
"""What breaking a promise costs, times its priority: more than any day."""
POSITIONS_TRIED = 4
BLINK = 0.1
PLOTS_TRIED = 5
"""Besides those that pre-orders need: for who walks up."""


class State:
    """Routes by truck, and which visits are on none."""

    def __init__(self, ground: Ground, routes: list[Route]) -> None:
        self.ground, self.routes = ground, routes

    def copy(self) -> State:
        return State(self.ground, list(self.routes))

    @property
    def cost(self) -> int:
        """In parts of a satang; a broken promise weighs more than any day."""
        broken = self.ground.required - self.on_the_road()
        return self.less_earned + sum(self.ground.priority[p] for p in broken) * LEFT_OUT

    @property
    def less_earned(self) -> int:
        """What is driven, less what the stops earn."""
        earned = sum(self.ground.value[p] for route in self.routes for p in route.places)
        return sum(route.cost for route in self.routes) - earned + self.ground.dropped

    @property
    def places(self) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(route.places) for route in self.routes)

    def on_the_road(self) -> set[int]:
        return {place for route in self.routes for place in route.places}


class Inserting:
    def __init__(self, ground: Ground, random: Random, blink: float = BLINK) -> None:
        """Now and then a place in the order is overlooked (`blink`), so that others get a turn.

        Without it every place is tried, also where an insertion seems too late: with several
        windows the neighbours may begin in another.
        """
        self.ground, self.random, self.blink = ground, random, blink
        price = [0] * len(ground.crops)
        for asked in ground.walkup.values():
            for crop, _, satang in asked:
                price[crop] = max(price[crop], satang)
        self.bonus = [
            60 * sum(abs(grams) * satang for grams, satang in zip(goods, price, strict=False))
            for goods in ground.goods
        ]
        """What a visit may bring at best beside its value: sold to who walks up."""
        for stop, asked in ground.walkup.items():
            self.bonus[stop] = 60 * sum(grams * satang for _, grams, satang in asked)

    def recreate(self, state: State, visits: Iterable[int]) -> None:
        ground, free = self.ground, set(self.ground.plots) - state.on_the_road()
        for visit in visits:
            if ground.is_plot[visit] and visit not in free:
                continue  # it came along with a stop
            promise = (visit in ground.required) * ground.priority[visit] * LEFT_OUT
            chosen = self.cheapest(state, visit, free, ground.value[visit] + promise)
            if chosen:
                number, route = chosen
                before = state.routes[number].places
                free -= set(route.places)
                free |= {p for p in before if ground.is_plot[p]} - set(route.places)
                state.routes[number] = route

    def cheapest(
        self, state: State, visit: int, free: set[int], below: int
    ) -> tuple[int, Route] | None:
        """On which truck, and its route then."""
        chosen = None
        tried_empty = set[object]()
        for number, route in enumerate(state.routes):
            if visit not in route.rig.allowed:
                continue
            if not route.places and not route.rig.under_way:
                if route.rig.kind in tried_empty:
                    continue
                tried_empty.add(route.rig.kind)
            found = self.put_in(route, visit, free, below)
            if found and found.cost - route.cost < below:
                below, chosen = found.cost - route.cost, (number, found)
        return chosen

    def put_in(self, route: Route, visit: int, free: set[int], below: int) -> Route | None:
        """The route with the visit and the plots it needs, where that costs less than `below`."""
        best: Route | None = None
        tried = 0
        for cost, at in self.positions(route, visit):
            if cost - self.bonus[visit] >= below or tried == POSITIONS_TRIED:
                break
            if self.random.random() < self.blink:
                continue
            tried += bool(self.blink)
            other = self.at(route, visit, at, free, route.cost + below)
            if other and other.cost - route.cost < below:
                below, best = other.cost - route.cost, other
        if route.places and route.places.count(self.ground.reload) < route.rig.trips_more:
            other = built(self.ground, route.rig, [*route.places, self.ground.reload, visit])
            other = self.filled(other, free, route.cost + below) if other else None
            if other and other.cost - route.cost < below:
                best = other
        return best

    def positions(self, route: Route, visit: int) -> list[tuple[int, int]]:
        """Costs of an insertion before the n-th, as far as they are known, and n."""
        if self.blink:
            return route.insertions(visit)
        if visit not in route.rig.allowed:
            return []
        return [(-LEFT_OUT, at) for at in range(len(route.rig.fixed), len(route.places) + 1)]

    def at(self, route: Route, visit: int, at: int, free: set[int], below: int) -> Route | None:
        """With the visit at that place in the order, and what it needs of plots before."""
        ground = self.ground
        if ground.is_plot[visit] and not route.carries(at, visit):
            return None
        other = built(ground, route.rig, [*route.places[:at], visit, *route.places[at:]])
        if other is None:
            return None
        if not ground.is_plot[visit] and any(route.short(at, ground.goods[visit])):
            other = self.filled(other, free, below)
        if other and visit in ground.walkup:
            other = self.stocked(other, visit, free - set(other.places))
        return other if other and other.holds else None

    def filled(self, route: Route, free: set[int], below: int = LEFT_OUT) -> Route | None:
        """With plots put in until nothing is short; None where it cannot be, or costs too much."""
        left = free - set(route.places)
        while (lack := _lack(route)) is not None:
            found = self.best_plot(route, left, *lack)
            if found is None:
                return None
            where, plot = found
            other = built(
                self.ground, route.rig, [*route.places[:where], plot, *route.places[where:]]
            )
            if other is None or other.cost - self.bonus[plot] >= below:
                return None
            left.discard(plot)
            route = other
        return self.pruned(route) if route.holds else None

    def best_plot(
        self, route: Route, free: set[int], trip: int, at: int, crop: int, grams: int
    ) -> tuple[int, int] | None:
        """Where, and which: the cheapest for each gram that helps, on the trip, up to `at`."""
        ground, best = self.ground, None
        for plot in sorted(free):
            gives = ground.goods[plot][crop]
            if gives <= 0 or self.random.random() < self.blink:
                continue
            for cost, where in route.insertions(plot):
                if trip <= where <= at and route.carries(where, plot):
                    rate = cost / min(gives, grams)
                    if best is None or rate < best[0]:
                        best = (rate, where, plot)
                    break
        return (best[1], best[2]) if best else None

    def stocked(self, route: Route, stop: int, free: set[int]) -> Route:
        """With plots for who walks up at the stop, as far as that earns more than it costs."""
        ground = self.ground
        for crop, _, _ in ground.walkup[stop]:
            ways = [
                (cost, plot, where)
                for plot in sorted(free - set(route.places))
                if ground.goods[plot][crop] > 0
                for cost, where in route.insertions(plot)[:1]
                if where <= route.places.index(stop) and route.carries(where, plot)
            ]
            for _, plot, where in sorted(ways)[:PLOTS_TRIED]:
                places = [*route.places[:where], plot, *route.places[where:]]
                other = built(ground, route.rig, places)
                if other and other.holds and other.cost < route.cost:
                    route = other
                    break
        return route

    def pruned(self, route: Route) -> Route:
        """Without the plots and the further trips that nobody on it needs."""
        ground, fixed = self.ground, route.rig.fixed
        spare = [
            place for place in route.places
            if place == ground.reload or (ground.is_plot[place] and place not in ground.required)
        ]  # fmt: skip
        for place in spare:
            if place in fixed or place not in route.places or not _to_spare(route, place):
                continue
            at = route.places.index(place)
            rest = built(ground, route.rig, [*route.places[:at], *route.places[at + 1 :]])
            if rest and rest.holds and rest.cost + ground.value[place] <= route.cost:
                route = rest
        return route


def _to_spare(route: Route, place: int) -> bool:
    if place == route.ground.reload:
        return True
    least = route.least[route.places.index(place) + 1]
    return all(have >= give for have, give in zip(least, route.ground.goods[place], strict=True))


def _lack(route: Route) -> tuple[int, int, int, int] | None:
    """Where something runs out first: where the trip begins, the visit, which crop, how many."""
    ground, trip = route.ground, 0
    aboard = list(route.rig.aboard)
    for at, place in enumerate(route.places):
        if place == ground.reload:
            aboard, trip = [0] * len(aboard), at + 1
        for crop, grams in enumerate(ground.goods[place]):
            aboard[crop] += grams
            if aboard[crop] < 0:
                return trip, at, crop, -aboard[crop]
    return None


def amiss(route: Route) -> int | None:
    """Which visit to leave out first: one that is short, else the heaviest of a trip too heavy."""
    ground, fixed = route.ground, len(route.rig.fixed)
    if (lack := _lack(route)) is not None:
        return lack[1] if lack[1] >= fixed else None
    plots = [at for at, p in enumerate(route.places) if at >= fixed and ground.is_plot[p]]
    return max(plots, key=lambda at: ground.weight[route.places[at]], default=None)
