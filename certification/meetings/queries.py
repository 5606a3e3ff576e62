"""Meetings, who was there and who still is, the agenda, what was agreed, whose minutes wait."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from certification.basis.rows import as_view
from certification.groups import queries as groups
from certification.meetings import rules
from certification.meetings.rules import OnAgenda
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


class MeetingView(msgspec.Struct, frozen=True):
    id: str
    organ: str
    body: str
    held_on: date
    place: str
    opened_by: str
    opened_at: datetime
    closed_by: str | None
    closed_at: datetime | None


class AttendanceView(msgspec.Struct, frozen=True):
    person: str
    seat: str
    leg: str
    late: bool
    at: datetime
    gone_at: datetime | None = None
    """Since when no longer there; none for who is."""


class NoteView(msgspec.Struct, frozen=True):
    id: str
    text: str
    by: str
    at: datetime


class ItemView(msgspec.Struct, frozen=True):
    id: str
    meeting: str
    part: str
    title: str
    notes: tuple[NoteView, ...]
    off: str | None = None
    """Why it was taken off the agenda."""


class ActionView(msgspec.Struct, frozen=True):
    id: str
    meeting: str
    owner: str
    what: str
    due_on: date
    done_at: datetime | None
    note: str | None


class AdoptionView(msgspec.Struct, frozen=True):
    meeting: str
    adopted_in: str
    corrections: str | None
    by: str
    at: datetime


async def meeting(id: str) -> MeetingView:
    row = await Meeting.select().where(Meeting.id == id).first()
    if row is None:
        raise rules.MeetingMissing(meeting=id)
    return as_view(MeetingView, row)


async def of_organ(organ: str) -> list[MeetingView]:
    """The newest first."""
    rows = await (
        Meeting.select()
        .where(Meeting.organ == organ)
        .order_by(Meeting.held_on, Meeting.opened_at, ascending=False)
    )
    return [as_view(MeetingView, row) for row in rows]


async def attendance(meeting: str) -> tuple[AttendanceView, ...]:
    """Everybody who was there at any time; who went and did not come back with the time."""
    rows = await (
        Attendance.select()
        .where(Attendance.meeting == meeting)
        .order_by(Attendance.at, Attendance.id)
    )
    gone = await _gone(meeting)
    return tuple(
        as_view(AttendanceView, {**row, "gone_at": gone.get(row["person"])}) for row in rows
    )


async def attended(
    organ: str, persons: Collection[str], since: date, until: date
) -> tuple[int, int]:
    """How many meetings an organ held on these days, and at how many of them any of these was."""
    held = await Meeting.select(Meeting.id).where(
        Meeting.organ == organ, Meeting.held_on >= since, Meeting.held_on <= until
    )
    ids = [row["id"] for row in held]
    if not ids or not persons:
        return 0, len(ids)
    there = await Attendance.select(Attendance.meeting).where(
        Attendance.meeting.is_in(ids), Attendance.person.is_in(list(persons))
    )
    return len({row["meeting"] for row in there}), len(ids)


async def moves(meeting: str, person: str) -> int:
    count: int = await Movement.count().where(
        Movement.meeting == meeting, Movement.person == person
    )
    return count


async def _gone(meeting: str) -> dict[str, datetime]:
    rows = await Movement.select().where(Movement.meeting == meeting).order_by(Movement.seq)
    last = {row["person"]: row for row in rows}
    return {person: row["at"] for person, row in last.items() if row["kind"] == "left"}


async def leg(view: MeetingView, person: str, seat: str) -> str:
    """As appointed to this body; else as the seat says, in the newest versions of its schemes."""
    for one in await organs.sitting(view.organ, view.body, view.held_on):
        if one.person == person:
            return one.leg
    known = {one.code: one.leg for one in await organs.panel_seats(view.organ)}
    return known.get(seat, "citizens")


async def own_people(view: MeetingView) -> frozenset[str]:
    """Of the body that meets, on the day of the meeting."""
    return await organs.people_of(view.organ, view.body, view.held_on, view.opened_at)


async def producers(view: MeetingView) -> frozenset[str]:
    """Who may take a producer's seat: members of the group, or of any group of the network."""
    under = [view.organ, *(g.id for g in await groups.networks_groups(view.organ))]
    return frozenset([p for one in under for p in await groups.members(one, view.held_on)])


