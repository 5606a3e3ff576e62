"""The basket, and placing what is in it: one round, one merchant, one order."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from certification.basis import personal_numbers
from certification.basis.ids import following, is_id
from certification.basis.refusal import Invalid, Refusal
from certification.basis.transaction import run
from certification.groups.rules import GroupView
from certification.people import queries as people
from certification.people.rules import Particulars
from market.access import deeds, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit
from market.domain.offers import queries as offers
from market.domain.offers.queries import ShopLine
from market.domain.offers.rules import price
from market.domain.orders import commands as orders
from market.domain.orders import queries as order_queries
from market.domain.orders.rules import (
    CASH,
    CREDIT,
    PROMPTPAY,
    Guest,
    Line,
    NoSuchOrder,
    PlaceOrder,
    Rail,
    expires_at,
    is_guest_key,
)
from market.domain.payments import commands as payments
from market.domain.payments import queries as paying
from market.domain.payments.rules import NoAccount
from market.domain.pickups import queries as pickups
from market.domain.pickups.rules import PickupRule
from market.web import again, basket, choice, goods
from market.web.form import Form
from market.web.goods import Good, Stop
from market.web.page import onward, page
from market.web.pages.order import found_for

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
RAILS: tuple[Rail, ...] = (PROMPTPAY, CASH, CREDIT)


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
    credit: int
    gone: int
    """Lines whose offer was withdrawn."""
    less: list[Less]
    hold_minutes: int
    """How long it would be kept unpaid."""
    rule: PickupRule | None
    instead: dict[str, list[list[str]]]
    """By offer, what may be wanted in its place: its id, and its words."""


@get("/basket", opt={"op": "basket.fill"})
async def show(
    request: Ask, permit: NamedDependency[Permit], at: At,
    order: FromQuery[str] = "", key: FromQuery[str] = "",
) -> Response[bytes]:  # fmt: skip
    return await _shown(request, permit, at, guest=await _guest_of(order, key, permit))


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
        asked, key = await _asked(request, form, permit.person)
        await _ensure_in_basket(request, form, asked)
        placed = await run(orders.place, asked, by=asked.buyer, at=at)
    except Refusal as no:
        return await _shown(request, permit, at, form=form, no=no)
    if asked.rail == PROMPTPAY:
        await _ask_for_money(asked, at)
    then = "/pay" if asked.rail == PROMPTPAY else ""
    answer = onward(f"/order/{placed.code}{then}" + (f"?key={key}" if asked.guest else ""))
    ordered = {line.offer for line in asked.lines}
    left = {o: g for o, g in basket.carried(request).items() if o not in ordered}
    basket.carry(request, answer, left)
    return answer


async def _ensure_in_basket(request: Ask, form: Form, asked: PlaceOrder) -> None:
    held = basket.carried(request)
    if form.ticked("sure") or any(line.offer in held for line in asked.lines):
        return
    try:
        await order_queries.stored(asked.id)  # pressed twice: answered as before
    except NoSuchOrder:
        raise OrderedElsewhere from None


async def _ask_for_money(asked: PlaceOrder, at: datetime) -> None:
    """Where it cannot be, the order stands all the same, and its page says why and what else."""
    try:
        await run(payments.request, asked.id, by=asked.buyer, at=at)
    except Refusal:
        return


async def _asked(request: Ask, form: Form, person: str) -> tuple[PlaceOrder, str]:
    id, cycle, key = form.id(), form.raw("cycle"), form.raw("key")
    await whose.cycle(cycle)
    rail = form.choice("rail", RAILS)
    guest = None if person else _guest(form, key)
    lines = await _lines(request, form, id, cycle)
    form.done()
    buyer = person or following(id, "guest")
    stop = form.raw("stop") or None
    asked = PlaceOrder(id, cycle, buyer, _rail(rail), tuple(lines), guest, stop)
    deeds.ensure_storable(asked, id, *([stop] if stop else []))
    return asked, key


def _rail(said: str) -> Rail:
    return next(rail for rail in RAILS if rail == said)


def _guest(form: Form, key: str) -> Guest:
    name, phone = form.text("name", most=120), form.text("phone", most=30)
    try:
        phone = personal_numbers.phone(phone) if phone else phone
    except Invalid as no:
        form.wrong_is("phone", no)
    if not is_guest_key(key):
        raise NotThere
    return Guest(name, phone, key_hash(key))


async def _lines(request: Ask, form: Form, id: str, cycle: str) -> list[Line]:
    """What may be had is asked of the order itself; here only what is written is read."""
    offered = await goods.some(cycle, basket.named(form), {}, words_for(request))
    known = {good.field: good.line for good in offered}
    lines: list[Line] = []
    for field, said in form.typed.items():
        if not field.startswith("kg-"):
            continue
        offer = field.removeprefix("kg-")
        try:
            grams = goods.read_grams(said, known.get(field), field)
        except Refusal as no:
            form.wrong_is(field, no)
            continue
        if grams:
            line = Line(following(id, offer), offer, grams)
            lines.append(_if_short(form, line, known.get(field)))
    return lines


def _if_short(form: Form, line: Line, of: ShopLine | None) -> Line:
    """What the buyer chose, should less come; nothing said is less of it."""
    said, field = form.raw(f"short-{line.offer}"), f"least-{line.offer}"
    try:
        least = goods.read_grams(form.raw(field), of, field) or None
    except Refusal as no:
        form.wrong_is(field, no)
        least = None
    if is_id(said):
        return msgspec.structs.replace(line, if_short="substitute", instead=said, least_grams=least)
    if said == "leave_out":
        return msgspec.structs.replace(line, if_short="leave_out")
    return msgspec.structs.replace(line, least_grams=least)


def key_hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()


async def _shown(
    request: Ask, permit: Permit, at: datetime, *, form: Form | None = None,
    no: Refusal | None = None, guest: Particulars | None = None,
) -> Response[bytes]:  # fmt: skip
    typed = form.typed if form else {}
    held = basket.carried(request)
    known = await offers.terms(list(held))
    cycles = dict.fromkeys(known[offer].cycle for offer in held if offer in known)
    if form and not isinstance(no, NotThere):  # a browser that keeps no cookie still sent its form
        cycles.setdefault(typed["cycle"])
    found = [await _order(request, cycle, held, typed, permit.person, at) for cycle in cycles]
    back = str(next((one.stop.cycle.id for one in found if one.stop.state == "open"), ""))
    return page(
        request, "basket.html", no=no, typed=typed, at=at, new_key=token_urlsafe(32),
        orders=[one for one in found if one.goods or one.gone], back=back, guest=guest,
        sure=isinstance(no, OrderedElsewhere), picked=choice.asked(request.query_params),
        missed=await again.gone(request.query_params.get("gone", "")),
    )  # fmt: skip


async def _order(
    request: Ask, cycle: str, held: dict[str, int], typed: dict[str, str], person: str, at: datetime
) -> Order:
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
    terms = await offers.terms(list(held))
    mine = {offer for offer in held if offer in terms and terms[offer].cycle == cycle}
    gone = len(mine - {good.line.offer for good in sold})
    left = await _credit(there.merchant, person)
    rails = [rail for rail in RAILS if await _usable(rail, there.merchant, left)]
    until = expires_at(PROMPTPAY, there.cycle.hold_minutes, there.cycle.pickup_until, at) or at
    kept = int((until - at).total_seconds() // 60)
    rule = await pickups.rule_at(there.merchant.id, at)
    return Order(there, lines, goods.total(lines), rails, left, gone, less, kept, rule,
                 await _instead(say, lines))  # fmt: skip


async def _instead(say: Words, lines: list[Good]) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for one in await offers.in_place_of([good.line.offer for good in lines]):
        words = say("for what is missing: {name}, {group}", name=say.name(one),
                    group=one.group_th if say.language == "th" else one.group_en)  # fmt: skip
        found.setdefault(one.of, []).append([one.offer, words])
    return found


def _typed(good: Good, typed: dict[str, str]) -> Good:
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
    if rail == PROMPTPAY:
        try:
            await paying.account(merchant.id)
        except NoAccount:
            return False
    return True


DOORS = [show, place]
