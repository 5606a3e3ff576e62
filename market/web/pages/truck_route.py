"""The stops of a truck in their order: when it comes, that it has come, and what goes wrong."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.access import deeds, rides
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.trips import queries as trips
from market.domain.trips.evaluate import Move
from market.domain.truck_day import eta as truck_eta
from market.domain.truck_day import mishaps, queries, stops, waiting
from market.domain.truck_day.queries import Stop, TruckView
from market.domain.truck_day.rules import GoWrong, HandOn
from market.web.form import Form
from market.web.hours import clock, hours
from market.web.page import Ask, onward, page
from market.web.pages.truck_plot import PlotShown, plot_calls

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
KINDS = ("delay", "stop_cancelled", "plot_short", "order_added", "breakdown")


class Shown(msgspec.Struct, frozen=True):
    stop: Stop
    waiting: int
    fetched: int
    window: str
    eta: str
    """A range, and when it was said last."""


@get("/truck/{day:str}/route", opt={"op": "truck_day.read"})
async def route_page(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    return await _shown(request, await rides.ride(day, permit), at)


@post("/truck/{day:str}/route", opt={"op": "truck_day.work"})
async def arrive(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    ride, form = await rides.ride(day, permit), await Form.of(request)
    place = form.raw("place")[:36]
    try:
        await run(stops.arrive, ride.id, place, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, ride, at, no=no)
    return onward(f"/truck/{ride.id}/stop/{place}")


@post("/truck/{day:str}/mishap", opt={"op": "truck_day.work"})
async def go_wrong(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """Late, a stop called off, a plot short, a breakdown: planned anew and shown; or published."""
    ride, form = await rides.ride(day, permit), await Form.of(request)
    try:
        if form.raw("deed") == "publish":
            version = form.raw("version")[:36]
            await run(mishaps.publish, version, ride.id, by=permit.person, at=at)
        elif form.raw("deed") == "hand_on":
            wanted = HandOn(form.id(), ride.id, form.raw("to_truck")[:36] or None,
                            permit.person if form.ticked("to_me") else None)  # fmt: skip
            deeds.ensure_storable(wanted, wanted.id)
            await run(mishaps.hand_on, wanted, by=permit.person, at=at)
        else:
            await _replanned(form, ride, permit.person, at)
    except Refusal as no:
        return await _shown(request, ride, at, no=no, typed=form.typed)
    return onward(f"/truck/{ride.id}/route")


async def _replanned(form: Form, ride: TruckView, by: str, at: datetime) -> None:
    kind = form.choice("kind", KINDS)
    wrong = GoWrong(
        form.id(), ride.id, kind,  # type: ignore[arg-type]
        form.whole("minutes", most=720) if kind == "delay" else None,
        form.raw("visit")[:36] or None,
        form.grams("grams") if kind == "plot_short" else None,
    )  # fmt: skip
    form.done()
    deeds.ensure_storable(wrong, wrong.id)
    newest = await trips.newest(ride.day)
    made = await mishaps.answer(wrong, clock=time.monotonic, at=at)
    await run(mishaps.tell, wrong, made, newest, by=by, at=at)


async def _shown(
    request: Ask, ride: TruckView, at: datetime, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    say, found = words_for(request), []
    for stop in await truck_eta.stops(ride, at):
        come = await waiting.fetched_at(ride, stop.place)
        left = await waiting.at_stop(ride, stop.place)
        shown = Shown(stop, len(left), len(come), _windows(say, stop), eta(say, stop))
        found.append(shown)
    collects = await plot_calls(say, ride)
    here = next((one for one in found if one.stop.is_here), None)
    stop_ahead = next((one.stop.place for one in found if one.stop.is_ahead), "")
    on_the_way = [one for one in _in_order(found, collects) if _is_ahead(one)]
    answer = await mishaps.waiting_answer(ride.day) if ride.departed_at else None
    names = {one.stop.place: say.name(one.stop) for one in found}
    names |= {one.call.plot: one.name for one in collects}
    return page(
        request, "truck_route.html", no=no, typed=typed or {}, ride=ride, stops=found, at_stop=here,
        visits=_in_order(found, collects), following=stop_ahead,
        at_plot=next((one for one in collects if one.call.is_here), None),
        first=_id(on_the_way[0]) if on_the_way else "", plots=collects,
        answer=answer, moves=[_move(say, move, names) for move in answer.moves] if answer else [],
        others=[one for one in await queries.trucks_of(ride.day) if one.id != ride.id],
    )  # fmt: skip


def _in_order(found: list[Shown], collects: list[PlotShown]) -> list[Shown | PlotShown]:
    """As planned; what the plan does not know comes last, in its own order."""
    whole: list[Shown | PlotShown] = [*collects, *found]
    return sorted(whole, key=_minute)


def _minute(one: Shown | PlotShown) -> int:
    of = one.stop.planned_minute if isinstance(one, Shown) else one.call.planned_minute
    return 1440 if of is None else of


def _is_ahead(one: Shown | PlotShown) -> bool:
    return one.stop.is_ahead if isinstance(one, Shown) else one.call.is_ahead


def _id(one: Shown | PlotShown) -> str:
    return one.stop.place if isinstance(one, Shown) else one.call.plot


class MoveShown(msgspec.Struct, frozen=True):
    name: str
    kind: str
    minutes: int
    at: str
    told: bool


def _move(say: Words, move: Move, names: dict[str, str]) -> MoveShown:
    at = clock(say, move.after_s) if move.after_s is not None else ""
    name = names.get(move.visit, say("A plot"))
    return MoveShown(name, move.kind, move.minutes, at, move.tell)


def _windows(say: Words, stop: Stop) -> str:
    return ", ".join(hours(say, opens, closes) for opens, closes in stop.windows)


def eta(say: Words, stop: Stop) -> str:
    if stop.earliest_minute is None or stop.latest_minute is None:
        return ""
    return hours(say, stop.earliest_minute, stop.latest_minute)


DOORS: list[Any] = [route_page, arrive, go_wrong]
