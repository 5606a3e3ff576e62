"""Floods, storms and heat: entered for tambons and days; what they ask, and the answers."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access import area_events, deeds
from market.access.permit import Permit
from market.domain.area_events import commands, moving, queries
from market.domain.area_events.moving import MoveStop
from market.domain.area_events.rules import (
    EnterEvent,
    EventEnded,
    EventEntered,
    EventStruck,
    EventView,
    ProposalAnswered,
    ProposalView,
)

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
TAGS = ["area events"]


class LastDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    until_on: date


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    yes: bool


class StopAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Yes with a `place` and a `day` of the truck moves it there; without, it was done by hand."""

    yes: bool
    place: str = ""
    day: str = ""
    because: str = ""


class Touched(msgspec.Struct, frozen=True):
    """`plots`: the public codes of those that the reader may see."""

    event: EventView
    plots: list[str]


class Weather(msgspec.Struct, frozen=True):
    events: list[Touched]
    proposals: list[ProposalView]


@get(
    "/api/v1/area-events",
    opt={"op": "area_event.read"},
    tags=TAGS,
    summary="Floods, storms and heat over one's own land, groups or area, and what they ask",
)
async def read_all(permit: Mine, at: Now) -> Weather:
    return Weather(
        [
            Touched(event, [hit.code for hit in hits])
            for event, hits in await area_events.listed(permit, at)
        ],
        await queries.proposals(permit.person, permit.groups()),
    )


@post(
    "/api/v1/area-events",
    opt={"op": "area_event.enter"},
    tags=TAGS,
    summary="Enter an event; `corrects` takes the place of another",
)
async def enter(data: JSONBody[EnterEvent], permit: Mine, at: Now) -> EventEntered:
    area_events.ensure_within(permit, data.tambons)
    if data.corrects:
        await area_events.one(permit, data.corrects)
    return await deeds.once(commands.enter, data, EventEntered, by=permit.person, at=at)


@put(
    "/api/v1/area-events/{id:str}/confirmation",
    opt={"op": "area_event.enter"},
    tags=TAGS,
    summary="What the weather proposed is so",
)
async def confirm(id: FromPath[str], permit: Mine, at: Now) -> EventEntered:
    await area_events.one(permit, id)
    return await run(commands.confirm, id, by=permit.person, at=at)


@put(
    "/api/v1/area-events/{id:str}/end",
    opt={"op": "area_event.enter"},
    tags=TAGS,
    summary="Its last day",
)
async def end(id: FromPath[str], data: JSONBody[LastDay], permit: Mine, at: Now) -> EventEnded:
    await area_events.one(permit, id)
    return await run(commands.end, id, data.until_on, by=permit.person, at=at)


@put(
    "/api/v1/area-events/{id:str}/strike",
    opt={"op": "area_event.enter"},
    tags=TAGS,
    summary="It was a mistake, or the weather's proposal is not so",
)
async def strike(id: FromPath[str], permit: Mine, at: Now) -> EventStruck:
    await area_events.one(permit, id)
    return await run(commands.strike, id, by=permit.person, at=at)


@put(
    "/api/v1/area-proposals/{id:str}/answer",
    opt={"op": "area_event.answer"},
    tags=TAGS,
    summary="Yes or no to what an event proposes; yes to a lower harvest lowers the offer",
)
async def answer(
    id: FromPath[str], data: JSONBody[Answer], permit: Mine, at: Now
) -> ProposalAnswered:
    await area_events.proposal(permit, id, stop=False)
    return await run(commands.answer, id, yes=data.yes, by=permit.person, at=at)


@put(
    "/api/v1/area-stops/{id:str}/answer",
    opt={"op": "area_event.move_stop"},
    tags=TAGS,
    summary="Of a stop of the truck: move it, it was moved or called off by hand, or it stays",
)
async def answer_stop(
    id: FromPath[str], data: JSONBody[StopAnswer], permit: Mine, at: Now
) -> ProposalAnswered:
    await area_events.proposal(permit, id, stop=True)
    if data.yes and data.place:
        asked = MoveStop(id, data.place, data.day, data.because)
        deeds.ensure_storable(asked, data.place, data.day)
        return await run(moving.move, asked, by=permit.person, at=at)
    return await run(commands.answer, id, yes=data.yes, by=permit.person, at=at)


DOORS = [read_all, enter, confirm, end, strike, answer, answer_stop]
