"""A meeting from its opening to its end. Every deed in it claims the meeting's row first, so that
nobody arrives, votes or decides while it is being closed."""

from __future__ import annotations

import secrets
from datetime import datetime

from certification.applications import commands as applications
from certification.applications import queries as application_queries
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.decisions import queries, rules
from certification.decisions.queries import MeetingView
from certification.decisions.rules import (
    Attend,
    Attended,
    CastVote,
    Decide,
    Decided,
    MeetingEnded,
    MeetingOpened,
    OpenMeeting,
    Voted,
)
from certification.decisions.tables import Attendance, Decision, Meeting, Vote
from certification.groups import queries as groups


async def open_meeting(data: OpenMeeting, *, by: str, at: datetime) -> MeetingOpened:
    rules.ensure_may_open(data, today=local_day(at))
    event = MeetingOpened(data.id, data.organ, str(data.held_on))
    async with transaction():
        organ = await groups.group(data.organ)
        await Meeting.insert(Meeting(
            id=data.id, organ=organ.id, held_on=data.held_on, place=data.place.strip(),
            opened_by=by, opened_at=at,
        ))  # fmt: skip
        log.append(event, (Meeting, data.id), subject=data.id, by=by, at=at)
    return event


async def attend(data: Attend, *, by: str, at: datetime) -> Attended:
    """Said twice is said once."""
    event, id = Attended(data.meeting, data.person, data.seat), new_id()
    async with transaction():
        view = await _under_way(data.meeting)
        rules.ensure_seat(data, await queries.producers(view))
        new = await in_use().query(
            "INSERT INTO attendance (id, meeting, person, seat, by, at)"
            " VALUES ({}, {}, {}, {}, {}, {}) ON CONFLICT (meeting, person) DO NOTHING"
            " RETURNING id",
            id, data.meeting, data.person, data.seat, by, at,
        )  # fmt: skip
        if new:
            log.append(event, (Attendance, id), subject=data.meeting, by=by, at=at)
    return event


async def vote(data: CastVote, *, by: str, at: datetime) -> Voted:
    """Once, by somebody present; who is too near to the farmer may only stand back.

    `by` is the voter, or the secretary who counted hands.
    """
    event, id = Voted(data.meeting, data.application, data.person, data.value), new_id()
    async with transaction():
        view = await _under_way(data.meeting)
        await _ensure_in_hand(view, data.application)
        _, too_near = await queries.recused(data.application, view.held_on)
        present = [one.person for one in await queries.attendance(view.id)]
        rules.ensure_may_vote(data, present, too_near)
        new = await in_use().query(
            "INSERT INTO vote (id, meeting, application, person, value, by, at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {})"
            " ON CONFLICT (meeting, application, person) DO NOTHING RETURNING id",
            id, data.meeting, data.application, data.person, data.value, by, at,
        )  # fmt: skip
        if not new:
            raise rules.VotedAlready(person=data.person)
        log.append(event, (Vote, id), subject=data.meeting, by=by, at=at)
    return event


async def decide(data: Decide, *, by: str, at: datetime) -> Decided:
    """What the votes and the dates say; approved and rejected are final, deferred is not."""
    async with transaction():
        view = await _under_way(data.meeting)
        await _ensure_in_hand(view, data.application)
        cause, settings = await queries.cause(data.application, view.held_on)
        days = settings.meeting_typed_late_days
        rules.ensure_in_time(view.held_on, local_day(view.opened_at), days=days)
        assembly = await queries.assembly(view.id, data.application)
        event = rules.decide(data, cause, assembly, settings)
        await Decision.insert(Decision(
            id=data.id, meeting=view.id, application=data.application, outcome=event.outcome,
            stage=event.stage or None, present=event.present, quorum_needed=event.quorum_needed,
            votes_for=event.votes_for, votes_against=event.votes_against,
            abstained=event.abstained, recused=event.recused, reason=data.reason,
            by=by, at=at, salt=secrets.token_bytes(16),
        ))  # fmt: skip
        log.append(event, (Decision, data.id), subject=data.application, by=by, at=at)
        if event.outcome != "deferred":
            await applications.mark_decided(data.application, by=by, at=at)
    return event


async def close_meeting(meeting: str, *, by: str, at: datetime) -> MeetingEnded:
    event = MeetingEnded(meeting)
    async with transaction():
        await _under_way(meeting)
        await in_use().query(
            "UPDATE meeting SET closed_by = {}, closed_at = {} WHERE id = {}", by, at, meeting
        )
        log.append(event, (Meeting, meeting), subject=meeting, by=by, at=at)
    return event


async def _under_way(meeting: str) -> MeetingView:
    """Claimed until the end of the deed."""
    claimed = await in_use().query(
        "UPDATE meeting SET organ = organ WHERE id = {} AND closed_at IS NULL RETURNING id",
        meeting,
    )
    view = await queries.meeting(meeting)
    if not claimed:
        raise rules.MeetingClosed(meeting=meeting)
    return view


async def _ensure_in_hand(view: MeetingView, application: str) -> None:
    """Of this organ, inspected by the day of the meeting, and not decided in it."""
    asked = await application_queries.application(application)
    group = await groups.group(asked.group)
    if view.organ not in (group.id, group.network):
        raise rules.OtherOrgan(application=application)
    if any(one.application == application for one in await queries.of_meeting(view.id)):
        raise rules.DecidedAlready(application=application)
    seen_on = await queries.inspected_on(application)
    if asked.state != "inspected" or seen_on is None:
        raise rules.NotInspected(state=asked.state)
    if seen_on > view.held_on:
        raise rules.InspectedAfterTheMeeting(inspected_on=str(seen_on))
