"""Visits that a committee calls; inspectors are sent by who always sends them."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.calls import commands, queries
from certification.calls.queries import CallView
from certification.calls.rules import (
    CallTakenBack,
    CallVisit,
    Kind,
    SendCalled,
    TakeBack,
    VisitWasCalled,
)
from certification.inspections.kinds import About
from certification.inspections.panel import Assigned
from certification.inspections.rules import InspectionAssigned
from market.access import deeds, guarantee, members, whose
from market.access.permit import Permit

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class NewCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    kind: Kind
    reason: str


class BackWhy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


class CalledVisit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`about`: findings or questions that it looks at; of a follow-up all that is open, else."""

    id: str
    members: tuple[Assigned, ...]
    planned_on: date
    about: tuple[About, ...] = msgspec.field(default_factory=tuple)


@get(
    "/api/v1/groups/{id:str}/visit-calls",
    opt={"op": "call.read"},
    tags=["inspections"],
    summary="Visits that the committee called, and what came of each; none that you must not know",
)
async def read_calls(id: FromPath[str], permit: Mine, at: Now) -> list[CallView]:
    permit.check(await whose.of_group(id))
    found = await queries.of_groups([id])
    return await queries.shown(found, permit.person, local_day(at))


@post(
    "/api/v1/applications/{id:str}/visit-calls",
    opt={"op": "call.make"},
    tags=["inspections"],
    summary="Call a visit to a plot: unannounced, after a complaint, or to follow findings",
)
async def call(id: FromPath[str], data: JSONBody[NewCall], permit: Mine, at: Now) -> VisitWasCalled:
    _, place = await whose.application(id)
    permit.check(place)
    wanted = CallVisit(data.id, id, data.kind, data.reason)
    return await deeds.once(commands.call, wanted, VisitWasCalled, by=permit.person, at=at)


@put(
    "/api/v1/visit-calls/{id:str}/withdrawal",
    opt={"op": "call.make"},
    tags=["inspections"],
    summary="Take a call back, with a reason, while nobody is sent",
)
async def take_back(
    id: FromPath[str], data: JSONBody[BackWhy], permit: Mine, at: Now
) -> CallTakenBack:
    _, place = await guarantee.visit_call(id, permit, at)
    permit.check(place)
    deeds.ensure_storable(data)
    return await run(commands.take_back, TakeBack(id, data.reason), by=permit.person, at=at)


@post(
    "/api/v1/visit-calls/{id:str}/visits",
    opt={"op": "inspection.assign"},
    tags=["inspections"],
    summary="Send inspectors; refused with the name of what stands against one of them",
)
async def send(
    id: FromPath[str], data: JSONBody[CalledVisit], permit: Mine, at: Now
) -> InspectionAssigned:
    _, place = await guarantee.visit_call(id, permit, at)
    permit.check(place)
    await members.ensure_within(permit, [m.person for m in data.members], [place.group], at)
    wanted = SendCalled(data.id, id, data.members, data.planned_on, data.about)
    return await deeds.once(commands.send, wanted, InspectionAssigned, by=permit.person, at=at)


DOORS = [read_calls, call, take_back, send]
