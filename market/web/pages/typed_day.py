"""A day that was kept on paper is typed in: the morning, each stop, the evening, in this order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.ids import following
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.people import queries as people
from market.access import deeds
from market.access import journeys as reached
from market.access.permit import Permit
from market.access.refusals import NotThere, OwnCause
from market.answers.language import words_for
from market.domain.journeys import commands, queries
from market.domain.journeys.rules import Evening, LeftOut, Morning, StopOnPaper, TypedAlready
from market.domain.orders import queries as orders
from market.domain.orders.rules import HandOver, Weighed
from market.domain.truck_day import drawer, manifest, waiting
from market.domain.truck_day import queries as rides
from market.domain.truck_day.queries import Stop, TruckView
from market.domain.truck_day.rules import (
    CASH_KINDS,
    CAUSES,
    WALKUP,
    Close,
    Cost,
    DecideNoShow,
    Load,
)
from market.domain.walkup import queries as walked
from market.domain.walkup.rules import Sell, SoldLine
from market.web.form import Form
from market.web.page import Ask, onward, page
from market.web.pages.stall import callers
from market.web.pages.truck_close import COSTS, lot_left
from market.web.pages.truck_load import pieces
from market.web.pages.truck_stop import DECISIONS

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
BECAME = ("came", *DECISIONS)
RAILS = ("cash", "promptpay")


@get("/truck/{day:str}/typed", opt={"op": "truck_paper.type"})
async def typed_day(request: Ask, day: FromPath[str], permit: Mine) -> Response[bytes]:
    return await _shown(request, await _ride(day, permit))


@post("/truck/{day:str}/typed", opt={"op": "truck_paper.type"})
async def type_in(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """The part whose turn it is; whole, or nothing of it."""
    ride, form = await _ride(day, permit), await Form.of(request)
    try:
        stop, part = await _next(ride), form.raw("part")
        if ride.departed_at is None and part == "morning":
            await _morning(form, ride, permit, at)
        elif ride.departed_at and stop and part == stop.place:
            await _stop(form, ride, stop, permit, at)
        elif ride.departed_at and not stop and not ride.closed_at and part == "evening":
            await _evening(form, ride, permit, at)
        else:
            await _ensure_own(ride, part, permit.person)
    except Refusal as no:
        return await _shown(request, ride, no=no, typed=form.typed)
    return onward(f"/truck/{ride.id}/typed")


async def _ride(day: str, permit: Permit) -> TruckView:
    """By the day, the first of its trucks in reach."""
    _, trucks = await reached.reached(day, permit)
    if not trucks:
        raise NotThere
    return await rides.truck(trucks[0].id)


async def _ensure_own(ride: TruckView, part: str, person: str) -> None:
    """A second press of one's own is nothing new; somebody else's part is told."""
    typed = (await queries.typed_parts(ride.id)).get(part)
    if typed is None or typed.by != person:
        raise TypedAlready()


async def _next(ride: TruckView) -> Stop | None:
    """The first that is not left, in the order of the plan."""
    found = await rides.stops(ride)
    return next((one for one in found if one.left_at is None and not one.cancelled), None)


async def _morning(form: Form, ride: TruckView, permit: Permit, at: datetime) -> None:
    id, loads, why = form.id(), list[Load](), list[LeftOut]()
    for line in await manifest.load_list(ride):
        name = f"g-{line.goes_to}-{line.lot}"
        grams = form.grams(name) if form.raw(name) else 0
        if grams and not line.loading:
            loads.append(Load(following(id, name), ride.id, line.lot, line.goes_to, grams))
        if cause := form.raw(f"why-{line.goes_to}-{line.lot}"):
            said = cause if cause in CAUSES else "short"
            why.append(LeftOut(line.goes_to, line.lot, said))
    for lot in await manifest.to_sell(ride):
        name = f"g-{WALKUP}-{lot.lot}"
        if form.raw(name) and (grams := form.grams(name)):
            loads.append(Load(following(id, name), ride.id, lot.lot, WALKUP, grams))
    asked = Morning(id, ride.id, form.minutes("left"), tuple(loads), pieces(form), tuple(why))
    form.done()
    deeds.ensure_storable(asked, asked.id)
    await run(commands.type_morning, asked, by=permit.person, at=at)


async def _stop(form: Form, ride: TruckView, stop: Stop, permit: Permit, at: datetime) -> None:
    id, given, absent = form.id(), list[HandOver](), list[DecideNoShow]()
    for one in await waiting.at_stop(ride, stop.place):
        order = await orders.merchants(one.order.id, ride.operator)
        became = form.choice(f"became-{one.order.id}", BECAME)
        own = following(id, one.order.id)
        if one.order.buyer == permit.person:
            raise OwnCause
        if became == "came":
            lines = tuple(Weighed(x.id, form.grams(f"g-{x.id}")) for x in order.lines)
            given.append(HandOver(own, one.order.id, ride.operator, lines))
        elif became and not one.decision:
            to_place = form.raw(f"to-{one.order.id}") or None if became == "move" else None
            absent.append(
                DecideNoShow(own, ride.id, stop.place, one.order.id, became, to_place)  # type: ignore[arg-type]
            )
    asked = StopOnPaper(
        id, ride.id, stop.place, form.minutes("came"), form.minutes("left"), tuple(given),
        tuple(absent), await _sales(form, ride, stop.place),
    )  # fmt: skip
    form.done()
    deeds.ensure_storable(asked, asked.id)
    await run(commands.type_stop, asked, by=permit.person, at=at)


async def _sales(form: Form, ride: TruckView, place: str) -> tuple[Sell, ...]:
    """By lot and by how it was paid, as the tally sums them up."""
    found = []
    for rail in RAILS:
        lines = []
        for one in await walked.aboard(ride.id):
            name = f"{rail}-{one.id}"
            if form.raw(name) and (grams := form.grams(name)):
                lines.append(SoldLine(one.id, "kg", grams))
        if lines:
            id = following(form.id(), rail)
            found.append(Sell(id, ride.operator, ride.id, tuple(lines), rail, place))  # type: ignore[arg-type]
    return tuple(found)


async def _evening(form: Form, ride: TruckView, permit: Permit, at: datetime) -> None:
    id, costs = form.id(), list[Cost]()
    for kind in COSTS:
        if form.raw(f"cost-{kind}") and (satang := form.satang(f"cost-{kind}")):
            purse = "bank" if form.ticked(f"bank-{kind}") else "drawer"
            costs.append(Cost(following(id, kind), ride.id, kind, satang, purse))  # type: ignore[arg-type]
    left = [lot_left(form, one) for one in await manifest.aboard(ride.id)]
    seen = form.satang("promptpay") if form.raw("promptpay") else 0
    close = Close(
        following(id, "close"), ride.id, pieces(form), seen,
        tuple(one for one in left if one.told_grams or one.shrink_grams),
        form.text("reason", most=300, required=False),
    )  # fmt: skip
    asked = Evening(id, ride.id, form.minutes("closed"), close, tuple(costs))
    form.done()
    deeds.ensure_storable(asked, asked.id)
    await run(commands.type_evening, asked, by=permit.person, at=at)


async def _shown(
    request: Ask, ride: TruckView, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    part, stop = "morning", None
    if ride.departed_at:
        stop = None if ride.closed_at else await _next(ride)
        part = "closed" if ride.closed_at else "stop" if stop else "evening"
    parts = await queries.typed_parts(ride.id)
    stops = await rides.stops(ride)
    return page(
        request, "typed_day.html", no=no, typed=typed or {}, ride=ride, part=part, stop=stop,
        stops=stops, parts=parts, names=await people.names({one.by for one in parts.values()}),
        kinds=CASH_KINDS, costs=COSTS, became=BECAME, causes=CAUSES,
        later=[one for one in stops if stop and one.is_ahead and one.place != stop.place],
        **await _needs(request, ride, part, stop),
    )  # fmt: skip


async def _needs(request: Ask, ride: TruckView, part: str, stop: Stop | None) -> dict[str, object]:
    """What only one part asks for."""
    if part == "morning":
        return {"lines": await manifest.load_list(ride), "lots": await manifest.to_sell(ride)}
    if stop:
        waits = [one for one in await waiting.at_stop(ride, stop.place) if not one.decision]
        named = await callers([one.order for one in waits], words_for(request))
        views = [await orders.merchants(one.order.id, ride.operator) for one in waits]
        mine = request.state.permit.person
        return {
            "called": list(zip(named, views, strict=True)),
            "own": any(one.order.buyer == mine for one in waits),
            "leases": [one for one in await walked.aboard(ride.id) if one.left_grams],
        }
    if part == "evening":
        return {"aboard": await manifest.aboard(ride.id), "drawer": await drawer.of(ride.id)}
    return {}


DOORS: list[Any] = [typed_day, type_in]
