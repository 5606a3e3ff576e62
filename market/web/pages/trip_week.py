"""A week at once: which stop gets which day and which truck, why another does not, and its days."""

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
from market.access import trucks, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.fleet import queries as fleet
from market.domain.trips import weeks
from market.domain.trips.check import check
from market.domain.trips.week import ANOTHER_DAY
from market.domain.trips.weeks import WeekAnswer, WeekDay, WeekView
from market.gateways import week_planner
from market.web import trip_view
from market.web.form import Form
from market.web.page import Ask, onward, page
from market.web.trip_view import Names, Shown

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
SECONDS = (2, 5, 10)
"""For each day."""


class Call(msgspec.Struct, frozen=True):
    name: str
    at: str


class DayShown(msgspec.Struct, frozen=True):
    on: date
    weekday: str
    there: bool
    cells: dict[str, list[Call]]
    """By truck the stops in their order; a truck that stays at home has none."""
    satang: int
    km: str


class StopShown(msgspec.Struct, frozen=True):
    place: str
    name: str
    wished: int
    promised: bool
    """It is visited whenever it is open."""
    days: list[str]
    lacking: int
    why: list[tuple[str, str]]
    """Of the days on which it could have been visited: the weekday, and the reason."""


@get("/truck/week", opt={"op": "trip.read"})
async def week_page(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    return await _shown(request, permit, at, of=request.query_params.get("of", "")[:36])


@post("/truck/week", opt={"op": "plan.make"})
async def plan(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    """Begin to plan it, or call it off."""
    form = await Form.of(request)
    if form.raw("do") == "stop":
        found, place = await trucks.week(form.raw("week")[:36])
        permit.check(place)
        await run(weeks.end, found.id, "cancelled", at=at)
        return onward(f"/truck/week?of={found.operator}")
    operator = form.raw("operator")[:36]
    await whose.ensure_named(permit, operator)
    try:
        begins = form.day("begins", near=local_day(at))
        seconds = form.whole("seconds", least=1, most=30)
        form.done()
        state = request.app.state
        await week_planner.start(
            state.settings, operator, begins, seconds, by=permit.person, clock=state.clock
        )
    except Refusal as no:
        return await _shown(request, permit, at, of=operator, form=form, no=no)
    return onward(f"/truck/week?of={operator}")


@post("/truck/week/adopt", opt={"op": "trip.keep"})
async def adopt(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    found, place = await trucks.week(form.raw("week")[:36])
    permit.check(place)
    try:
        await run(weeks.adopt, found.id, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, at, of=found.operator, no=no)
    return onward("/truck")


async def _shown(
    request: Ask, permit: Permit, at: datetime, *, of: str = "", form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say, today = words_for(request), local_day(at)
    operators = [await groups.group(id) for id in sorted(permit.groups())]
    operator = next((one.id for one in operators if one.id == of), "")
    operator = operator or next((one.id for one in operators), "")
    last = await weeks.last(operator) if operator else None
    made = await weeks.answer(last.id) if last else None
    values: dict[str, object] = {}
    if last and made:
        values = await _plan(say, last, made)
    return page(
        request, "trip_week.html", no=no, typed=form.typed if form else {}, operator=operator,
        operators=[[one.id, say.name(one)] for one in operators], seconds=SECONDS, run=last,
        under_way=bool(last and last.is_under_way(at)), made=made is not None,
        monday=today + timedelta(days=7 - today.weekday()), **values,
    )  # fmt: skip


async def _plan(say: Words, run: WeekView, made: WeekAnswer) -> dict[str, object]:
    known = {t.id: t.name for t in await fleet.trucks(run.operator, retired=True)}
    drives = {t.id for one in made.days for t in one.problem.trucks}
    names = {id: name for id, name in known.items() if id in drives}
    looked = [(one, await _looked(say, one, known)) for one in made.days]
    days = [_day(say, one, shown) for one, shown in looked]
    new = sum(not one.there and any(one.plan.routes) for one in made.days)
    return {
        "trucks": names, "days": days, "stops": await _stops(say, made, looked), "new": new,
    }  # fmt: skip


async def _looked(say: Words, one: WeekDay, trucks: dict[str, str]) -> Shown:
    names = await Names.of(say, one.problem, trucks)
    checked = check(one.problem, one.plan)
    return trip_view.shown(names, one.problem, one.plan.routes, checked, one.plan.unserved)


def _day(say: Words, one: WeekDay, shown: Shown) -> DayShown:
    cells = {
        route.truck: [Call(row.name, row.begin) for row in route.rows if row.kind == "stop"]
        for route in shown.routes
    }
    return DayShown(one.on, _weekday(say, one.on), one.there, cells, shown.satang, shown.km)


def _weekday(say: Words, on: date) -> str:
    return say(f"weekday.{on.isoweekday()}")


async def _stops(
    say: Words, made: WeekAnswer, looked: list[tuple[WeekDay, Shown]]
) -> list[StopShown]:
    """Those that lack most first."""
    names = dict[str, str]()
    why = dict[str, list[tuple[str, str]]]()
    for day, shown in looked:
        visits = {visit.id: visit for visit in day.problem.visits}
        names |= {row.id: row.name for route in shown.routes for row in route.rows}
        for out in shown.out:
            names[out.id] = out.name
            if visits[out.id].off != ANOTHER_DAY:
                why.setdefault(out.id, []).append((_weekday(say, day.on), out.why))
    promised = {v.id for one in made.days for v in one.problem.visits if v.required}
    found = [
        StopShown(
            id, names.get(id, "?"), wished, id in promised,
            [_weekday(say, made.days[n].on) for n in made.visits.get(id, ())],
            made.lacking.get(id, 0), why.get(id, []) if made.lacking.get(id) else [],
        )
        for id, wished in made.wishes.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.lacking, one.name))


DOORS: list[Any] = [week_page, plan, adopt]
