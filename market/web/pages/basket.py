"""The basket, and placing what is in it: one round, one merchant, one order.

What is of several rounds is placed with one press by `together`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from certification.basis.ids import is_id
from certification.basis.refusal import Refusal
from certification.groups.rules import GroupView
from certification.people import queries as people
from certification.people.rules import Particulars
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit
from market.domain.offers import queries as offers
from market.domain.offers.queries import ShopLine
from market.domain.offers.refusals import NoSuchCycle
from market.domain.offers.rules import Terms, price
from market.domain.orders import commands as orders
from market.domain.orders import deposits, placing
from market.domain.orders import queries as order_queries
from market.domain.orders.refusals import NoSuchOrder
from market.domain.orders.rules import (
    CASH,
    CREDIT,
    DEPOSIT,
    PAID_FIRST,
    PROMPTPAY,
    OrderPlaced,
    PlaceOrder,
    Rail,
    expires_at,
)
from market.domain.payments import commands as payments
from market.domain.payments import queries as paying
from market.domain.payments.rules import AmountsUsedUp, NoAccount, NothingAsked
from market.domain.pickups import queries as pickups
from market.domain.pickups.rules import PickupRule
from market.web import again, basket, choice, goods
from market.web.basket_form import RAILS, read
from market.web.form import Form
from market.web.goods import Good, Stop
from market.web.page import onward, page
from market.web.pages.order import found_for

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]


class OrderedElsewhere(Refusal):
    """The basket holds these goods no more: another window has ordered them. Said once."""

    code = "basket.ordered_elsewhere"


class Less(msgspec.Struct, frozen=True):
    """A good of which less is left than was put into the basket."""

    line: ShopLine
    old: str
    new: str


class Order(msgspec.Struct, frozen=True):
    """What would be one order: the basket's lines of one round."""

    stop: Stop
    goods: list[Good]
    total: int
    rails: list[Rail]
    deposit: int
    """Of the total, what is paid ahead where the round asks for a deposit."""
    credit: int
    gone: int
    """Lines whose offer was withdrawn."""
    less: list[Less]
    hold_minutes: int
    """How long it would be kept unpaid."""
    rule: PickupRule | None
    instead: dict[str, list[list[str]]]
    """By offer, what may be wanted in its place: its id, and its words."""


class Sent(msgspec.Struct, frozen=True):
    """A form that comes back with what was typed."""

    typed: Mapping[str, str] = msgspec.field(default_factory=dict)
    of: Sequence[str] = ()
    """Its rounds: a browser that keeps no cookie still sent its form."""
    held: Mapping[str, int] | None = None
    """The basket, where it is another now than the browser said."""
    placed: Sequence[object] = ()
    """What was asked with it and stands."""
    refused: Mapping[str, Refusal] = msgspec.field(default_factory=dict)
    """By round, where several were asked at once."""


@get("/basket", opt={"op": "basket.fill"})
async def show(
    request: Ask, permit: NamedDependency[Permit], at: At,
    order: FromQuery[str] = "", key: FromQuery[str] = "",
) -> Response[bytes]:  # fmt: skip
    return await shown(request, permit, at, guest=await _guest_of(order, key, permit))


async def _guest_of(code: str, key: str, permit: Permit) -> Particulars | None:
    """Who has just ordered of one round as a guest, and has another round in the basket."""
    if not key or permit.person:
        return None
    try:
        return await people.particulars((await found_for(code, key, permit)).order.buyer)
    except Refusal:
        return None


@post("/order", opt={"op": "order.place"})
async def place(request: Ask, permit: NamedDependency[Permit], at: At) -> Response[bytes]:
    """The form carries all it asks for, its own id and a guest's key, so that it may come twice."""
    form = await Form.of(request)
    try:
        asked = await read(form, permit.person)
        form.done()
        await ensure_in_basket(request, form, asked)
        placed = await placed_once(asked, at)
    except Refusal as no:
        of = () if isinstance(no, NotThere | NoSuchCycle) else (form.raw("cycle"),)
        return await shown(request, permit, at, sent=Sent(form.typed, of), no=no)
    then = "/pay" if asked.rail in PAID_FIRST else ""
    key = form.raw("key")
    answer = onward(f"/order/{placed.code}{then}" + (f"?key={key}" if asked.guest else ""))
    if also := form.raw("also"):
        answer = onward(all_of([*also.split("."), placed.code], key if asked.guest else ""))
    basket.carry(request, answer, left(request, [asked]))
    return answer


def all_of(codes: Iterable[str], key: str) -> str:
    """The page of orders that were placed of one basket."""
    return f"/orders?of={'.'.join(codes)}" + (f"&key={key}" if key else "")


def left(request: Ask, ordered: Iterable[PlaceOrder]) -> dict[str, int]:
    """What the basket holds beside these."""
    gone = {line.offer for one in ordered for line in one.lines}
    return {o: g for o, g in basket.carried(request).items() if o not in gone}


async def ensure_in_basket(request: Ask, form: Form, asked: PlaceOrder) -> None:
    held = basket.carried(request)
    if form.ticked("sure") or any(line.offer in held for line in asked.lines):
        return
    try:
        await order_queries.stored(asked.id)  # pressed twice: answered as before
    except NoSuchOrder:
        raise OrderedElsewhere from None


