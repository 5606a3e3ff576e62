"""Visits that the committee calls: to which plot, of which kind and why; and what came of each."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.applications import queries as applications
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.calls import commands, queries
from certification.calls.queries import CallView
from certification.calls.rules import KINDS, CallVisit, TakeBack, VisitWasCalled
from certification.inspections.kinds import FROM, WORDS_MAX
from certification.people import queries as people
from certification.plots import queries as plots
from market.access import deeds, guarantee, whose
from market.access.guard import may
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, Shown, place_of, plot_name, sort_key

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/board/calls", opt={"op": "call.read"})
async def calls_page(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """`?as=csv`, `?as=xlsx`."""
    if sheets.kind(request):
        heads = ["Called on", "Kind of visit", "Plot", "Farmer", "Why", "Called by", "State"]
        rows = [
            (local_day(one["of"].at), one["kind"], one["name"], one["farmer"], one["of"].reason,
             one["by"], one["state"])
            for one in await _listed(request, permit, at)
        ]  # fmt: skip
        return sheets.saved(request, "called-visits", heads, rows)
    return await _list(request, permit, at)


@post("/board/calls", opt={"op": "call.make"})
async def call(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    _, place = await whose.application(form.raw("application"))
    permit.check(place)
    kind, reason = form.choice("kind", KINDS), form.text("reason", most=WORDS_MAX)
    try:
        form.done()
        wanted = CallVisit(form.id(), form.raw("application"), kind, reason)  # type: ignore[arg-type]  # among KINDS
        await deeds.once(commands.call, wanted, VisitWasCalled, by=permit.person, at=at)
    except Refusal as no:
        return await _list(request, permit, at, no=no, typed=form.typed)
    return onward("/board/calls?saved=1")


@post("/board/calls/{id:str}/withdrawal", opt={"op": "call.make"})
async def take_back(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    _, place = await guarantee.visit_call(id, permit, at)
    permit.check(place)
    form = await Form.of(request)
    why = form.text("why", most=WORDS_MAX)
    try:
        form.done()
        await run(commands.take_back, TakeBack(id, why), by=permit.person, at=at)
    except Refusal as no:
        return await _list(request, permit, at, no=no, typed={**form.typed, "of": id})
    return onward("/board/calls?saved=1")


async def _list(
    request: Ask, permit: Permit, at: datetime, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    return page(
        request,
        "board_calls.html",
        no=no,
        typed=typed or {},
        calls=await _listed(request, permit, at),
        lands=await _lands(request, say, permit),
        kinds=[[one, say(f"inspect.kind.{one}")] for one in KINDS],
        saved="saved" in request.query_params,
    )


async def _listed(request: Ask, permit: Permit, at: datetime) -> list[Shown]:
    say, today = words_for(request), local_day(at)
    found = await queries.of_groups(await whose.groups_reached(permit))
    seen = sorted(
        await queries.shown(found, permit.person, today), key=lambda one: one.at, reverse=True
    )
    return [await _shown(request, say, one, at) for one in seen]


async def _shown(request: Ask, say: Words, one: CallView, at: datetime) -> Shown:
    plot, farmer = await plots.plot(one.plot), await queries.farmer(one.application, local_day(at))
    _, place = await whose.application(one.application)
    names = await people.names([farmer, one.by])
    state = "taken_back" if one.taken_back_at else one.visit or "waits"
    return {
        "of": one, "name": plot_name(say, plot), "place": place_of(say, plot),
        "farmer": names.get(farmer, ""), "by": names.get(one.by, ""),
        "kind": say(f"inspect.kind.{one.kind}"), "state": say(f"calls.state.{state}"),
        "sends": one.waits and may(request, "inspection.assign", place),
        "calls": one.waits and may(request, "call.make", place),
    }  # fmt: skip


async def _lands(request: Ask, say: Words, permit: Permit) -> list[list[str]]:
    """Of each plot the newest application from which a visit may be called, by name."""
    newest: dict[str, list[str]] = {}
    for group in await whose.groups_reached(permit):
        for asked in await applications.of_group(group, FROM["complaint"]):
            _, place = await whose.application(asked.id)
            if asked.plot not in newest and may(request, "call.make", place):
                names = await people.names([asked.applicant])
                name = plot_name(say, await plots.plot(asked.plot))
                newest[asked.plot] = [asked.id, f"{name} · {names.get(asked.applicant, '')}"]
    return sorted(newest.values(), key=lambda of: sort_key(of[1]))


DOORS = [calls_page, call, take_back]
