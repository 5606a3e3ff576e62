"""Who sits in the bodies of a group or network: committee, screening team, board, secretariat."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.organs import commands, queries
from certification.organs.rules import Appoint, Appointed, Dismiss, Dismissed, Sitting, balance
from market.access import deeds, guarantee, members, whose
from market.access.permit import Permit

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class LastDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    until: date


class BodyShown(msgspec.Struct, frozen=True):
    """Who sits there today, and how many of them for each leg."""

    body: str
    seats: list[Sitting]
    legs: dict[str, int]


@get(
    "/api/v1/seats",
    opt={"op": "organ.read"},
    tags=["meetings"],
    summary="The bodies of a group or network that have somebody in them today",
)
async def list_seats(permit: Mine, organ: FromQuery[str], at: Now) -> list[BodyShown]:
    permit.check(await whose.of_group(organ))
    now = [one for one in await queries.of_organ(organ) if one.holds(local_day(at))]
    found: dict[str, list[Sitting]] = {}
    for one in now:
        found.setdefault(one.body, []).append(one)
    return [
        BodyShown(body, seats, balance(one.leg for one in seats)) for body, seats in found.items()
    ]


@post(
    "/api/v1/seats",
    opt={"op": "organ.appoint"},
    tags=["meetings"],
    summary="Somebody gets a seat in a body, for one of the four legs; not oneself",
)
async def appoint(data: JSONBody[Appoint], permit: Mine, at: Now) -> Appointed:
    permit.check(await whose.of_group(data.organ))
    await members.ensure_within(permit, [data.person], [data.organ], at)
    return await deeds.once(commands.appoint, data, Appointed, by=permit.person, at=at)


@put(
    "/api/v1/seats/{id:str}/end",
    opt={"op": "organ.appoint"},
    tags=["meetings"],
    summary="The term ends with that day",
)
async def dismiss(id: FromPath[str], data: JSONBody[LastDay], permit: Mine, at: Now) -> Dismissed:
    permit.check(await guarantee.seat(id))
    return await run(commands.dismiss, Dismiss(id, data.until), by=permit.person, at=at)


DOORS = [list_seats, appoint, dismiss]
