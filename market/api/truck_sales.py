"""What a truck sells to who comes by, its drawer, its costs, and the closing of its day."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access import deeds, rides
from market.access.permit import Permit
from market.domain.truck_day import (
    closing,
    drawer,
    elsewhere,
    rules,
    stops,
)
from market.domain.truck_day.drawer import Drawer
from market.domain.walkup import queries as walked
from market.domain.walkup import rules as walkup
from market.domain.walkup.queries import SaleView

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
READ, WORK = {"op": "truck_day.read"}, {"op": "truck_day.work"}
TAGS = ["truck rides"]
AT = "/api/v1/truck-rides/{id:str}"


class ForSale(msgspec.Struct, frozen=True):
    """What the truck sells of one lot, without whose it is."""

    lease: str
    lot_code: str
    claim: str
    name_th: str
    name_en: str
    satang_per_kg: int
    pack: str | None
    pack_grams: int | None
    pack_satang: int | None
    left_grams: int


class Selling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    lines: Annotated[tuple[walkup.SoldLine, ...], msgspec.Meta(max_length=walkup.LINES_MAX)]
    rail: walkup.Rail = "cash"
    place: str | None = None
    buyer: str | None = None


class Voiding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str


@get(f"{AT}/goods", opt=READ, tags=TAGS, summary="What it has for sale")
async def goods(id: FromPath[str], permit: Mine) -> list[ForSale]:
    ride = await rides.ride(id, permit)
    return [
        ForSale(
            one.id, one.lot_code, one.claim, one.name_th, one.name_en, one.satang_per_kg,
            one.pack, one.pack_grams, one.pack_satang, one.left_grams,
        )
        for one in await walked.aboard(ride.id)
    ]  # fmt: skip


@get(f"{AT}/sales", opt=READ, tags=TAGS, summary="What was sold to who came by")
async def sales(id: FromPath[str], permit: Mine) -> list[SaleView]:
    return await walked.sales((await rides.ride(id, permit)).id)


@get(f"{AT}/drawer", opt=READ, tags=TAGS, summary="What must be in the drawer")
async def read_drawer(id: FromPath[str], permit: Mine) -> Drawer:
    return await drawer.of((await rides.ride(id, permit)).id)


@post(f"{AT}/sales", opt=WORK, tags=TAGS, summary="Sell to who comes by")
async def sell(id: FromPath[str], data: JSONBody[Selling], permit: Mine, at: Now) -> walkup.Sold:
    return await run(stops.sell, await _sale(id, data, permit), by=permit.person, at=at)


@post(f"{AT}/late-sales", opt=WORK, tags=TAGS, summary="A forgotten sale, after the day was closed")
async def sell_late(
    id: FromPath[str], data: JSONBody[Selling], permit: Mine, at: Now
) -> rules.EnteredLate:
    return await run(closing.enter_late, await _sale(id, data, permit), by=permit.person, at=at)


async def _sale(id: str, data: Selling, permit: Permit) -> walkup.Sell:
    ride = await rides.ride(id, permit)
    deeds.ensure_storable(data, data.id)
    return walkup.Sell(
        data.id, ride.operator, ride.id, data.lines, data.rail, data.place, data.buyer
    )


@put(f"{AT}/sales/{{sale:str}}/void", opt=WORK, tags=TAGS, summary="Undo a sale")
async def void(
    id: FromPath[str], sale: FromPath[str], data: JSONBody[Voiding], permit: Mine, at: Now
) -> walkup.Voided:
    ride = await rides.ride(id, permit)
    deeds.ensure_storable(data, data.id, sale)
    return await run(stops.void, data.id, sale, ride.id, by=permit.person, at=at)


@post(f"{AT}/costs", opt=WORK, tags=TAGS, summary="Fuel, ice, wages, a fee")
async def tell_cost(
    id: FromPath[str], data: JSONBody[rules.Cost], permit: Mine, at: Now
) -> rules.CostTold:
    ride = await rides.ride(id, permit)
    deeds.ensure_storable(data, data.id)
    cost = msgspec.structs.replace(data, truck=ride.id)
    return await run(closing.tell_cost, cost, by=permit.person, at=at)


@get(f"{AT}/handed-at-stall", opt=READ, tags=TAGS,
     summary="Orders that were aboard and were handed over at the stall")  # fmt: skip
async def list_at_stall(id: FromPath[str], permit: Mine) -> list[elsewhere.AtStall]:
    return await elsewhere.unexplained(await rides.ride(id, permit))


@post(f"{AT}/handed-at-stall", opt=WORK, tags=TAGS,
      summary="Whose kilos and whose cash such an order was")  # fmt: skip
async def explain(
    id: FromPath[str], data: JSONBody[rules.ExplainElsewhere], permit: Mine, at: Now
) -> rules.Elsewhere:
    ride = await rides.ride(id, permit)
    deeds.ensure_storable(data, data.id)
    wanted = msgspec.structs.replace(data, truck=ride.id)
    return await run(elsewhere.explain, wanted, by=permit.person, at=at)


@put(f"{AT}/closing", opt=WORK, tags=TAGS, summary="Count, explain every kilo, and close")
async def close(
    id: FromPath[str], data: JSONBody[rules.Close], permit: Mine, at: Now
) -> rules.Closed:
    ride = await rides.ride(id, permit)
    deeds.ensure_storable(data, data.id)
    wanted = msgspec.structs.replace(data, truck=ride.id)
    return await run(closing.close, wanted, by=permit.person, at=at)


DOORS = [
    goods, sales, read_drawer, sell, sell_late, void, tell_cost, list_at_stall,
    explain, close,
]  # fmt: skip
