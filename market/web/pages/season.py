"""A whole season's inspectors: propose, look, adopt, set the days."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.assignment import commands, explain, queries
from certification.assignment.plans import Arrange
from certification.assignment.queries import PlanView, SeatView, Standing
from certification.assignment.rules import ANY
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.inspections.rules import InspectionAssigned
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.trainings.rules import SKILLS
from market.access import deeds, seasons, whose
from market.access.guard import may
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, Shown, place_of, plot_name

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
KINDS = ("initial", "annual")
BUDDHIST = 543


@get("/season", opt={"op": "inspection.assign"})
async def season(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    return await _season(request, permit, at)


async def _season(
    request: Ask, permit: Permit, at: datetime, *, form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say, found = words_for(request), list[Shown]()
    organs = [await groups.group(one) for one in sorted(permit.groups())]
    for organ in organs:
        found += [
            {"of": one, "year": said_year(say, one), "organ": say.name(organ)}
            for one in await queries.of_organ(organ.id)
        ]
    found.sort(key=lambda one: one["of"].season, reverse=True)
    if form is None and sheets.kind(request):
        rows = [(one["year"], one["organ"], _stands(say, one["of"])) for one in found]
        return sheets.saved(request, "seasons", ("Year", "Group", "State"), rows)
    return page(
        request,
        "season.html",
        no=no,
        typed=form.typed if form else {},
        plans=found,
        organs=[[one.id, say.name(one)] for one in organs],
        draws=any([may(request, "draw.make", await whose.of_group(one.id)) for one in organs]),
        charters=[[one, one] for one in await schemes.schemes()],
        this_year=local_day(at).year + (BUDDHIST if say.language == "th" else 0),
    )


def _stands(say: Words, plan: PlanView) -> str:
    return say("Adopted") if plan.state == "adopted" else say("Proposed")


@post("/season", opt={"op": "inspection.assign"})
async def propose(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("organ"))
    organ, charter = form.text("organ"), form.choice("scheme", await schemes.schemes())
    year = form.whole("season", least=2020, most=2700)
    try:
        form.done()
        common = year - BUDDHIST if year > 2400 else year
        kept = await seasons.proposed(form.id(), organ, common, charter, at)
        event = await run(commands.keep, kept, by=permit.person, at=at)
    except Refusal as no:
        return await _season(request, permit, at, form=form, no=no)
    return onward(f"/season/panels/{event.plan}?proposed=1")


@get("/season/panels/{id:str}", opt={"op": "inspection.assign"})
async def plan_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await seasons.plan(id)
    permit.check(place)
    if sheets.kind(request):
        return await _sheet(request, found, at)
    return await _plan(request, found, at)


@post("/season/panels/{id:str}/adopt", opt={"op": "inspection.assign"})
async def adopt(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await seasons.plan(id)
    permit.check(place)
    form = await Form.of(request)
    revision = form.whole("revision")
    try:
        form.done()
        await run(commands.adopt, id, revision, by=permit.person, at=at)
    except Refusal as no:
        return await _plan(request, found, at, no=no)
    return onward(f"/season/panels/{id}?adopted=1")


@post("/season/panels/{id:str}/days", opt={"op": "inspection.assign"})
async def set_day(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await seasons.plan(id)
    permit.check(place)
    form = await Form.of(request)
    kind = form.choice("kind", KINDS)
    on = form.day("planned_on", near=local_day(at))
    try:
        form.done()
        asked = Arrange(form.id(), id, form.raw("plot")[:36], on, kind)  # type: ignore[arg-type]  # among KINDS
        await deeds.once(commands.arrange, asked, InspectionAssigned, by=permit.person, at=at)
    except Refusal as no:
        return await _plan(request, found, at, no=no, form=form)
    return onward(f"/season/panels/{id}#plot-{asked.plot}")


async def _plan(
    request: Ask, found: PlanView, at: datetime, *, no: Refusal | None = None,
    form: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    found = await queries.plan(found.id)
    say, seats = words_for(request), await queries.seats(found.id)
    standing = await queries.standing(found, at)
    names = await people.names({s.person for s in seats if s.person})
    panels: dict[str, list[SeatView]] = {}
    for seat in seats:
        panels.setdefault(seat.plot, []).append(seat)
    called = await seat_names(say, found)
    lands = [await _land(say, panel, standing, names, called) for panel in panels.values()]
    loads: dict[str, int] = {}
    for seat in seats:
        if seat.person:
            loads[seat.person] = loads.get(seat.person, 0) + 1
    return page(
        request,
        "season_plan.html",
        no=no,
        typed=form.typed if form else {},
        plan=found,
        year=said_year(say, found),
        organ=say.name(await groups.group(found.organ)),
        lands=lands,
        empty=sum(seat.person is None for seat in seats),
        seats=len(seats),
        faults=sum(seat.id in standing.against for seat in seats),
        loads=[
            (names.get(who, ""), load) for who, load in sorted(loads.items(), key=lambda x: -x[1])
        ],
        many=standing.seating.of.reviews_per_year,
        kinds=[[one, say(f"inspect.kind.{one}")] for one in KINDS],
    )


async def _land(
    say: Words,
    panel: list[SeatView],
    standing: Standing,
    names: dict[str, str],
    called: dict[str, str],
) -> Shown:
    plot = await plots.plot(panel[0].plot)
    reasons = {one.seat: one for one in await queries.said(seat.id for seat in panel)}
    return {
        "id": plot.id,
        "name": plot_name(say, plot),
        "place": place_of(say, plot),
        "visit": panel[0].inspection,
        "unknown": unknown(say, standing, panel),
        "ready": all(seat.state == "accepted" for seat in panel),
        "panel": [
            {
                "of": seat,
                "seat": called.get(seat.seat, seat.seat),
                "name": names.get(seat.person or "", ""),
                "against": why_words(say, standing.against[seat.id].why)
                if seat.id in standing.against
                else "",
                "said": reasons.get(seat.id),
                "km": _km(standing, seat),
            }
            for seat in panel
        ],
    }


def unknown(say: Words, standing: Standing, panel: list[SeatView]) -> str:
    """Kinds of land and classes of crops that nobody of the panel was taught or has looked at."""
    seating, seats = standing.seating, [standing.places[one.id] for one in panel]
    sits = [seating.taken[seat] for seat in seats]
    known = frozenset[str]().union(*(seating.people[p].skills for p in sits if p is not None))
    wanted = seating.lands[seating.seats[seats[0]][0]].skills
    return skill_words(say, wanted - known)


def skill_words(say: Words, skills: frozenset[str]) -> str:
    return ", ".join(say(f"season.skill.{one}") for one in SKILLS if one in skills)


def _km(standing: Standing, seat: SeatView) -> int:
    place = standing.places[seat.id]
    person = standing.seating.taken[place]
    return 0 if person is None else round(standing.seating.away(place, person) / 1000)


def said_year(say: Words, plan: PlanView) -> str:
    return str(plan.season + (BUDDHIST if say.language == "th" else 0))


async def seat_names(say: Words, plan: PlanView) -> dict[str, str]:
    """As the charter of the plan calls the seats of its panel."""
    charter = (await schemes.version(plan.scheme_version)).content.rules
    named = {seat.code: seat.name.in_language(say.language) for seat in charter.panel_seats}
    return {**named, ANY: say("Any seat")}


def why_words(say: Words, why: tuple[str, ...]) -> str:
    return " · ".join(say(f"season.why.{one}") for one in why)


async def _sheet(request: Ask, found: PlanView, at: datetime) -> Response[bytes]:
    say, heads = words_for(request), ("Plot", "Where", "Seat", "Inspector", "State", "Against it")
    seats, standing = await queries.seats(found.id), await queries.standing(found, at)
    called = await seat_names(say, found)
    names = await people.names({s.person for s in seats if s.person})
    rows = list[tuple[Any, ...]]()
    for seat in seats:
        plot = await plots.plot(seat.plot)
        why = standing.against.get(seat.id, explain.Excluded("", ())).why
        rows.append((
            plot_name(say, plot), place_of(say, plot), called.get(seat.seat, seat.seat),
            names.get(seat.person or "", ""), say(f"season.state.{seat.state}"),
            why_words(say, why),
        ))  # fmt: skip
    return sheets.saved(request, f"season-{found.season}", heads, rows)


DOORS = [season, propose, plan_page, adopt, set_day]
