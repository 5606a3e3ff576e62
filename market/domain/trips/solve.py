"""From a day's problem to a checked plan: proved where it is small, else the best that was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from market.domain.trips.check import Fault, check
from market.domain.trips.exact import proved
from market.domain.trips.improve import State, improved
from market.domain.trips.problem import Plan, Problem, ensure_sound
from market.domain.trips.reasons import reasons
from market.domain.trips.route import Ground, built

Places = tuple[tuple[int, ...], ...]
Engine = Callable[[Problem], Places | None]
PROVED, OURS = "proved", "ruin-and-recreate"


class NotSound(RuntimeError):
    """An engine made a plan that does not hold: a fault of ours, never shown as a plan."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"rule {f.rule}: {f.truck} {f.visit} {f.why}" for f in faults))


def by_iterations(problem: Problem, iterations: int, seed: int) -> Plan:
    """The same problem, iterations and seed give the same plan, on any machine."""
    ensure_sound(problem)
    if best := proved(problem):
        return plan(problem, best, PROVED, proved=True)
    return plan(problem, improved(problem, seed, lambda done: done / max(iterations, 1)), OURS)


def plan(problem: Problem, places: Places, engine: str, *, proved: bool = False) -> Plan:
    """With cost and reasons, and checked; NotSound."""
    ground = Ground(problem)
    driven = [built(ground, truck, each) for truck, each in zip(problem.trucks, places, strict=True)]
    routes = [route for route in driven if route]
    if len(routes) != len(problem.trucks):
        raise NotSound([])
    served = {place for route in routes for place in route.places}
    cost = State(ground, routes).driven_less_earned
    ids = tuple(tuple(problem.visits[place - 1].id for place in each) for each in places)
    made = Plan(ids, cost, engine, reasons(problem, places) if served else (), proved)
    made = made if served else _nobody(problem, made)
    if faults := check(problem, made).faults:
        raise NotSound(faults)
    return made
