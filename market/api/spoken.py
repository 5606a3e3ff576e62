"""What was typed for whom, and the word of whom it was typed for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis import pictures
from certification.basis.transaction import run
from market.access import deeds, helping
from market.access.permit import Permit
from market.domain.spoken import commands, queries
from market.domain.spoken.rules import Denied, SpokenView

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class ByPin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The PIN of the person for whom it was typed, given on this device."""

    deeds: list[str]
    pin: str


@get(
    "/api/v1/typed",
    opt={"op": "me.read"},
    tags=["helping"],
    summary="What others typed for me, the newest first",
)
async def typed_for_me(permit: Mine) -> list[SpokenView]:
    return await queries.of_person(permit.person)


@put(
    "/api/v1/typed/{id:str}/confirmation",
    opt={"op": "me.edit"},
    tags=["helping"],
    summary="Yes, I wanted this",
)
async def confirm(id: FromPath[str], permit: Mine, at: Now) -> SpokenView:
    await helping.ensure_mine(id, permit)
    await run(commands.confirm_own, id, permit.person, at=at)
    return await queries.spoken(id)


@put(
    "/api/v1/typed/{id:str}/denial",
    opt={"op": "me.edit"},
    tags=["helping"],
    summary="This was not me; the board of the group is told",
)
async def deny(id: FromPath[str], permit: Mine, at: Now) -> Denied:
    await helping.ensure_mine(id, permit)
    return await run(commands.deny, id, permit.person, at=at)


@get(
    "/api/v1/people/{id:str}/typed",
    opt={"op": "helped.read"},
    tags=["helping"],
    summary="What was typed for a member and waits for the member's word",
)
async def typed_for(id: FromPath[str], permit: Mine, at: Now) -> list[SpokenView]:
    await helping.ensure_reached(permit, id, at)
    return await queries.waiting_of(id)


@put(
    "/api/v1/people/{id:str}/typed/confirmation",
    opt={"op": "helped.confirm"},
    tags=["helping"],
    summary="The member's PIN, typed on the helper's device",
)
async def confirm_by_pin(
    request: Request[Any, Any, Any],
    id: FromPath[str],
    data: JSONBody[ByPin],
    permit: Mine,
    at: Now,
) -> list[SpokenView]:
    await helping.ensure_helping(permit, id, at)
    deeds.ensure_storable(data, *data.deeds)
    await helping.confirm_by_pin(request, data.deeds, id, data.pin, by=permit.person, at=at)
    return [await queries.spoken(deed) for deed in data.deeds]


@put(
    "/api/v1/typed/{id:str}/slip",
    opt={"op": "helped.confirm"},
    tags=["helping"],
    summary="A photo of the member's signature on paper, as raw bytes",
)
async def confirm_on_paper(
    request: Request[Any, Any, Any], id: FromPath[str], permit: Mine, at: Now
) -> SpokenView:
    person = await helping.person_of(id, permit, at)
    slip = await pictures.keep(await request.body(), by=permit.person, at=at)
    await run(commands.confirm_on_paper, [id], person, slip, by=permit.person, at=at)
    return await queries.spoken(id)


DOORS = [typed_for_me, confirm, deny, typed_for, confirm_by_pin, confirm_on_paper]
