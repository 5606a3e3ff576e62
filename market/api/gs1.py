"""Numbers that GS1 licensed to a group: its prefix, and which pack bears which GTIN."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access import deeds, numbers, whose
from market.access.permit import Permit
from market.domain.identifiers import commands, queries
from market.domain.identifiers.rules import (
    GiveGtin,
    Given,
    GtinGiven,
    GtinWithdrawn,
    HoldPrefix,
    Prefix,
    PrefixGivenUp,
    PrefixHeld,
)

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
TAGS = ["gs1"]


class Numbers(msgspec.Struct, frozen=True):
    prefixes: list[Prefix]
    gtins: list[Given]


@get(
    "/api/v1/groups/{id:str}/gs1",
    opt={"op": "gs1.read"},
    tags=TAGS,
    summary="Prefixes of a group or network, also those given up, and the numbers under them",
)
async def of_group(id: FromPath[str], permit: Mine) -> Numbers:
    permit.check(await whose.of_group(id))
    found = await queries.prefixes([id])
    return Numbers(found, [gtin for one in found for gtin in await queries.under(one.id)])


@post(
    "/api/v1/gs1-prefixes",
    opt={"op": "gs1.change"},
    tags=TAGS,
    summary="Write down a prefix that GS1 licensed; none is ever made up here",
)
async def hold(data: JSONBody[HoldPrefix], permit: Mine, at: Now) -> PrefixHeld:
    permit.check(await whose.of_group(data.organ))
    return await deeds.once(commands.hold, data, PrefixHeld, by=permit.person, at=at)


@post(
    "/api/v1/gs1-prefixes/{id:str}/end",
    opt={"op": "gs1.change"},
    tags=TAGS,
    summary="Give a prefix up: no new number under it; what was printed is answered for ever",
)
async def give_up(id: FromPath[str], permit: Mine, at: Now) -> PrefixGivenUp:
    found, place = await numbers.prefix(id)
    permit.check(place)
    return await run(commands.give_up, found.id, by=permit.person, at=at)


@post(
    "/api/v1/gtins",
    opt={"op": "gs1.change"},
    tags=TAGS,
    summary="Say which GTIN a product in one size of pack bears; it must lie under the prefix",
)
async def give(data: JSONBody[GiveGtin], permit: Mine, at: Now) -> GtinGiven:
    _, place = await numbers.prefix(data.prefix)
    permit.check(place)
    return await deeds.once(commands.give, data, GtinGiven, by=permit.person, at=at)


@post(
    "/api/v1/gtins/{id:str}/end",
    opt={"op": "gs1.change"},
    tags=TAGS,
    summary="Withdraw a GTIN; it is given to no other pack, and packets that bear it are answered",
)
async def withdraw(id: FromPath[str], permit: Mine, at: Now) -> GtinWithdrawn:
    found, place = await numbers.given(id)
    permit.check(place)
    return await run(commands.withdraw, found.id, by=permit.person, at=at)


DOORS = [of_group, hold, give_up, give, withdraw]
