"""A round is changed, as far as no promise is broken: its hours, its places; or made once more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import queries as groups
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import BANGKOK
from market.domain.cycles import commands as rounds
from market.domain.cycles.rules import CloneCycle
from market.domain.offers import editing, room
from market.domain.offers.editing import AddPlace, ChangeCycle, ChangePlace, ClosePlace
from market.domain.offers.queries import CycleView
from market.domain.offers.refusals import NoSuchStop
from market.domain.offers.rules import PickUp
from market.web import goods
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.cycles import deposit_of, moment_of, places_of, room_of, time_of

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Deed = Callable[[Form, CycleView, str, datetime], Awaitable[str]]


@get("/cycles/{id:str}/edit", opt={"op": "cycle.open"})
async def show(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    cycle, place = await whose.cycle(id)
    permit.check(place)
    return await _shown(request, cycle, at)


@post("/cycles/{id:str}/edit", opt={"op": "cycle.open"})
async def edit(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    cycle, place = await whose.cycle(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        deed = DEEDS.get(form.raw("deed"), _times)
        then = await deed(form, cycle, permit.person, at)
    except Refusal as no:
        return await _shown(request, cycle, at, form=form, no=no)
    return onward(then)


async def _times(form: Form, cycle: CycleView, by: str, at: datetime) -> str:
    today = local_day(at)
    asked = ChangeCycle(
        cycle.id, form.text("name_th", most=120), form.text("name_en", most=120),
        moment_of(form, "opens", today), moment_of(form, "closes", today),
        form.whole("hold_minutes", least=1), form.text("because", most=500, required=False),
        deposit_of(form),
    )  # fmt: skip
    form.done()
    deeds.ensure_storable(asked)
    await run(editing.change, asked, by=by, at=at)
    return f"/cycles/{cycle.id}"


async def _place(form: Form, cycle: CycleView, by: str, at: datetime) -> str:
    stop = _stop(cycle, form.raw("stop"))
    begins, ends = _hours(form, at)
    asked = ChangePlace(cycle.id, stop, begins, ends, *room_of(form))
    form.done()
    await run(editing.change_place, asked, by=by, at=at)
    return f"/cycles/{cycle.id}/edit#places"


async def _add(form: Form, cycle: CycleView, by: str, at: datetime) -> str:
    begins, ends = _hours(form, at)
    where = PickUp(form.text("place"), begins, ends, *room_of(form))
    asked = AddPlace(form.id(), cycle.id, where)
    form.done()
    deeds.ensure_storable(asked, asked.id, where.place)
    await run(editing.add_place, asked, by=by, at=at)
    return f"/cycles/{cycle.id}/edit#places"


async def _close(form: Form, cycle: CycleView, by: str, at: datetime) -> str:
    asked = ClosePlace(
        cycle.id, _stop(cycle, form.raw("stop")), form.text("because_shut", most=500)
    )
    form.done()
    deeds.ensure_storable(asked)
    await run(editing.close_place, asked, by=by, at=at)
    return f"/cycles/{cycle.id}/edit#places"


async def _clone(form: Form, cycle: CycleView, by: str, at: datetime) -> str:
    asked = CloneCycle(
        form.id(), cycle.id, form.whole("days", least=1, most=366),
        form.text("clone_th", most=120), form.text("clone_en", most=120),
    )  # fmt: skip
    form.done()
    deeds.ensure_storable(asked, asked.id)
    made = await rounds.clone(asked, by=by, at=at)
    return f"/cycles/{made.cycle}"


DEEDS: dict[str, Deed] = {
    "times": _times, "place": _place, "add": _add, "close": _close, "clone": _clone,
}  # fmt: skip


def _hours(form: Form, at: datetime) -> tuple[datetime, datetime]:
    begins = moment_of(form, "pickup", local_day(at))
    return begins, time_of(form, "pickup_until", begins.astimezone(BANGKOK).date())


def _stop(cycle: CycleView, said: str) -> str:
    if said not in [one.id for one in cycle.stops]:
        raise NoSuchStop()
    return said


async def _shown(
    request: Ask, cycle: CycleView, at: datetime, *, form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    there = await goods.stop(cycle, at, say)
    merchant = await groups.group(cycle.merchant)
    taken = {one.stop: one for one in await room.rooms(cycle.id)}
    every = {one.id: one for one in await places_of(merchant)}
    stops = [
        {"of": one, "place": every.get(one.place), "room": taken[one.id],
         "window": goods.window(say, one.pickup_from, one.pickup_until),
         "from_day": one.pickup_from, "from": _clock(one.pickup_from),
         "until": _clock(one.pickup_until)}
        for one in cycle.stops
    ]  # fmt: skip
    return page(
        request, "cycle_edit.html", no=no, typed=form.typed if form else {}, stop=there,
        cycle=cycle, stops=stops, opened=at >= cycle.opens_at, at=at,
        over=at >= cycle.closes_at or cycle.called_off, opens=_clock(cycle.opens_at),
        closes=_clock(cycle.closes_at), orders=sum(one.orders for one in taken.values()),
        places=[[one.id, say.name(one)] for one in every.values()],
    )  # fmt: skip


def _clock(at: datetime) -> str:
    return f"{at.astimezone(BANGKOK):%H.%M}"


DOORS = [show, edit]
