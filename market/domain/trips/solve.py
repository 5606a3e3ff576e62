"""From a day's problem to a checked plan: proved where it is small, else the best found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from market.domain.trips.build import built
from market.domain.trips.check import check, check_reasons
from market.domain.trips.check_drive import Fault
from market.domain.trips.exact import WAYS_MAX, WAYS_PER_S, proved
from market.domain.trips.fewest import kept_more, least, until
from market.domain.trips.ground import Ground
from market.domain.trips.improve import Places, improved
from market.domain.trips.insert import State
from market.domain.trips.problem import Plan, Problem
from market.domain.trips.reasons import reasons
from market.domain.trips.sound import ensure_sound

Ids = Sequence[Sequence[str]]
PROVED, OURS = "proved", "ruin-and-recreate"
SEARCHED = 0.85
"""Of a time that is given; the rest is for promises that are broken."""
TRIED_AGAIN, TRIED_LEAST = 10, 20
"""Of the iterations one in so many for each broken promise, and not fewer."""


class NotSound(RuntimeError):
    """An engine made a plan that does not hold: a fault of ours, never shown as a plan."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"rule {f.rule}: {f.truck} {f.visit} {f.why}" for f in faults))


def by_iterations(problem: Problem, iterations: int, seed: int, warm: Ids | None = None) -> Plan:
    """The same problem, iterations, seed and warm plan give the same plan, on any machine."""
    ensure_sound(problem)
    if best := proved(problem):
        return plan(problem, best, PROVED, proved=True)

    def share(done: int) -> float:
        return done / max(iterations, 1)

    places = improved(problem, seed, share, places_of(problem, warm))
    tries = max(iterations // TRIED_AGAIN, TRIED_LEAST)
    again = kept_more(Ground(problem), places, seed, lambda: lambda done: done / tries)
    return plan(problem, again or places, OURS)


def by_time(
    problem: Problem, seconds: float, seed: int, clock: Callable[[], float],
    warm: Ids | None = None,
) -> Plan:  # fmt: skip
    """The best that is found until then; `clock` counts seconds, as time.monotonic does.

    `warm` is a plan to begin with, as far as it still holds.
    """
    ensure_sound(problem)
    began = clock()
    if best := proved(problem, min(WAYS_MAX, int(WAYS_PER_S * seconds))):
        return plan(problem, best, PROVED, proved=True)

    def share(_: int) -> float:
        return (clock() - began) / max(seconds * SEARCHED, 0.001)

    places = improved(problem, seed, share, places_of(problem, warm))
    again = kept_more(Ground(problem), places, seed, until(began + seconds, clock))
    return plan(problem, again or places, OURS)


def places_of(problem: Problem, routes: Ids | None) -> Places | None:
    """Of each truck what is still to be driven, in numbers; unknown ids are passed over."""
    if routes is None:
        return None
    number = Ground(problem).number
    return tuple(
        tuple(number[id] for id in ids if id in number and id not in truck.made)
        for truck, ids in zip(problem.trucks, routes, strict=True)
    )


def ids_of(ground: Ground, state: State) -> tuple[tuple[str, ...], ...]:
    """With what is made already."""
    name = {place: id for id, place in ground.number.items()}
    return tuple(
        (*route.rig.truck.made, *(name[place] for place in route.places)) for route in state.routes
    )


def plan(problem: Problem, places: Places, engine: str, *, proved: bool = False) -> Plan:
    """With cost and reasons, and checked; NotSound."""
    ground = Ground(problem)
    each = zip(ground.rigs, places, strict=True)
    routes = [route for rig, visits in each if (route := built(ground, rig, visits))]
    if len(routes) < len(places):
        raise NotSound([Fault(4, "", "", f"the search drove what cannot be: {places}")])
    state = State(ground, routes)
    ids, cost = ids_of(ground, state), state.less_earned
    bound = cost if proved else None
    fewest, many = _fewest(ground, state, proved=proved)
    made = Plan(ids, cost, engine, reasons(ground, routes), proved, bound, fewest, many)
    if faults := [*check(problem, made).faults, *check_reasons(problem, made)]:
        raise NotSound(faults)
    return made


def _fewest(
    ground: Ground, state: State, *, proved: bool
) -> tuple[Literal["", "proved", "found"], int]:
    """What is to be said of the promises that it breaks."""
    broken = sorted(ground.required - state.on_the_road())
    if not broken:
        return "", 0
    below = least(ground, broken)
    weight = sum(ground.priority[place] for place in broken)
    return "proved" if proved or weight <= below.weight else "found", below.many
