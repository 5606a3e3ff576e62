"""What one ordered, in one's own calendar: an address that it asks by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.transaction import run
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.domain.orders import feeds
from market.domain.places import queries as places
from market.web import calendar
from market.web.form import Form
from market.web.page import onward, page

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/me/calendar", opt={"op": "me.read"})
async def show(request: Ask, permit: Mine) -> Response[bytes]:
    return await _shown(request, permit.person, "")


@post("/me/calendar", opt={"op": "me.edit"})
async def change(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    """The address is shown now and never again: a new one may always be made."""
    permit.check(Place(owner=permit.person))
    if (await Form.of(request)).raw("step") == "end":
        await run(feeds.end, permit.person, at=at)
        return onward("/me/calendar")
    return await _shown(request, permit.person, await run(feeds.make, permit.person, at=at))


@get("/calendar/{feed:str}/orders.ics", opt={"op": "shop.read"})
async def orders(request: Ask, feed: FromPath[str], at: At) -> Response[bytes]:
    """Codes, places and times; not whose they are, nor what is in them."""
    told = await feeds.told(feed, at)
    known = {order.place: await places.place(order.place) for order in told}
    there = [(order, known[order.place]) for order in told]
    origin = request.app.state.settings.origin
    return Response(
        calendar.of_orders(there, words_for(request), origin, at),
        media_type="text/calendar; charset=utf-8", headers={"cache-control": "no-store"},
    )  # fmt: skip


async def _shown(request: Ask, person: str, ending: str) -> Response[bytes]:
    address = f"/calendar/{ending}/orders.ics?lang={words_for(request).language}" if ending else ""
    origin = request.app.state.settings.origin
    return page(
        request, "me_calendar.html", since=await feeds.since(person),
        link=origin + address if ending else "",
        webcal="webcal://" + origin.partition("://")[2] + address if ending else "",
    )  # fmt: skip


DOORS = [show, change, orders]
