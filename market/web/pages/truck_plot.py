"""At a plot: that the truck has come, what the scales say of each lot, and on it goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.people import queries as people
from market.access import deeds, rides
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.trips import rows
from market.domain.truck_day import plots
from market.domain.truck_day.plots import PlotCall
from market.domain.truck_day.queries import TruckView
from market.domain.truck_day.refusals import NoSuchStop
from market.domain.truck_day.rules import Collect, LotCollected
from market.web.form import Form
from market.web.hours import clock
from market.web.page import Ask, onward, page

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class PlotShown(msgspec.Struct, frozen=True):
    call: PlotCall
    name: str
    code: str
    farmer: str
    when: str
    """By the plan."""
    planned_grams: int


async def plot_calls(say: Words, ride: TruckView) -> list[PlotShown]:
    return [await _named(say, one) for one in await plots.calls(ride)]


async def _named(say: Words, call: PlotCall) -> PlotShown:
    known = (await rows.named([call.plot]))[call.plot]
    farmer = (await people.names([known.farmer])).get(known.farmer, "")
    when = clock(say, call.planned_minute * 60) if call.planned_minute is not None else ""
    planned = sum(one.planned_grams for one in call.lots)
    return PlotShown(call, say.name(known) or known.code, known.code, farmer, when, planned)


@get("/truck/{day:str}/plot/{plot:str}", opt={"op": "truck_day.read"})
async def plot_page(
    request: Ask, day: FromPath[str], plot: FromPath[str], permit: Mine
) -> Response[bytes]:
    return await _shown(request, await rides.ride(day, permit), plot[:36])


@post("/truck/{day:str}/plot/{plot:str}", opt={"op": "truck_day.work"})
async def at_plot(
    request: Ask, day: FromPath[str], plot: FromPath[str], permit: Mine, at: At
) -> Response[bytes]:
    """Come (`arrive`), weighed (`collect`), or off again (`leave`)."""
    ride, form, plot = await rides.ride(day, permit), await Form.of(request), plot[:36]
    here = f"/truck/{ride.id}/plot/{plot}"
    try:
        if form.raw("deed") == "arrive":
            await run(plots.arrive, ride.id, plot, by=permit.person, at=at)
        elif form.raw("deed") == "leave":
            await run(plots.leave, ride.id, plot, by=permit.person, at=at)
            here = f"/truck/{ride.id}/route"
        else:
            wanted = Collect(form.id(), ride.id, plot, _weighed(form, await _call(ride, plot)))
            form.done()
            deeds.ensure_storable(wanted, wanted.id)
            await run(plots.collect, wanted, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, ride, plot, no=no, typed=form.typed)
    return onward(here)


def _weighed(form: Form, call: PlotCall) -> tuple[LotCollected, ...]:
    """`g-LOTCODE`: kilos of each lot by the scales."""
    found = []
    for one in call.lots:
        name = f"g-{one.lot_code}"
        nothing = not form.raw(name).strip("0.,๐ ")
        found.append(LotCollected(one.lot, 0 if nothing else form.grams(name)))
    return tuple(found)


async def _call(ride: TruckView, plot: str) -> PlotCall:
    try:
        return await plots.call(ride, plot)
    except NoSuchStop:
        raise NotThere from None


async def _shown(
    request: Ask, ride: TruckView, plot: str, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    shown = await _named(words_for(request), await _call(ride, plot))
    return page(request, "truck_plot.html", no=no, typed=typed or {}, ride=ride, of=shown)


DOORS: list[Any] = [plot_page, at_plot]
