"""A first plan and its improvement by ruin and recreate, in the crops' own terms.

After Schrimpf et al. (2000) and Christiaens and Vanden Berghe (2020, "Slack induction by string
removals"). The same problem, seed and number of iterations give the same plan.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from random import Random

from certification.basis.refusal import Invalid
from market.domain.trips.build import built
from market.domain.trips.ground import Ground, Rig
from market.domain.trips.insert import Inserting, State, amiss
from market.domain.trips.problem import Problem
from market.domain.trips.route import Route

Places = tuple[tuple[int, ...], ...]
"""For each truck what it visits from where it stands."""
Progress = Callable[[int], float]
"""From the number of iterations done to how far the search is; at 1 or more it ends."""
Heard = Callable[[Places, int], None]
"""Told each better plan and what it costs."""
STRING_MAX, REMOVED_MAX = 8, 14
WHOLE, SCATTERED = 0.05, 0.2
"""How often a whole route, or visits anywhere, are taken out instead of strings."""
HOT, COLD = 0.1, 0.001
"""Temperatures, as shares of what the first plan spends."""


class LocksDoNotHold(Invalid):
    """What a truck is to visit first cannot be driven so."""

    code = "trips.locks_do_not_hold"


def improved(problem: Problem, seed: int, progress: Progress, warm: Places | None = None) -> Places:
    """For each truck its places; the best that was found when `progress` says it is enough."""
    return Search(Ground(problem), seed, warm).run(progress)


class Search:
    def __init__(self, ground: Ground, seed: int, warm: Places | None = None) -> None:
        self.ground, self.warm = ground, warm
        self.random = Random(seed)  # noqa: S311 - a search, no secret
        self.insert = Inserting(ground, self.random)
        self.near = _neighbours(ground)
        self.fixed = {place for rig in ground.rigs for place in rig.fixed}

    def run(self, progress: Progress, heard: Heard | None = None) -> Places:
        now = best = self.begun()
        now_cost = best_cost = now.cost
        scale = max(sum(route.cost for route in now.routes), 1)
        done = 0
        if heard:
            heard(best.places, best_cost)
        while (share := progress(done)) < 1:
            heat = scale * HOT * (COLD / HOT) ** share
            other = self.changed(now)
            cost = other.cost
            if cost < now_cost or self.random.random() < exp(min(0.0, (now_cost - cost) / heat)):
                now, now_cost = other, cost
                if cost < best_cost:
                    best, best_cost = other, cost
                    if heard:
                        heard(best.places, best_cost)
            done += 1
        return best.places

    def begun(self) -> State:
        """From the warm plan where there is one and it is the better, else from nothing."""
        first = self.first()
        if self.warm is None:
            return first
        warm = self.warmed(self.warm)
        return min(warm, first, key=lambda state: state.cost)

    def first(self) -> State:
        """Everything put in one by one: promises, then those that earn most."""
        ground = self.ground
        state = State(ground, [self.fixed_of(rig) for rig in ground.rigs])
        order = sorted(
            (place for place in ground.wanted if place not in state.on_the_road()),
            key=lambda s: (s not in ground.required, ground.is_plot[s], -ground.value[s], s),
        )
        self.insert.recreate(state, order)
        return state

    def fixed_of(self, rig: Rig) -> Route:
        """What the truck does whatever else is planned; LocksDoNotHold."""
        route = built(self.ground, rig, rig.fixed)
        if route is None or not route.holds:
            raise LocksDoNotHold(truck=rig.truck.id, visits=", ".join(rig.truck.first))
        return route

    def warmed(self, warm: Places) -> State:
        """As much of the plan as still holds, and what it lacks put in; `built` puts the break."""
        ground, routes = self.ground, []
        for rig, places in zip(ground.rigs, warm, strict=True):
            known = {*ground.plots, *ground.stops} & rig.allowed
            free = (known - self.fixed) | {ground.reload}
            kept = [p for p in places if p in free]
            routes.append(self.longest(self.fixed_of(rig), [*rig.fixed, *kept]))
        state = State(ground, routes)
        on_the_road = state.on_the_road()
        self.insert.recreate(state, self.order([p for p in ground.wanted if p not in on_the_road]))
        return state

    def longest(self, least: Route, places: list[int]) -> Route:
        """Without the visits at which it comes apart."""
        fixed = len(least.rig.fixed)
        route = built(self.ground, least.rig, places)
        if route and (whole := self.in_goods(route)):
            return whole
        kept = places[:fixed]
        for place in places[fixed:]:
            longer = built(self.ground, least.rig, [*kept, place])
            if longer and longer.holds:
                kept.append(place)
        return built(self.ground, least.rig, kept) or least

    def changed(self, state: State) -> State:
        other = state.copy()
        self.ruin(other)
        on_the_road = other.on_the_road()
        absent = [place for place in self.ground.wanted if place not in on_the_road]
        self.insert.recreate(other, self.order(absent))
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
                stops.sort(key=lambda s: ground.windows[s][-1][1] if ground.windows[s] else 0)
        stops.sort(key=lambda s: s not in ground.required)
        return stops

    # ── ruin ────────────────────────────────────────────────────────────────────────────────

    def ruin(self, state: State) -> None:
        random = self.random
        on_the_road = sorted(self.movable(state))
        if not on_the_road:
            return
        chance = random.random()
        if chance < WHOLE:
            gone = set(on_the_road) & set(random.choice(state.routes).places)
        elif chance < WHOLE + SCATTERED:
            gone = set(random.sample(on_the_road, self.many(on_the_road)))
        else:
            gone = self.strings(state, random.choice(on_the_road), self.many(on_the_road))
        touched = [n for n, route in enumerate(state.routes) if gone & set(route.places)]
        for number in touched:
            kept = [place for place in state.routes[number].places if place not in gone]
            state.routes[number] = self.mended(state, number, kept)

    def many(self, on_the_road: list[int]) -> int:
        return self.random.randint(1, min(REMOVED_MAX, len(on_the_road)))

    def strings(self, state: State, seed: int, most: int) -> set[int]:
        """Of the routes near the seed a string each, until so many are out."""
        gone, touched = set[int](), set[int]()
        for place in (seed, *self.near[seed]):
            if len(gone) >= most:
                break
            number = next((n for n, r in enumerate(state.routes) if place in r.places), None)
            if number is not None and number not in touched:
                touched.add(number)
                gone |= self.string(state.routes[number].places, place, most - len(gone))
        return gone

    def movable(self, state: State) -> set[int]:
        return {p for p in state.on_the_road() if p < self.ground.nowhere} - self.fixed

    def string(self, places: list[int], around: int, most: int) -> set[int]:
        random, at = self.random, places.index(around)
        length = random.randint(1, min(STRING_MAX, len(places), most))
        first = random.randint(max(0, at - length + 1), min(at, len(places) - length))
        return {p for p in places[first : first + length] if p < self.ground.nowhere} - self.fixed

    def mended(self, state: State, number: int, places: list[int]) -> Route:
        """What is left of a route: other plots for what is short now, or without the stops."""
        ground, rig = self.ground, state.routes[number].rig
        route = built(ground, rig, places)
        if route is None:  # without one visit another way is shorter, and the break falls elsewhere
            return self.longest(self.fixed_of(rig), places)
        if self.random.random() < 0.5:
            others = State(ground, [r for n, r in enumerate(state.routes) if n != number])
            free = set(ground.plots) - others.on_the_road() - set(places)
            if filled := self.insert.filled(route, free):
                return filled
        return self.in_goods(route) or self.longest(self.fixed_of(rig), places)

    def in_goods(self, route: Route) -> Route | None:
        """Without the visits that ask for what is not there, or give what is too much."""
        while not route.holds:
            at = amiss(route)
            if at is None:
                return None
            rest = built(self.ground, route.rig, [p for n, p in enumerate(route.places) if n != at])
            if rest is None:
                return None
            route = rest
        return self.insert.pruned(route)


def _neighbours(ground: Ground) -> list[list[int]]:
    """For each place all visits, the nearest first."""

    def from_there(of: int) -> list[int]:
        others = [place for place in range(1, len(ground.problem.visits) + 1) if place != of]
        return sorted(others, key=lambda place: (ground.metres[of][place], place))

    return [from_there(of) for of in range(ground.nowhere)]
