"""One order: its page, paying it, cancelling it. For its buyer, or whoever has a guest's link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import THAILAND
from market.access import deeds
from market.access.permit import Permit
from market.answers.language import words_for
from market.domain.complaints import queries as complaints
from market.domain.complaints.queries import CorrectionView
from market.domain.custody import queries as custody
from market.domain.cycles import queries as rounds
from market.domain.labels.drawing import qr_svg
from market.domain.offers import queries as offers
from market.domain.offers import shelves
from market.domain.orders import barred, commands, moving, neighbour, queries
from market.domain.orders.moving import MoveOrder
from market.domain.orders.queries import OrderView
from market.domain.orders.refusals import NoSuchOrder
from market.domain.orders.rules import PAID_FIRST, CancelOrder, HandedOver
from market.domain.payments import commands as payments
from market.domain.payments import queries as paying
from market.domain.payments.rules import NothingAsked
from market.domain.pickups import queries as pickups
from market.domain.places import queries as places
from market.domain.providers import queries as elsewhere
from market.domain.providers.queries import AttemptView
from market.domain.recalls import queries as recalls
from market.domain.receipts import queries as issued
from market.domain.shortage import queries as shortage
from market.web import again as once_more
from market.web import basket, goods, short_words
from market.web.form import Form
from market.web.goods import Good
from market.web.page import onward, page
from market.web.pages import receipts
from market.web.pages.stops import comes

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
WAITS = ("held", "confirmed")


@get("/order/{code:str}", opt={"op": "order.read"})
async def show(
    request: Ask, code: FromPath[str], permit: Mine, at: At, key: FromQuery[str] = ""
) -> Response[bytes]:
    return await shown(request, await found_for(code, key, permit), key, at)


@get("/order/{code:str}/receipt.pdf", opt={"op": "order.read"})
async def receipt(
    request: Ask, code: FromPath[str], permit: Mine, key: FromQuery[str] = ""
) -> Response[bytes]:
    """NoReceipt until it was handed over."""
    found = await found_for(code, key, permit)
    return await receipts.drawn(request, await issued.of_order(found.order.id), "a5")


@get("/order/{code:str}/pay", opt={"op": "order.read"})
async def pay_page(
    request: Ask, code: FromPath[str], permit: Mine, at: At, key: FromQuery[str] = ""
) -> Response[bytes]:
    return await _pay_shown(request, await found_for(code, key, permit), key, at)


@post("/order/{code:str}/pay", opt={"op": "order.change"})
async def ask_for_money(request: Ask, code: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """For an order whose amount could not be made when it was placed."""
    key = (await Form.of(request)).raw("key")
    found = await found_for(code, key, permit)
    try:
        await run(payments.request, found.order.id, by=found.order.buyer, at=at)
    except Refusal as no:
        return await _pay_shown(request, found, key, at, no)
    return onward(address(found, key, "/pay"))


@post("/order/{code:str}/cash", opt={"op": "order.change"})
async def pay_at_stall(request: Ask, code: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    key = (await Form.of(request)).raw("key")
    found = await found_for(code, key, permit)
    try:
        if found.order.rail in PAID_FIRST:  # pressed twice it is cash already
            await run(commands.pay_at_stall, found.order.id, by=found.order.buyer, at=at)
    except Refusal as no:
        return await _pay_shown(request, found, key, at, no)
    return onward(address(found, key))


@post("/order/{code:str}/cancel", opt={"op": "order.change"})
async def cancel(request: Ask, code: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    key = (await Form.of(request)).raw("key")
    found = await found_for(code, key, permit)
    try:
        if found.order.state != "cancelled":  # pressed twice
            await run(commands.cancel, CancelOrder(found.order.id), by=found.order.buyer, at=at)
    except Refusal as no:
        return await shown(request, found, key, at, no)
    return onward(address(found, key))


@post("/order/{code:str}/again", opt={"op": "basket.fill"})
async def again(request: Ask, code: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """What is offered of it now goes into the basket, or the shop opens; what is not is named."""
    found = await found_for(code, (await Form.of(request)).raw("key"), permit)
    cycle = await once_more.open_round(found, at)
    if cycle is None:
        return onward("/")
    products = [line.product for line in found.lines]
    sold = await shelves.lines_of(cycle.id, products)
    wished = once_more.refilled(found.lines, sold)
    had = {line.product for line in sold if line.offer in wished}
    gone = once_more.said([product for product in products if product not in had])
    if not wished:
        return onward(f"/shop/{cycle.id}{gone}")
    answer = onward(f"/basket{gone}")
    basket.carry(request, answer, {**basket.carried(request), **wished})
    return answer


@post("/order/{code:str}/place", opt={"op": "order.change"})
async def move(request: Ask, code: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """To another place of its round."""
    form = await Form.of(request)
    key = form.raw("key")
    found = await found_for(code, key, permit)
    try:
        asked = MoveOrder(found.order.id, form.raw("stop"))
        deeds.ensure_storable(asked)
        await run(moving.move, asked, by=found.order.buyer, at=at)
    except Refusal as no:
        return await shown(request, found, key, at, no)
    return onward(address(found, key))


async def found_for(code: str, key: str, permit: Permit) -> OrderView:
    """NoSuchOrder, whether it is not there or not for whoever asks."""
    if "\0" in code:
        raise NoSuchOrder()
    id = await queries.id_of(code)
    if key:
        return await queries.guests(id, sha256(key.encode()).hexdigest())
    if not permit.person:
        raise NoSuchOrder()
    return await queries.own(id, permit.person)


def address(found: OrderView, key: str, then: str = "") -> str:
    return f"/order/{found.order.code}{then}" + (f"?key={quote(key)}" if key else "")


async def shown(
    request: Ask, found: OrderView, key: str, at: datetime, no: Refusal | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    there = await _stop(request, found, at)
    asked = await paying.request_of(found.order.id)
    origin = request.app.state.settings.origin
    link = f"{origin}{address(found, key)}" if key else ""
    kept = found.order.state == "confirmed"
    rule = await pickups.rule_at(found.order.merchant, found.order.placed_at, found.order.cycle)
    on, waits = found.order.pickup_from.astimezone(THAILAND).date(), found.order.state in WAITS
    corrections = await complaints.corrections(found.order.id)
    handed = await queries.handed(found.order.id) if found.order.state == "handed_over" else None
    return page(
        request, "order.html", no=no, order=found.order, lines=found.lines, stop=there, key=key,
        corrections=corrections,
        lost=await barred.of_order(found.order.id) if waits else [],
        recalled=await recalls.of_order(found.order.id), rule=rule,
        short=await _short(request, found.order.id), why=await _why(found),
        comes=await comes(request, at, there.place.id, on) if waits else None,
        link=link, qr=qr_svg(f"{origin}/stall/{found.order.code}") if kept else "",
        own=not key, asked=asked, over=_over(found, at), sent="sent" in request.query_params,
        deposits=await custody.loans_of_order(found.order.id),
        missed=at >= found.order.pickup_until, handed=handed,
        credited=_credited(handed, corrections),
        too_late=kept and at >= found.order.closes_at,
        to_change=await to_change(request, found, at, typed or {}), tried=bool(typed),
        typed=typed or {},
        neighbour=await neighbour.code_of(found.order.id) if waits else "",
        may_cancel=waits and (at < found.order.closes_at or found.order.shut),
        elsewhere=await _elsewhere(request, found, at) if waits else [],
        going_back=[] if waits else await elsewhere.going_back(found.order.id),
    )  # fmt: skip


async def _stop(request: Ask, found: OrderView, at: datetime) -> goods.Stop:
    cycle = await offers.cycle(found.order.cycle)
    return await goods.stop(cycle, at, words_for(request), found.order.stop)


async def to_change(
    request: Ask, found: OrderView, at: datetime, typed: Mapping[str, str]
) -> list[Good]:
    """Its goods with a field each, while it may be changed."""
    if found.order.state != "confirmed" or at >= found.order.closes_at:
        return []
    mine = {line.offer: line.grams for line in found.lines}
    sold = await goods.some(found.order.cycle, mine, mine, words_for(request))
    return [
        msgspec.structs.replace(good, amount=typed.get(good.field, good.amount)) for good in sold
    ]


async def _why(found: OrderView) -> list[rounds.Reason]:
    """Why its round was called off, its place closed, or ordering closes later."""
    order, waits = found.order, found.order.state in WAITS
    if not waits and order.state != "cancelled":
        return []
    return [
        one for one in await rounds.reasons(order.cycle)
        if one.word == "called_off" or one.stop == order.stop or (waits and one.stop is None)
    ]  # fmt: skip


async def _short(request: Ask, order: str) -> list[dict[str, object]]:
    say = words_for(request)
    return [{"of": one, "why": short_words.why(say, one)} for one in await shortage.reasons(order)]


async def _elsewhere(request: Ask, found: OrderView, at: datetime) -> list[goods.Where]:
    """Where else it may be fetched: until ordering closes, and after that if its place closed."""
    order, cycle = found.order, await offers.cycle(found.order.cycle)
    if at >= order.closes_at and not order.shut:
        return []
    there = await goods.stop(cycle, at, words_for(request))
    return [
        one for one in there.where
        if one.stop.id != order.stop and not one.full and at < one.stop.pickup_until
        and one.stop.closed_at is None
    ]  # fmt: skip


def _credited(handed: HandedOver | None, corrections: list[CorrectionView]) -> int:
    """Satang that came back when less was on the scales than paid for."""
    right = sum(one.credited_satang for one in corrections)
    return handed.credited_satang + right if handed else 0


async def _pay_shown(
    request: Ask,
    found: OrderView,
    key: str,
    at: datetime,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    order, asked = found.order, await paying.request_of(found.order.id)
    waiting = order.state == "held" and order.rail in PAID_FIRST and not _over(found, at)
    if not waiting and no is None:
        if order.state == "held":
            return await shown(request, found, key, at, NothingAsked())
        return onward(address(found, key))
    say, place = words_for(request), await places.place(order.place)
    tried = await elsewhere.attempts_of(order.id)
    left = max(0, int((order.expires_at - at).total_seconds() // 60)) if order.expires_at else 0
    return page(
        request, "pay.html", no=no, typed=typed or {}, order=order, asked=asked, key=key,
        minutes=left, place=place, waiting=waiting,
        window=goods.window(say, order.pickup_from, order.pickup_until),
        qr=qr_svg(asked.payload) if asked and waiting else "",
        provider=await elsewhere.account_of(order.merchant) is not None, attempts=tried,
        provider_qr=qr_svg(_scanned(tried[0])) if tried and _scanned(tried[0]) else "",
    )  # fmt: skip


def _scanned(tried: AttemptView) -> str:
    """What its QR holds; a card is paid on the provider's own page."""
    waits = tried.state == "awaiting" and tried.method == "promptpay"
    return tried.shown or "" if waits else ""


def _over(found: OrderView, at: datetime) -> bool:
    """Its time to pay has run out, whether or not the clock has come by already."""
    order = found.order
    return order.state == "held" and order.expires_at is not None and at >= order.expires_at


DOORS = [show, receipt, pay_page, ask_for_money, pay_at_stall, cancel, move, again]
