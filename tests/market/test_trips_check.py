"""Each rule of the checker is broken once on purpose, and caught by its number."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from msgspec.structs import replace

from market.domain.trips import day_file, solve
from market.domain.trips.check import check
from market.domain.trips.problem import Plan, Problem, Unserved
from tests.market.trips import named
from tests.tidy.sources import ROOT

PROBLEM = day_file.read((ROOT / "bench/days/GM-s1-p6-m4-t1.json").read_bytes())
SOUND = solve.by_iterations(PROBLEM, 1, 0)
Broken = tuple[Problem, Plan]


def rules(problem: Problem, plan: Plan) -> set[int]:
    return {fault.rule for fault in check(problem, plan).faults}


def turned_round() -> Broken:
    return PROBLEM, named(PROBLEM, tuple(reversed(SOUND.routes[0])))


def without_its_plot() -> Broken:
    return PROBLEM, replace(named(PROBLEM, ("S1", "S4")), unserved=())


def with_trucks(**changed: object) -> Problem:
    return replace(PROBLEM, trucks=(replace(PROBLEM.trucks[0], **changed),))


BREAKS: dict[str, tuple[int, Callable[[], Broken]]] = {
    "a visit nobody knows": (1, lambda: (PROBLEM, named(PROBLEM, (*SOUND.routes[0], "P99")))),
    "a visit made twice": (1, lambda: (PROBLEM, named(PROBLEM, (*SOUND.routes[0], "P1")))),
    "a route without a truck": (1, lambda: (PROBLEM, named(PROBLEM, *SOUND.routes, ()))),
    "a stop left out in silence": (2, lambda: (PROBLEM, replace(SOUND, unserved=()))),
    "a plot left out in silence": (2, without_its_plot),
    "a stop served and named as not": (
        2, lambda: (PROBLEM, replace(SOUND, unserved=(*SOUND.unserved, Unserved("S1", "time")))),
    ),
    "a window missed": (4, turned_round),
    "home after the shift": (5, lambda: (with_trucks(shift=(16_200, 40_000)), SOUND)),
    "too much aboard": (6, lambda: (with_trucks(capacity_grams=50_000), SOUND)),
    "goods that nobody loaded": (7, without_its_plot),
    "another cost than it says": (13, lambda: (PROBLEM, replace(SOUND, cost=SOUND.cost + 1))),
}  # fmt: skip


def test_a_plan_that_holds_has_no_fault() -> None:
    assert rules(PROBLEM, SOUND) == set()


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_on_purpose_is_caught(name: str) -> None:
    rule, broken = BREAKS[name]
    assert rule in rules(*broken())


def test_times_and_goods_are_told_visit_by_visit() -> None:
    checked = check(PROBLEM, SOUND)
    [day] = checked.days
    assert [seen.visit for seen in day] == list(SOUND.routes[0])
    assert all(a.leave <= b.arrive <= b.begin <= b.leave for a, b in pairwise(day))
    assert checked.leave_base[0] + PROBLEM.seconds[0][2] == day[0].arrive
    assert day[-1].leave + PROBLEM.seconds[10][0] == checked.back_at_base[0]
    collected = sum(sum(v.goods.values()) for v in PROBLEM.visits if v.kind == "plot")
    ordered = sum(sum(v.goods.values()) for v in PROBLEM.visits if v.id in ("S1", "S4"))
    assert sum(day[-1].aboard.values()) == collected - ordered
