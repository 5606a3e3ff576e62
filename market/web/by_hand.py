"""An order that a person put by hand: it travels in the form, and is tried before it is kept."""

from __future__ import annotations

from market.access.refusals import NotThere
from market.domain.trips import queries, rules
from market.domain.trips.by_hand import Arranged, known, tried
from market.web.form import Form


def number(said: str) -> int:
    return int(said) if said.isdecimal() and len(said) < 6 else 0


async def of_form(form: Form, day: str) -> Arranged:
    """What the form says, after the one move that was asked for."""
    try:
        version = await queries.version_of(day, number(form.raw("version")))
    except rules.NoSuchVersion:
        raise NotThere from None
    said = tuple(
        tuple(form.raw(f"route-{truck.id}").split(",")) for truck in version.problem.trucks
    )
    moved = _moved([list(ids) for ids in known(version.problem, said)], form)
    return tried(version, tuple(map(tuple, moved)))


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
