"""A truck's day: loaded, departed, at its stops, sold from, closed. `{id}` is a truck on a day."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.ids import following, is_id
from certification.basis.transaction import run
from market.access import books, deeds, rides, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.domain.orders.rules import LINES_MAX, HandedOver, HandOver, Weighed
from market.domain.trips import queries as trips
from market.domain.truck_day import (
    closing,
    drawer,
    loading,
    manifest,
    mishaps,
    queries,
    rules,
    stops,
)
from market.domain.truck_day import waiting as waits
from market.domain.truck_day.drawer import Drawer
from market.domain.truck_day.manifest import LoadLine, LotAboard
from market.domain.truck_day.queries import Stop, TruckView
from market.domain.truck_day.waiting import Waiting
from market.domain.walkup import queries as walked
from market.domain.walkup import rules as walkup
from market.domain.walkup.queries import SaleView

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
READ, WORK = {"op": "truck_day.read"}, {"op": "truck_day.work"}
TAGS = ["truck rides"]
AT = "/api/v1/truck-rides/{id:str}"
Cash = Annotated[tuple[rules.Pieces, ...], msgspec.Meta(max_length=len(rules.CASH_KINDS))]


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


class Handover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    place: str
    lines: Annotated[tuple[Weighed, ...], msgspec.Meta(max_length=LINES_MAX)]


class Selling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    lines: Annotated[tuple[walkup.SoldLine, ...], msgspec.Meta(max_length=walkup.LINES_MAX)]
    rail: walkup.Rail = "cash"
    place: str | None = None
    buyer: str | None = None


class Voiding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str


class HandingOn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    to_truck: str | None = None
    cause: Literal["breakdown", "other"] = "breakdown"


class Publication(msgspec.Struct, frozen=True):
    version: int


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


@get(f"{AT}/stops", opt=READ, tags=TAGS, summary="Its stops in their order, and when it comes")
async def list_stops(id: FromPath[str], permit: Mine) -> list[Stop]:
    return await queries.stops(await rides.ride(id, permit))


@get(f"{AT}/stops/{{place:str}}/orders", opt=READ, tags=TAGS, summary="Who still waits there")
async def waiting(id: FromPath[str], place: FromPath[str], permit: Mine) -> list[Waiting]:
    return await waits.at_stop(await rides.ride(id, permit), place[:36])


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


@put(f"{AT}/stops/{{place:str}}/arrival", opt=WORK, tags=TAGS, summary="Here; twice is once")
async def arrive(id: FromPath[str], place: FromPath[str], permit: Mine, at: Now) -> rules.Arrived:
    ride = await rides.ride(id, permit)
    return await run(stops.arrive, ride.id, place[:36], by=permit.person, at=at)


@put(f"{AT}/stops/{{place:str}}/leaving", opt=WORK, tags=TAGS, summary="On, all being decided")
async def leave(id: FromPath[str], place: FromPath[str], permit: Mine, at: Now) -> rules.Left:
    ride = await rides.ride(id, permit)
    return await run(stops.leave, ride.id, place[:36], by=permit.person, at=at)


@put(
    f"{AT}/orders/{{order:str}}/handover", opt={"op": "handover.do"}, tags=TAGS,
    summary="Hand over from the truck by the weight on the scales",
)  # fmt: skip
async def hand_over(
    id: FromPath[str], order: FromPath[str], data: JSONBody[Handover], permit: Mine, at: Now
) -> HandedOver:
    ride = await rides.ride(id, permit)
    found, place = await books.order(order)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    given = HandOver(data.id, found.id, ride.operator, data.lines)
    return await run(stops.hand_over, given, ride.id, data.place, by=permit.person, at=at)


@post(
    f"{AT}/no-shows",
    opt={"op": "truck_day.decide"},
    tags=TAGS,
    summary="Nobody came: hold, move, sell or donate",
)
async def decide(
    id: FromPath[str], data: JSONBody[rules.DecideNoShow], permit: Mine, at: Now
) -> rules.NoShowDecided:
    ride = await rides.ride(id, permit)
    order = await rides.order(data.order, ride, permit)
    deeds.ensure_storable(data, data.id)
    decided = msgspec.structs.replace(data, truck=ride.id, order=order.id)
    return await run(stops.decide, decided, by=permit.person, at=at)


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


@put(f"{AT}/closing", opt=WORK, tags=TAGS, summary="Count, explain every kilo, and close")
async def close(
    id: FromPath[str], data: JSONBody[rules.Close], permit: Mine, at: Now
) -> rules.Closed:
    ride = await rides.ride(id, permit)
    deeds.ensure_storable(data, data.id)
    wanted = msgspec.structs.replace(data, truck=ride.id)
    return await run(closing.close, wanted, by=permit.person, at=at)


@post(f"{AT}/mishaps", opt=WORK, tags=TAGS, summary="What went wrong, and a plan that answers it")
async def go_wrong(
    id: FromPath[str], data: JSONBody[rules.GoWrong], permit: Mine, at: Now
) -> rules.WentWrong:
    """The plan is kept and not published: look at it first, then publish it."""
    ride = await rides.ride(id, permit)
    deeds.ensure_storable(data, data.id)
    wrong = msgspec.structs.replace(data, truck=ride.id)
    newest = await trips.newest(ride.day)
    made = await mishaps.answer(wrong, clock=time.monotonic, at=at)
    return await run(mishaps.tell, wrong, made, newest, by=permit.person, at=at)


@put(
    f"{AT}/mishaps/{{mishap:str}}/publication", opt=WORK, tags=TAGS,
    summary="Publish the plan that answers it; buyers of moved stops are told",
)  # fmt: skip
async def publish(id: FromPath[str], mishap: FromPath[str], permit: Mine, at: Now) -> Publication:
    ride = await rides.ride(id, permit)
    if not is_id(mishap):
        raise NotThere
    version = following(mishap, "plan")
    return Publication(await run(mishaps.publish, version, ride.id, by=permit.person, at=at))


@post(f"{AT}/handing-on", opt=WORK, tags=TAGS, summary="All that is aboard goes to another truck")
async def hand_on(
    id: FromPath[str], data: JSONBody[HandingOn], permit: Mine, at: Now
) -> rules.WentOn:
    """Without another truck the goods are with who asks."""
    ride = await rides.ride(id, permit)
    deeds.ensure_storable(data, data.id)
    to_person = None if data.to_truck else permit.person
    wanted = rules.HandOn(data.id, ride.id, data.to_truck, to_person, data.cause)
    return await run(mishaps.hand_on, wanted, by=permit.person, at=at)


DOORS = [
    list_days, read, load_list, lots, list_stops, waiting, goods, sales, read_drawer, put_aboard,
    unload, leave_behind, count_float, depart, arrive, leave, hand_over, decide, sell, sell_late,
    void, tell_cost, close, go_wrong, publish, hand_on,
]  # fmt: skip
