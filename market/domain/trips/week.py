"""A week at once: which stop is visited on which day, then each day planned by itself.

A stop is worth the more the longer nobody was there: its value of a day when the days since the
last visit are those that it wishes between two, and at most twice that, so that visits apart are
worth more than the same visits together. Visits are given to days by regret: first goes
the one that would lose most if its best day were full. Days are then planned in their order, and a
stop that a day leaves out may be had by a later one.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import msgspec
from msgspec.structs import replace

from market.domain.trips.build import built
from market.domain.trips.ground import Ground
from market.domain.trips.insert import LEFT_OUT, Inserting, State
from market.domain.trips.problem import SATANG_UNIT, NotADay, Plan, Problem, Visit
from market.domain.trips.route import Route

DAYS_MAX = 14
ANOTHER_DAY = "another_day"


class Wish(msgspec.Struct, frozen=True):
    """How often a stop wants the truck; `since` counts days from its last visit to day one."""

    times: int = 1
    every: int = 7
    since: int = 7


class Week(msgspec.Struct, frozen=True):
    """One problem a day, with the stops that may be visited on it; wishes by stop."""

    names: tuple[str, ...]
    days: tuple[Problem, ...]
    wishes: dict[str, Wish]


class Planned(msgspec.Struct, frozen=True):
    """A plan for each day, the days of each stop, and how many visits a wish still lacks."""

    plans: tuple[Plan, ...]
    days: tuple[Problem, ...]
    """As each was planned: with what stops were worth by then, those of other days off."""
    visits: dict[str, tuple[int, ...]]
    lacking: dict[str, int]


def planned(week: Week, solve: Callable[[Problem], Plan]) -> Planned:
    """`solve` plans one day, by time or by iterations."""
    if not 0 < len(week.days) <= DAYS_MAX:
        raise NotADay(why=f"a week of {len(week.days)} days")
    given = Giving(week).given()
    made: dict[str, list[int]] = {id: [] for id in week.wishes}
    plans, days = [], []
    for number in range(len(week.days)):
        day = _day(week, number, given, made)
        plan = solve(day)
        plans.append(plan)
        days.append(day)
        served = {id for ids in plan.routes for id in ids}
        for id in made:
            if id in served:
                made[id].append(number)
            elif number in given[id]:
                _hand_on(week, id, number, given)
    lacking = {id: wish.times - len(made[id]) for id, wish in week.wishes.items()}
    return Planned(
        tuple(plans), tuple(days), {id: tuple(on) for id, on in made.items()},
        {id: many for id, many in lacking.items() if many > 0},
    )  # fmt: skip


def _day(
    week: Week, number: int, given: dict[str, set[int]], made: dict[str, list[int]]
) -> Problem:
    """With what stops are worth by then; those of other days are off."""
    problem = week.days[number]
    visits = []
    for visit in problem.visits:
        wish = week.wishes.get(visit.id)
        if wish is None or visit.off:
            visits.append(visit)
        elif number in given[visit.id] or _must(visit):
            satang = worth(visit, wish, made[visit.id], number)
            visits.append(replace(visit, value_satang=satang))
        else:
            visits.append(replace(visit, off=ANOTHER_DAY))
    return replace(problem, visits=tuple(visits))


def worth(visit: Visit, wish: Wish, made: list[int], day: int) -> int:
    """Satang on that day, by the days since the last visit."""
    before = max((one for one in made if one < day), default=None)
    since = wish.since + day if before is None else day - before
    return visit.value_satang * 2 * since // (since + wish.every)


def _must(visit: Visit) -> bool:
    return visit.required or bool(visit.goods)


def _hand_on(week: Week, id: str, number: int, given: dict[str, set[int]]) -> None:
    """To the next day on which the stop may be visited and is not yet."""
    given[id].discard(number)
    for later in range(number + 1, len(week.days)):
        allowed = any(v.id == id and not v.off for v in week.days[later].visits)
        if allowed and later not in given[id]:
            given[id].add(later)
            return


class Giving:
    """Visits to days, while each day grows into a first plan of its own."""

    def __init__(self, week: Week) -> None:
        self.week = week
        self.grounds = [Ground(problem) for problem in week.days]
        self.trying = [Inserting(ground, Random(0), blink=0.0) for ground in self.grounds]  # noqa: S311
        self.states = [_begun(ground) for ground in self.grounds]
        self.days: dict[str, set[int]] = {id: set() for id in week.wishes}
        for number, (ground, trying) in enumerate(zip(self.grounds, self.trying, strict=True)):
            visits = [(place, self._visit(number, place)) for place in ground.wanted]
            trying.recreate(self.states[number], [p for p, visit in visits if _must(visit)])
            for _, visit in visits:
                if visit.id in self.days and _must(visit):
                    self.days[visit.id].add(number)
        self.costs: dict[tuple[str, int], tuple[int, int, Route] | None] = {}

    def given(self) -> dict[str, set[int]]:
        while (best := self._most_regret()) is not None:
            id, number = best
            found = self.costs[best]
            assert found
            _, truck, route = found
            self.states[number].routes[truck] = route
            self.days[id].add(number)
            self.costs = {key: cost for key, cost in self.costs.items() if key[1] != number}
        return self.days

    def _visit(self, number: int, place: int) -> Visit:
        return self.week.days[number].visits[place - 1]

    def _most_regret(self) -> tuple[str, int] | None:
        """The stop whose best day is the most better than its second best, and that day."""
        ranked = []
        for id, wish in sorted(self.week.wishes.items()):
            if len(self.days[id]) < wish.times:
                gains = sorted(self._gains(id, wish), reverse=True)
                if gains:
                    second = gains[1][0] if len(gains) > 1 else 0
                    ranked.append((gains[0][0] - second, gains[0][0], id, gains[0][1]))
        if not ranked:
            return None
        _, _, id, day = max(ranked)
        return id, -day

    def _gains(self, id: str, wish: Wish) -> list[tuple[int, int]]:
        """What each day would gain by the stop, in parts of a satang, and the day below nothing:
        of equal days the earlier is the greater. Only where it is a gain."""
        found = []
        for number, ground in enumerate(self.grounds):
            place = ground.number.get(id)
            if place is None or place not in ground.stops or number in self.days[id]:
                continue
            if (id, number) not in self.costs:
                self.costs[id, number] = self._cost(number, place)
            cost = self.costs[id, number]
            satang = self._worth(id, wish, self.days[id] | {number})
            satang -= self._worth(id, wish, self.days[id])
            if cost is not None and satang * SATANG_UNIT > cost[0]:
                found.append((satang * SATANG_UNIT - cost[0], -number))
        return found

    def _worth(self, id: str, wish: Wish, days: set[int]) -> int:
        """Of all visits together: one between two others makes these worth less."""
        made = sorted(days)
        each = [(number, self.grounds[number].number[id]) for number in made]
        return sum(worth(self._visit(number, place), wish, made, number) for number, place in each)

    def _cost(self, number: int, place: int) -> tuple[int, int, Route] | None:
        ground, state = self.grounds[number], self.states[number]
        free = set(ground.plots) - state.on_the_road()
        found = self.trying[number].cheapest(state, place, free, LEFT_OUT)
        if found is None:
            return None
        truck, route = found
        return route.cost - state.routes[truck].cost, truck, route


def _begun(ground: Ground) -> State:
    routes = [built(ground, rig, rig.fixed) for rig in ground.rigs]
    return State(ground, [route for route in routes if route])
