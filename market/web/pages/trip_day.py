"""One day of the truck: which trucks with which drivers, which stops when, which lots along."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.crops import queries as crops
from certification.groups import queries as groups
from certification.people import queries as people
from market.access import deeds, trucks
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.fleet import queries as fleet
from market.domain.fleet.rules import permission_state
from market.domain.lots import queries as lots
from market.domain.places import queries as places
from market.domain.trips import commands, queries
from market.domain.trips.rules import OPEN, SetDayLot, SetDayStop, SetDayTruck
from market.domain.trips.views import DayHead, DayTruckView, DayView, PreOrder
from market.web.form import Form
from market.web.hours import hours, typed
from market.web.page import Ask, onward, page
from market.web.pages.fleet_stops import reached

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
LOTS_MOST = 40
Deed = Callable[[Form, DayHead, str, datetime], Awaitable[object]]


@get("/truck/{day:str}", opt={"op": "trip.read"})
async def one(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    head, place = await trucks.day(day)
    permit.check(place)
    return await _shown(request, head, permit, at)


@post("/truck/{day:str}/trucks", opt={"op": "trip.keep"})
async def set_truck(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    return await _done(request, day, permit, at, _set_truck)


@post("/truck/{day:str}/stops", opt={"op": "trip.keep"})
async def set_stop(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    return await _done(request, day, permit, at, _set_stop)


@post("/truck/{day:str}/lots", opt={"op": "trip.keep"})
async def set_lot(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    return await _done(request, day, permit, at, _set_lot)


@post("/truck/{day:str}/state", opt={"op": "trip.keep"})
async def set_state(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    return await _done(request, day, permit, at, _set_state)


async def _done(
    request: Ask, day: str, permit: Permit, at: datetime, deed: Deed
) -> Response[bytes]:
    head, place = await trucks.day(day)
    permit.check(place)
    form = await Form.of(request)
    try:
        await deed(form, head, permit.person, at)
    except Refusal as no:
        return await _shown(request, head, permit, at, form=form, no=no)
    return onward(f"/truck/{day}")


async def _set_truck(form: Form, head: DayHead, by: str, at: datetime) -> object:
    truck = form.text("truck", most=36)
    if form.raw("off"):
        return await run(commands.take_off, head.id, truck, by=by, at=at)
    starts, ends = form.minutes("starts"), form.minutes("ends")
    rest = form.whole("rest") if form.raw("rest") not in ("", "0") else 0
    begins = form.minutes("rest_from") if rest else None
    until = form.minutes("rest_until") if rest else None
    form.done()
    driver = form.raw("driver") or None
    cold = {"yes": True, "no": False}.get(form.raw("cold"))
    asked = SetDayTruck(head.id, truck, starts, ends, driver, rest, begins, until, cold)
    deeds.ensure_storable(asked)
    return await run(commands.set_truck, asked, by=by, at=at)


async def _set_stop(form: Form, head: DayHead, by: str, at: datetime) -> object:
    id = form.id()
    if form.raw("off"):
        cause = form.text("cause", most=200, required=False)
        return await run(commands.cancel_stop, head.id, id, cause, by=by, at=at)
    place = form.text("place", most=36)
    if not form.raw("opens") and not form.raw("closes"):
        return await _as_it_is_open(form, head, place, by, at)
    asked = SetDayStop(
        id, head.id, place, form.minutes("opens"), form.minutes("closes"),
        form.ticked("required"), form.raw("on_truck") or None,
    )  # fmt: skip
    form.done()
    deeds.ensure_storable(asked, asked.id)
    return await run(commands.set_stop, asked, by=by, at=at)


async def _as_it_is_open(form: Form, head: DayHead, place: str, by: str, at: datetime) -> object:
    """Without times: the place's own of that weekday, or they are asked for."""
    form.done()
    windows = (await places.place(place)).windows
    today = [w for w in windows if w.weekday == head.on.isoweekday()]
    if not today:
        form.minutes("opens"), form.minutes("closes")
        form.done()

    async def all_of_them() -> None:
        for window in today:
            asked = SetDayStop(
                new_id(), head.id, place, window.opens_minute, window.closes_minute,
                form.ticked("required"),
            )  # fmt: skip
            await commands.set_stop(asked, by=by, at=at)

    return await run(all_of_them)


async def _set_lot(form: Form, head: DayHead, by: str, at: datetime) -> object:
    grams = form.grams("walk_up") if form.raw("walk_up") not in ("", "0") else 0
    asked = SetDayLot(head.id, form.text("lot", most=36), grams, form.ticked("at_base"))
    form.done()
    deeds.ensure_storable(asked)
    return await run(commands.set_lot, asked, by=by, at=at)


