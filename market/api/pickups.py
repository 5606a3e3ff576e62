"""What a seller promises for goods that nobody fetches; and doing as it says at a stop."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.transaction import run
from market.access import books, deeds, rides, whose
from market.access.permit import Permit
from market.domain.pickups import commands, queries
from market.domain.pickups.rules import PickupRule, PickupRuleSet, SetPickupRule
from market.domain.truck_day import absent, unfetched

Mine = NamedDependency[Permit]
At = NamedDependency[datetime]


class AtStop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    place: Annotated[str, msgspec.Meta(max_length=36)]


class Decided(msgspec.Struct, frozen=True):
    orders: int


@get("/api/v1/pickup-rules", opt={"op": "rule.read"}, tags=["cycles"],
     summary="What a seller promises for goods that nobody fetches; null: nothing")  # fmt: skip
async def read_rule(
    merchant: FromQuery[str], at: At, cycle: FromQuery[str] = ""
) -> PickupRule | None:
    """`cycle`: as it holds in that round."""
    await whose.of_group(merchant)
    return await queries.rule_at(merchant, at, cycle[:36])


@post("/api/v1/pickup-rules", opt={"op": "rule.define"}, tags=["cycles"],
      summary="For orders from now on")  # fmt: skip
async def set_rule(data: JSONBody[SetPickupRule], permit: Mine, at: At) -> PickupRuleSet:
    permit.check(await whose.of_group(data.merchant))
    deeds.ensure_storable(data, data.id, *([data.cycle] if data.cycle else []))
    if data.cycle:
        await whose.cycle_of(data.cycle, data.merchant)
    return await run(commands.set_rule, data, by=permit.person, at=at)


@post("/api/v1/truck-rides/{id:str}/no-shows/by-rule", opt={"op": "truck_day.decide"},
      tags=["truck rides"], summary="All who did not come, as their seller promised")  # fmt: skip
async def decide_all(id: FromPath[str], data: JSONBody[AtStop], permit: Mine, at: At) -> Decided:
    ride = await rides.ride(id, permit)
    deeds.ensure_storable(data)
    return Decided(await run(absent.decide_all, ride, data.place, by=permit.person, at=at))


class Carry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    merchant: str


class GivenBack(msgspec.Struct, frozen=True):
    order: str
    credited_satang: int


@post("/api/v1/pickup-rules/carried-out", opt={"op": "rule.define"}, tags=["cycles"],
      summary="End what nobody fetched and whose time is over, as was promised")  # fmt: skip
async def carry_out(data: JSONBody[Carry], permit: Mine, at: At) -> Decided:
    """Of a seller; what was done before is not done again."""
    permit.check(await whose.of_group(data.merchant))
    deeds.ensure_storable(data)
    return Decided(await run(unfetched.carry_out, data.merchant, by=permit.person, at=at))


@put("/api/v1/orders/{id:str}/kept/given-back", opt={"op": "rule.define"}, tags=["cycles"],
     summary="It was kept wrongly: all of it is the buyer's credit")  # fmt: skip
async def give_back(id: FromPath[str], permit: Mine, at: At) -> GivenBack:
    """Until its round is divided."""
    order, place = await books.order(id)
    permit.check(place)
    done = await run(unfetched.give_back, id, order.merchant, by=permit.person, at=at)
    return GivenBack(done.order, done.credited_satang)


DOORS = [read_rule, set_rule, decide_all, carry_out, give_back]
