"""What was complained of, how it stands, who is kept out of it, and the figures of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from statistics import median
from typing import Any

import msgspec

from certification.basis import codes
from certification.basis.database import in_use
from certification.basis.rows import as_view
from certification.grievances import rules
from certification.grievances.rules import Concern, GrievanceMissing, Kind, Outcome, State, Step
from certification.grievances.tables import (
    Grievance,
    GrievanceConcern,
    GrievancePhoto,
    GrievanceStep,
)
from certification.groups import queries as groups
from certification.inspections import panel
from certification.people import queries as people
from certification.people import sealed
from certification.schemes import queries as schemes

KIN_DEGREE = 2
"""Where no charter says how far kin are kept out."""
DESK = ("committee", "secretariat")


class GrievanceView(msgspec.Struct, frozen=True):
    id: str
    code: str
    kind: Kind
    letter: str
    scanned: str | None
    plot: str | None
    organ: str | None
    scheme_version: str | None
    conduct_of: str | None
    words: str
    bought_where: str | None
    bought_on: date | None
    complainant: str | None
    may_name: bool
    language: str
    due_on: date | None
    state: State
    steps: int
    at: datetime


class StepView(msgspec.Struct, frozen=True):
    id: str
    seq: int
    kind: Step
    words: str | None
    about: str | None
    outcome: Outcome | None
    by: str
    at: datetime


class PhotoView(msgspec.Struct, frozen=True):
    id: str
    blob: str


class Told(msgspec.Struct, frozen=True):
    """What the farmer it is about may read of it."""

    grievance: str
    kind: Kind
    state: State
    words: str
    """As the committee tells them."""
    by_whom: str
    """A name only where the complainant allowed it."""
    at: datetime


class Figures(msgspec.Struct, frozen=True):
    """Of one group in one year, for everybody."""

    received: int
    answered: int
    confirmed: int
    median_days: int | None
    """From coming in to the first answer."""


async def grievance(id: str) -> GrievanceView:
    return _only(await _where(Grievance.id == id), id)


async def by_code(typed: str) -> GrievanceView:
    code = codes.read(typed)
    return _only(await _where(Grievance.code == code), code[:20])


async def at_desk(organs: Collection[str], *, unclaimed: bool) -> list[GrievanceView]:
    """About these groups and networks, the oldest unanswered first; with those that name nobody."""
    condition: Any = Grievance.organ.is_in(list(organs) or [""])
    found = await _where((condition | Grievance.organ.is_null()) if unclaimed else condition)
    return sorted(found, key=lambda one: (one.state not in rules.OPEN, one.due_on or one.at.date()))


async def steps(id: str) -> list[StepView]:
    rows = GrievanceStep.select().where(GrievanceStep.grievance == id).order_by(GrievanceStep.seq)
    return [as_view(StepView, row) for row in await rows]


async def photos(id: str) -> list[PhotoView]:
    rows = GrievancePhoto.select().where(GrievancePhoto.grievance == id)
    return [PhotoView(row["id"], row["blob"]) for row in await rows.order_by(GrievancePhoto.id)]


async def concerns(id: str) -> list[Concern]:
    rows = await GrievanceConcern.select().where(GrievanceConcern.grievance == id)
    return [Concern(row["person"], row["why"]) for row in rows]


async def kept_out(id: str, on: date) -> frozenset[str]:
    """Whom it is about, and whoever may not judge them by the charter."""
    of = await grievance(id)
    degree = KIN_DEGREE
    if of.scheme_version:
        degree = (await schemes.version(of.scheme_version)).content.rules.kin_degree
    out: set[str] = set()
    for one in await concerns(id):
        near = panel.too_near(await people.related(one.person, on), kin_degree=degree)
        out |= {one.person, *near}
    if of.complainant:
        out.add(of.complainant)
    return frozenset(out)


async def desk(id: str, at: datetime, on: date) -> frozenset[str]:
    """Who may read and answer it: committee and secretariat, without those kept out."""
    of = await grievance(id)
    organs = [of.organ] if of.organ else [one.id for one in await groups.networks()]
    sit = [p for organ in organs for role in DESK for p in await groups.holders_of(role, organ, at)]
    return frozenset(sit) - await kept_out(id, on)


async def reach(id: str) -> str:
    """How the complainant wants to be reached; empty where nothing was left or it was erased."""
    row = await Grievance.select(Grievance.complainant, Grievance.reach_sealed).where(
        Grievance.id == id
    ).first()  # fmt: skip
    if row is None or row["reach_sealed"] is None:
        return ""
    opened = await sealed.unseal({id: (row["complainant"], row["reach_sealed"])})
    return opened.get(id, "")


async def complainants_name(of: GrievanceView) -> str:
    if of.complainant is None:
        return ""
    return (await people.names([of.complainant])).get(of.complainant, "")


async def told_to(person: str) -> list[Told]:
    """Of what the committee decided to tell this farmer, the newest first."""
    rows = await in_use().query(
        "SELECT s.grievance, s.words, s.at FROM grievance_step s WHERE s.kind = 'tell'"
        " AND s.about = {} ORDER BY s.at DESC, s.id DESC",
        person,
    )
    found: dict[str, Told] = {}
    for row in rows:
        of = await grievance(row["grievance"])
        name = await complainants_name(of) if of.may_name else ""
        told = Told(of.id, of.kind, of.state, row["words"], name, row["at"])
        found.setdefault(of.id, told)
    return list(found.values())


async def unread(organ: str | None) -> int:
    """Of the group or network, or of those that name nobody."""
    condition: Any = Grievance.organ.is_null() if organ is None else Grievance.organ == organ
    return int(await Grievance.count().where(condition & (Grievance.state == "received")))


async def figures(organ: str, year: int) -> Figures:
    """By the local year in which it came in; withdrawn ones count as received."""
    rows = await in_use().query(
        "SELECT g.id, g.at, s.at AS answered_at, s.outcome FROM grievance g"
        " LEFT JOIN grievance_step s ON s.grievance = g.id AND s.kind = 'answer'"
        " WHERE g.organ = {} ORDER BY g.id, s.seq",
        organ,
    )
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for row in rows:
        if rules.year_of(row["at"]) == year:
            first.setdefault(row["id"], row)
            last[row["id"]] = row["outcome"]
    days = [
        (row["answered_at"] - row["at"]).days
        for row in first.values()
        if row["answered_at"] is not None
    ]
    return Figures(
        len(first),
        len(days),
        sum(outcome == "confirmed" for outcome in last.values()),
        round(median(days)) if days else None,
    )


async def _where(condition: Any) -> list[GrievanceView]:
    rows = await Grievance.select().where(condition).order_by(Grievance.at, Grievance.id)
    return [as_view(GrievanceView, row) for row in rows]


def _only(found: list[GrievanceView], sought: str) -> GrievanceView:
    if not found:
        raise GrievanceMissing(grievance=sought)
    return found[0]
