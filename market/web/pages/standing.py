"""Orders of every week, begun from an order that was good; and favourites."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from certification.basis.ids import is_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import queries as groups
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.refusals import FieldWrong
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit
from market.domain.orders import queries as orders
from market.domain.orders.queries import OrderView
from market.domain.orders.rules import CASH, CREDIT, PROMPTPAY, Rail
from market.domain.places import queries as places
from market.domain.products import queries as products
from market.domain.standing import commands, queries
from market.domain.standing.queries import StandingView
from market.domain.standing.rules import Begin, Pause, Wish
from market.web.form import Form
from market.web.page import onward, page, safe_next

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
RAILS: tuple[Rail, ...] = (CASH, PROMPTPAY, CREDIT)
DEARER = ("0", "10", "20", "50")
"""Percent that a price may rise before it is asked, not bought."""


@get("/me/standing", opt={"op": "me.read"})
async def show(request: Ask, permit: Mine, order: FromQuery[str] = "") -> Response[bytes]:
    return await _shown(request, permit, order)


@post("/me/standing", opt={"op": "me.edit"})
async def begin(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    code = form.text("order", most=20)
    try:
        form.done()
        of = await _order(code, permit)
        weeks, dearer = form.choice("weeks", ("1", "2")), form.choice("dearer", DEARER)
        rail, most, id = form.choice("rail", RAILS), form.satang("most"), form.id()
        form.done()
        wanted = Begin(
            id, of.order.merchant, of.order.place, next(one for one in RAILS if one == rail),
            2 if weeks == "2" else 1, most, _wishes(of, int(dearer)),
        )  # fmt: skip
        await run(commands.begin, wanted, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, code, form=form, no=no)
    return onward("/me/standing")


@post("/me/standing/{id:str}/pause", opt={"op": "me.edit"})
async def pause(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """Without days it goes on."""
    form, today = await Form.of(request), local_day(at)
    try:
        wanted = None
        if form.raw("until"):
            until = form.day("until", near=today)
            since = form.day("since", near=today) if form.raw("since") else today
            form.done()
            wanted = Pause(since, until)
        await run(commands.pause, id, wanted, by=permit.person, at=at)
    except Refusal as no:
        return await _refused(request, permit, id, form, no)
    return onward("/me/standing")


@post("/me/standing/{id:str}/skip", opt={"op": "me.edit"})
async def skip(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    form = await Form.of(request)
    await run(commands.skip, id, next_round=form.ticked("next_round"), by=permit.person)
    return onward("/me/standing")


@post("/me/standing/{id:str}/end", opt={"op": "me.edit"})
async def end(id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    await run(commands.end, id, by=permit.person, at=at)
    return onward("/me/standing")


@post("/me/favourites", opt={"op": "me.edit"})
async def favourite(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    product = form.raw("product")
    if not is_id(product):
        raise FieldWrong(field="product")
    await run(commands.keep, product, kept=form.ticked("keep"), by=permit.person, at=at)
    return onward(safe_next(form.raw("next") or "/me/standing"))


async def _order(code: str, permit: Permit) -> OrderView:
    if "\0" in code:
        raise NotThere
    return await orders.own(await orders.id_of(code), permit.person)


def _wishes(of: OrderView, dearer: int) -> tuple[Wish, ...]:
    """The same product twice in an order, from two farmers, is one wish."""
    wishes: dict[str, Wish] = {}
    for line in of.lines:
        most = line.satang_per_kg * (100 + dearer) // 100
        if before := wishes.get(line.product):
            most = max(most, before.satang_per_kg_most)
        grams = line.grams + (before.grams if before else 0)
        wishes[line.product] = Wish(line.product, grams, most)
    return tuple(wishes.values())


async def _refused(
    request: Ask, permit: Permit, id: str, form: Form, no: Refusal
) -> Response[bytes]:
    await queries.one(id, permit.person)
    return await _shown(request, permit, "", form=form, no=no, of=id)


async def _shown(
    request: Ask, permit: Permit, code: str, *, form: Form | None = None,
    no: Refusal | None = None, of: str = "",
) -> Response[bytes]:  # fmt: skip
    source = await _order(code, permit) if code else None
    liked = [await products.product(one) for one in await queries.favourites(permit.person)]
    left = await balance(credit(source.order.merchant, permit.person)) if source else 0
    mine = [await _with_names(one) for one in await queries.of_person(permit.person)]
    return page(
        request, "me_standing.html", no=no, typed=form.typed if form else {}, mine=mine,
        source=source, liked=liked, rails=[one for one in RAILS if one != CREDIT or left], of=of,
        most=str(source.order.total_satang * 12 // 1000) if source else "",
    )  # fmt: skip


class Named(msgspec.Struct, frozen=True):
    of: StandingView
    merchant: Any
    place: Any


async def _with_names(one: StandingView) -> Named:
    merchant, place = await groups.group(one.row.merchant), await places.place(one.row.place)
    return Named(one, merchant, place)


DOORS = [show, begin, pause, skip, end, favourite]
