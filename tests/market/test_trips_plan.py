"""The planner against trying everything, its insertions against driving, its reasons in trial."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from market.domain.trips import day_file, solve
from market.domain.trips.build import built
from market.domain.trips.check import check, check_reasons
from market.domain.trips.estimate import metres, straight_m, whole_minutes
from market.domain.trips.evaluate import evaluate
from market.domain.trips.exact import proved
from market.domain.trips.ground import Ground
from market.domain.trips.improve import Search
from market.domain.trips.problem import Change, NotADay, Plan, Problem, Truck, Visit
from market.domain.trips.ways import NO_WAY
from tests.market.trips import best_by_trying, days, full_days, named, rank
from tests.tidy.sources import ROOT

DAYS = sorted((ROOT / "bench/days").glob("GM-*.json"))


@settings(max_examples=30)
@given(st.one_of(days(trucks=1, visits=4, windows=1), full_days(visits=4)))
def test_what_is_proved_is_the_best_of_all_orders(problem: Problem) -> None:
    """Also when no order keeps all promises: then those that add up to least are broken."""
    best, found = best_by_trying(problem), proved(problem)
    assert found
    plan = solve.plan(problem, found, "proved")
    assert rank(problem, plan) == rank(problem, best)


@settings(max_examples=60)
@given(days(trucks=2, visits=7), st.integers(0, 3))
def test_every_plan_passes_the_check_and_none_beats_the_proof(problem: Problem, seed: int) -> None:
    made = Search(Ground(problem), seed).run(lambda done: done / 25)
    places = {place for visits in made for place in visits}
    assume(Ground(problem).required <= places)
    plan = solve.plan(problem, made, "ours")
    assert check(problem, plan).faults == ()
    if not made[1] and (best := proved(Problem(
        problem.name, problem.visits, problem.trucks[:1], problem.metres, problem.seconds
    ))):  # fmt: skip
        alone = solve.plan(problem, (*best, ()), "proved")
        assert alone.cost <= plan.cost


@settings(max_examples=80)
@given(days(trucks=1, visits=6), st.randoms(use_true_random=False))
def test_an_insertion_costs_what_driving_it_costs(problem: Problem, chance: Random) -> None:
    ground = Ground(problem)
    truck = ground.rigs[0]
    places = list(range(1, 6))
    chance.shuffle(places)
    route = next((r for n in range(5, -1, -1) if (r := built(ground, truck, places[:n]))), None)
    assume(route)
    assert route
    foreseen = dict[int, int]()
    for cost, at in route.insertions(6):
        foreseen[at] = min(cost, foreseen.get(at, cost))
    for at in range(len(route.places) + 1):
        driven = built(ground, truck, [*route.places[:at], 6, *route.places[at:]])
        if at in foreseen:  # with several windows a foreseen one need not be the driven one
            assert driven
        single = all(len(visit.windows) == 1 for visit in problem.visits)
        if single:
            assert (at in foreseen) == (driven is not None)
            assert driven is None or driven.cost - route.cost == foreseen[at]


@settings(max_examples=60)
@given(days(trucks=1, visits=5, windows=1))
def test_a_reason_is_true(problem: Problem) -> None:
    found = proved(problem)
    assume(found)
    assert found
    plan = solve.plan(problem, found, "proved")
    kept = plan.routes[0]
    for one in plan.unserved:
        orders = [(*kept[:at], one.id, *kept[at:]) for at in range(len(kept) + 1)]
        holds = [o for o in orders if not check(problem, named(problem, o)).faults]
        if one.reason in ("far", "crop"):
            assert not holds
            assert check(problem, named(problem, (one.id,))).faults
        if one.reason in ("time", "spoken_for"):
            assert not holds
        if one.reason == "worth":
            assert one.facts["satang"] >= 0
        assert all(amount >= 0 for amount in one.facts.values())


def test_where_no_road_leads_no_minutes_are_told() -> None:
    """An island, a place one may only leave, and one that is merely far."""
    far = 9 * 3_600
    stops = tuple(
        Visit(id, "stop", ((0, 36_000),), 600, {}, 90_000) for id in ("isle", "weir", "far")
    )
    seconds = ((0, NO_WAY, NO_WAY, far), (NO_WAY, 0, NO_WAY, NO_WAY), (60, NO_WAY, 0, far),
               (far, NO_WAY, NO_WAY, 0))  # fmt: skip
    day = Problem("day", stops, (Truck("T", 1_000, (0, 36_000), 400, 150),), seconds, seconds)
    made = solve.by_iterations(day, 10, 0)
    assert {one.id: (one.reason, one.facts) for one in made.unserved} == {
        "isle": ("no_road", {}),
        "weir": ("no_road", {}),
        "far": ("far", {"seconds": far + 600 + far - 36_000}),
    }
    assert not any(one.change for one in made.unserved[:2])
    lie = replace(made, unserved=tuple(replace(one, reason="no_road") for one in made.unserved))
    near = replace(day, seconds=tuple(tuple(min(s, 60) for s in row) for row in seconds))
    assert check_reasons(near, lie), "who can be put in is not without a road"


def changed(problem: Problem, change: Change) -> Problem:
    """The day with what the plan says would have to be otherwise."""

    def visit(one: Visit) -> Visit:
        if change.kind == "crop" and one.id == change.id:
            goods = {**one.goods, change.what: one.goods.get(change.what, 0) + change.amount}
            return replace(one, goods=goods)
        if change.kind == "window" and one.id == change.id:
            earlier, later = one.windows[0][0] - change.amount, one.windows[-1][1] + change.amount
            told = one.promised and (
                one.promised[0] - change.amount,
                one.promised[1] + change.amount,
            )
            return replace(one, windows=((max(earlier, 0), later),), promised=told)
        if change.kind == "value" and one.id == change.id:
            return replace(one, value_satang=one.value_satang + change.amount + 1)
        return one

    def truck(one: Truck) -> Truck:
        if one.id != change.id:
            return one
        return replace(
            one, overtime_s=one.overtime_s + change.amount * (change.kind == "shift"),
            capacity_grams=one.capacity_grams + change.amount * (change.kind == "capacity"),
        )  # fmt: skip

    return replace(
        problem, visits=tuple(map(visit, problem.visits)), trucks=tuple(map(truck, problem.trucks))
    )  # fmt: skip


@settings(max_examples=25)
@given(full_days(visits=5))
def test_with_the_change_that_is_named_the_visit_can_be_made(problem: Problem) -> None:
    """By a proof of the changed day on which that visit is worth more than all others."""
    found = proved(problem)
    assert found
    plan = solve.plan(problem, found, "proved")
    for one in plan.unserved:
        if one.change and one.change.kind != "another_truck":
            day = changed(problem, one.change)
            must = tuple(
                replace(v, required=True, priority=10_000) if v.id == one.id else v
                for v in day.visits
            )
            again = proved(replace(day, visits=must, earlier=None))
            assert again
            ids = solve.plan(replace(day, visits=must, earlier=None), again, "proved").routes
            assert one.id in ids[0], one


@settings(max_examples=30)
@given(full_days(trucks=2, visits=5), st.randoms(use_true_random=False))
def test_more_freedom_never_makes_a_plan_worse(problem: Problem, chance: Random) -> None:
    """A truck more, a window wider, in another order: begun with the plan, none is worse."""
    plan = solve.by_iterations(problem, 5, 0)
    spare = replace(problem.trucks[0], id="T9")
    more = replace(problem, trucks=(*problem.trucks, spare))
    wider = replace(
        problem,
        visits=tuple(
            replace(v, windows=((v.windows[0][0], v.windows[-1][1]),)) for v in problem.visits
        ),
    )
    for day, routes in ((more, (*plan.routes, ())), (wider, plan.routes)):
        again = solve.by_iterations(day, 5, 0, warm=routes)
        assert rank(day, again)[0] <= rank(problem, plan)[0]
        if not evaluate(day, routes).faults:
            assert rank(day, again) <= (rank(problem, plan)[0], evaluate(day, routes).cost)
    order = list(range(len(problem.visits)))
    chance.shuffle(order)
    places = [0, *(n + 1 for n in order)]
    turned = replace(
        problem, visits=tuple(problem.visits[n] for n in order),
        metres=tuple(tuple(problem.metres[a][b] for b in places) for a in places),
        seconds=tuple(tuple(problem.seconds[a][b] for b in places) for a in places),
    )  # fmt: skip
    assert evaluate(turned, plan.routes).faults == evaluate(problem, plan.routes).faults
    assert evaluate(turned, plan.routes).cost == plan.cost


@pytest.mark.parametrize("path", DAYS[3:], ids=lambda path: path.stem)
def test_the_same_seed_gives_the_same_bytes(path: Path) -> None:
    problem = day_file.read(path.read_bytes())
    repeats = 10 if len(problem.visits) < 50 else 2
    runs = {day_file.answer(solve.by_iterations(problem, 8, seed=7)) for _ in range(repeats)}
    assert len(runs) == 1


def test_small_days_of_the_benchmark_are_proved() -> None:
    """The best that anybody has found, now known to be the best there is."""
    for path, cost in zip(DAYS[:2], (4098, 1797), strict=True):
        plan = solve.by_iterations(day_file.read(path.read_bytes()), 1, seed=0)
        assert (plan.proved, round(plan.cost / 600_000)) == (True, cost)


def test_the_clock_ends_a_search_and_the_last_sound_plan_stays() -> None:
    problem = day_file.read(DAYS[-1].read_bytes())
    ticks = iter(range(1_000))
    plan = solve.by_time(problem, 6.0, 1, lambda: float(next(ticks)))
    assert check(problem, plan).faults == ()
    assert {stop.id for stop in problem.visits if stop.required} <= set().union(*plan.routes)


def test_a_plan_that_does_not_hold_is_never_given() -> None:
    problem = day_file.read(DAYS[0].read_bytes())
    last_stop = len(problem.visits)
    with pytest.raises(solve.NotSound):
        solve.plan(problem, ((last_stop,),), "broken")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"{", b"["), (b'"lat"', b'"lot"'), (b'"kmh": 35', b'"kmh": 0'),
        (b'"capacity_kg": 225', b'"capacity_kg": -1'), (b'"id": "P2"', b'"id": "P1"'),
        (b"285,", b"2000,"), (b'"P1"', b'"P1\xff"'), (b"100.45724", b"1e999"),
    ],
)  # fmt: skip
def test_a_day_that_makes_no_sense_is_refused(before: bytes, after: bytes) -> None:
    text = DAYS[0].read_bytes()
    assert before in text
    with pytest.raises(NotADay):
        day_file.read(text.replace(before, after, 1))


def test_estimated_roads_are_longer_than_straight_lines_and_never_too_quick() -> None:
    khuan_lang, hat_yai = (7.0069, 100.433), (7.0086, 100.4747)
    straight = straight_m(khuan_lang, hat_yai)
    assert 4_500 < straight < 4_700  # by the measuring tape of an atlas
    [[_, way], [back, nothing]] = metres([khuan_lang, hat_yai], 1.35)
    assert (way, back, nothing) == (round(straight * 1.35), way, 0)
    assert whole_minutes(((0, way), (way, 0)), 35)[0][1] == 660


def test_an_empty_day_stays_at_home() -> None:
    problem = day_file.read(DAYS[0].read_bytes())
    nobody = Problem("rest", (), problem.trucks, ((0,),), ((0,),))
    assert solve.by_iterations(nobody, 5, 0) == Plan(((),), 0, "proved", (), True, 0)
