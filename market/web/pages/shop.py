"""What can be ordered in a round, one good of it, and putting goods into the basket."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.ids import is_id
from certification.basis.refusal import Refusal
from market.access import whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.offers.queries import CycleView
from market.domain.offers.rules import ensure_open
from market.domain.standing import queries as standing
from market.web import again, basket, choice, goods
from market.web.aisle import Aisle, aisle
from market.web.form import Form
from market.web.goods import Good, NothingChosen
from market.web.page import onward, page

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/shop/{cycle:str}", opt={"op": "shop.read"})
async def shop(request: Ask, cycle: FromPath[str], at: At, permit: Mine) -> Response[bytes]:
    found, _ = await whose.cycle(cycle)
    return await _shown(request, found, at, person=permit.person)


@post("/shop/{cycle:str}", opt={"op": "basket.fill"})
async def fill(request: Ask, cycle: FromPath[str], at: At) -> Response[bytes]:
    """The fields of one round, or of one good of it, replace what the basket held of them."""
    found, _ = await whose.cycle(cycle)
    form = await Form.of(request)
    try:
        ensure_open(found.times, at)
        taken = read(form, await goods.some(cycle, basket.named(form), {}, words_for(request)))
        form.done()
        held = basket.carried(request)
        if not any(taken.values()) and not held.keys() & taken.keys():
            raise NothingChosen
    except Refusal as no:
        return await _shown(request, found, at, form=form, no=no)
    picked = choice.chosen(found, choice.asked(request.query_params))
    answer = onward("/basket" + (f"?{choice.STOP}={picked}" if picked else ""))
    basket.carry(request, answer, {**held, **taken})
    return answer


@get("/shop/{cycle:str}/{offer:str}", opt={"op": "shop.read"})
async def one(
    request: Ask,
    cycle: FromPath[str],
    offer: FromPath[str],
    permit: Mine,
    at: At,
) -> Response[bytes]:
    found, _ = await whose.cycle(cycle)
    say = words_for(request)
    sold = await goods.some(cycle, [offer], basket.carried(request), say) if is_id(offer) else []
    if not sold:
        raise NotThere
    mine = await standing.favourites(permit.person) if permit.person else []
    picked = choice.chosen(found, choice.asked(request.query_params))
    return page(
        request, "offer.html", stop=await goods.stop(found, at, say, picked), good=sold[0],
        liked=sold[0].line.product in mine,
    )  # fmt: skip


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
    no: Refusal | None = None, person: str = "",
) -> Response[bytes]:  # fmt: skip
    say, held = words_for(request), basket.carried(request)
    choices = await choice.choices(cycle, choice.asked(request.query_params), at, say)
    there = await goods.stop(cycle, at, say, choices.chosen)
    if form and (sold := await _typed(cycle.id, form, held, say)):
        if form.raw("good"):  # typed on the page of one
            return page(request, "offer.html", no=no, stop=there, good=sold[0], liked=False)
        shelf = Aisle(sold, [], "")
    else:
        said = {**request.query_params, choice.STOP: choices.chosen}
        shelf = await aisle(cycle.id, held, say, said, person)
    mine = await goods.some(cycle.id, held, held, say)
    return page(
        request, "shop.html", no=no, stop=there, choices=choices, shelf=shelf,
        map=goods.map_of(there, say), total=goods.total(mine), held=len(held),
        missed=await again.gone(request.query_params.get("gone", "")),
    )  # fmt: skip


async def _typed(cycle: str, form: Form, held: dict[str, int], say: Words) -> list[Good]:
    """The goods of the form, each with what was typed: nothing of it is lost."""
    return [
        msgspec.structs.replace(good, amount=form.typed.get(good.field, good.amount))
        for good in await goods.some(cycle, basket.named(form), held, say)
    ]


DOORS = [shop, fill, one]
