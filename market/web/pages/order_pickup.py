"""Changing an order until the round closes, and who fetches it and when: calendar, neighbour."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from certification.basis.asked import for_good
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.access.permit import Permit
from market.answers.language import words_for
from market.domain.labels.drawing import qr_svg
from market.domain.offers import queries as offers
from market.domain.orders import changing, keeping, neighbour, queries
from market.domain.orders.changing import Change
from market.domain.orders.queries import OrderView
from market.domain.orders.rules import Weighed
from market.web import basket, calendar, goods
from market.web.basket_form import key_hash
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.order import address, found_for, shown

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@post("/order/{code:str}/change", opt={"op": "order.change"})
async def change(request: Ask, code: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """More or less of what is ordered already; what is wrong stays as it was typed."""
    form = await Form.of(request)
    key = form.raw("key")
    found = await found_for(code, key, permit)
    try:
        lines = await _lines(request, form, found)
        form.done()
        if lines:
            wanted = Change(form.id(), found.order.id, lines, form.raw("later") == "yes")
            await for_good(changing.change, wanted, by=found.order.buyer, at=at)
    except Refusal as no:
        return await shown(request, found, key, at, no, form.typed)
    return onward(address(found, key))


async def _lines(request: Ask, form: Form, found: OrderView) -> tuple[Weighed, ...]:
    sold = await goods.some(found.order.cycle, basket.named(form), {}, words_for(request))
    known = {good.line.offer: good for good in sold}
    lines = []
    for line in found.lines:
        if not (good := known.get(line.offer)):
            continue
        try:
            grams = goods.read_grams(form.raw(good.field), good.line, good.field)
            if grams != line.grams:
                lines.append(Weighed(line.id, grams))
                _ensure_there(good, grams, line.grams)
        except Refusal as no:
            form.wrong_is(good.field, no)
    return tuple(lines)


def _ensure_there(good: goods.Good, grams: int, had: int) -> None:
    """What is ordered already counts as left for this order."""
    if grams % good.line.step_grams:
        raise goods.NotAStep(step_grams=good.line.step_grams)
    if grams > had + good.line.grams_left:
        most = had + good.line.grams_left
        raise goods.NotSoMuchLeft(grams_left=most - most % good.line.step_grams)


@get("/order/{code:str}/pickup.ics", opt={"op": "order.read"})
async def calendar_file(
    request: Ask, code: FromPath[str], permit: Mine, at: At, key: FromQuery[str] = ""
) -> Response[bytes]:
    order, say = (await found_for(code, key, permit)).order, words_for(request)
    there = await goods.stop(await offers.cycle(order.cycle), at, say, order.stop)
    origin = request.app.state.settings.origin
    return Response(
        calendar.of_order(order, there.place, say, origin, at),
        media_type="text/calendar; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{order.code}.ics"'},
    )


@post("/order/{code:str}/neighbour", opt={"op": "order.change"})
async def give(request: Ask, code: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    key = (await Form.of(request)).raw("key")
    found = await found_for(code, key, permit)
    try:
        await run(neighbour.give, found.order.id, by=found.order.buyer, at=at)
    except Refusal as no:
        return await shown(request, found, key, at, no)
    return onward(address(found, key) + "#neighbour")


@post("/order/{code:str}/neighbour/back", opt={"op": "order.change"})
async def take_back(request: Ask, code: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    key = (await Form.of(request)).raw("key")
    found = await found_for(code, key, permit)
    await run(neighbour.take_back, found.order.id, by=found.order.buyer, at=at)
    return onward(address(found, key) + "#neighbour")


@post("/order/{code:str}/keep", opt={"op": "order.change"})
async def keep(request: Ask, code: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """What was ordered as a guest becomes that of who is signed in and holds the link."""
    key = (await Form.of(request)).raw("key")
    if key and not permit.person:
        found = await found_for(code, key, permit)
        return onward(f"/sign-in?next={quote(address(found, key), safe='')}")
    id = await queries.id_of(code)
    await run(keeping.keep, id, key_hash(key), by=permit.person, at=at)
    return onward(f"/order/{quote(code)}")


@get("/pick/{code:str}", opt={"op": "shop.read"})
async def pick(request: Ask, code: FromPath[str], at: At) -> Response[bytes]:
    """What the neighbour shows: no name, no goods, no money, and nothing to press."""
    found = await neighbour.shown(code)
    there = await goods.stop(
        await offers.cycle(found.order.cycle), at, words_for(request), found.order.stop
    )
    good = not found.withdrawn and found.order.state in ("held", "confirmed")
    origin = request.app.state.settings.origin
    return page(
        request, "pick.html", found=found, stop=there, good=good,
        qr=qr_svg(f"{origin}/stall/{found.code}") if good else "",
    )  # fmt: skip


DOORS = [change, calendar_file, give, take_back, keep, pick]
