"""The truck operator's desk: days that come and days that were, and how a new one begins."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import queries as groups
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.fleet import queries as fleet
from market.domain.trips import commands, queries
from market.domain.trips.rules import MakeDay
from market.domain.trips.views import DayHead
from market.web.form import Form
from market.web.page import Ask, onward, page

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
BACK = timedelta(days=60)


class Day(msgspec.Struct, frozen=True):
    head: DayHead
    weekday: str
    stops: int
    trucks: int
    version: int


@get("/truck", opt={"op": "trip.read"})
async def desk(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    return await _shown(request, permit, at)


@post("/truck", opt={"op": "trip.keep"})
async def make(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("operator"))
    try:
        asked = MakeDay(
            form.id(), form.text("operator"), form.day("on", near=local_day(at)),
            form.raw("template") or None,
        )  # fmt: skip
        form.done()
        deeds.ensure_storable(asked, asked.id)
        await run(commands.make_day, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, at, form=form, no=no)
    return onward(f"/truck/{asked.id}")


async def _shown(
    request: Ask, permit: Permit, at: datetime, *, form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say, today = words_for(request), local_day(at)
    operators = [await groups.group(id) for id in sorted(permit.groups())]
    found = [day for one in operators for day in await queries.days(one.id, today - BACK)]
    templates = [one for of in operators for one in await fleet.templates(of.id)]
    days = [await _day(say, one) for one in sorted(found, key=lambda day: day.on)]
    return page(
        request, "trip_desk.html", no=no, typed=form.typed if form else {},
        operators=[[one.id, say.name(one)] for one in operators],
        templates=[["", say("None: an empty day")], *([one.id, one.name] for one in templates)],
        coming=[one for one in days if one.head.on >= today],
        past=[one for one in days[::-1] if one.head.on < today],
        tomorrow=_next_free(today, {one.head.on for one in days}).isoformat(),
        has_truck=any([await fleet.trucks(one.id) for one in operators]),
    )  # fmt: skip


async def _day(say: Words, head: DayHead) -> Day:
    seen = await queries.day(head.id)
    weekday = say(f"weekday.{head.on.isoweekday()}")
    return Day(head, weekday, len(seen.places), len(seen.trucks), await queries.newest(head.id))


def _next_free(today: date, taken: set[date]) -> date:
    on = today + timedelta(days=1)
    while on in taken:
        on += timedelta(days=1)
    return on


DOORS: list[Any] = [desk, make]
