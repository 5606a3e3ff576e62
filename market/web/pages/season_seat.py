"""One seat of a season's plan: who may take it, why others may not, what two may override."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.assignment import commands, explain, queries
from certification.assignment.explain import Excluded
from certification.assignment.plans import AskOverride, Move, OverrideAsked
from certification.assignment.queries import SeatView
from certification.assignment.seating import Seating
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.people import queries as people
from certification.plots import queries as plots
from market.access import deeds, members, seasons
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, place_of, plot_name
from market.web.pages.season import said_year, seat_names, skill_words, why_words
from market.web.papers import letter, press

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/season/panel-seats/{id:str}", opt={"op": "inspection.assign"})
async def seat_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await seasons.seat(id)
    permit.check(place)
    return await _seat(request, found, at)


@post("/season/panel-seats/{id:str}", opt={"op": "inspection.assign"})
async def move(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await seasons.seat(id)
    permit.check(place)
    form = await Form.of(request)
    person, revision = form.raw("person")[:36], form.whole("revision")
    try:
        form.done()
        if person:
            plan = await queries.plan(found.plan)
            await members.ensure_within(permit, [person], [plan.organ], at)
        await run(commands.move, Move(id, person, revision), by=permit.person, at=at)
    except Refusal as no:
        return await _seat(request, found, at, no=no, form=form)
    return await _done(permit, found)


@post("/season/panel-seats/{id:str}/override", opt={"op": "inspection.assign"})
async def ask(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await seasons.seat(id)
    permit.check(place)
    form = await Form.of(request)
    reason = form.text("reason", most=500)
    person, observer = form.text("person", most=36), form.text("observer", most=36)
    try:
        form.done()
        plan = await queries.plan(found.plan)
        await members.ensure_within(permit, [person, observer], [plan.organ], at)
        asked = AskOverride(form.id(), id, person, reason, observer)
        await deeds.once(commands.ask_override, asked, OverrideAsked, by=permit.person, at=at)
    except Refusal as no:
        return await _seat(request, found, at, no=no, form=form)
    return onward(f"/season/panel-seats/{id}?asked=1")


@post("/season/overrides/{id:str}", opt={"op": "inspection.assign"})
async def sign(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    asked, place = await seasons.override(id)
    permit.check(place)
    found = await queries.seat(asked.seat)
    try:
        await run(commands.sign_override, id, by=permit.person, at=at)
    except Refusal as no:
        return await _seat(request, found, at, no=no)
    return await _done(permit, found)


async def _done(permit: Permit, found: SeatView) -> Response[bytes]:
    """A group's leader reaches seats of a network's plan, and not the whole of it."""
    _, place = await seasons.plan(found.plan)
    whole = f"/season/panels/{found.plan}#plot-{found.plot}"
    return onward(whole if permit.sees(place) else f"/season/panel-seats/{found.id}")


def _listed(
    say: Words, seating: Seating, place: int, asked: Sequence[Excluded], names: Mapping[str, str]
) -> list[dict[str, object]]:
    number = {who.person: n for n, who in enumerate(seating.people)}
    wanted = seating.lands[seating.seats[place][0]].skills
    return [
        {
            "person": one.person,
            "name": names.get(one.person, ""),
            "load": seating.load(number[one.person]),
            "km": round(seating.away(place, number[one.person]) / 1000),
            "why": why_words(say, one.why),
            "knows": skill_words(say, seating.people[number[one.person]].skills & wanted),
            "cost": one.cost(),
        }
        for one in asked
    ]


async def _seat(
    request: Ask,
    found: SeatView,
    at: datetime,
    *,
    no: Refusal | None = None,
    form: Form | None = None,
) -> Response[bytes]:
    say, plan = words_for(request), await queries.plan(found.plan)
    found, plot = await queries.seat(found.id), await plots.plot(found.plot)
    standing = await queries.standing(plan, at)
    place = standing.places[found.id]
    if standing.seating.taken[place] is not None:
        standing.seating.rise(place)
    asked = explain.candidates(standing.seating, place)
    overrides = await queries.overrides([found.id])
    around = await groups.holders_of("committee", plan.organ, at)
    shown = {*around, *[o.observer for o in overrides], *[o.by for o in overrides]}
    names = await people.names({*[one.person for one in asked], *shown, found.person or ""})
    listed = _listed(say, standing.seating, place, asked, names)
    return page(
        request,
        "season_seat.html",
        no=no,
        typed=form.typed if form else {},
        plan=plan,
        year=said_year(say, plan),
        of=found,
        seat=(await seat_names(say, plan)).get(found.seat, found.seat),
        name=plot_name(say, plot),
        place=place_of(say, plot),
        sits=names.get(found.person or "", ""),
        free=[one for one in listed if not one["why"]],
        overridable=[one for one in listed if one["why"] and one["cost"] is not None],
        never=[one for one in listed if one["cost"] is None],
        observers=[[one, names.get(one, "")] for one in around],
        overrides=[
            {"of": one, "name": names.get(one.person, ""), "observer": names.get(one.observer, ""),
             "by": names.get(one.by, ""), "why": why_words(say, tuple(one.why.split()))}
            for one in overrides
        ],
    )  # fmt: skip


@get("/season/panel-seats/{id:str}/letter.pdf", opt={"op": "inspection.assign"})
async def letter_paper(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await seasons.seat(id)
    permit.check(place)
    origin = str(request.app.state.settings.origin)
    return await press.pdf("letter", "letter", await letter.request(found, origin, local_day(at)))


DOORS = [seat_page, move, ask, sign, letter_paper]
