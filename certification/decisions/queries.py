"""Meetings, who was there, how they voted, and what was decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

import msgspec

from certification.applications import queries as applications
from certification.basis.database import in_use
from certification.basis.units import local_day
from certification.crops import queries as crops
from certification.decisions import rules
from certification.decisions.rules import Assembly, Cause, CropClass, Value
from certification.decisions.tables import Attendance, Decision, Meeting, Vote
from certification.groups import queries as groups
from certification.groups.rules import NETWORK
from certification.inspections import panel
from certification.inspections import queries as inspections
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.schemes.rules import RuleSet

View = TypeVar("View", bound=msgspec.Struct)


WHEN_FINISHED = (
    "SELECT f.subject, f.seq > (SELECT max(d.seq) FROM log_entry d WHERE d.subject = v.application"
    " AND d.tag = 'decisions.decided') AS later"
    " FROM inspection v JOIN log_entry f ON f.subject = v.id AND f.tag = 'inspections.finished'"
    " WHERE v.application = {} AND v.state = 'signed'"
)
"""By the order of the record: what an inspector says of the hour does not move a visit."""


class MeetingView(msgspec.Struct, frozen=True):
    id: str
    organ: str
    held_on: date
    place: str
    opened_by: str
    opened_at: datetime
    closed_by: str | None
    closed_at: datetime | None


class AttendanceView(msgspec.Struct, frozen=True):
    person: str
    seat: str
    at: datetime


class DecisionView(msgspec.Struct, frozen=True):
    id: str
    meeting: str
    application: str
    outcome: str
    stage: str | None
    present: int
    quorum_needed: int
    votes_for: int
    votes_against: int
    abstained: int
    recused: int
    reason: str | None
    by: str
    at: datetime


class Waiting(msgspec.Struct, frozen=True):
    """An application that an organ's next meeting may decide on."""

    application: str
    plot: str
    inspection: str | None
    grave: int
    """Open critical and major findings of the plot."""
    minor: int


async def meeting(id: str) -> MeetingView:
    row = await Meeting.select().where(Meeting.id == id).first()
    if row is None:
        raise rules.MeetingMissing(meeting=id)
    return _as(MeetingView, row)


async def of_organ(organ: str) -> list[MeetingView]:
    """The newest first."""
    rows = await (
        Meeting.select()
        .where(Meeting.organ == organ)
        .order_by(Meeting.held_on, Meeting.opened_at, ascending=False)
    )
    return [_as(MeetingView, row) for row in rows]


async def attendance(meeting: str) -> tuple[AttendanceView, ...]:
    rows = await (
        Attendance.select()
        .where(Attendance.meeting == meeting)
        .order_by(Attendance.at, Attendance.id)
    )
    return tuple(_as(AttendanceView, row) for row in rows)


async def votes(meeting: str, application: str) -> dict[str, Value]:
    rows = await Vote.select(Vote.person, Vote.value).where(
        Vote.meeting == meeting, Vote.application == application
    )
    return {row["person"]: row["value"] for row in rows}


async def decision(id: str) -> DecisionView:
    found = await _decisions(Decision.id == id)
    if not found:
        raise rules.DecisionMissing(decision=id)
    return found[0]


async def of_meeting(meeting: str) -> list[DecisionView]:
    return await _decisions(Decision.meeting == meeting)


async def of_application(application: str) -> list[DecisionView]:
    """The oldest first; the last is final unless it deferred."""
    return await _decisions(Decision.application == application)


async def waiting(organ: str) -> list[Waiting]:
    """What is inspected and not decided, of the group or of all groups of the network."""
    view = await groups.group(organ)
    under = [g.id for g in await groups.networks_groups(organ)] if view.kind == NETWORK else [organ]
    asked = [a for one in under for a in await applications.of_group(one, ["inspected"])]
    return [await _waiting(one) for one in sorted(asked, key=lambda a: (a.submitted_at, a.id))]


async def _waiting(asked: applications.ApplicationView) -> Waiting:
    found = await inspections.open_count(asked.plot)
    visit = await inspections.finished(asked.id)
    grave = found.get("critical", 0) + found.get("major", 0)
    return Waiting(asked.id, asked.plot, visit.id if visit else None, grave, found.get("minor", 0))


async def cause(application: str, on: date) -> tuple[Cause, RuleSet]:
    """The case as it stands on that day, with the settings it was applied for under."""
    asked = await applications.application(application)
    settings = (await schemes.version(asked.scheme_version)).content.rules
    visit = await inspections.finished(application)
    farmers, too_near = await recused(application, on)
    signed = await inspections.members(visit.id) if visit else ()
    return Cause(
        application,
        farmers,
        too_near,
        frozenset(member.person for member in signed if member.signed_at),
        await inspections.open_count(asked.plot),
        asked.no_prohibited_since,
        await crop_classes(asked.plot, on),
    ), settings


async def recused(application: str, on: date) -> tuple[frozenset[str], frozenset[str]]:
    """Who applied and who farms the plot; and they with all who are too near to them."""
    asked = await applications.application(application)
    settings = (await schemes.version(asked.scheme_version)).content.rules
    farmers = frozenset({asked.applicant, await plots.holder(asked.plot, on) or asked.applicant})
    near = [
        panel.too_near(await people.related(farmer, on), kin_degree=settings.kin_degree)
        for farmer in sorted(farmers)
    ]
    return farmers, farmers.union(*near)


async def crop_classes(plot: str, on: date) -> frozenset[CropClass]:
    """Of what grows there on that day or is planned."""
    return frozenset(crops.crop(p.crop).crop_class for p in await plots.growing(plot, on))


async def assembly(meeting_id: str, application: str) -> Assembly:
    view = await meeting(meeting_id)
    present = await attendance(meeting_id)
    return Assembly(
        view.held_on,
        frozenset(one.person for one in present),
        await organs_people(view),
        await votes(meeting_id, application),
    )


async def organs_people(view: MeetingView) -> frozenset[str]:
    """A group's members on the day of the meeting; a network's committee when it was opened."""
    if (await groups.group(view.organ)).kind == NETWORK:
        return frozenset(await groups.holders_of("committee", view.organ, view.opened_at))
    return frozenset(await groups.members(view.organ, view.held_on))


async def producers(view: MeetingView) -> frozenset[str]:
    """Who may take a producer's seat: members of the group, or of any group of the network."""
    under = [view.organ, *(g.id for g in await groups.networks_groups(view.organ))]
    return frozenset([p for one in under for p in await groups.members(one, view.held_on)])


async def visits(
    application: str,
) -> tuple[inspections.InspectionView | None, tuple[inspections.InspectionView, ...]]:
    """The visit on which its last decision rested, and those that were finished since."""
    rows = await in_use().query(WHEN_FINISHED, application)
    later = {row["subject"]: bool(row["later"]) for row in rows}
    signed = sorted(
        (i for i in await inspections.of_application(application) if i.id in later),
        key=lambda i: (i.ended_at or i.at, i.id),
    )
    before = [i for i in signed if not later[i.id]]
    return before[-1] if before else None, tuple(i for i in signed if later[i.id])


async def inspected_on(application: str) -> date | None:
    visit = await inspections.finished(application)
    return local_day(visit.ended_at) if visit and visit.ended_at else None


async def _decisions(condition: Any) -> list[DecisionView]:
    rows = await Decision.select().where(condition).order_by(Decision.at, Decision.id)
    return [_as(DecisionView, row) for row in rows]


def _as(view: type[View], row: dict[str, Any]) -> View:
    return view(**{name: row[name] for name in view.__struct_fields__})
