"""The day goes wrong while it is driven: what is made stays, what was told is kept if it can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.domain.trips import day_file, solve
from market.domain.trips.check import check
from market.domain.trips.evaluate import evaluate
from market.domain.trips.ground import Ground
from market.domain.trips.improve import Search
from market.domain.trips.problem import BREAK, Plan, Position, Problem, Rest, Truck, Visit
from market.domain.trips.replan import (
    BrokeDown,
    CalledOff,
    Changed,
    Event,
    Late,
    Made,
    Replanned,
    WindowsMoved,
    replan,
)
from tests.market.trips import days, full_days
from tests.tidy.sources import ROOT

NINE = 9 * 3600
Day = tuple[Problem, Plan]


def ticking(step: float = 0.05) -> Callable[[], float]:
    ticks = count()
    return lambda: next(ticks) * step


@pytest.fixture(scope="module")
def sixty() -> Day:
    problem = day_file.read(next((ROOT / "bench/days").glob("GM-s7*")).read_bytes())
    return problem, solve.by_iterations(problem, 150, 1)


def anew(day: Day, events: Sequence[Event], now: int = NINE) -> Replanned:
    return replan(*day, now, events, clock=ticking())


def first_after(day: Day, kind: str, now: int = NINE) -> str:
    """The next visit of its kind, of whichever truck makes it soonest."""
    problem, plan = day
    plots = {visit.id: visit.kind for visit in problem.visits}
    seen = [one for seen in check(problem, plan).days for one in seen if one.begin > now]
    return min((one.begin, one.visit) for one in seen if plots[one.visit] == kind)[1]


@settings(max_examples=60)
@given(st.one_of(days(trucks=2, visits=6), full_days(trucks=2, visits=5)), st.data())
def test_whatever_happens_what_is_made_stays_and_the_rest_holds(
    problem: Problem, data: st.DataObject
) -> None:
    plan = solve.by_iterations(problem, 8, 0)
    ids = st.sampled_from([visit.id for visit in problem.visits])
    windows = st.just(((0, 20_000),))
    happened = st.one_of(
        st.builds(Late, st.just("T0"), st.integers(0, 5_000)), st.builds(CalledOff, ids),
        st.builds(Changed, ids, st.just({"kale": 1_000})), st.builds(BrokeDown, st.just("T1")),
        st.builds(WindowsMoved, ids, windows),
    )  # fmt: skip
    now = data.draw(st.integers(0, 24_000))
    events = data.draw(st.lists(happened, max_size=3))
    again = replan(problem, plan, now, events, clock=ticking(0.2))
    for before, truck, after in zip(
        plan.routes, again.problem.trucks, again.plan.routes, strict=True
    ):
        assert after[: len(truck.made)] == before[: len(truck.made)]
    later = data.draw(st.integers(now, 24_000))
    twice = replan(again.problem, again.plan, later, [], clock=ticking(0.2))
    assert check(twice.problem, twice.plan).faults == ()


def test_a_break_before_what_it_drives_to_is_taken_once() -> None:
    truck = Truck(
        "T0", 5_000, (0, 9_840), 400, 150, rest=Rest(900, (780, 4_380)),
        first=("P1", BREAK, "P0"), position=Position(1, 0),
    )  # fmt: skip
    visits = (
        Visit("P0", "plot", ((1_680, 1_680),), 0, {}),
        Visit("P1", "plot", ((0, 0),), 0, {"chili": 1_000}),
        Visit("S3", "stop", ((2_640, 6_000),), 0, {}),
    )
    nowhere = ((0,) * 4,) * 4
    ground = Ground(Problem("day", visits, (truck,), nowhere, nowhere))
    published = [[ground.number[id] for id in ("P1", BREAK, "P0", "S3")]]
    [route] = Search(ground, 0, published).warmed(published).routes
    assert route.places == published[0][1:]


def test_when_nothing_happened_nobody_is_told_anything(sixty: Day) -> None:
    again = anew(sixty, [])
    assert [move for move in again.moves if move.tell] == []


@pytest.mark.parametrize("what", ["late", "called off", "short", "broke down"])
def test_of_the_stops_that_nothing_happened_to_few_move(sixty: Day, what: str) -> None:
    events: dict[str, list[Event]] = {
        "late": [Late("T1", 1_800)],
        "called off": [CalledOff(first_after(sixty, "stop"))],
        "short": [Changed(first_after(sixty, "stop", NINE + 3_600), {"kale": 1_000})],
        "broke down": [BrokeDown("T2")],
    }
    again = anew(sixty, events[what])
    promised = [v.id for v in sixty[0].visits if v.kind == "stop" and v.id in again.before.begins]
    moved = [m.visit for m in again.moves if m.visit in promised and abs(m.minutes) > 15]
    assert len(moved) <= len(promised) / 10
    assert again.plan.broken == ()


def test_a_truck_that_broke_down_leaves_its_goods_where_it_stands(sixty: Day) -> None:
    again = anew(sixty, [BrokeDown("T2")])
    truck = again.problem.trucks[1]
    stock = again.problem.visits[-1]
    seen = {one.visit: one for one in check(*sixty).days[1]}
    assert stock.goods == seen[truck.made[-1]].aboard
    assert again.plan.routes[1] == truck.made
    assert any("stock-T2" in ids for ids in again.plan.routes)


def test_a_scale_and_a_watch_count_more_than_the_plan(sixty: Day) -> None:
    first = sixty[1].routes[0][0]
    again = anew(sixty, [Made(first, 8 * 3600, {"kale": 7_000})])
    truck = again.problem.trucks[0]
    assert truck.position
    assert (truck.made, truck.position.aboard) == ((first,), {"kale": 7_000})


def test_a_window_that_moved_is_kept_and_who_must_be_told_is_named(sixty: Day) -> None:
    stop = first_after(sixty, "stop", NINE + 3_600)
    told = next(one.begin for day in check(*sixty).days for one in day if one.visit == stop)
    later = (told + 3_600, told + 7_200)
    again = anew(sixty, [WindowsMoved(stop, (later,))])
    if (begin := again.after.begins.get(stop)) is not None:
        assert later[0] <= begin <= later[1]
    assert stop in {move.visit for move in again.moves if move.tell}


def test_before_anybody_left_a_late_start_is_planned_from_the_base(sixty: Day) -> None:
    again = anew(sixty, [Late("T1", 3_600)], now=3 * 3600)
    before = check(*sixty).leave_base[0]
    assert again.problem.trucks[0].position is None
    assert check(again.problem, again.plan).leave_base[0] >= before + 3_600


def test_an_order_made_by_hand_is_told_at_once(sixty: Day) -> None:
    problem, plan = sixty
    turned = [list(ids) for ids in plan.routes]
    turned[0].reverse()
    assert {fault.truck for fault in evaluate(problem, turned).faults if fault.rule != 2} == {"T1"}
