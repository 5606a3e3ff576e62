"""An order that somebody put by hand, tried on the problem of the version it began with."""

from __future__ import annotations

import msgspec

from market.domain.trips import queries
from market.domain.trips.check import Checked, check
from market.domain.trips.problem import BASE, BREAK, Plan, Problem, Unserved
from market.domain.trips.queries import Version

BY_HAND = "by hand"
Routes = tuple[tuple[str, ...], ...]


class Arranged(msgspec.Struct, frozen=True):
    version: Version
    plan: Plan
    checked: Checked
    changed: bool


async def arranged(day: str, number: int, routes: Routes) -> Arranged:
    """NoSuchVersion."""
    version = await queries.version_of(day, number)
    return tried(version, known(version.problem, routes))


def known(problem: Problem, routes: Routes) -> Routes:
    """One way for each truck of the problem, each visit of it once."""
    visits = {visit.id for visit in problem.visits} | {BASE, BREAK}
    asked = (*routes, *[()] * len(problem.trucks))[: len(problem.trucks)]
    found, seen = [], set[str]()
    for ids in asked:
        mine = [id for id in ids if id in visits and (id.startswith("@") or id not in seen)]
        seen |= set(mine)
        found.append(tuple(mine))
    return tuple(found)


def tried(version: Version, routes: Routes) -> Arranged:
    """A promise that the plan broke by itself stays named; one left out by hand is a fault."""
    served = {id for ids in routes for id in ids}
    named = {one.id: one for one in version.plan.unserved}
    unserved = tuple(
        named.get(visit.id) or Unserved(visit.id, visit.off or "left_out")
        for visit in version.problem.visits
        if visit.id not in served and (visit.kind == "stop" or visit.id in named)
    )
    if routes == version.plan.routes:
        return Arranged(version, version.plan, check(version.problem, version.plan), changed=False)
    checked = check(version.problem, Plan(routes, 0, BY_HAND, unserved))
    faults = tuple(
        fault for fault in checked.faults if fault.rule != 13
    )  # its cost is reckoned here
    checked = msgspec.structs.replace(checked, faults=faults)
    return Arranged(version, Plan(routes, checked.cost, BY_HAND, unserved), checked, changed=True)
