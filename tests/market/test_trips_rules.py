"""A day with everything in it: each further rule broken once on purpose, and times by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from market.domain.trips.check import check, check_reasons, check_roads, detours
from market.domain.trips.evaluate import diff, evaluate, told
from market.domain.trips.problem import (
    BASE,
    BREAK,
    NotADay,
    Plan,
    Position,
    Problem,
    Reload,
    Rest,
    Truck,
    Unserved,
    Visit,
)  # fmt: skip
from market.domain.trips.sound import ensure_sound
from tests.market.trips import ways

HOUR = 3600
ALL_DAY = ((0, 24 * HOUR),)
SPOTS = [(0, 0), (10, 0), (20, 0), (30, 0), (40, 0), (0, 10), (0, 0)]
"""The base, P1, P2, S1, S2, S3, and another base; 100 m a step, 10 s."""


def day(**changed: Any) -> Problem:
    metres = ways(SPOTS)
    visits = (
        Visit("P1", "plot", ALL_DAY, 600, {"kale": 20_000}, required=True, crates=2,
              needs=("cold",)),
        Visit("P2", "plot", ALL_DAY, 600, {"chili": 10_000}, ready_s=7 * HOUR),
        Visit("S1", "stop", ((7 * HOUR, 8 * HOUR), (9 * HOUR, 10 * HOUR)), 1_800,
              {"kale": 5_000}, crates=1, walkup={"kale": 30_000}, satang_per_kg={"kale": 4_000}),
        Visit("S2", "stop", ALL_DAY, 1_800, {"chili": 4_000}, 10_000, required=True,
              promised=(9 * HOUR, 11 * HOUR), walkup={"kale": 2_000}),
        Visit("S3", "stop", ALL_DAY, 600, {}, 5_000),
    )  # fmt: skip
    trucks = (
        Truck("T1", 40_000, (6 * HOUR, 14 * HOUR), 400, 150, crates=4, has=("cold",),
              rest=Rest(1_800, (9 * HOUR, 10 * HOUR)), reload=Reload(2, 900, (0, 12 * HOUR)),
              overtime_s=HOUR, satang_per_overtime_min=100),
        Truck("T2", 40_000, (6 * HOUR, 14 * HOUR), 400, 150),
    )  # fmt: skip
    seconds = tuple(tuple(way // 10 for way in row) for row in metres)
    return replace(Problem("rich", visits, trucks, metres, seconds), **changed)


ROUTES = (("P1", "P2", "S1", BREAK, "S2", BASE, "S3"), ())


def visit(problem: Problem, id: str, **changed: Any) -> Problem:
    """With one visit otherwise."""
    visits = tuple(replace(v, **changed) if v.id == id else v for v in problem.visits)
    return replace(problem, visits=visits)


def truck(problem: Problem, **changed: Any) -> Problem:
    first, *others = problem.trucks
    return replace(problem, trucks=(replace(first, **changed), *others))


def rules(problem: Problem, *routes: tuple[str, ...]) -> set[int]:
    return {fault.rule for fault in evaluate(problem, routes or ROUTES).faults}


def far_away(problem: Problem) -> Problem:
    spots = ((7.0, 100.0), (7.9, 100.0)) + ((7.0, 100.0),) * 5
    return replace(problem, spots=spots)


BREAKS: dict[str, tuple[int, Callable[[], set[int]]]] = {
    "a promise left out": (2, lambda: rules(day(), ("P1", "P2", "S1"), ())),
    "a start at a plot": (3, lambda: rules(truck(day(), start=1))),
    "a lot not yet packed": (
        4, lambda: rules(visit(day(), "P1", ready_s=8 * HOUR, windows=((0, 7 * HOUR),)))
    ),
    "a service longer than its window": (
        4, lambda: rules(visit(day(), "S1", windows=((7 * HOUR, 7 * HOUR + 60),), inside=True))
    ),
    "no break": (5, lambda: rules(
        visit(day(), "S2", promised=(10 * HOUR, 11 * HOUR)), ("P1", "P2", "S1", "S2"), ())),
    "a break too late": (5, lambda: rules(truck(day(), rest=Rest(600, (0, 7 * HOUR))))),
    "two breaks": (5, lambda: rules(day(), (BREAK, *ROUTES[0]), ())),
    "a break of nobody's": (5, lambda: rules(truck(day(), rest=None))),
    "more overtime than there is": (
        5, lambda: rules(truck(day(), shift=(6 * HOUR, 9 * HOUR), overtime_s=60))
    ),
    "too many crates": (6, lambda: rules(truck(day(), crates=1))),
    "crates of nobody's": (6, lambda: rules(visit(day(), "S1", crates=3))),
    "goods left at the base": (7, lambda: rules(day(), ("P1", "P2", "S1", BREAK, BASE, "S2"), ())),
    "goods on another truck": (7, lambda: rules(day(), ("P1", "S1", BREAK, "S2"), ("P2",))),
    "goods too old": (8, lambda: rules(visit(day(), "P2", use_by_s=8 * HOUR))),
    "a suspended lot": (8, lambda: rules(visit(day(), "P2", off="suspended"))),
    "a promise too late": (9, lambda: rules(visit(day(), "S2", promised=(0, 8 * HOUR)))),
    "a stop that is closed": (10, lambda: rules(visit(day(), "S3", off="closed"))),
    "the wrong truck": (10, lambda: rules(visit(day(), "S3", truck="T2"))),
    "another beginning": (10, lambda: rules(truck(day(), first=("P2", "P1")))),
    "a driven visit made anew": (
        10, lambda: rules(truck(day(), first=("P1",), position=Position(1, 7 * HOUR)),
                          ("P2", "S1", "S2"), ())
    ),
    "a base that is closed": (11, lambda: rules(truck(day(), reload=Reload(2, 0, (0, HOUR))))),
    "a trip too many": (11, lambda: rules(truck(day(), reload=Reload(1, 0, (0, 20 * HOUR))))),
    "a trip to nobody": (11, lambda: rules(day(), ("P1", "P2", "S1", BREAK, "S2", BASE), ("S3",))),
    "a warm truck": (12, lambda: rules(truck(day(), has=()))),
    "home after the planning day": (
        15, lambda: rules(truck(day(), shift=(47 * HOUR, 80 * HOUR), overtime_s=0))
    ),
    "a road through the hill": (16, lambda: {f.rule for f in check_roads(far_away(day()))}),
    "a bound above the cost": (17, lambda: {
        fault.rule for fault in check(
            day(), replace(Plan(ROUTES, 0, "by hand"), bound=10**12)).faults}),
    "an untrue reason": (13, lambda: {
        fault.rule for fault in check_reasons(
            day(), Plan((ROUTES[0][:5], ()), 0, "by hand", (Unserved("S3", "time"),)))}),
}  # fmt: skip


def test_the_day_holds_as_it_is() -> None:
    ensure_sound(day())
    assert rules(day()) == set()
    assert check_roads(day()) == detours(day()) == []


@pytest.mark.parametrize("name", BREAKS)
def test_each_further_rule_is_caught_when_it_is_broken(name: str) -> None:
    rule, broken = BREAKS[name]
    assert rule in broken()


def test_times_goods_and_slack_are_those_of_a_watch_and_a_scale() -> None:
    seen = evaluate(day(), ROUTES).days[0]
    assert [one.visit for one in seen] == list(ROUTES[0])
    begins = {one.visit: one.begin for one in seen}
    # home as early as can be: S2 at nine; so S1 ends in time for half an hour's break from nine
    assert begins[BREAK] == 9 * HOUR
    assert begins["S2"] == 9 * HOUR + 1_800 + 100
    at = {one.visit: one for one in seen}
    assert at["P1"].aboard == {"kale": 20_000}
    # S1 sells what nobody ordered, thirty kilos were asked for
    assert at["S1"].sold == {"kale": 15_000}
    assert at["S1"].left == {"chili": 10_000}
    assert at["S1"].aboard == {"kale": 15_000, "chili": 10_000}
    assert at["S2"].sold == {}
    assert at["S2"].crates == 1
    assert at["S3"].aboard == {}
    # S3 may begin until an hour after the shift less the way home
    assert at["S3"].slack_s == 15 * HOUR - 600 - 100 - at["S3"].begin


def test_the_cost_is_the_sum_of_its_parts() -> None:
    plain = evaluate(day(), ROUTES)
    fresh = evaluate(day(fresh={"kale": 100}), ROUTES)
    at = {one.visit: one for one in plain.days[0]}
    loaded = 20_000 * (at["S1"].leave - at["P1"].leave)
    assert fresh.cost - plain.cost == 100 * loaded // 60
    short = evaluate(truck(day(), shift=(6 * HOUR, 10 * HOUR)), ROUTES)
    over = plain.back_at_base[0] - 10 * HOUR
    assert short.cost - plain.cost == over * 100 * 1000
    less = evaluate(visit(day(), "S1", walkup={"kale": 10_000}), ROUTES)
    assert less.cost - plain.cost == 5_000 * 4_000 * 60


def test_departing_from_what_people_were_told_costs_and_is_named() -> None:
    plan = Plan(ROUTES, 0, "by hand")
    before = told(day(), plan)
    assert evaluate(day(earlier=before), ROUTES).cost == evaluate(day(), ROUTES).cost
    later = visit(day(), "S2", promised=(10 * HOUR, 11 * HOUR))
    routes = (("P1", "P2", "S1", BREAK, "S2"), ("S3",))
    after = told(later, Plan(routes, 0, "by hand"))
    extra = evaluate(replace(later, earlier=before), routes).cost - evaluate(later, routes).cost
    moved = {move.visit: move for move in diff(later, before, after)}
    assert moved["S2"].minutes == round((after.begins["S2"] - before.begins["S2"]) / 60) > 15
    assert moved["S2"].tell
    assert (moved["S3"].kind, moved["S3"].before_truck, moved["S3"].after_truck) == (
        "other_truck", "T1", "T2",
    )  # fmt: skip
    satang = before.truck_satang
    for id, begin in after.begins.items():
        if (away := abs(begin - before.begins[id])) > before.moved_s:
            satang += before.moved_satang + (away - 900) // 60 * before.moved_satang_per_min
    assert extra == satang * 60_000


@pytest.mark.parametrize(
    "broken",
    [
        lambda: truck(day(), start=2), lambda: truck(day(), first=("nobody",)),
        lambda: truck(day(), first=("P1", "P1")), lambda: visit(day(), "S1", crates=-1),
        lambda: visit(day(), "P1", walkup={"kale": 1}), lambda: truck(day(), id="@T"),
        lambda: truck(day(), position=Position(1, 0)), lambda: day(spots=((7.0, 100.0),)),
        lambda: truck(day(), rest=Rest(0, (0, 1))),
        lambda: truck(day(), reload=Reload(0, 0, (0, 1))),
    ],
)  # fmt: skip
def test_a_day_that_contradicts_itself_is_refused(broken: Callable[[], Problem]) -> None:
    with pytest.raises(NotADay):
        ensure_sound(broken())
