"""Meetings: who was there, how they voted, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.transaction import run, transaction
from certification.decisions import ballots
from certification.decisions import commands as decisions
from certification.decisions import queries as decision_queries
from certification.decisions.queries import DecisionView, Waiting
from certification.decisions.rules import Decide, Decided
from certification.decisions.votes import CastVote, CountHands, HandsWereCounted, Value, Voted
from certification.meetings import commands, queries
from certification.meetings.queries import ActionView, AttendanceView, ItemView, MeetingView
from certification.meetings.rules import (
    Attend,
    Attended,
    MeetingEnded,
    MeetingOpened,
    OpenMeeting,
)
from certification.schemes.settings import Leg
from market.access import deeds, guarantee, members, whose
from market.access.permit import Permit

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class Presence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seat: str
    """Its code in the charter of the organ's network, or in an appointment."""
    leg: Leg | None = None
    late: bool = False


class OwnVote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    value: Value


class Hand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    person: str
    value: Value


class Hands(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    votes: tuple[Hand, ...]


class Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    votes_for: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    votes_against: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    abstained: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


class NewDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`reason` is needed where it is not approved whole. `back`: to the body before."""

    id: str
    application: str
    defer: bool = False
    reason: str | None = None
    back: bool = False
    crops: tuple[str, ...] | None = None


class MeetingShown(msgspec.Struct, frozen=True):
    meeting: MeetingView
    attendance: tuple[AttendanceView, ...]
    agenda: list[Waiting]
    """What is inspected and whose turn it is here."""
    items: list[ItemView]
    """What was put on the agenda besides, with the notes on it."""
    matters_arising: list[ActionView]
    """What earlier meetings of this body agreed and what is not done."""
    to_adopt: list[MeetingView]
    actions: list[ActionView]
    decisions: list[DecisionView]


@post(
    "/api/v1/meetings",
    opt={"op": "meeting.hold"},
    tags=["meetings"],
    summary="A group or network meets; one held on paper may be entered some days later",
)
async def open_meeting(data: JSONBody[OpenMeeting], permit: Mine, at: Now) -> MeetingOpened:
    permit.check(await whose.of_group(data.organ))
    return await deeds.once(commands.open_meeting, data, MeetingOpened, by=permit.person, at=at)


@get(
    "/api/v1/meetings",
    opt={"op": "meeting.read"},
    tags=["meetings"],
    summary="Of a group or network, the newest first",
)
async def list_meetings(permit: Mine, organ: FromQuery[str]) -> list[MeetingView]:
    permit.check(await whose.of_group(organ))
    return await queries.of_organ(organ)


@get(
    "/api/v1/meetings/{id:str}",
    opt={"op": "meeting.read"},
    tags=["meetings"],
    summary="One meeting: who is there, what waits, what was decided",
)
async def read_meeting(id: FromPath[str], permit: Mine) -> MeetingShown:
    found, place = await guarantee.meeting(id)
    permit.check(place)
    return MeetingShown(
        found,
        await queries.attendance(id),
        await decision_queries.waiting(found.organ, found.body) if found.closed_at is None else [],
        await queries.items(id),
        await queries.matters_arising(found),
        await queries.to_adopt(found),
        await queries.actions(id),
        await decision_queries.of_meeting(id),
    )


@put(
    "/api/v1/meetings/{id:str}/attendance/{person:str}",
    opt={"op": "meeting.hold"},
    tags=["meetings"],
    summary="Somebody is there: on which seat, for which leg, from the beginning or late",
)
async def attend(
    id: FromPath[str], person: FromPath[str], data: JSONBody[Presence], permit: Mine, at: Now
) -> Attended:
    found, place = await guarantee.meeting(id)
    permit.check(place)
    deeds.ensure_storable(None, person)
    await members.ensure_within(permit, [person], [found.organ], at)
    return await run(
        commands.attend, Attend(id, person, data.seat, data.leg, data.late), by=permit.person, at=at
    )


@put(
    "/api/v1/meetings/{id:str}/votes/{application:str}",
    opt={"op": "vote.cast"},
    tags=["meetings"],
    summary="My own vote; who is too near to the farmer may only stand back (`recused`)",
)
async def vote(
    id: FromPath[str], application: FromPath[str], data: JSONBody[OwnVote], permit: Mine, at: Now
) -> Voted:
    await _ensure_both(id, application, permit)
    mine = CastVote(id, application, permit.person, data.value)
    return await run(decisions.vote, mine, by=permit.person, at=at)


@put(
    "/api/v1/meetings/{id:str}/hands/{application:str}",
    opt={"op": "vote.count"},
    tags=["meetings"],
    summary="Hands that the secretary counted: all of them or none; those known are passed over",
)
async def count_hands(
    id: FromPath[str], application: FromPath[str], data: JSONBody[Hands], permit: Mine, at: Now
) -> list[Voted]:
    await _ensure_both(id, application, permit)
    deeds.ensure_storable(None, *[hand.person for hand in data.votes])

    async def count() -> list[Voted]:
        async with transaction():
            known = await ballots.cast(id, application)
            return [
                await decisions.vote(
                    CastVote(id, application, hand.person, hand.value), by=permit.person, at=at
                )
                for hand in data.votes
                if known.get(hand.person) != hand.value
            ]

    return await run(count)


@put(
    "/api/v1/meetings/{id:str}/counts/{application:str}",
    opt={"op": "vote.count"},
    tags=["meetings"],
    summary="Raised hands without names; it holds while nobody comes, goes or stands back",
)
async def count(
    id: FromPath[str], application: FromPath[str], data: JSONBody[Count], permit: Mine, at: Now
) -> HandsWereCounted:
    await _ensure_both(id, application, permit)
    told = HandsWereCounted
    seen = CountHands(data.id, id, application, data.votes_for, data.votes_against, data.abstained)
    return await deeds.once(decisions.count_hands, seen, told, by=permit.person, at=at)


@post(
    "/api/v1/meetings/{id:str}/decisions",
    opt={"op": "decision.make"},
    tags=["meetings"],
    summary="What the votes and the dates say; or deferred, with the reason",
)
async def decide(id: FromPath[str], data: JSONBody[NewDecision], permit: Mine, at: Now) -> Decided:
    await _ensure_both(id, data.application, permit)
    wanted = Decide(data.id, id, data.application, data.defer, data.reason, data.back, data.crops)
    return await deeds.once(decisions.decide, wanted, Decided, by=permit.person, at=at)


@put(
    "/api/v1/meetings/{id:str}/end",
    opt={"op": "meeting.hold"},
    tags=["meetings"],
    summary="It is over: nobody arrives, votes or decides any more",
)
async def close(id: FromPath[str], permit: Mine, at: Now) -> MeetingEnded:
    _, place = await guarantee.meeting(id)
    permit.check(place)
    return await run(commands.close_meeting, id, by=permit.person, at=at)


async def _ensure_both(meeting: str, application: str, permit: Permit) -> None:
    """The meeting and the case, each within reach."""
    _, place = await guarantee.meeting(meeting)
    permit.check(place)
    _, case = await whose.application(application)
    permit.check(case)


DOORS = [
    open_meeting,
    list_meetings,
    read_meeting,
    attend,
    vote,
    count_hands,
    count,
    decide,
    close,
]
