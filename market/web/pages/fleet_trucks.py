"""Trucks: what each may carry and costs, its hours and break, and when it is given up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.groups import queries as groups
from market.access import deeds, trucks, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.fleet import commands, queries
from market.domain.fleet.queries import TruckView
from market.domain.fleet.rules import KeepTruck, Shift
from market.domain.places import queries as places
from market.web.form import Form
from market.web.hours import hours, typed
from market.web.page import Ask, onward, page

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
WEEK = range(1, 8)


@get("/truck/trucks", opt={"op": "truck.read"})
async def listed(request: Ask, permit: Mine) -> Response[bytes]:
    return await _listed(request, permit)


@post("/truck/trucks", opt={"op": "truck.keep"})
async def add(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("operator"))
    try:
        asked = _truck(form, form.id(), form.text("operator"))
        shifts = _shifts(form)
        form.done()
        deeds.ensure_storable(asked, asked.id, asked.base)
        await run(_keep, commands.add_truck, asked, shifts, permit.person, at)
    except Refusal as no:
        return await _listed(request, permit, form=form, no=no)
    return onward("/truck/trucks")


@get("/truck/trucks/{id:str}", opt={"op": "truck.read"})
async def one(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await trucks.truck(id)
    permit.check(place)
    return await _one(request, found)


@post("/truck/trucks/{id:str}", opt={"op": "truck.keep"})
async def change(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await trucks.truck(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        asked, shifts = _truck(form, id, found.operator), _shifts(form)
        form.done()
        deeds.ensure_storable(asked, asked.base)
        await run(_keep, commands.change_truck, asked, shifts, permit.person, at)
    except Refusal as no:
        return await _one(request, found, form=form, no=no)
    return onward("/truck/trucks")


@post("/truck/trucks/{id:str}/retire", opt={"op": "truck.keep"})
async def retire(id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    _, place = await trucks.truck(id)
    permit.check(place)
    await run(commands.retire_truck, id, by=permit.person, at=at)
    return onward("/truck/trucks")


async def _keep(
    deed: Callable[..., Awaitable[object]], asked: KeepTruck, shifts: tuple[Shift, ...], by: str,
    at: datetime,
) -> None:  # fmt: skip
    """The truck and its hours, both or neither."""
    await deed(asked, by=by, at=at)
    await commands.set_shifts(asked.id, shifts, by=by, at=at)


def _truck(form: Form, id: str, operator: str) -> KeepTruck:
    return KeepTruck(
        id, operator, form.text("name", most=60), form.text("base", most=36),
        form.grams("capacity"), form.whole("crates", least=1), form.satang("per_km"),
        form.satang("per_min"), form.ticked("cold"),
        form.text("plate", most=20, required=False) or None,
    )  # fmt: skip


def _shifts(form: Form) -> tuple[Shift, ...]:
    """The same hours on each weekday that is ticked."""
    starts, ends = form.minutes("starts"), form.minutes("ends")
    rest = form.whole("rest") if form.raw("rest") not in ("", "0") else 0
    begins = form.minutes("rest_from") if rest else None
    until = form.minutes("rest_until") if rest else None
    days = [int(day) for day in form.all("weekday") if day in set("1234567")]
    return tuple(Shift(day, starts, ends, rest, begins, until) for day in sorted(set(days)))


async def _listed(
    request: Ask, permit: Permit, *, form: Form | None = None, no: Refusal | None = None
) -> Response[bytes]:
    say = words_for(request)
    operators = [await groups.group(id) for id in sorted(permit.groups())]
    known = [truck for one in operators for truck in await queries.trucks(one.id)]
    shown = [{"truck": truck, "hours": _week(say, truck)} for truck in known]
    return page(
        request, "fleet_trucks.html", no=no, typed=form.typed if form else {}, trucks=shown,
        operators=[[one.id, say.name(one)] for one in operators],
        bases=[b for one in operators for b in await _bases(say, one.id)],
        ticked=form.all("weekday") if form else [str(day) for day in WEEK], days=_days(say),
    )  # fmt: skip


async def _one(
    request: Ask, truck: TruckView, *, form: Form | None = None, no: Refusal | None = None
) -> Response[bytes]:
    say = words_for(request)
    ticked = form.all("weekday") if form else [str(shift.weekday) for shift in truck.shifts]
    return page(
        request, "fleet_truck.html", no=no, typed=form.typed if form else _typed(truck),
        truck=truck, operators=[], bases=await _bases(say, truck.operator), ticked=ticked,
        days=_days(say),
    )  # fmt: skip


def _days(say: Words) -> list[list[str]]:
    return [[str(day), say(f"weekday.{day}")] for day in WEEK]


async def _bases(say: Words, operator: str) -> list[list[str]]:
    owners = sorted(await queries.networks_of(operator))
    return [[base.id, say.name(base)] for own in owners for base in await places.bases(own)]


def _week(say: Words, truck: TruckView) -> list[tuple[str, str]]:
    days: dict[str, list[str]] = {}
    for shift in truck.shifts:
        at = hours(say, shift.starts_minute, shift.ends_minute)
        days.setdefault(at, []).append(say(f"weekday.{shift.weekday}"))
    return [
        (say("Every day") if len(on) == len(WEEK) else " ".join(on), at) for at, on in days.items()
    ]


def _typed(truck: TruckView) -> dict[str, str]:
    """As the form would have it."""
    first = truck.shifts[0] if truck.shifts else Shift(1, 300, 1020)
    said = {
        "name": truck.name, "plate": truck.plate or "", "base": truck.base,
        "capacity": f"{truck.capacity_grams / 1000:g}", "crates": str(truck.crates),
        "per_km": f"{truck.satang_per_km / 100:g}", "per_min": f"{truck.satang_per_min / 100:g}",
        "starts": typed(first.starts_minute), "ends": typed(first.ends_minute),
        "rest": str(first.break_minutes or ""), "rest_from": typed(first.break_from_minute),
        "rest_until": typed(first.break_until_minute),
    }  # fmt: skip
    return said | ({"cold": "yes"} if truck.cold else {})


DOORS: list[Any] = [listed, add, one, change, retire]
