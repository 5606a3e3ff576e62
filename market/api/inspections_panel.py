"""Who sits on a panel in the field, and a sheet that was filled in on paper."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from certification.basis.units import Instant
from certification.inspections import papers, replacing
from certification.inspections.panel import Assigned
from certification.inspections.papers import TypedFromPaper, TypeFromPaper
from certification.inspections.replacing import (
    Excuse,
    ExcuseAsked,
    ExcuseSigned,
    MemberReplaced,
    Replace,
)
from market.access import deeds, guarantee, members
from market.access.permit import Permit

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class Replacement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`person` stays at home, `member` goes."""

    person: str
    member: Assigned


class NewExcuse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    person: str
    reason: str


class ExcuseSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    excuse: str


class FromPaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`blob`: the digest that a photo of this visit has, as it was answered when it was sent."""

    id: str
    started_at: Instant
    ended_at: Instant
    blob: str


@post(
    "/api/v1/inspections/{id:str}/replacements",
    opt={"op": "inspection.assign"},
    tags=["inspections"],
    summary="Somebody else goes; refused with the name of what stands against them",
)
async def replace(
    id: FromPath[str], data: JSONBody[Replacement], permit: Mine, at: Now
) -> MemberReplaced:
    _, place = await guarantee.visit(id, permit)
    permit.check(place)
    deeds.ensure_storable(data)
    await members.ensure_within(permit, [data.member.person], [place.group], at)
    wanted = Replace(id, data.person, data.member)
    return await run(replacing.replace, wanted, by=permit.person, at=at)


@post(
    "/api/v1/inspections/{id:str}/excuses",
    opt={"op": "inspection.assign"},
    tags=["inspections"],
    summary="A signature counts although something stands against it; the first of two, in public",
)
async def excuse(
    id: FromPath[str], data: JSONBody[NewExcuse], permit: Mine, at: Now
) -> ExcuseAsked:
    _, place = await guarantee.visit(id, permit)
    permit.check(place)
    wanted = Excuse(data.id, id, data.person, data.reason)
    return await deeds.once(replacing.excuse, wanted, ExcuseAsked, by=permit.person, at=at)


@post(
    "/api/v1/inspections/{id:str}/excuse-signatures",
    opt={"op": "inspection.assign"},
    tags=["inspections"],
    summary="The second of two",
)
async def sign_excuse(
    id: FromPath[str], data: JSONBody[ExcuseSignature], permit: Mine, at: Now
) -> ExcuseSigned:
    _, place = await guarantee.visit(id, permit)
    permit.check(place)
    deeds.ensure_storable(data)
    return await run(replacing.sign_excuse, id, data.excuse, by=permit.person, at=at)


@post(
    "/api/v1/inspections/{id:str}/papers",
    opt={"op": "inspection.do"},
    tags=["inspections"],
    summary="The sheet was filled in on paper: the paper's times, and a photo of it",
)
async def typed(
    id: FromPath[str], data: JSONBody[FromPaper], permit: Mine, at: Now
) -> TypedFromPaper:
    await guarantee.visit_done(id, permit)
    wanted = TypeFromPaper(data.id, id, data.started_at, data.ended_at, data.blob)
    return await deeds.once(papers.typed, wanted, TypedFromPaper, by=permit.person, at=at)


DOORS = [replace, excuse, sign_excuse, typed]