async def placed_once(asked: PlaceOrder, at: datetime) -> OrderPlaced:
    """And its money asked for. Where that cannot be, the order stands all the same, and its page
    says why and what else."""

    async def both() -> OrderPlaced:
        placed = await orders.place(asked, by=asked.buyer, at=at)
        if asked.rail in PAID_FIRST:
            await payments.request(asked.id, by=asked.buyer, at=at)
        return placed

    try:
        return await placing.with_it(asked, both, by=asked.buyer, at=at)
    except (NoAccount, AmountsUsedUp, NothingAsked):
        return await placing.place(asked, by=asked.buyer, at=at)


async def shown(
    request: Ask, permit: Permit, at: datetime, *, sent: Sent | None = None,
    no: Refusal | None = None, guest: Particulars | None = None,
) -> Response[bytes]:  # fmt: skip
    sent, say = sent or Sent(), words_for(request)
    held = basket.carried(request) if sent.held is None else sent.held
    known = await offers.terms(list(held))
    cycles = dict.fromkeys(known[offer].cycle for offer in held if offer in known)
    cycles |= dict.fromkeys(sent.of)
    found = [
        await _order(request, one, held, known, sent.typed, permit.person, at) for one in cycles
    ]
    back = str(next((one.stop.cycle.id for one in found if one.stop.state == "open"), ""))
    orders = [one for one in found if one.goods or one.gone]
    ordered = sum(one.stop.state == "open" for one in orders)
    return page(
        request, "basket.html", no=no, typed=sent.typed, at=at, new_key=token_urlsafe(32),
        orders=orders, several=ordered if ordered > 1 else 0,
        back=back, guest=guest, placed=sent.placed,
        refused={cycle: say.refusal(why) for cycle, why in sent.refused.items()},
        sure=any(isinstance(why, OrderedElsewhere) for why in (no, *sent.refused.values())),
        picked=choice.asked(request.query_params),
        missed=await again.gone(request.query_params.get("gone", "")),
    )  # fmt: skip


async def _order(
    request: Ask, cycle: str, held: Mapping[str, int], known: Mapping[str, Terms],
    typed: Mapping[str, str], person: str, at: datetime,
) -> Order:  # fmt: skip
    say = words_for(request)
    there = await goods.stop(await offers.cycle(cycle), at, say)
    fields = [field.removeprefix("kg-") for field in typed if field.startswith("kg-")]
    asked = await goods.some(cycle, [*held, *filter(is_id, fields)], held, say)
    sold = [goods.as_much_as_there_is(good) for good in asked]
    less = [
        Less(
            now.line,
            goods.written(was.line, was.grams, say),
            goods.written(now.line, now.grams, say),
        )
        for was, now in zip(asked, sold, strict=True)
        if now.grams < was.grams and now.field not in typed
    ]
    lines = [_typed(good, typed) for good in sold if good.grams or typed.get(good.field)]
    mine = {offer for offer in held if offer in known and known[offer].cycle == cycle}
    gone = len(mine - {good.line.offer for good in sold})
    left = await _credit(there.merchant, person)
    percent, sum_ = there.cycle.deposit_percent, goods.total(lines)
    taken = {CASH, DEPOSIT} - {CASH if percent is None else DEPOSIT}
    rails = [r for r in RAILS if r not in taken and await _usable(r, there.merchant, left)]
    until = expires_at(PROMPTPAY, there.cycle.hold_minutes, there.cycle.pickup_until, at) or at
    kept = int((until - at).total_seconds() // 60)
    rule = await pickups.rule_at(there.merchant.id, at, cycle)
    return Order(there, lines, sum_, rails, deposits.share(sum_, percent or 0), left, gone, less,
                 kept, rule, await _instead(say, lines))  # fmt: skip


async def _instead(say: Words, lines: list[Good]) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for one in await offers.in_place_of([good.line.offer for good in lines]):
        words = say("for what is missing: {name}, {group}", name=say.name(one),
                    group=one.group_th if say.language == "th" else one.group_en)  # fmt: skip
        found.setdefault(one.of, []).append([one.offer, words])
    return found


def _typed(good: Good, typed: Mapping[str, str]) -> Good:
    """With what was typed in its field, and its price where that can be read."""
    if good.field not in typed:
        return good
    amount = typed[good.field]
    try:
        grams = goods.read_grams(amount, good.line, good.field)
    except Refusal:
        return msgspec.structs.replace(good, amount=amount, satang=0)
    satang = price(grams, good.line.satang_per_kg)
    return msgspec.structs.replace(good, amount=amount, grams=grams, satang=satang)


async def _credit(merchant: GroupView, person: str) -> int:
    return await balance(credit(merchant.id, person)) if person else 0


async def _usable(rail: Rail, merchant: GroupView, left: int) -> bool:
    if rail == CREDIT:
        return left > 0
    if rail in PAID_FIRST:
        try:
            await paying.account(merchant.id)
        except NoAccount:
            return False
    return True


DOORS = [show, place]
