"""A basket over several rounds, placed with one press: each is an order and a payment of its own.

One that is refused leaves the others placed. It stays in the basket, with what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.domain.offers import queries as offers
from market.domain.orders.queries import OrderView
from market.domain.orders.refusals import EmptyBasket
from market.domain.orders.rules import PAID_FIRST, PlaceOrder
from market.domain.payments import queries as paying
from market.web import basket, goods
from market.web.basket_form import read
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.basket import Sent, all_of, ensure_in_basket, left, placed_once, shown
from market.web.pages.order import address, found_for

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
ROUNDS_MAX = 8


class NotAll(Refusal):
    """Some of the basket is ordered; what is not stays in it."""

    code = "together.not_all"


class Seen(msgspec.Struct, frozen=True):
    of: OrderView
    stop: goods.Stop
    href: str
    pay: str
    """Empty where nothing is to be paid now."""
    satang: int
    """To transfer, or at most to be paid."""


@post("/orders", opt={"op": "order.place"})
async def place(request: Ask, permit: NamedDependency[Permit], at: At) -> Response[bytes]:
    """The form carries the id of each order, so that it may come twice, whatever befell before."""
    form = await Form.of(request)
    try:
        asked = await _asked(form, permit.person)
    except Refusal as no:
        of = () if isinstance(no, NotThere) else _rounds(form)
        return await shown(request, permit, at, sent=Sent(form.typed, of), no=no)
    done, refused = dict[str, str](), dict[str, Refusal]()
    for one in asked:
        try:
            await ensure_in_basket(request, form, one)
            done[one.cycle] = (await placed_once(one, at)).code
        except Refusal as no:
            refused[one.cycle] = no
    held = left(request, [one for one in asked if one.cycle in done])
    key = "" if permit.person else form.raw("key")
    if refused:
        also = [*_also(form), *done.values()]
        seen = [await _seen(request, code, key, permit, at) for code in also]
        of = [one for one in _rounds(form) if one not in done]
        typed = _anew(await _typed(form, done, of), refused, of) | {"also": ".".join(also)}
        sent = Sent(typed, of, held, seen, refused)
        said = NotAll(placed=len(done)) if done else next(iter(refused.values()))
        answer = await shown(request, permit, at, sent=sent, no=said)
    else:
        answer = onward(all_of([*_also(form), *done.values()], key))
    basket.carry(request, answer, held)
    return answer


def _also(form: Form) -> list[str]:
    """Codes of what an earlier press placed."""
    return [one for one in form.raw("also").split(".") if one]


def _rounds(form: Form) -> list[str]:
    return list(dict.fromkeys(form.all("cycle")))[:ROUNDS_MAX]


async def _asked(form: Form, person: str) -> list[PlaceOrder]:
    """Of each round; where all of one was written down to nothing, of the others."""
    if not (cycles := _rounds(form)):
        raise NotThere
    asked = [await read(form, person, of=cycle) for cycle in cycles]
    form.done()
    if not (filled := [one for one in asked if one.lines]):
        raise EmptyBasket(field="lines")
    return filled


async def _typed(form: Form, done: Mapping[str, str], of: Sequence[str]) -> dict[str, str]:
    """Without what stands; a round that is left alone has a form of its own, with its own names."""
    known = await offers.terms(basket.named(form))
    gone = {f"kg-{offer}" for offer, terms in known.items() if terms.cycle in done}
    typed = {name: said for name, said in form.typed.items() if name not in gone}
    if len(of) > 1:
        return typed
    alone = {name: typed.get(f"{name}-{one}", "") for name in ("id", "stop", "rail") for one in of}
    return {**typed, **alone, "cycle": "".join(of)}


def _anew(
    typed: Mapping[str, str], refused: Mapping[str, Refusal], of: Sequence[str]
) -> dict[str, str]:
    """A no was remembered under its id: what is mended is asked under another."""
    kept = {f"id-{one}" if len(of) > 1 else "id" for one, no in refused.items() if no.kept}
    return {name: new_id() if name in kept else said for name, said in typed.items()}


@get("/orders", opt={"op": "order.read"})
async def placed(
    request: Ask, permit: NamedDependency[Permit], at: At, of: FromQuery[str] = "",
    key: FromQuery[str] = "",
) -> Response[bytes]:  # fmt: skip
    """NotThere where one of them is not the asker's, whoever holds the others."""
    codes = list(dict.fromkeys(one for one in of.split(".") if one))[:ROUNDS_MAX]
    if not codes:
        raise NotThere
    seen = [await _seen(request, code, key, permit, at) for code in codes]
    link = request.app.state.settings.origin + all_of(codes, quote(key)) if key else ""
    return page(request, "orders.html", placed=seen, link=link)


async def _seen(request: Ask, code: str, key: str, permit: Permit, at: datetime) -> Seen:
    found = await found_for(code, key, permit)
    there = await goods.stop(
        await offers.cycle(found.order.cycle), at, words_for(request), found.order.stop
    )
    waits = found.order.state == "held" and found.order.rail in PAID_FIRST
    asked = await paying.request_of(found.order.id) if waits else None
    return Seen(
        found, there, address(found, key), address(found, key, "/pay") if waits else "",
        asked.satang if asked else found.order.total_satang,
    )  # fmt: skip


DOORS = [place, placed]
