"""Groups and networks, who belongs to them, and who holds which role there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from certification.basis.ids import is_id
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import commands, queries
from certification.groups.rules import (
    Found,
    Founded,
    Grants,
    GroupView,
    Joined,
    Left,
    NoSuchGrant,
    NoSuchGroup,
    RoleEnded,
    RoleGranted,
    RoleView,
)
from market.access import deeds, members, whose
from market.access.permit import Permit
from market.access.refusals import NotThere

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Search = Annotated[str, QueryParameter(max_length=80)]


class NewMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`id` is that of the membership."""

    id: str
    since: date | None = None


class Until(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last day; today where none is named."""

    until: date | None = None


@post("/api/v1/groups", opt={"op": "group.found"}, tags=["groups"], summary="A group or a network")
async def found(data: JSONBody[Found], permit: Mine, at: Now) -> Founded:
    return await deeds.once(commands.found, data, Founded, by=permit.person, at=at)


@get(
    "/api/v1/groups",
    opt={"op": "group.read"},
    tags=["groups"],
    summary="All groups and networks, in the order of their founding; or by a part of a name",
)
async def list_groups(q: Search = "") -> list[GroupView]:
    return await queries.search(q) if q else list(await queries.every())


@get("/api/v1/groups/{id:str}", opt={"op": "group.read"}, tags=["groups"], summary="One of them")
async def read_group(id: FromPath[str]) -> GroupView:
    try:
        if is_id(id):
            return await queries.group(id)
    except NoSuchGroup:
        pass
    raise NotThere


@put(
    "/api/v1/groups/{id:str}/members/{person:str}",
    opt={"op": "member.join"},
    tags=["groups"],
    summary="Somebody who is registered joins",
)
async def join(
    id: FromPath[str], person: FromPath[str], data: JSONBody[NewMember], permit: Mine, at: Now
) -> Joined:
    permit.check(await whose.of_group(id))
    await members.reached(permit, person, at)
    deeds.ensure_storable(data, data.id)
    since = data.since or local_day(at)
    return await run(commands.join, data.id, id, person, since=since, by=permit.person, at=at)


@put(
    "/api/v1/groups/{id:str}/members/{person:str}/end",
    opt={"op": "member.join"},
    tags=["groups"],
    summary="Somebody leaves; the roles held there are ended first",
)
async def leave(
    id: FromPath[str], person: FromPath[str], data: JSONBody[Until], permit: Mine, at: Now
) -> Left:
    permit.check(await whose.of_group(id))
    await members.reached(permit, person, at)
    until = data.until or local_day(at)
    return await run(commands.leave, id, person, until, by=permit.person, at=at)


@post(
    "/api/v1/roles",
    opt={"op": "role.grant"},
    tags=["groups"],
    summary="A role with its place; nobody gives one to himself, or one above his own",
)
async def grant(data: JSONBody[Grants], permit: Mine, at: Now) -> RoleGranted:
    if data.group is not None:
        permit.check(await whose.of_group(data.group))
    await members.reached(permit, data.person, at)
    await members.ensure_may_give(permit, data.role, data.group or "")
    return await deeds.once(commands.grant_role, data, RoleGranted, by=permit.person, at=at)


@get("/api/v1/roles", opt={"op": "person.read"}, tags=["groups"], summary="Held in a group")
async def list_roles(permit: Mine, at: Now, group: FromQuery[str]) -> tuple[RoleView, ...]:
    permit.check(await whose.of_group(group))
    return await queries.in_roles(group, at)


@put(
    "/api/v1/roles/{id:str}/end",
    opt={"op": "role.grant"},
    tags=["groups"],
    summary="From now on it does not hold; every session sees it at its next request",
)
async def end(id: FromPath[str], permit: Mine, at: Now) -> RoleEnded:
    held = await _held(id, at)
    await members.reached(permit, held.person, at)
    await members.ensure_may_give(permit, held.role, held.group)
    return await run(commands.end_role, id, by=permit.person, at=at)


async def _held(id: str, at: datetime) -> RoleView:
    try:
        return await queries.role(id, at)
    except NoSuchGrant:
        raise NotThere from None


DOORS = [found, list_groups, read_group, join, leave, grant, list_roles, end]
