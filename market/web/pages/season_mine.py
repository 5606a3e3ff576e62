"""What an inspector is asked to in a season: yes, no with a reason, or a swap."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.assignment import answers, queries
from certification.assignment.plans import Decline, OfferSwap, SwapOffered
from certification.assignment.queries import SeatView
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.inspections.panel import years_before
from certification.people import queries as people
from certification.plots import queries as plots
from market.access import deeds, seasons
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, Shown, place_of, plot_name
from market.web.pages.season import said_year
from market.web.papers import letter, press

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/season/mine", opt={"op": "inspection.do"})
async def mine(request: Ask, permit: Mine) -> Response[bytes]:
    if sheets.kind(request):
        seats = [await _shown(words_for(request), s) for s in await queries.asked(permit.person)]
        rows = [(one["season"], one["name"], one["place"], one["state"]) for one in seats]
        return sheets.saved(request, "asked-to-inspect", ("Year", "Plot", "Where", "State"), rows)
    return await _mine(request, permit)


@post("/season/panel-seats/{id:str}/answer", opt={"op": "inspection.do"})
async def answer(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await seasons.seat_mine(id, permit)
    form = await Form.of(request)
    word = form.choice("word", ("accept", "decline"))
    try:
        form.done()
        if word == "accept":
            await run(answers.accept, id, by=permit.person, at=at)
        else:
            said = Decline(id, form.raw("reason"))
            deeds.ensure_storable(said)
            await run(answers.decline, said, by=permit.person, at=at)
    except Refusal as no:
        return await _mine(request, permit, no=no, form=form)
    return onward("/season/mine")


@post("/season/panel-seats/{id:str}/swap", opt={"op": "inspection.do"})
async def swap(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """The other seat is chosen among those of the same plan."""
    found = await seasons.seat_mine(id, permit)
    form = await Form.of(request)
    theirs = form.text("theirs", most=36)
    try:
        form.done()
        if theirs not in [one.id for one in await queries.seats(found.plan)]:
            theirs = id
        asked = OfferSwap(form.id(), id, theirs)
        await deeds.once(answers.offer, asked, SwapOffered, by=permit.person, at=at)
    except Refusal as no:
        return await _mine(request, permit, no=no, form=form)
    return onward("/season/mine")


@post("/season/swaps/{id:str}", opt={"op": "inspection.do"})
async def agree(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await seasons.swap_mine(id, permit)
    form = await Form.of(request)
    word = form.choice("word", ("agree", "refuse"))
    try:
        form.done()
        await run(answers.answer, id, agreed=word == "agree", by=permit.person, at=at)
    except Refusal as no:
        return await _mine(request, permit, no=no)
    return onward("/season/mine")


async def _mine(
    request: Ask, permit: Permit, *, no: Refusal | None = None, form: Form | None = None
) -> Response[bytes]:
    say, seats = words_for(request), await queries.asked(permit.person)
    swaps = await queries.swaps_of(permit.person)
    others = {plan: await queries.seats(plan) for plan in {one.plan for one in seats}}
    taken = [s for found in others.values() for s in found if s.person]
    names = await people.names({*[str(s.person) for s in taken], *[one.other for one in swaps],
                                *[one.by for one in swaps]})  # fmt: skip
    return page(
        request,
        "season_mine.html",
        no=no,
        typed=form.typed if form else {},
        asked=[
            {**await _shown(say, one), "others": [
                [s.id, " · ".join(
                    [names.get(str(s.person), ""), plot_name(say, await plots.plot(s.plot))]
                )]
                for s in others[one.plan]
                if s.person and s.person != permit.person and s.plot != one.plot
                if not s.inspection and s.state in ("asked", "accepted")
            ]}
            for one in seats
        ],
        swaps=[
            {"of": one, "mine": one.by == permit.person, "name": names.get(
                one.other if one.by == permit.person else one.by, ""),
             "gives": await _shown(say, await queries.seat(one.mine)),
             "takes": await _shown(say, await queries.seat(one.theirs))}
            for one in swaps
        ],
    )  # fmt: skip


async def _shown(say: Words, seat: SeatView) -> Shown:
    plot = await plots.plot(seat.plot)
    plan = await queries.plan(seat.plan)
    return {
        "of": seat, "season": said_year(say, plan), "name": plot_name(say, plot),
        "place": place_of(say, plot), "state": say(f"season.state.{seat.state}"),
    }  # fmt: skip


@get("/season/service.pdf", opt={"op": "inspection.do"})
async def service_paper(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """Of the twelve months up to today."""
    today = local_day(at)
    first = years_before(today, 1)
    origin = str(request.app.state.settings.origin)
    written = await letter.service(permit.person, first, today, origin)
    return await press.pdf("service", f"service-{today}", written)


DOORS = [mine, answer, swap, agree, service_paper]
