"""Bundles of a round: ordered by anybody, put together by who runs the round."""

from __future__ import annotations

from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.ids import following
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.access import deeds, whose
from market.access.guard import may
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.domain.bundles import commands, queries
from market.domain.bundles.rules import COUNT_MAX, MakeBundle, Part, PartWrong, Wanted
from market.domain.offers import shelves
from market.domain.offers.queries import CycleView
from market.domain.orders.rules import CASH, DEPOSIT, PAID_FIRST, PROMPTPAY, PlaceOrder, Rail
from market.domain.places import queries as places
from market.web import choice
from market.web.basket_form import guest_of
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.basket import placed_once

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
ROWS = 5


@get("/bundles/{cycle:str}", opt={"op": "shop.read"})
async def listed(request: Ask, cycle: FromPath[str], at: At) -> Response[bytes]:
    found, _ = await whose.cycle(cycle)
    return await _shown(request, found, at)


@post("/bundles/{cycle:str}", opt={"op": "order.place"})
async def order(request: Ask, cycle: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """Reserved at once, and paid by PromptPay or at the pick-up; a guest comes back by the link."""
    found, _ = await whose.cycle(cycle)
    form = await Form.of(request)
    id, key = form.id(), "" if permit.person else form.raw("key")
    try:
        guest = None if permit.person else guest_of(form, key)
        bundles = await _wanted(form, id)
        rail = form.choice("rail", (PROMPTPAY, CASH, DEPOSIT))
        form.done()
        asked = PlaceOrder(
            id, cycle, permit.person or following(id, "guest"), _rail(rail), (), guest,
            form.raw("stop") or None, bundles,
        )  # fmt: skip
        deeds.ensure_storable(asked, id, *([asked.stop] if asked.stop else []))
        placed = await placed_once(asked, at)
    except Refusal as no:
        return await _shown(request, found, at, no=no, form=form)
    then = "/pay" if asked.rail in PAID_FIRST else ""
    return onward(f"/order/{placed.code}{then}" + (f"?key={key}" if key else ""))


async def _wanted(form: Form, order: str) -> tuple[Wanted, ...]:
    """How many of each; nothing and 0 are none."""
    found = []
    for field, said in form.typed.items():
        if field.startswith("n-") and said.strip("0 "):
            bundle, _ = await whose.bundle(field.removeprefix("n-"))
            count = form.whole(field, least=1, most=COUNT_MAX)
            found.append(Wanted(following(order, bundle.id), bundle.id, count or 1))
    return tuple(found)


@post("/cycles/{id:str}/bundles", opt={"op": "offer.make"})
async def make(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await whose.cycle(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        await run(commands.make, _made(form, id), by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, found, at, no=no, form=form)
    return onward(f"/bundles/{id}")


@post("/cycles/{id:str}/bundles/withdraw", opt={"op": "offer.withdraw"})
async def withdraw(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    bundle, place = await whose.bundle(form.raw("bundle"))
    permit.check(place)
    if bundle.cycle != id:
        raise NotThere
    await run(commands.withdraw, bundle.id, by=permit.person, at=at)
    return onward(f"/bundles/{bundle.cycle}")


def _rail(said: str) -> Rail:
    return CASH if said == CASH else DEPOSIT if said == DEPOSIT else PROMPTPAY


def _made(form: Form, cycle: str) -> MakeBundle:
    """A row of the form is a part: one product or any of two, and its weight or its pieces."""
    parts = []
    for n in range(ROWS):
        products = tuple(
            dict.fromkeys(one for one in (form.raw(f"a{n}"), form.raw(f"b{n}")) if one)
        )
        if not products:
            continue
        weight, count = f"weight{n}", f"pieces{n}"
        grams = form.grams(weight) if form.raw(weight) else None
        pieces = form.whole(count, least=1, most=1000) if form.raw(count) else None
        if (grams is None) == (pieces is None):
            form.wrong_is(weight, PartWrong())
        parts.append(Part(products, grams=grams, pieces=pieces))
    name_th, name_en = form.text("name_th", most=120), form.text("name_en", most=120)
    satang = form.satang("price")
    form.done()
    if len(parts) < 2:
        raise PartWrong(field="weight0")
    return MakeBundle(form.id(), cycle, name_th, name_en, satang, tuple(parts))


async def _shown(
    request: Ask, cycle: CycleView, at: datetime, *, no: Refusal | None = None,
    form: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    place = await whose.of_group(cycle.merchant)
    runs = may(request, "offer.make", place)
    kinds = await shelves.kinds(cycle.id) if runs and at < cycle.closes_at else []
    stops = [
        [one.id, say.name(await places.place(one.place)) + " · " + say.moment(one.pickup_from)]
        for one in cycle.stops if one.closed_at is None
    ]  # fmt: skip
    bundles = await queries.of_cycle(cycle.id)
    return page(
        request, "bundles.html", no=no, typed=form.typed if form else {}, cycle=cycle,
        bundles=bundles, open=cycle.is_open(at), stops=stops, runs=runs,
        can_order=cycle.is_open(at) and any(not one.sold_out for one in bundles),
        kinds=[["", "–"], *([one.id, say.name(one)] for one in kinds)], rows=list(range(ROWS)),
        picked=choice.asked(request.query_params), new_key=token_urlsafe(32), guest=None,
    )  # fmt: skip


DOORS = [listed, order, make, withdraw]
