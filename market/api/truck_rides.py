"""A truck on a day: what it carries, how it is loaded and leaves. `{id}` is a truck on a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.transaction import run
from market.access import deeds, rides, whose
from market.access.permit import Permit
from market.domain.truck_day import (
    loading,
    manifest,
    queries,
    rules,
)
from market.domain.truck_day.manifest import LoadLine, LotAboard
from market.domain.truck_day.queries import TruckView

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
READ, WORK = {"op": "truck_day.read"}, {"op": "truck_day.work"}
TAGS = ["truck rides"]
AT = "/api/v1/truck-rides/{id:str}"
Cash = Annotated[tuple[rules.Pieces, ...], msgspec.Meta(max_length=len(rules.CASH_KINDS))]


class Float(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cash: Cash


@get("/api/v1/truck-rides", opt=READ, tags=TAGS, summary="Trucks of an operator, newest day first")
async def list_days(
    operator: FromQuery[str], since: FromQuery[date], permit: Mine
) -> list[TruckView]:
    permit.check(await whose.of_group(operator))
    return await queries.trucks_since(operator, since)


@get(AT, opt=READ, tags=TAGS, summary="One truck on one day")
async def read(id: FromPath[str], permit: Mine) -> TruckView:
    return await rides.ride(id, permit)


@get(f"{AT}/load-list", opt=READ, tags=TAGS, summary="What goes aboard, by reverse stop order")
async def load_list(id: FromPath[str], permit: Mine) -> list[LoadLine]:
    return await manifest.load_list(await rides.ride(id, permit))


@get(f"{AT}/lots", opt=READ, tags=TAGS, summary="What became of each lot so far")
async def lots(id: FromPath[str], permit: Mine) -> list[LotAboard]:
    return await manifest.aboard((await rides.ride(id, permit)).id)


@post(f"{AT}/loadings", opt=WORK, tags=TAGS, summary="A lot goes aboard")
async def put_aboard(
    id: FromPath[str], data: JSONBody[rules.Load], permit: Mine, at: Now
) -> rules.Loaded:
    ride = await rides.ride(id, permit)
    deeds.ensure_storable(data, data.id, data.lot)
    wanted = msgspec.structs.replace(data, truck=ride.id)
    return await run(loading.load, wanted, by=permit.person, at=at)


@put(f"{AT}/loadings/{{load:str}}/unloading", opt=WORK, tags=TAGS, summary="Taken off again")
async def unload(id: FromPath[str], load: FromPath[str], permit: Mine, at: Now) -> rules.Unloaded:
    ride = await rides.ride(id, permit)
    return await run(loading.unload, load[:36], ride.id, by=permit.person, at=at)


@post(
    f"{AT}/left-behind", opt=WORK, tags=TAGS, summary="Leave without a line, and what of its orders"
)
async def leave_behind(
    id: FromPath[str], data: JSONBody[rules.LeaveBehind], permit: Mine, at: Now
) -> rules.LeftWithout:
    ride = await rides.ride(id, permit)
    deeds.ensure_storable(data, data.id)
    decided = msgspec.structs.replace(data, truck=ride.id)
    return await run(loading.leave_behind, decided, by=permit.person, at=at)


@put(f"{AT}/float", opt=WORK, tags=TAGS, summary="Notes and coins in the morning")
async def count_float(
    id: FromPath[str], data: JSONBody[Float], permit: Mine, at: Now
) -> rules.CashCounted:
    ride = await rides.ride(id, permit)
    return await run(loading.count_float, ride.id, data.cash, by=permit.person, at=at)


@put(f"{AT}/departure", opt=WORK, tags=TAGS, summary="Off, with all that is wanted or decided")
async def depart(id: FromPath[str], permit: Mine, at: Now) -> rules.Departed:
    ride = await rides.ride(id, permit)
    return await run(loading.depart, ride.id, by=permit.person, at=at)


DOORS = [
    list_days, read, load_list, lots, put_aboard, unload, leave_behind, count_float, depart,
]  # fmt: skip
