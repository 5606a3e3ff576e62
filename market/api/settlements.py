"""What a cycle earned, divided by the rule it froze."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.transaction import run
from market.access import books, deeds, whose
from market.access.permit import Permit
from market.domain.settlement import commands, queries
from market.domain.settlement.queries import SettlementView
from market.domain.settlement.rules import Division, FarmerShare, Settle, Settled

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class NewSettlement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    cycle: str


class SettlementShown(msgspec.Struct, frozen=True):
    settlement: SettlementView
    shares: list[FarmerShare]


@post(
    "/api/v1/settlements",
    opt={"op": "settlement.make"},
    tags=["settlements"],
    summary="Divide what was handed over in a cycle and not settled yet",
)
async def settle(data: JSONBody[NewSettlement], permit: Mine, at: Now) -> Settled:
    cycle, place = await whose.cycle(data.cycle)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    wanted = Settle(data.id, data.cycle, cycle.merchant)
    return await run(commands.settle, wanted, by=permit.person, at=at)


@get(
    "/api/v1/settlements",
    opt={"op": "settlement.read"},
    tags=["settlements"],
    summary="Those of a merchant, the oldest first",
)
async def list_settlements(permit: Mine, merchant: FromQuery[str]) -> list[SettlementView]:
    permit.check(await whose.of_group(merchant))
    return await queries.settlements(merchant=merchant)


@get(
    "/api/v1/settlements/{id:str}",
    opt={"op": "settlement.read"},
    tags=["settlements"],
    summary="One group's part of one cycle, with the share of each farmer",
)
async def read(id: FromPath[str], permit: Mine) -> SettlementShown:
    return SettlementShown(await books.settled(id, permit), await queries.shares(id))


@get(
    "/api/v1/cycles/{id:str}/unsettled",
    opt={"op": "settlement.read"},
    tags=["settlements"],
    summary="How a cycle would be divided now",
)
async def unsettled(id: FromPath[str], permit: Mine) -> list[Division]:
    _, place = await whose.cycle(id)
    permit.check(place)
    return await queries.unsettled(id)


DOORS = [settle, list_settlements, read, unsettled]
