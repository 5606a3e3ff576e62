"""Whether a plan holds, and what it costs: told by simple steps that share nothing with engines.

Rules by number as in docs/model/route.md. Rule 13 also asks whether reasons are true, and rule 16
whether the roads can be: `check_reasons` and `check_roads`, asked once for a plan and a day.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import msgspec

from market.domain.trips.check_cost import of_dropped, of_truck
from market.domain.trips.check_drive import Drive, Fault, Goods, Seen
from market.domain.trips.estimate import straight_m
from market.domain.trips.problem import BASE, BREAK, COLD, Plan, Problem, Truck, Visit

IMPOSSIBLE = ("off", "no_truck", "cold", "no_road", "far", "crop", "spoken_for", "room", "time")
"""Reasons that say: it cannot be put in as the plan stands."""


class Checked(msgspec.Struct, frozen=True):
    """`leave_base` is the latest departure that does not lengthen the day.

    `carried_home`: grams by crop, per truck, should all be sold as expected.
    """

    faults: tuple[Fault, ...]
    cost: int
    days: tuple[tuple[Seen, ...], ...]
    leave_base: tuple[int, ...]
    back_at_base: tuple[int, ...]
    carried_home: tuple[dict[str, int], ...] = ()
    metres: tuple[int, ...] = ()


def check(problem: Problem, plan: Plan) -> Checked:
    """Every fault, by rule; the plan is sound when there is none."""
    served = {id for ids in plan.routes for id in ids}
    faults = [*_ids(problem, plan), *_promises(problem, plan, served)]
    cost, drives, carried = of_dropped(problem, served), list[Drive](), []
    days = []
    for truck, ids in zip(problem.trucks, plan.routes, strict=False):
        drive = Drive(problem, truck, ids)
        goods = Goods(drive)
        faults += [*drive.faults, *goods.faults, *_tied(problem, truck, ids), *_trips(truck, ids)]
        cost += of_truck(drive, goods)
        drives.append(drive)
        days.append(_seen(drive, goods))
        carried.append(_home(truck, goods))
    faults += _reckoned(plan, cost)
    return Checked(
        tuple(faults), cost, tuple(days), tuple(d.left for d in drives),
        tuple(d.back for d in drives), tuple(carried), tuple(d.metres() for d in drives),
    )  # fmt: skip


def _seen(drive: Drive, goods: Goods) -> tuple[Seen, ...]:
    each = zip(
        drive.steps, drive.times, goods.aboard, goods.sold, goods.left(), goods.crates,
        drive.slacks(), strict=True,
    )  # fmt: skip
    return tuple(
        Seen(step.id, arrive, begin, leave, aboard, sold, left, crates, slack)
        for step, (arrive, begin, leave), aboard, sold, left, crates, slack in each
    )


def _home(truck: Truck, goods: Goods) -> dict[str, int]:
    if goods.aboard:
        return goods.left()[-1]
    return dict(truck.position.aboard) if truck.position else {}


def _reckoned(plan: Plan, cost: int) -> list[Fault]:
    faults = []
    if cost != plan.cost:
        faults.append(Fault(13, "", "", f"costs {cost}, the plan says {plan.cost}"))
    if plan.bound is not None and plan.bound > cost:
        faults.append(Fault(17, "", "", f"costs {cost}, less than its bound {plan.bound}"))
    if plan.broken_least > len(plan.broken):
        faults.append(Fault(17, "", "", f"breaks less than {plan.broken_least} promises"))
    return faults


def _ids(problem: Problem, plan: Plan) -> list[Fault]:
    known = {visit.id for visit in problem.visits}
    counted = Counter(id for ids in plan.routes for id in ids if id not in (BASE, BREAK))
    faults = [Fault(1, "", id, "is no visit of the day") for id in counted if id not in known]
    faults += [Fault(1, "", id, f"is visited {n} times") for id, n in counted.items() if n > 1]
    if len(plan.routes) != len(problem.trucks):
        faults.append(Fault(1, "", "", "there is not one route for each truck"))
    return faults


def _promises(problem: Problem, plan: Plan, served: set[str]) -> list[Fault]:
    """Every stop, and every plot that was promised a visit, is served or named with a reason.

    A broken promise is named as one.
    """
    named = {one.id for one in plan.unserved if one.reason}
    broken = {one.id for one in plan.unserved if one.promised}
    asked = {visit.id for visit in problem.visits if visit.kind == "stop" or visit.required}
    must = {visit.id for visit in problem.visits if visit.required and not visit.off}
    return [
        *(Fault(2, "", id, "is not served and not named") for id in asked - served - named),
        *(Fault(2, "", id, "is served and named as not served") for id in served & named),
        *(Fault(2, "", id, "is a promise, broken in silence") for id in must - served - broken),
    ]


def _tied(problem: Problem, truck: Truck, ids: tuple[str, ...]) -> list[Fault]:
    """Rules 3, 8, 10 and 12: bases, barred lots, locks, what a truck must have."""
    faults = []
    bases = {0, None, *range(len(problem.visits) + 1, len(problem.metres))}
    if truck.start not in bases or truck.end not in bases:
        faults.append(Fault(3, truck.id, "", "does not start and end at a base"))
    first = truck.made if truck.out else truck.first
    if ids[: len(first)] != first:
        faults.append(Fault(10, truck.id, "", "does not begin with what was fixed"))
    if truck.out and len(ids) > len(first):
        faults.append(Fault(10, truck.id, "", "broke down, and goes on"))
    ahead = set(ids) - set(truck.made)
    for visit in problem.visits:
        if visit.id in ahead:
            faults += _visited(problem, truck, visit)
    return faults


def _visited(problem: Problem, truck: Truck, visit: Visit) -> list[Fault]:
    faults = []
    if visit.off:
        rule = 8 if visit.off == "suspended" else 10
        faults.append(Fault(rule, truck.id, visit.id, f"is off today: {visit.off}"))
    if visit.truck not in (None, truck.id):
        faults.append(Fault(10, truck.id, visit.id, f"is for {visit.truck} only"))
    needs = {*visit.needs, *([COLD] if set(problem.cold) & set(visit.goods) else [])}
    if missing := needs - set(truck.has):
        faults.append(Fault(12, truck.id, visit.id, f"needs {sorted(missing)}"))
    return faults


def _trips(truck: Truck, ids: tuple[str, ...]) -> list[Fault]:
    """Rule 11, and breaks where none is asked for."""
    faults, ahead = [], ids[len(truck.made) :]
    if BREAK in ahead and truck.rest is None:
        faults.append(Fault(5, truck.id, BREAK, "is no break of this truck"))
    begun = truck.position.trips if truck.position else 1
    trips = begun + ahead.count(BASE)
    if trips > max(begun, truck.reload.trips if truck.reload else 1):
        faults.append(Fault(11, truck.id, BASE, f"begins {trips} trips", trips))
    visits = [id for id in ahead if id != BREAK]
    at_base = [] if truck.position else [BASE]
    if any(a == b == BASE for a, b in pairwise([*at_base, *visits])) or BASE in visits[-1:]:
        faults.append(Fault(11, truck.id, BASE, "begins a trip to nobody"))
    return faults


def check_reasons(problem: Problem, plan: Plan) -> list[Fault]:
    """Rule 13: whoever is said to be impossible can be put in nowhere as the plan stands."""
    return [
        Fault(13, where, one.id, f"is not {one.reason}: it can be put in")
        for one in plan.unserved
        if one.reason in IMPOSSIBLE and (where := _fitting(problem, plan, one.id))
    ]


def _fitting(problem: Problem, plan: Plan, id: str) -> str | None:
    for truck, ids in zip(problem.trucks, plan.routes, strict=True):
        for at in range(len(truck.first), len(ids) + 1):
            longer = (*ids[:at], id, *ids[at:])
            drive = Drive(problem, truck, longer)
            if not drive.faults and not [*Goods(drive).faults, *_tied(problem, truck, longer)]:
                return truck.id
    return None


def check_roads(problem: Problem) -> list[Fault]:
    """Rule 16: nobody drives to where one stands, and no road is shorter than the straight line."""
    faults = []
    for a, (ways, times) in enumerate(zip(problem.metres, problem.seconds, strict=True)):
        if ways[a] or times[a]:
            faults.append(Fault(16, "", "", f"place {a} is not where it is", ways[a]))
        for b, way in enumerate(ways) if problem.spots else []:
            straight = straight_m(problem.spots[a], problem.spots[b])
            if way < straight * 0.999 - 1:
                faults.append(Fault(16, "", "", f"the way from {a} to {b} is too short", way))
    return faults


def detours(problem: Problem) -> list[tuple[int, int, int]]:
    """Where going over a third place is quicker than the way there: corrected legs may be so."""
    size, seconds = range(len(problem.seconds)), problem.seconds
    return [
        (a, b, c) for a in size for b in size for c in size
        if seconds[a][b] + seconds[b][c] < seconds[a][c]
    ]  # fmt: skip
