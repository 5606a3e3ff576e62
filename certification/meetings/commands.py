"""A meeting from its opening to its end. Every deed in it claims the meeting's row first, so that
nobody arrives, votes or decides while it is being closed."""

from __future__ import annotations

import secrets
from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.meetings import queries, rules
from certification.meetings.queries import MeetingView
from certification.meetings.rules import (
    ActionAdded,
    ActionFinished,
    AddAction,
    AddItem,
    AdoptMinutes,
    AgendaChanged,
    Attend,
    Attended,
    FinishAction,
    ItemAdded,
    MeetingEnded,
    MeetingOpened,
    MinutesWereAdopted,
    Move,
    Moved,
    Note,
    Noted,
    OpenMeeting,
    Sat,
    Withdraw,
)
from certification.meetings.tables import (
    Action,
    ActionDone,
    AgendaItem,
    AgendaNote,
    AgendaWithdrawal,
    Attendance,
    Meeting,
    MinutesAdopted,
    Movement,
)
from certification.organs import queries as organs
from certification.organs.rules import body_of


async def open_meeting(data: OpenMeeting, *, by: str, at: datetime) -> MeetingOpened:
    rules.ensure_may_open(data, today=local_day(at))
    async with transaction():
        organ = await groups.group(data.organ)
        body = body_of(organ.kind, data.body)
        event = MeetingOpened(data.id, data.organ, body, str(data.held_on))
        await insert(Meeting(
            id=data.id, organ=organ.id, body=body, held_on=data.held_on,
            place=data.place.strip(), opened_by=by, opened_at=at,
        ))  # fmt: skip
        log.append(event, (Meeting, data.id), subject=data.id, by=by, at=at)
    return event


async def attend(data: Attend, *, by: str, at: datetime) -> Attended:
    """Said twice is said once."""
    id = new_id()
    async with transaction():
        view = await under_way(data.meeting)
        seats = await organs.seat_codes(view.organ)
        rules.ensure_seat(data, seats, await queries.producers(view))
        leg = data.leg or await queries.leg(view, data.person, data.seat)
        event = Attended(data.meeting, data.person, data.seat, leg)
        new = await in_use().query(
            "INSERT INTO attendance (id, meeting, person, seat, leg, late, by, at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (meeting, person) DO NOTHING"
            " RETURNING id",
            id, data.meeting, data.person, data.seat, leg, data.late, by, at,
        )  # fmt: skip
        if new:
            log.append(event, (Attendance, id), subject=data.meeting, by=by, at=at)
    return event


async def move(data: Move, *, by: str, at: datetime) -> Moved:
    """Somebody goes before the end or comes back: from then on the quorum is another."""
    event, id = Moved(data.meeting, data.person, data.kind), new_id()
    async with transaction():
        await under_way(data.meeting)
        listed = await queries.attendance(data.meeting)
        here = [one.person for one in listed if one.gone_at is None]
        rules.ensure_moves(data, [one.person for one in listed], here)
        await insert(Movement(
            id=id, meeting=data.meeting, person=data.person, kind=data.kind, by=by, at=at,
            seq=await queries.moves(data.meeting, data.person) + 1,
        ))  # fmt: skip
        log.append(event, (Movement, id), subject=data.meeting, by=by, at=at)
    return event


async def add_item(data: AddItem, *, by: str, at: datetime) -> ItemAdded:
    rules.ensure_text(data.title, "title", most=rules.TITLE_LETTERS_MAX)
    event = ItemAdded(data.id, data.meeting, data.part)
    async with transaction():
        await under_way(data.meeting)
        await insert(AgendaItem(
            id=data.id, meeting=data.meeting, part=data.part, title=data.title.strip(),
            by=by, at=at, salt=secrets.token_bytes(16),
        ))  # fmt: skip
        log.append(event, (AgendaItem, data.id), subject=data.meeting, by=by, at=at)
    return event


