"""Bundles of a round: ordered by who is signed in, put together by who runs the round."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.asked import for_good
from certification.basis.ids import following
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.access import whose
from market.access.guard import may
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.domain.bundles import commands, queries
from market.domain.bundles.rules import COUNT_MAX, MakeBundle, Part, PartWrong, Wanted
from market.domain.offers import shelves
from market.domain.offers.queries import CycleView
from market.domain.orders import commands as orders
from market.domain.orders import queries as placed
from market.domain.orders.rules import CASH, DEPOSIT, PAID_FIRST, PROMPTPAY, PlaceOrder, Rail
from market.domain.payments import commands as payments
from market.domain.places import queries as places
from market.web import choice
from market.web.form import Form
from market.web.page import onward, page

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
ROWS = 5


@get("/bundles/{cycle:str}", opt={"op": "shop.read"})
async def listed(request: Ask, cycle: FromPath[str], at: At) -> Response[bytes]:
    found, _ = await whose.cycle(cycle)
    return await _shown(request, found, at)


@post("/bundles/{cycle:str}", opt={"op": "order.own"})
async def order(request: Ask, cycle: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """Reserved at once, and paid by PromptPay or at the pick-up."""
    found, _ = await whose.cycle(cycle)
    form = await Form.of(request)
    id = form.id()
    try:
        bundle, _ = await whose.bundle(form.raw("bundle"))
        count = form.whole("count", least=1, most=COUNT_MAX)
        form.done()
        asked = PlaceOrder(
            id, cycle, permit.person, _rail(form.raw("rail")), (),
            stop=form.raw("stop") or None,
            bundles=(Wanted(following(id, "bundle"), bundle.id, count),),
        )  # fmt: skip
        await for_good(orders.place, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, found, at, no=no, form=form)
    if asked.rail in PAID_FIRST:
        with suppress(Refusal):  # the order stands all the same, and its page says why
            await run(payments.request, id, by=permit.person, at=at)
    code = (await placed.codes_of([id]))[id]
    return onward(f"/order/{code}" + ("" if asked.rail == "cash" else "/pay"))


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
    """A row of the form is a part: one product or any of two, and its weight."""
    parts = []
    for n in range(ROWS):
        products = tuple(
            dict.fromkeys(one for one in (form.raw(f"a{n}"), form.raw(f"b{n}")) if one)
        )
        if products:
            parts.append(Part(products, grams=form.grams(f"weight{n}")))
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
    return page(
        request, "bundles.html", no=no, typed=form.typed if form else {}, cycle=cycle,
        bundles=await queries.of_cycle(cycle.id), open=cycle.is_open(at), stops=stops, runs=runs,
        kinds=[["", "–"], *([one.id, say.name(one)] for one in kinds)], rows=list(range(ROWS)),
        picked=choice.asked(request.query_params),
    )  # fmt: skip


DOORS = [listed, order, make, withdraw]
