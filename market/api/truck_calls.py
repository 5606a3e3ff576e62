"""Where a truck calls: plots where it collects, stops where orders are fetched."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access import books, deeds, rides
from market.access.permit import Permit
from market.domain.orders.rules import LINES_MAX, DueBy, HandedOver, HandOver, Weighed
from market.domain.truck_day import (
    eta,
    plots,
    rules,
    stops,
)
from market.domain.truck_day import waiting as waits
from market.domain.truck_day.queries import Stop
from market.domain.truck_day.waiting import Waiting

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
READ, WORK = {"op": "truck_day.read"}, {"op": "truck_day.work"}
TAGS = ["truck rides"]
AT = "/api/v1/truck-rides/{id:str}"


class Collecting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    lots: Annotated[tuple[rules.LotCollected, ...], msgspec.Meta(min_length=1, max_length=50)]


class Handover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    place: str
    lines: Annotated[tuple[Weighed, ...], msgspec.Meta(max_length=LINES_MAX)]
    due_by: DueBy = "cash"
    """How the buyer pays what was not paid before."""


@get(f"{AT}/stops", opt=READ, tags=TAGS, summary="Its stops in their order, and when it comes")
async def list_stops(id: FromPath[str], permit: Mine, at: Now) -> list[Stop]:
    return await eta.stops(await rides.ride(id, permit), at)


@get(f"{AT}/stops/{{place:str}}/orders", opt=READ, tags=TAGS, summary="Who still waits there")
async def waiting(id: FromPath[str], place: FromPath[str], permit: Mine) -> list[Waiting]:
    return await waits.at_stop(await rides.ride(id, permit), place[:36])


@get(f"{AT}/collections", opt=READ, tags=TAGS, summary="Where it collects, and what it has of it")
async def list_plots(id: FromPath[str], permit: Mine) -> list[plots.PlotCall]:
    return await plots.calls(await rides.ride(id, permit))


@put(
    f"{AT}/collections/{{plot:str}}/arrival",
    opt=WORK,
    tags=TAGS,
    summary="At a plot; twice is once",
)
async def arrive_at_plot(
    id: FromPath[str], plot: FromPath[str], permit: Mine, at: Now
) -> rules.ArrivedAtPlot:
    ride = await rides.ride(id, permit)
    return await run(plots.arrive, ride.id, plot[:36], by=permit.person, at=at)


@post(f"{AT}/collections/{{plot:str}}", opt=WORK, tags=TAGS,
      summary="What the scales say of each lot; it is shared out over the stops")  # fmt: skip
async def collect(
    id: FromPath[str], plot: FromPath[str], data: JSONBody[Collecting], permit: Mine, at: Now
) -> rules.Collected:
    ride = await rides.ride(id, permit)
    deeds.ensure_storable(data, data.id)
    wanted = rules.Collect(data.id, ride.id, plot[:36], data.lots)
    return await run(plots.collect, wanted, by=permit.person, at=at)


@put(
    f"{AT}/collections/{{plot:str}}/leaving", opt=WORK, tags=TAGS, summary="On, with what is aboard"
)
async def leave_plot(
    id: FromPath[str], plot: FromPath[str], permit: Mine, at: Now
) -> rules.LeftPlot:
    ride = await rides.ride(id, permit)
    return await run(plots.leave, ride.id, plot[:36], by=permit.person, at=at)


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
    given = HandOver(data.id, found.id, ride.operator, data.lines, data.due_by)
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


DOORS = [
    list_stops, waiting, list_plots, arrive_at_plot, collect, leave_plot, arrive, leave, hand_over,
    decide,
]  # fmt: skip
