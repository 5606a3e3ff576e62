"""Usual rounds: stops in their order, from which a day is made with one press."""

from __future__ import annotations

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
from market.domain.fleet.queries import TemplateView
from market.domain.fleet.rules import KeepTemplate
from market.domain.places.rules import PlaceView
from market.web.form import Form
from market.web.page import Ask, onward, page
from market.web.pages.fleet_stops import reached

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/truck/rounds", opt={"op": "truck.read"})
async def listed(request: Ask, permit: Mine) -> Response[bytes]:
    return await _listed(request, permit)


@post("/truck/rounds", opt={"op": "truck.keep"})
async def add(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("operator"))
    try:
        asked = _round(form, form.id(), form.text("operator"))
        form.done()
        deeds.ensure_storable(asked, asked.id, *asked.stops)
        await run(commands.keep_template, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _listed(request, permit, form=form, no=no)
    return onward("/truck/rounds")


@get("/truck/rounds/{id:str}", opt={"op": "truck.read"})
async def one(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await trucks.template(id)
    permit.check(place)
    return await _one(request, permit, found)


@post("/truck/rounds/{id:str}", opt={"op": "truck.keep"})
async def change(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await trucks.template(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        asked = _round(form, id, found.operator)
        form.done()
        deeds.ensure_storable(asked, *asked.stops)
        await run(commands.keep_template, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _one(request, permit, found, form=form, no=no)
    return onward("/truck/rounds")


@post("/truck/rounds/{id:str}/drop", opt={"op": "truck.keep"})
async def drop(id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    _, place = await trucks.template(id)
    permit.check(place)
    await run(commands.drop_template, id, by=permit.person, at=at)
    return onward("/truck/rounds")


def _round(form: Form, id: str, operator: str) -> KeepTemplate:
    """In the order of the numbers that were written beside the places."""
    places = [name.removeprefix("seq-") for name, said in form.pairs if name[:4] == "seq-" and said]
    numbers = {place: form.whole(f"seq-{place}", most=999) for place in places}
    stops = tuple(sorted(numbers, key=lambda place: (numbers[place], place)))
    weekday = form.raw("weekday")
    return KeepTemplate(
        id, operator, form.text("name", most=60), stops,
        int(weekday) if weekday in set("1234567") else None, form.raw("truck") or None,
    )  # fmt: skip


async def _listed(
    request: Ask, permit: Permit, *, form: Form | None = None, no: Refusal | None = None
) -> Response[bytes]:
    say = words_for(request)
    operators = [await groups.group(id) for id in sorted(permit.groups())]
    known = {place.id: place for place in await reached(permit)}
    rounds = [
        {"round": one, "day": say(f"weekday.{one.weekday}") if one.weekday else "",
         "stops": [say.name(known[id]) for id in one.stops if id in known]}
        for of in operators for one in await queries.templates(of.id)
    ]  # fmt: skip
    return page(
        request, "fleet_rounds.html", no=no, typed=form.typed if form else {}, rounds=rounds,
        operators=[[one.id, say.name(one)] for one in operators],
        **await _choices(say, [one.id for one in operators], list(known.values())),
    )  # fmt: skip


async def _one(
    request: Ask, permit: Permit, found: TemplateView, *, form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    typed = {"name": found.name, "weekday": str(found.weekday or ""), "truck": found.truck or ""}
    typed |= {f"seq-{place}": str(number) for number, place in enumerate(found.stops, 1)}
    order = {place: number for number, place in enumerate(found.stops)}
    places = sorted(await reached(permit), key=lambda place: order.get(place.id, len(order)))
    return page(
        request, "fleet_round.html", no=no, typed=form.typed if form else typed, round=found,
        **await _choices(say, [found.operator], places),
    )  # fmt: skip


async def _choices(say: Words, operators: list[str], places: list[PlaceView]) -> dict[str, object]:
    known = [truck for operator in operators for truck in await queries.trucks(operator)]
    return {
        "places": places,
        "weekdays": [["", say("Any day")], *([str(n), say(f"weekday.{n}")] for n in range(1, 8))],
        "trucks": [["", "–"], *([truck.id, truck.name] for truck in known)],
    }


DOORS: list[Any] = [listed, add, one, change, drop]
