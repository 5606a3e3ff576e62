"""What can be ordered in a round, one good of it, and putting goods into the basket."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from market.access import whose
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.domain.offers.queries import CycleView
from market.domain.offers.rules import Times, ensure_open
from market.web import basket, goods
from market.web.form import Form
from market.web.goods import Good, NothingChosen
from market.web.page import onward, page

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]


@get("/shop/{cycle:str}", opt={"op": "shop.read"})
async def shop(request: Ask, cycle: FromPath[str], at: At) -> Response[bytes]:
    found, _ = await whose.cycle(cycle)
    return await _shown(request, found, at)


@post("/shop/{cycle:str}", opt={"op": "basket.fill"})
async def fill(request: Ask, cycle: FromPath[str], at: At) -> Response[bytes]:
    """The fields of one round, or of one good of it, replace what the basket held of them."""
    found, _ = await whose.cycle(cycle)
    form = await Form.of(request)
    try:
        ensure_open(Times(found.opens_at, found.closes_at), at)
        taken = read(form, await goods.shop(cycle, {}, words_for(request)))
        form.done()
        held = basket.carried(request)
        if not any(taken.values()) and not held.keys() & taken.keys():
            raise NothingChosen
    except Refusal as no:
        return await _shown(request, found, at, form=form, no=no)
    answer = onward("/basket")
    basket.carry(request, answer, {**held, **taken})
    return answer


@get("/shop/{cycle:str}/{offer:str}", opt={"op": "shop.read"})
async def one(request: Ask, cycle: FromPath[str], offer: FromPath[str], at: At) -> Response[bytes]:
    found, _ = await whose.cycle(cycle)
    say = words_for(request)
    good = _good(await goods.shop(cycle, basket.carried(request), say), offer)
    if good is None:
        raise NotThere
    return page(request, "offer.html", stop=await goods.stop(found, at, say), good=good)


def _good(sold: list[Good], offer: str) -> Good | None:
    return next((good for good in sold if good.line.offer == offer), None)


def read(form: Form, sold: list[Good]) -> dict[str, int]:
    """Grams by offer of the fields that were sent; what cannot be had is wrong with its field."""
    taken: dict[str, int] = {}
    for good in sold:
        if good.field not in form.typed:
            continue
        try:
            grams = goods.read_grams(form.raw(good.field), good.line, good.field)
            goods.ensure_can_be_had(good.line, grams)
            taken[good.line.offer] = grams
        except Refusal as no:
            form.wrong_is(good.field, no)
    return taken


async def _shown(
    request: Ask, cycle: CycleView, at: datetime, *, form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    there = await goods.stop(cycle, at, say)
    held = basket.carried(request)
    sold = await goods.shop(cycle.id, held, say)
    if form:
        sold = [
            msgspec.structs.replace(good, amount=form.typed.get(good.field, good.amount))
            for good in sold
        ]
        if good := _good(sold, form.raw("good")):  # typed on the page of one
            return page(request, "offer.html", no=no, stop=there, good=good)
    return page(
        request, "shop.html", no=no, stop=there, goods=sold, map=goods.map_of(there, say),
        total=goods.total(sold), held=len(held),
    )  # fmt: skip


DOORS = [shop, fill, one]
