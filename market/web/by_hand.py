"""An order that a person put by hand: it travels in the form, and is tried before it is kept."""

from __future__ import annotations

import msgspec

from market.access.refusals import NotThere
from market.domain.trips import queries, rules
from market.domain.trips.check import Checked, check
from market.domain.trips.problem import BASE, BREAK, Plan, Unserved
from market.domain.trips.queries import Version
from market.web.form import Form

BY_HAND = "by hand"


class Arranged(msgspec.Struct, frozen=True):
    """An order as it stands in the form, tried on the problem of the version it began with."""

    version: Version
    plan: Plan
    checked: Checked
    changed: bool


def number(said: str) -> int:
    return int(said) if said.isdecimal() and len(said) < 6 else 0


async def of_form(form: Form, day: str) -> Arranged:
    """What the form says, after the one move that was asked for."""
    try:
        version = await queries.version_of(day, number(form.raw("version")))
    except rules.NoSuchVersion:
        raise NotThere from None
    known = {visit.id for visit in version.problem.visits} | {BASE, BREAK}
    routes = [
        [id for id in form.raw(f"route-{truck.id}").split(",") if id in known]
        for truck in version.problem.trucks
    ]
    moved = _moved(routes, form)
    return tried(version, tuple(tuple(dict.fromkeys(ids)) for ids in moved))


def _moved(routes: list[list[str]], form: Form) -> list[list[str]]:
    """By a button (`up:<id>`, `down:<id>`, `out:<id>`, `in:<id>`), else by the written places."""
    deed, _, id = form.raw("move").partition(":")
    at = next((n for n, ids in enumerate(routes) if id in ids), None)
    if deed == "in" and at is None and routes:
        target = number(form.raw(f"to-{id}")) % len(routes)
        routes[target].append(id)
    elif at is not None and deed in ("up", "down", "out"):
        here = routes[at].index(id)
        routes[at].pop(here)
        if deed != "out":
            routes[at].insert(max(here + (-1 if deed == "up" else 1), 0), id)
    elif not deed:
        routes = [_by_place(ids, form) for ids in routes]
    return routes


def _by_place(ids: list[str], form: Form) -> list[str]:
    """A changed number goes there; the others keep their order."""
    found = list(ids)
    for at, id in enumerate(ids, 1):
        wished = number(form.raw(f"pos-{id}"))
        if wished and wished != at:
            found.remove(id)
            found.insert(min(wished, len(ids)) - 1, id)
    return found


def tried(version: Version, routes: tuple[tuple[str, ...], ...]) -> Arranged:
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