async def withdraw(data: Withdraw, *, by: str, at: datetime) -> AgendaChanged:
    """Off this meeting's agenda, with the reason; once. Whether a matter stands on it is asked by
    who calls (`hearings.agenda.withdraw`)."""
    rules.ensure_text(data.reason, "reason", most=rules.TITLE_LETTERS_MAX)
    event = AgendaChanged(data.id, data.meeting, data.what, data.of)
    async with transaction():
        await under_way(data.meeting)
        if data.what == "item" and (await queries.item(data.of)).meeting != data.meeting:
            raise rules.ItemMissing(item=data.of)
        new = await in_use().query(
            "INSERT INTO agenda_withdrawal (id, meeting, what, of, reason, by, at, salt)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (meeting, of) DO NOTHING"
            " RETURNING id",
            data.id, data.meeting, data.what, data.of, data.reason.strip(), by, at,
            secrets.token_bytes(16),
        )  # fmt: skip
        if not new:
            raise rules.OffTheAgenda(of=data.of)
        log.append(event, (AgendaWithdrawal, data.id), subject=data.meeting, by=by, at=at)
    return event


async def note(data: Note, *, by: str, at: datetime) -> Noted:
    rules.ensure_text(data.text, "text")
    event = Noted(data.id, data.item)
    async with transaction():
        item = await queries.item(data.item)
        await under_way(item.meeting)
        if item.off is not None:
            raise rules.OffTheAgenda(of=data.item)
        await insert(AgendaNote(
            id=data.id, item=data.item, text=data.text.strip(), by=by, at=at,
            salt=secrets.token_bytes(16),
        ))  # fmt: skip
        log.append(event, (AgendaNote, data.id), subject=item.meeting, by=by, at=at)
    return event


async def add_action(data: AddAction, *, by: str, at: datetime) -> ActionAdded:
    event = ActionAdded(data.id, data.meeting, data.owner, str(data.due_on))
    async with transaction():
        view = await under_way(data.meeting)
        rules.ensure_action(data, view.held_on)
        await insert(Action(
            id=data.id, meeting=data.meeting, owner=data.owner, what=data.what.strip(),
            due_on=data.due_on, by=by, at=at, salt=secrets.token_bytes(16),
        ))  # fmt: skip
        log.append(event, (Action, data.id), subject=data.meeting, by=by, at=at)
    return event


async def finish_action(data: FinishAction, *, by: str, at: datetime) -> ActionFinished:
    """At any time, not only in a meeting; once."""
    if data.note:
        rules.ensure_text(data.note, "note")
    event = ActionFinished(data.action)
    async with transaction():
        found = await queries.action(data.action)
        done = await in_use().query(
            "INSERT INTO meeting_action_done (id, action, note, by, at, salt)"
            " VALUES ({}, {}, {}, {}, {}, {}) ON CONFLICT (action) DO NOTHING RETURNING id",
            data.id, data.action, data.note, by, at, secrets.token_bytes(16),
        )  # fmt: skip
        if not done:
            raise rules.DoneAlready(action=data.action)
        log.append(event, (ActionDone, data.id), subject=found.meeting, by=by, at=at)
    return event


async def adopt_minutes(data: AdoptMinutes, *, by: str, at: datetime) -> MinutesWereAdopted:
    event = MinutesWereAdopted(data.minutes_of, data.meeting)
    async with transaction():
        now = _sat(await under_way(data.meeting))
        rules.ensure_may_adopt(data, now, _sat(await queries.meeting(data.minutes_of)))
        adopted = await in_use().query(
            "INSERT INTO minutes_adopted (id, meeting, adopted_in, corrections, by, at, salt)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (meeting) DO NOTHING RETURNING id",
            data.id, data.minutes_of, data.meeting, data.corrections, by, at,
            secrets.token_bytes(16),
        )  # fmt: skip
        if not adopted:
            raise rules.AdoptedAlready(meeting=data.minutes_of)
        log.append(event, (MinutesAdopted, data.id), subject=data.minutes_of, by=by, at=at)
    return event


async def close_meeting(meeting: str, *, by: str, at: datetime) -> MeetingEnded:
    event = MeetingEnded(meeting)
    async with transaction():
        await under_way(meeting)
        await in_use().query(
            "UPDATE meeting SET closed_by = {}, closed_at = {} WHERE id = {}", by, at, meeting
        )
        log.append(event, (Meeting, meeting), subject=meeting, by=by, at=at)
    return event


async def under_way(meeting: str) -> MeetingView:
    """Claimed until the end of the deed; MeetingClosed where it is over."""
    claimed = await in_use().query(
        "UPDATE meeting SET organ = organ WHERE id = {} AND closed_at IS NULL RETURNING id",
        meeting,
    )
    view = await queries.meeting(meeting)
    if not claimed:
        raise rules.MeetingClosed(meeting=meeting)
    return view


def _sat(view: MeetingView) -> Sat:
    return Sat(view.organ, view.body, view.held_on, view.closed_at is not None)