async def _set_state(form: Form, head: DayHead, by: str, at: datetime) -> object:
    deed = {"cancel": commands.cancel_day, "reopen": commands.reopen}
    wished = form.choice("state", tuple(deed))
    form.done()
    return await run(deed[wished], head.id, by=by, at=at)


async def _shown(
    request: Ask, head: DayHead, permit: Permit, at: datetime, *, form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say, day = words_for(request), await queries.day(head.id)
    orders = await queries.pre_orders(head, day.places)
    drivers = await _drivers(head, at)
    fleet_of = {truck.id: truck for truck in await fleet.trucks(head.operator, retired=True)}
    taken = {one.truck for one in day.trucks}
    free = [t for t in fleet_of.values() if t.id not in taken and not t.retired_at]
    return page(
        request, "trip_day.html", no=no, typed=form.typed if form else {},
        clock=typed, head=head, weekday=say(f"weekday.{head.on.isoweekday()}"),
        changeable=head.state in OPEN,
        trucks=[
            {"one": one, "truck": fleet_of[one.truck],
             "driver": dict(drivers).get(one.driver or "", ""),
             "hours": hours(say, one.starts_minute, one.ends_minute),
             "rest": _rest(say, one),
             "cold": fleet_of[one.truck].cold if one.cold is None else one.cold}
            for one in day.trucks
        ],
        free=[{"truck": truck, "shift": truck.shift_on(head.on)} for truck in free],
        drivers=[["", "–"], *drivers], stops=await _stops(say, day, orders),
        addable=[
            [place.id, say.name(place)]
            for place in await reached(permit) if place.id not in day.places
        ],
        lots=await _lots(say, day, orders), newest=await queries.newest(head.id),
        locks=[["", say("Any truck")], *([one, fleet_of[one].name] for one in sorted(taken))],
    )  # fmt: skip


def _rest(say: Words, one: DayTruckView) -> str:
    if not one.break_minutes or one.break_from_minute is None or one.break_until_minute is None:
        return ""
    between = hours(say, one.break_from_minute, one.break_until_minute)
    return say("rests {n} min, {between}", n=one.break_minutes, between=between)


async def _drivers(head: DayHead, at: datetime) -> list[list[str]]:
    owners = await fleet.networks_of(head.operator)
    holders = {p for own in owners for p in await groups.holders_of("operator", own, at)}
    names = await people.names(holders)
    return sorted(([id, name] for id, name in names.items()), key=lambda one: one[1])


async def _stops(say: Words, day: DayView, orders: list[PreOrder]) -> list[dict[str, object]]:
    found = []
    for one in day.stops:
        terms = await fleet.terms(one.place)
        here = [order for order in orders if order.place == one.place]
        until = terms.permitted_until if terms else None
        found.append({
            "one": one, "place": await places.place(one.place),
            "hours": hours(say, one.opens_minute, one.closes_minute),
            "orders": len({order.order for order in here}), "grams": sum(o.grams for o in here),
            "permission": permission_state(until, day.on), "until": until,
        })  # fmt: skip
    return found


class _Lot(msgspec.Struct, frozen=True):
    lot: lots.Lot
    crop: str
    ordered: int
    walk_up: int
    at_base: bool
    listed: bool


async def _lots(say: Words, day: DayView, orders: list[PreOrder]) -> list[_Lot]:
    """What is ordered, what is taken along, then what else is left, the newest harvest first."""
    listed = {one.lot: one for one in day.lots}
    found = {one.lot for one in orders} | set(listed)
    known = {id: await lots.lot(id) for id in sorted(found)}
    merchant = await groups.group(day.operator)
    growing = await groups.networks_groups(merchant.id) or (merchant,)
    more = [lot for group in growing for lot in await lots.of_group(group.id) if lot.grams_left]
    more.sort(key=lambda lot: (lot.harvested_on, lot.code), reverse=True)
    for lot in more[:LOTS_MOST]:
        known.setdefault(lot.id, lot)
    return [
        _Lot(
            lot, say.name(crops.crop(lot.crop).name),
            sum(one.grams for one in orders if one.lot == lot.id),
            listed[lot.id].walk_up_grams if lot.id in listed else 0,
            lot.id in listed and listed[lot.id].at_base, lot.id in found,
        )
        for lot in known.values()
    ]  # fmt: skip


DOORS: list[Any] = [one, set_truck, set_stop, set_lot, set_state]
