"""The rows a group's figures are reckoned from, of the group itself or of a network's groups."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from certification.basis.database import in_use
from certification.basis.text import Text
from certification.basis.units import local_day
from certification.findings import queries as findings
from certification.groups import queries as groups
from certification.residues import queries as residues
from certification.residues.queries import Share
from certification.strength import rules
from certification.strength.rules import Complained, Found, Look, Met, Rows, Strength

OURS = "SELECT id FROM producer_group WHERE id = {} OR network = {}"
LOOKS = (
    "SELECT i.id, i.kind, i.ended_at, a.applicant, m.person FROM inspection i"  # noqa: S608
    " JOIN plot p ON p.id = i.plot JOIN application a ON a.id = i.application"
    " JOIN inspection_member m ON m.inspection = i.id AND m.signed_at IS NOT NULL"
    f" WHERE i.state = 'signed' AND p.\"group\" IN ({OURS})"
)
COMPLAINED = (
    "SELECT g.at, (SELECT min(s.at) FROM grievance_step s"  # noqa: S608
    " WHERE s.grievance = g.id AND s.kind = 'answer') AS answered_at"
    f" FROM grievance g WHERE g.organ IN ({OURS})"
)
MET = (
    "SELECT m.id, m.held_on, t.person FROM meeting m"  # noqa: S608
    f" JOIN attendance t ON t.meeting = m.id WHERE m.organ IN ({OURS})"
)
"""The noqa above: the text put in is the constant OURS."""


class Told(msgspec.Struct, frozen=True):
    code: str
    name: Text
    year: Strength
    before: Strength
    samples: Share
    """Tested for residues, in the same days as `year`."""
    samples_before: Share


async def told(group: str, today: date) -> Told:
    """The 365 days that end today, and those before them; NoSuchGroup."""
    view = await groups.group(group)
    (since, until), (earlier, end) = rules.years(today)
    found = await rows(group, today)
    below = [group, *(one.id for one in await groups.networks_groups(group))]
    return Told(
        view.code,
        Text(view.name_th, view.name_en),
        rules.strength(found, since, until),
        rules.strength(await rows(group, end), earlier, end),
        await residues.share(below, since, until),
        await residues.share(below, earlier, end),
    )


async def rows(group: str, on: date) -> Rows:
    """`on` says whose membership counts."""
    below = [group, *(one.id for one in await groups.networks_groups(group))]
    return Rows(
        await _looks(group),
        tuple([
            Found(local_day(of.at), one.standing.due_on, _day(of.closed_at))
            for one in await findings.in_groups(below, on, closed=True)
            for of in (one.finding,)
        ]),
        tuple([
            Complained(local_day(row["at"]), _day(row["answered_at"]))
            for row in await in_use().query(COMPLAINED, group, group)
        ]),
        await _met(group),
        frozenset([person for one in below for person in await groups.members(one, on)]),
    )  # fmt: skip


async def _looks(group: str) -> tuple[Look, ...]:
    seen: dict[str, tuple[Any, set[str]]] = {}
    for row in await in_use().query(LOOKS, group, group):
        seen.setdefault(row["id"], (row, set()))[1].add(row["person"])
    return tuple(
        Look(row["applicant"], row["kind"], local_day(row["ended_at"]), frozenset(by))
        for row, by in seen.values()
    )


async def _met(group: str) -> tuple[Met, ...]:
    held: dict[str, tuple[date, set[str]]] = {}
    for row in await in_use().query(MET, group, group):
        held.setdefault(row["id"], (row["held_on"], set()))[1].add(row["person"])
    return tuple(Met(on, frozenset(there)) for on, there in held.values())


def _day(at: object) -> date | None:
    """SQLite gives the least of several instants as text."""
    return local_day(msgspec.convert(at, datetime)) if at else None
