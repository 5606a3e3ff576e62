"""A meeting's agenda, who goes and comes back, what is agreed, and the minutes of the last one."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from certification.hearings import agenda
from certification.meetings import commands, queries
from certification.meetings.queries import AdoptionView, MeetingView
from certification.meetings.rules import (
    ActionAdded,
    ActionFinished,
    AddAction,
    AddItem,
    AdoptMinutes,
    AgendaChanged,
    FinishAction,
    ItemAdded,
    Kind,
    MinutesWereAdopted,
    Move,
    Moved,
    Note,
    Noted,
    OnAgenda,
    Part,
    Withdraw,
)
from market.access import deeds, guarantee, members
from market.access.permit import Permit
from market.access.refusals import NotThere

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class Movement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: Kind


class NewItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    part: Part
    title: str


class NewWithdrawal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    what: OnAgenda
    of: str
    """The id of the item, the application, the hearing or the finding."""
    reason: str


class NewAction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    owner: str
    what: str
    due_on: date


class Adoption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    minutes_of: str
    corrections: str | None = None


class Minutes(msgspec.Struct, frozen=True):
    """`adopted` is none as long as no later meeting has found them right."""

    meeting: MeetingView
    adopted: AdoptionView | None


@put(
    "/api/v1/meetings/{id:str}/movements/{person:str}",
    opt={"op": "meeting.hold"},
    tags=["meetings"],
    summary="Somebody goes before the end or comes back: the quorum is counted anew",
)
async def move(
    id: FromPath[str], person: FromPath[str], data: JSONBody[Movement], permit: Mine, at: Now
) -> Moved:
    await _here(id, permit)
    deeds.ensure_storable(None, person)
    return await run(commands.move, Move(id, person, data.kind), by=permit.person, at=at)


@post(
    "/api/v1/meetings/{id:str}/items",
    opt={"op": "meeting.hold"},
    tags=["meetings"],
    summary="An item in one of the agenda's four parts: inform, adopt, matters, decide",
)
async def add_item(id: FromPath[str], data: JSONBody[NewItem], permit: Mine, at: Now) -> ItemAdded:
    await _here(id, permit)
    wanted = AddItem(data.id, id, data.part, data.title)
    return await deeds.once(commands.add_item, wanted, ItemAdded, by=permit.person, at=at)


@post(
    "/api/v1/meetings/{id:str}/withdrawals",
    opt={"op": "meeting.hold"},
    tags=["meetings"],
    summary="Off this meeting's agenda, with the reason; what is no item waits for the next",
)
async def withdraw(
    id: FromPath[str], data: JSONBody[NewWithdrawal], permit: Mine, at: Now
) -> AgendaChanged:
    await _here(id, permit)
    await guarantee.ensure_on_agenda(data.of, data.what, id, permit)
    wanted = Withdraw(data.id, id, data.what, data.of, data.reason)
    told = AgendaChanged
    return await deeds.once(agenda.withdraw, wanted, told, by=permit.person, at=at)


@post(
    "/api/v1/meetings/{id:str}/notes",
    opt={"op": "meeting.hold"},
    tags=["meetings"],
    summary="What was said or agreed on an item; a further note mends it",
)
async def note(id: FromPath[str], data: JSONBody[Note], permit: Mine, at: Now) -> Noted:
    await _here(id, permit)
    if data.item not in [one.id for one in await queries.items(id)]:
        raise NotThere
    return await deeds.once(commands.note, data, Noted, by=permit.person, at=at)


@post(
    "/api/v1/meetings/{id:str}/actions",
    opt={"op": "meeting.hold"},
    tags=["meetings"],
    summary="Who does what until when; what is open stands on the next agenda by itself",
)
async def add_action(
    id: FromPath[str], data: JSONBody[NewAction], permit: Mine, at: Now
) -> ActionAdded:
    found = await _here(id, permit)
    await members.ensure_within(permit, [data.owner], [found.organ], at)
    wanted = AddAction(data.id, id, data.owner, data.what, data.due_on)
    return await deeds.once(commands.add_action, wanted, ActionAdded, by=permit.person, at=at)


@post(
    "/api/v1/meetings/{id:str}/actions-done",
    opt={"op": "meeting.hold"},
    tags=["meetings"],
    summary="An action of this meeting is done; also after its end, once",
)
async def finish_action(
    id: FromPath[str], data: JSONBody[FinishAction], permit: Mine, at: Now
) -> ActionFinished:
    await _here(id, permit)
    if data.action not in [one.id for one in await queries.actions(id)]:
        raise NotThere
    told = ActionFinished
    return await deeds.once(commands.finish_action, data, told, by=permit.person, at=at)


@post(
    "/api/v1/meetings/{id:str}/adoptions",
    opt={"op": "meeting.hold"},
    tags=["meetings"],
    summary="This meeting finds the minutes of an earlier one right, with corrections noted",
)
async def adopt(
    id: FromPath[str], data: JSONBody[Adoption], permit: Mine, at: Now
) -> MinutesWereAdopted:
    await _here(id, permit)
    _, place = await guarantee.meeting(data.minutes_of)
    permit.check(place)
    wanted = AdoptMinutes(data.id, id, data.minutes_of, data.corrections)
    told = MinutesWereAdopted
    return await deeds.once(commands.adopt_minutes, wanted, told, by=permit.person, at=at)


@get(
    "/api/v1/meetings/{id:str}/minutes",
    opt={"op": "meeting.read"},
    tags=["meetings"],
    summary="Whether its minutes are adopted, by which meeting, with which corrections",
)
async def read_minutes(id: FromPath[str], permit: Mine) -> Minutes:
    found = await _here(id, permit)
    return Minutes(found, (await queries.adoptions([id])).get(id))


async def _here(id: str, permit: Permit) -> MeetingView:
    found, place = await guarantee.meeting(id)
    permit.check(place)
    return found


DOORS = [move, add_item, withdraw, note, add_action, finish_action, adopt, read_minutes]