async def items(meeting: str) -> list[ItemView]:
    """What was put on the agenda, in the order in which it came."""
    return await _items(AgendaItem.meeting == meeting)


async def item(id: str) -> ItemView:
    found = await _items(AgendaItem.id == id)
    if not found:
        raise rules.ItemMissing(item=id)
    return found[0]


async def withdrawn(meeting: str, what: OnAgenda | None = None) -> dict[str, str]:
    """What was taken off its agenda, each by its id, and why; the oldest first."""
    rows = await (
        AgendaWithdrawal.select(AgendaWithdrawal.of, AgendaWithdrawal.reason, AgendaWithdrawal.what)
        .where(AgendaWithdrawal.meeting == meeting)
        .order_by(AgendaWithdrawal.at, AgendaWithdrawal.id)
    )
    return {row["of"]: row["reason"] for row in rows if what in (None, row["what"])}


async def put_off(of: str) -> bool:
    """Whether any meeting took it off its agenda."""
    found: bool = await AgendaWithdrawal.exists().where(AgendaWithdrawal.of == of)
    return found


async def actions(meeting: str) -> list[ActionView]:
    """Agreed in this meeting, what is due first."""
    return await _actions(Action.meeting == meeting)


async def action(id: str) -> ActionView:
    found = await _actions(Action.id == id)
    if not found:
        raise rules.ActionMissing(action=id)
    return found[0]


async def matters_arising(view: MeetingView) -> list[ActionView]:
    """What earlier meetings of this body agreed and what was not done when this one was opened."""
    earlier = [one.id for one in await _before(view)]
    found = await _actions(Action.meeting.is_in(earlier)) if earlier else []
    return [one for one in found if one.done_at is None or one.done_at > view.opened_at]


async def to_adopt(view: MeetingView) -> list[MeetingView]:
    """Ended meetings of this body whose minutes nobody has found right yet, the oldest first; with
    those that this meeting has adopted."""
    ended = [one for one in await _before(view) if one.closed_at is not None]
    done = await adoptions(one.id for one in ended)
    return [
        one for one in reversed(ended) if one.id not in done or done[one.id].adopted_in == view.id
    ]


async def adoptions(meetings: Iterable[str]) -> dict[str, AdoptionView]:
    """By the meeting whose minutes they are."""
    asked = list(meetings)
    rows = await MinutesAdopted.select().where(MinutesAdopted.meeting.is_in(asked)) if asked else []
    return {row["meeting"]: as_view(AdoptionView, row) for row in rows}


async def _before(view: MeetingView) -> list[MeetingView]:
    """Of the same body, opened before; the newest first."""
    return [
        one
        for one in await of_organ(view.organ)
        if one.body == view.body and _order(one) < _order(view)
    ]


def _order(one: MeetingView) -> tuple[date, datetime, str]:
    return one.held_on, one.opened_at, one.id


async def _items(condition: Any) -> list[ItemView]:
    rows = await AgendaItem.select().where(condition).order_by(AgendaItem.at, AgendaItem.id)
    if not rows:
        return []
    said = await (
        AgendaNote.select()
        .where(AgendaNote.item.is_in([row["id"] for row in rows]))
        .order_by(AgendaNote.at, AgendaNote.id)
    )
    notes: dict[str, list[NoteView]] = {row["id"]: [] for row in rows}
    for one in said:
        notes[one["item"]].append(as_view(NoteView, one))
    off = {of: why for one in {row["meeting"] for row in rows}
           for of, why in (await withdrawn(one)).items()}  # fmt: skip
    return [
        as_view(ItemView, {**row, "notes": tuple(notes[row["id"]]), "off": off.get(row["id"])})
        for row in rows
    ]


async def _actions(condition: Any) -> list[ActionView]:
    rows = await Action.select().where(condition).order_by(Action.due_on, Action.at, Action.id)
    ids = [row["id"] for row in rows]
    ends = await ActionDone.select().where(ActionDone.action.is_in(ids)) if ids else []
    done = {row["action"]: row for row in ends}
    nothing = {"at": None, "note": None}
    return [
        as_view(ActionView, {
            **row, "done_at": done.get(row["id"], nothing)["at"],
            "note": done.get(row["id"], nothing)["note"],
        })
        for row in rows
    ]  # fmt: skip
