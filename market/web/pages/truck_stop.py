"""At a stop: who comes for which order, weigh and hand over, and what becomes of who does not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import codes, units
from certification.basis.refusal import Missing, Refusal
from certification.basis.transaction import run
from market.access import books, deeds, rides
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.domain.orders import queries as orders
from market.domain.orders.queries import OrderView
from market.domain.orders.rules import HandOver
from market.domain.truck_day import absent, manifest, queries, stops, waiting
from market.domain.truck_day.queries import Stop, TruckView
from market.domain.truck_day.refusals import NoSuchStop
from market.domain.truck_day.rules import DecideNoShow
from market.web import due, money
from market.web.form import Form
from market.web.page import Ask, onward, page
from market.web.pages.stall import Caller, callers, looked_at, weights

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
DECISIONS = ("hold", "move", "sell", "refund", "donate")


@get("/truck/{day:str}/stop/{place:str}", opt={"op": "truck_day.read"})
async def stop_page(
    request: Ask, day: FromPath[str], place: FromPath[str], permit: Mine
) -> Response[bytes]:
    """Pick-ups first: by the code, the last four of the phone, or the name."""
    ride = await rides.ride(day, permit)
    stop, say = await _stop(ride, place), words_for(request)
    said = units.arabic(request.query_params.get("q", ""))[:60].strip().rsplit("/", 1)[-1]
    if said and (found := await _by_code(said, ride)):
        return onward(f"/truck/{ride.id}/pickup/{found}")
    left = [one.order for one in await waiting.at_stop(ride, place)]
    here = await callers(left, say)
    done = await callers(await waiting.fetched_at(ride, place), say)
    fits = [one for one in here if not said or one.fits(said)]
    return page(
        request, "truck_stop.html", ride=ride, stop=stop, q=said, waiting=fits,
        elsewhere=await _elsewhere(ride, place, said, request) if said and not fits else [],
        done=[one for one in done if not said or one.fits(said)],
    )  # fmt: skip


async def _elsewhere(ride: TruckView, place: str, said: str, request: Ask) -> list[Caller]:
    """Who comes to another stop than said is served all the same."""
    found = [
        one.order
        for stop in await queries.stops(ride)
        if stop.place != place
        for one in await waiting.at_stop(ride, stop.place)
    ]
    return [one for one in await callers(found, words_for(request)) if one.fits(said)]


async def _by_code(said: str, ride: TruckView) -> str:
    code = codes.read(said)
    if not codes.well_formed(code):
        return ""
    try:
        return (await orders.by_code(code, ride.operator)).order.code
    except Missing:
        return ""


@get("/truck/{day:str}/pickup/{code:str}", opt={"op": "handover.read"})
async def pickup_page(
    request: Ask, day: FromPath[str], code: FromPath[str], permit: Mine
) -> Response[bytes]:
    ride = await rides.ride(day, permit)
    return await _order(request, ride, await _found(code, ride, permit))


@post("/truck/{day:str}/pickup/{code:str}", opt={"op": "handover.do"})
async def hand_over(
    request: Ask, day: FromPath[str], code: FromPath[str], permit: Mine, at: At
) -> Response[bytes]:
    """First the sum is shown, then it is handed over."""
    ride, form = await rides.ride(day, permit), await Form.of(request)
    found, look = await _found(code, ride, permit), None
    try:
        lines = weights(form, found)
        given = HandOver(form.id(), found.order.id, ride.operator, lines, due.said(form))
        deeds.ensure_storable(given, given.id)
        if form.raw("step") == "give":
            place = await _here(ride) or found.order.place
            await run(stops.hand_over, given, ride.id, place, by=permit.person, at=at)
            return onward(f"/truck/{ride.id}/pickup/{found.order.code}")
        look = await looked_at(found.order, given)
    except Refusal as no:
        return await _order(request, ride, found, no=no, typed=form.typed)
    return await _order(request, ride, found, typed=form.typed, look=look)


async def _here(ride: TruckView) -> str:
    return next((stop.place for stop in await queries.stops(ride) if stop.is_here), "")


async def _found(code: str, ride: TruckView, permit: Permit) -> OrderView:
    """Out of reach and not there are the same."""
    try:
        id = await orders.id_of(code.replace("\0", ""))
    except Missing:
        raise NotThere from None
    order, where = await books.order(id)
    permit.check(where)
    if order.merchant != ride.operator:
        raise NotThere
    return await orders.merchants(id, order.merchant)


async def _order(
    request: Ask, ride: TruckView, found: OrderView, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None, look: Any = None,
) -> Response[bytes]:  # fmt: skip
    [caller] = await callers([found.order], words_for(request))
    suspended = await manifest.suspended([line.lot for line in found.lines])
    return page(
        request, "truck_pickup.html", no=no, typed=typed or {}, ride=ride, caller=caller,
        order=found.order, lines=found.lines, look=look, suspended=suspended,
        change=money.change(look.cash_satang) if look else [], at_place=await _here(ride),
        own=found.order.buyer == request.state.permit.person,
        ways=await due.ways(found.order, look),
    )  # fmt: skip


@get("/truck/{day:str}/leave/{place:str}", opt={"op": "truck_day.read"})
async def leave_page(
    request: Ask, day: FromPath[str], place: FromPath[str], permit: Mine
) -> Response[bytes]:
    ride = await rides.ride(day, permit)
    return await _leaving(request, ride, await _stop(ride, place))


@post("/truck/{day:str}/leave/{place:str}", opt={"op": "truck_day.work"})
async def leave(
    request: Ask, day: FromPath[str], place: FromPath[str], permit: Mine, at: At
) -> Response[bytes]:
    ride, form = await rides.ride(day, permit), await Form.of(request)
    stop = await _stop(ride, place)
    try:
        if form.raw("deed") == "by_rule":
            await run(absent.decide_all, ride, place, by=permit.person, at=at)
            return onward(f"/truck/{ride.id}/leave/{place}")
        if form.raw("deed") == "decide":
            await _decide(form, ride, place, permit, at)
            return onward(f"/truck/{ride.id}/leave/{place}")
        await run(stops.leave, ride.id, place, by=permit.person, at=at)
    except Refusal as no:
        return await _leaving(request, ride, stop, no=no, typed=form.typed)
    return onward(f"/truck/{ride.id}/route")


async def _decide(form: Form, ride: TruckView, place: str, permit: Permit, at: datetime) -> None:
    order = await rides.order(form.raw("order"), ride, permit)
    decision = form.choice("decision", DECISIONS)
    form.done()
    to_place = form.raw("to_place") or None
    decided = DecideNoShow(form.id(), ride.id, place, order.id, decision, to_place)  # type: ignore[arg-type]
    deeds.ensure_storable(decided, decided.id)
    await run(stops.decide, decided, by=permit.person, at=at)


async def _leaving(
    request: Ask, ride: TruckView, stop: Stop, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    left = await waiting.at_stop(ride, stop.place)
    decided = {one.order.id: one.decision or "" for one in left}
    named = await callers([one.order for one in left], words_for(request))
    rules = {one.order.id: await absent.by_rule(ride, stop.place, one.order)
             for one in left if not one.decision}  # fmt: skip
    later = [one for one in await queries.stops(ride) if one.is_ahead and one.place != stop.place]
    return page(
        request, "truck_leave.html", no=no, typed=typed or {}, ride=ride, stop=stop,
        absent=[(one, rules[one.order.id]) for one in named if not decided[one.order.id]],
        ruled=sum(one is not None for one in rules.values()),
        settled=[(one, decided[one.order.id]) for one in named if decided[one.order.id]],
        later=later,
    )  # fmt: skip


async def _stop(ride: TruckView, place: str) -> Stop:
    try:
        return await queries.stop(ride, place)
    except NoSuchStop:
        raise NotThere from None


DOORS: list[Any] = [stop_page, pickup_page, hand_over, leave_page, leave]
