"""Small days of the truck for tests, and the plainest way to the best plan: to try everything."""

from __future__ import annotations

from itertools import permutations

from hypothesis import strategies as st

from market.domain.trips.check import check
from market.domain.trips.problem import Matrix, Plan, Problem, Truck, Unserved, Visit

SPOTS = st.tuples(st.integers(0, 40), st.integers(0, 40))
WINDOWS = st.tuples(st.integers(0, 200), st.integers(0, 120)).map(
    lambda w: (w[0] * 60, (w[0] + w[1]) * 60)
)
CROPS = ("chili", "kale")


def ways(spots: list[tuple[int, int]]) -> Matrix:
    """Along streets: whole numbers that keep the triangle inequality."""
    return tuple(tuple(100 * (abs(a[0] - b[0]) + abs(a[1] - b[1])) for b in spots) for a in spots)


@st.composite
def days(draw: st.DrawFn, trucks: int = 2, visits: int = 5, windows: int = 2) -> Problem:
    """Plots and stops by chance; some windows are double, some stops cannot be served at all."""
    plots = draw(st.integers(1, visits - 1))
    made = []
    for number in range(visits):
        plot = number < plots
        some = sorted(draw(st.sets(WINDOWS, min_size=1, max_size=windows)))
        apart = [w for n, w in enumerate(some) if n == 0 or w[0] > some[n - 1][1]]
        made.append(Visit(
            f"{'P' if plot else 'S'}{number}", "plot" if plot else "stop", tuple(apart),
            draw(st.integers(0, 20)) * 60,
            {crop: draw(st.integers(1, 9)) * 1_000 for crop in CROPS if draw(st.booleans())},
            0 if plot else draw(st.integers(0, 90_000)),
            draw(st.booleans()) if plot else False,
        ))  # fmt: skip
    fleet = tuple(
        Truck(f"T{n}", draw(st.integers(5, 40)) * 1_000, (0, draw(st.integers(100, 400)) * 60),
              400, 150)
        for n in range(trucks)
    )  # fmt: skip
    metres = ways([draw(SPOTS) for _ in range(visits + 1)])
    seconds = tuple(tuple(way // 8 for way in row) for row in metres)
    return Problem("day", tuple(made), fleet, metres, seconds)


def told(problem: Problem, *routes: tuple[str, ...]) -> Plan:
    """With the cost the checker reckons, every stop left out being named."""
    served = {id for ids in routes for id in ids}
    missing = [v.id for v in problem.visits if v.kind == "stop" and v.id not in served]
    named = tuple(Unserved(id, "worth") for id in missing)
    cost = check(problem, Plan(routes, 0, "by hand", named)).cost
    return Plan(routes, cost, "by hand", named)


def best_by_trying(problem: Problem) -> Plan | None:
    """Of one truck: every choice in every order; None where the required cannot all be visited."""
    ids = [visit.id for visit in problem.visits]
    must = {visit.id for visit in problem.visits if visit.required}
    plans = (
        told(problem, order)
        for many in range(len(ids) + 1)
        for order in permutations(ids, many)
        if must <= set(order)
    )
    sound = [plan for plan in plans if not check(problem, plan).faults]
    return min(sound, key=lambda plan: plan.cost, default=None)
