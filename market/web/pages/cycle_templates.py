"""Rounds that come again: said once, made ahead; a day left out without touching the rest."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import BANGKOK
from market.domain.cycles import dates, templates
from market.domain.cycles.dates import EVERY, DefineTemplate, Spot
from market.domain.offers.rules import HOLD_MINUTES_MAX
from market.domain.splits import queries as splits
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.cycles import deposit_of, merchants, places_of, time_of

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
SHOWN_DAYS = 60
SPOTS = 3
"""So many places the form has."""
HOUR = 60


class Coming(msgspec.Struct, frozen=True):
    on: date
    cycle: str | None
    because: str | None


@get("/cycle-templates", opt={"op": "cycle.read"})
async def every(request: Ask, permit: Mine) -> Response[bytes]:
    say = words_for(request)
    found = [
        {"of": one, "merchant": merchant,
         "weekdays": ", ".join(say(f"weekday.{day}") for day in one.weekdays)}
        for merchant in await merchants(permit)
        for one in await templates.all_of(merchant.id)
    ]  # fmt: skip
    return page(request, "cycle_templates.html", templates=found)


@get("/cycle-templates/new", opt={"op": "cycle.open"})
async def new_page(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    return await _form(request, permit, at, None)


@post("/cycle-templates/new", opt={"op": "cycle.open"})
async def define(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("merchant"))
    return await _saved(request, permit, at, form, None)


@get("/cycle-templates/{id:str}", opt={"op": "cycle.open"})
async def one(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    of, place = await whose.cycle_template(id)
    permit.check(place)
    return await _form(request, permit, at, of)


@post("/cycle-templates/{id:str}", opt={"op": "cycle.open"})
async def change(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    of, place = await whose.cycle_template(id)
    permit.check(place)
    form = await Form.of(request)
    if form.raw("deed") != "skip":
        return await _saved(request, permit, at, form, of)
    try:
        on = form.day("skip_day", near=local_day(at))
        because = form.text("skip_because", most=120)
        form.done()
        await run(templates.skip, id, on, because, by=permit.person, at=at)
    except Refusal as no:
        return await _form(request, permit, at, of, form=form, no=no)
    return onward(f"/cycle-templates/{id}")


async def _saved(
    request: Ask, permit: Permit, at: datetime, form: Form, of: DefineTemplate | None
) -> Response[bytes]:
    try:
        asked = _asked(form, of, at)
        form.done()
        deeds.ensure_storable(asked, asked.id, *(spot.place for spot in asked.places))
        await run(templates.define, asked, by=permit.person, at=at)
        await templates.make_ahead(at)
    except Refusal as no:
        return await _form(request, permit, at, of, form=form, no=no)
    return onward(f"/cycle-templates/{asked.id}")


def _asked(form: Form, of: DefineTemplate | None, at: datetime) -> DefineTemplate:
    today = local_day(at)
    named = form.choice("every", EVERY)  # what is none of them is refused by `done`
    every = next((one for one in EVERY if one == named), EVERY[0])
    return DefineTemplate(
        of.id if of else form.id(), of.merchant if of else form.text("merchant"),
        form.text("name_th", most=100), form.text("name_en", most=100), every,
        tuple(day for day in range(1, 8) if form.ticked(f"weekday_{day}")),
        form.day("first_on", near=today), form.whole("opens_hours", least=1) * HOUR,
        form.whole("closes_hours") * HOUR, tuple(_spots(form, today)),
        form.whole("nth", least=1, most=5) if every == "month" else None,
        form.whole("hold_minutes", least=1, most=HOLD_MINUTES_MAX),
        form.whole("ahead_days", least=1, most=dates.AHEAD_DAYS_MAX),
        form.ticked("skip_holidays"),
        form.day("ends_on", near=today) if form.raw("ends_on").strip() else None,
        deposit_of(form),
    )  # fmt: skip


def _spots(form: Form, today: date) -> list[Spot]:
    found = []
    for number in range(1, SPOTS + 1):
        if not form.raw(f"place_{number}"):
            continue
        orders = form.raw(f"orders_{number}").strip()
        kilos = form.raw(f"kilos_{number}").strip()
        found.append(
            Spot(
                form.text(f"place_{number}"),
                _minute(form, f"from_{number}", today),
                _minute(form, f"until_{number}", today),
                form.whole(f"orders_{number}", least=1) if orders else None,
                form.grams(f"kilos_{number}") if kilos else None,
            )
        )
    return found


def _minute(form: Form, name: str, on: date) -> int:
    at = time_of(form, name, on).astimezone(BANGKOK)
    return at.hour * 60 + at.minute


async def _form(
    request: Ask, permit: Permit, at: datetime, of: DefineTemplate | None, *,
    form: Form | None = None, no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say, today = words_for(request), local_day(at)
    sellers = [one for one in await merchants(permit) if await splits.last_version(one.id)]
    where = {place.id: place for seller in sellers for place in await places_of(seller)}
    coming: list[Coming] = []
    if of:
        known = {one.on: one for one in await templates.dealt(of.id, today)}
        until = today + timedelta(days=SHOWN_DAYS)
        days = sorted({*dates.days(of, today, until), *known})
        coming = [
            Coming(on, known[on].cycle if on in known else None,
                   known[on].because if on in known else _left_out(of, on))
            for on in days
        ]  # fmt: skip
    return page(
        request, "cycle_template.html", no=no, typed=form.typed if form else _typed(of, today),
        weekdays=[(day, say(f"weekday.{day}")) for day in range(1, 8)], of=of,
        coming=coming, spots=range(1, SPOTS + 1), today=today,
        merchants=[[seller.id, say.name(seller)] for seller in sellers],
        places=[["", "–"], *([place.id, say.name(place)] for place in where.values())],
    )  # fmt: skip


def _left_out(of: DefineTemplate, on: date) -> str | None:
    return dates.holiday(on) if of.skip_holidays else None


def _typed(of: DefineTemplate | None, today: date) -> dict[str, str]:
    """As the form's fields hold it."""
    if of is None:
        return {
            "weekday_3": "yes", "skip_holidays": "yes", "from_1": "09.00", "until_1": "11.00",
            "opens_hours": "120", "closes_hours": "18", "hold_minutes": "60", "ahead_days": "14",
            "first_on": today.isoformat(),
        }  # fmt: skip
    said = {
        "name_th": of.name_th, "name_en": of.name_en, "every": of.every, "nth": str(of.nth or ""),
        "first_on": of.first_on.isoformat(),
        "ends_on": of.ends_on.isoformat() if of.ends_on else "",
        "opens_hours": str(of.opens_before_minutes // HOUR),
        "closes_hours": str(of.closes_before_minutes // HOUR),
        "deposit_percent": str(of.deposit_percent or ""),
        "hold_minutes": str(of.hold_minutes), "ahead_days": str(of.ahead_days),
        **{f"weekday_{day}": "yes" for day in of.weekdays},
        **({"skip_holidays": "yes"} if of.skip_holidays else {}),
    }  # fmt: skip
    for number, spot in enumerate(of.places, 1):
        said[f"place_{number}"] = spot.place
        said[f"from_{number}"] = f"{spot.from_minute // 60:02}.{spot.from_minute % 60:02}"
        said[f"until_{number}"] = f"{spot.until_minute // 60:02}.{spot.until_minute % 60:02}"
        said[f"orders_{number}"] = str(spot.capacity_orders or "")
        said[f"kilos_{number}"] = f"{spot.capacity_grams / 1000:g}" if spot.capacity_grams else ""
    return said


DOORS = [every, new_page, define, one, change]
