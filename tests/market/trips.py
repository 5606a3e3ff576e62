"""Small days of the truck for tests, and the plainest way to the best plan: to try everything."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from market.domain.trips.check import check
from market.domain.trips.evaluate import evaluate, told
from market.domain.trips.problem import (
    BASE,
    BREAK,
    Matrix,
    Plan,
    Problem,
    Reload,
    Rest,
    Truck,
    Unserved,
    Visit,
)

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


@st.composite
def full_days(draw: st.DrawFn, trucks: int = 1, visits: int = 4) -> Problem:
    """Days with everything that a day may have, each now and then."""
    plain = draw(days(trucks=trucks, visits=visits))
    made = tuple(_fuller(draw, visit) for visit in plain.visits)
    fleet = tuple(_with_more(draw, truck) for truck in plain.trucks)
    day = replace(plain, visits=made, trucks=fleet)
    if draw(st.booleans()):
        day = replace(day, fresh={"kale": draw(st.integers(1, 400))})
    if draw(st.booleans()):
        order = draw(st.permutations([visit.id for visit in made]))
        before = told(day, Plan((tuple(order), *[()] * (trucks - 1)), 0, ""))
        day = replace(day, earlier=before)
    return day


def _fuller(draw: st.DrawFn, visit: Visit) -> Visit:
    def sometimes(**changed: Any) -> dict[str, Any]:
        return changed if draw(st.integers(0, 3)) == 0 else {}

    since = draw(st.integers(0, 200)) * 60
    more = sometimes(needs=("cold",)) | sometimes(crates=draw(st.integers(0, 3)))
    more |= sometimes(inside=True) | sometimes(required=True, priority=draw(st.integers(1, 3)))
    more |= sometimes(off="closed")
    if visit.kind == "plot":
        more |= sometimes(ready_s=since) | sometimes(use_by_s=since)
    else:
        more |= sometimes(promised=(since, since + 7_200))
        walkup = {"kale": draw(st.integers(1, 9_000))}
        more |= sometimes(walkup=walkup, satang_per_kg={"kale": draw(st.integers(0, 9_000))})
    return replace(visit, **more)


def _with_more(draw: st.DrawFn, truck: Truck) -> Truck:
    def sometimes(**changed: Any) -> dict[str, Any]:
        return changed if draw(st.booleans()) else {}

    since = draw(st.integers(0, 200)) * 60
    more = sometimes(has=("cold",)) | sometimes(crates=draw(st.integers(0, 4)))
    more |= sometimes(rest=Rest(900, (since, since + 3_600)))
    more |= sometimes(reload=Reload(2, 600, (0, since + 7_200)))
    more |= sometimes(overtime_s=3_600, satang_per_overtime_min=100) | sometimes(end=None)
    return replace(truck, **more)


def named(problem: Problem, *routes: tuple[str, ...]) -> Plan:
    """With the cost the checker reckons, whoever is left out being named."""
    served = {id for ids in routes for id in ids}
    missing = [
        Unserved(v.id, v.off or "worth", promised=v.required and not v.off)
        for v in problem.visits
        if v.id not in served and (v.kind == "stop" or v.required or v.off)
    ]
    return Plan(routes, evaluate(problem, routes).cost, "by hand", tuple(missing))


def rank(problem: Problem, plan: Plan) -> tuple[int, int]:
    """Promises first, then what it costs."""
    served = {id for ids in plan.routes for id in ids}
    broken = [v for v in problem.visits if v.required and not v.off and v.id not in served]
    return sum(visit.priority for visit in broken), plan.cost


def best_by_trying(problem: Problem) -> Plan:
    """Of one truck: every choice in every order, with breaks and further trips."""
    truck = problem.trucks[0]
    ids = [visit.id for visit in problem.visits]
    ids += [BREAK] if truck.rest else []
    ids += [BASE] if truck.reload else []
    plans = (
        named(problem, order) for many in range(len(ids) + 1) for order in permutations(ids, many)
    )
    sound = [plan for plan in plans if not check(problem, plan).faults]
    return min(sound, key=lambda plan: rank(problem, plan))
