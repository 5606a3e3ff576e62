"""A round is opened: who sells, from when to when, and where it is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import BANGKOK
from market.domain.offers import commands
from market.domain.offers.rules import OpenCycle, PickUp
from market.domain.splits import queries as splits
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.cycles import (
    deposit_of,
    merchants,
    moment_of,
    places_of,
    room_of,
    time_of,
)

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
PLACES = 3
"""So many the form has; more are added on the round's own page."""


@get("/cycles/new", opt={"op": "cycle.open"})
async def new_page(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    return await _new_shown(request, permit, at)


@post("/cycles/new", opt={"op": "cycle.open"})
async def open_cycle(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("merchant"))
    try:
        asked = _opening(form, local_day(at))
        form.done()
        deeds.ensure_storable(asked, asked.id, *(one.place for one in asked.stops))
        opened = await run(commands.open_cycle, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _new_shown(request, permit, at, form=form, no=no)
    return onward(f"/cycles/{opened.cycle}")


def _opening(form: Form, today: date) -> OpenCycle:
    opens = moment_of(form, "opens", today)
    closes = moment_of(form, "closes", today)
    begins = moment_of(form, "pickup", today)
    until = time_of(form, "pickup_until", begins.astimezone(BANGKOK).date())
    return OpenCycle(
        form.id(), form.text("merchant"), form.text("name_th", most=120),
        form.text("name_en", most=120), form.text("place"), opens, closes, begins, until,
        form.whole("hold_minutes", least=1), None, *room_of(form),
        more=tuple(_further(form, begins)), deposit_percent=deposit_of(form),
    )  # fmt: skip


def _further(form: Form, first: datetime) -> Iterator[PickUp]:
    """On the day of the first place where no other is named."""
    for number in range(2, PLACES + 1):
        if not form.raw(f"place_{number}"):
            continue
        day = first.astimezone(BANGKOK).date()
        if form.raw(f"day_{number}").strip():
            day = form.day(f"day_{number}", near=day)
        yield PickUp(
            form.text(f"place_{number}"), time_of(form, f"from_{number}", day),
            time_of(form, f"until_{number}", day), *room_of(form, f"_{number}"),
        )  # fmt: skip


async def _new_shown(
    request: Ask, permit: Permit, at: datetime, *, form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    sellers = await merchants(permit)
    where = {place.id: place for seller in sellers for place in await places_of(seller)}
    without = [seller for seller in sellers if not await splits.last_version(seller.id)]
    named = [[place.id, say.name(place)] for place in where.values()]
    return page(
        request, "cycle_new.html", no=no, typed=form.typed if form else {},
        merchants=[[seller.id, say.name(seller)] for seller in sellers if seller not in without],
        without=without, places=named, or_none=[["", "–"], *named],
        further=range(2, PLACES + 1), today=local_day(at).isoformat(),
        clock=f"{at.astimezone(BANGKOK):%H.%M}",
    )  # fmt: skip


DOORS = [new_page, open_cycle]
