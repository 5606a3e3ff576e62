"""Which promises must break: a bound that no plan gets round, and what is found tried again."""

from itertools import permutations, product

from hypothesis import assume, given, settings
from msgspec.structs import replace

from market.domain.trips import solve
from market.domain.trips.check import check
from market.domain.trips.evaluate import evaluate
from market.domain.trips.fewest import kept_more, least
from market.domain.trips.ground import Ground
from market.domain.trips.problem import Plan, Problem, Truck, Unserved, Visit
from market.gateways.engines.side_by_side import best_of
from tests.market.trips import days

HOUR = 3_600


def least_weight(problem: Problem) -> int:
    """By trying every share of the visits over the trucks, in every order."""
    weights = {visit.id: visit.priority for visit in problem.visits if visit.required}
    best = sum(weights.values())
    trucks = range(len(problem.trucks) + 1)
    for share in product(trucks, repeat=len(problem.visits)):
        groups = [
            [v.id for v, at in zip(problem.visits, share, strict=True) if at == truck]
            for truck in trucks[:-1]
        ]
        kept = {id for group in groups for id in group}
        weight = sum(w for id, w in weights.items() if id not in kept)
        if weight < best and all(_drivable(problem, n, group) for n, group in enumerate(groups)):
            best = weight
    return best


def _drivable(problem: Problem, number: int, group: list[str]) -> bool:
    def routes(order: tuple[str, ...]) -> list[tuple[str, ...]]:
        return [order if n == number else () for n in range(len(problem.trucks))]

    return any(
        all(fault.rule == 2 for fault in evaluate(problem, routes(order)).faults)
        for order in permutations(group)
    )


@settings(max_examples=25)
@given(days(trucks=2, visits=4))
def test_the_bound_is_below_every_plan_and_what_is_proved_is_the_least(problem: Problem) -> None:
    visits = tuple(
        replace(visit, required=True, priority=1 + n % 3) if visit.kind == "stop" else visit
        for n, visit in enumerate(problem.visits)
    )
    problem = replace(problem, visits=visits)
    made = solve.by_iterations(problem, 40, 1)
    assume(made.broken)
    best = least_weight(problem)
    ground = Ground(problem)
    below = least(ground, [ground.number[one.id] for one in made.broken])
    assert below.weight <= best
    weight = sum(v.priority for v in problem.visits if v.id in {one.id for one in made.broken})
    assert weight >= best
    if made.fewest == "proved":
        assert weight == best
    assert made.fewest in ("proved", "found")
    assert made.broken_least <= len(made.broken)


def at_once(stops: int, trucks: int, *, priority: int = 1) -> Problem:
    """All open for the same ten minutes, an hour from one another."""
    visits = tuple(
        Visit(f"S{n}", "stop", ((36_000, 36_600),), 300, {}, required=True, priority=priority + n)
        for n in range(stops)
    )
    fleet = tuple(Truck(f"T{n}", 1_000, (0, 80_000), 400, 150) for n in range(trucks))
    ways = tuple(tuple(HOUR * (a != b) for b in range(stops + 1)) for a in range(stops + 1))
    return Problem("day", visits, fleet, ways, ways)


def test_stops_that_no_truck_takes_two_of_are_proved_for_any_fleet_and_many_visits() -> None:
    day = at_once(40, 3)
    made = solve.by_iterations(day, 5, 1)
    assert (made.fewest, made.broken_least, len(made.broken)) == ("proved", 37, 37)
    assert {id for ids in made.routes for id in ids} == {"S37", "S38", "S39"}, "the heaviest stay"
    boast = replace(made, broken_least=38)
    assert 17 in {fault.rule for fault in check(day, boast).faults}


def test_too_little_of_a_crop_is_proved_and_what_is_only_found_says_so() -> None:
    plot = Visit("P", "plot", ((0, 80_000),), 300, {"kale": 5_000})
    stops = tuple(
        Visit(f"S{n}", "stop", ((0, 80_000),), 300, {"kale": 2_000}, required=True)
        for n in range(4)
    )
    ways = tuple(tuple(600 * (a != b) for b in range(6)) for a in range(6))
    two = tuple(Truck(f"T{n}", 90_000, (0, 80_000), 400, 150) for n in range(2))
    day = Problem("day", (plot, *stops), two, ways, ways)
    made = solve.by_iterations(day, 20, 1)
    assert (made.fewest, made.broken_least, len(made.broken)) == ("proved", 2, 2)
    small = replace(day, trucks=tuple(replace(t, capacity_grams=3_000) for t in two),
                    visits=(replace(plot, goods={"kale": 3_000}),
                            replace(plot, id="Q", goods={"kale": 3_000}),
                            *(replace(s, goods={"kale": 3_000}) for s in stops[:3])))  # fmt: skip
    told = solve.by_iterations(small, 30, 1)
    assert (len(told.broken), told.fewest) == (1, "proved")
    full = replace(small, trucks=(replace(two[0], capacity_grams=2_999),))
    told = solve.by_iterations(replace(full, visits=(*full.visits,) * 1), 30, 1)
    assert told.proved or told.fewest == "found", "that it is too heavy is in no bound of ours"
    assert len(told.broken) == 3


def test_a_plan_that_dropped_too_much_is_mended_and_says_how_it_ended() -> None:
    day = at_once(3, 2)
    ground = Ground(day)
    worse = ((), (1,))
    more = kept_more(ground, worse, 1, lambda: lambda done: done / 5)
    assert more is not None
    assert sum(map(len, more)) == 2
    assert kept_more(ground, more, 1, lambda: lambda done: done / 5) is None
    made = best_of(day, 2.0, 1)
    assert (made.fewest, len(made.broken)) == ("proved", 1)
    assert check(day, made).faults == ()
    silent = Plan(made.routes, made.cost, "liar", tuple(
        Unserved(one.id, one.reason) for one in made.unserved))  # fmt: skip
    assert 2 in {fault.rule for fault in check(day, silent).faults}
