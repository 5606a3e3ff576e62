"""Orders of the demo, as far as each has come: placed, paid, weighed, called off, given back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from certification.people import commands as people
from certification.people.rules import Particulars
from market.demo import truck_ride
from market.demo.days import Days, named
from market.demo.goods import Order
from market.demo.people import NETWORK, who
from market.demo.rounds import Round, rounds
from market.demo.shop import guest_key, offer
from market.demo.story import Deed, deed
from market.domain.orders import commands as orders
from market.domain.orders import queries as order_queries
from market.domain.orders.rules import (
    PAID_FIRST,
    CancelOrder,
    Guest,
    HandOver,
    Line,
    PlaceOrder,
    Weighed,
)
from market.domain.payments import commands as payments
from market.domain.payments import queries as payment_queries
from market.domain.payments.rules import Confirm, PayBackCredit, sealed
from market.domain.slips import commands as slips
from market.domain.slips.rules import ShowSlip

TREASURER, STALL = who("prasert"), who("dao")
IN_TIME = frozenset({"paid", "handed_over", "left", "called_off", "paid_back"})
"""Paid before the time was over."""
FETCHED = frozenset({"handed_over", "late"})
CALLED_OFF = frozenset({"called_off", "paid_back"})
GUESTS_PHONE = "0800000099"
FIRST_HOUR, MINUTES_BETWEEN = 13, 40
MINUTE = timedelta(minutes=1)
BANK = "004"


def trade(days: Days) -> Iterator[Deed]:
    """Ordered on the day before the round closes; what was not paid is freed an hour before."""
    for each in rounds(days):
        ordered = -1 if each.market_day > 0 else each.market_day - 2
        for place, order in enumerate(each.orders):
            at = days.at(ordered, FIRST_HOUR, place * MINUTES_BETWEEN)
            yield from _guest(order, at)
            yield from _ordered(order, each, at, days)
        if each.market_day <= 0 and each.orders:
            at = days.at(each.closes, 17)
            yield Deed(at, partial(_freed, at))
        if each.over:
            for place, order in enumerate(each.orders):
                if order.fate in FETCHED:
                    driven = each.key == "last"  # the stall of all others opens at nine
                    hour, minutes = (14, 55 + 9 * place) if driven else (9, 10 + 30 * place)
                    at = days.at(each.market_day, hour, minutes)
                    yield Deed(at, partial(_hand_over, order, at, driven))


def order_id(order: Order) -> str:
    return named("order", order.key)


def buyer(order: Order) -> str:
    return named("guest", order.key) if order.guest else who(order.buyer)


def _guest(order: Order, at: datetime) -> Iterator[Deed]:
    """Invented as all the others are, and marked so; the order finds the guest registered."""
    if order.guest:
        said = Particulars(order.buyer, GUESTS_PHONE)
        yield Deed(
            at, partial(people.register, buyer(order), said, by=buyer(order), at=at, sample=True)
        )


def _ordered(order: Order, round: Round, at: datetime, days: Days) -> Iterator[Deed]:
    wanted, by = _basket(order, round), buyer(order)
    yield deed(orders.place, wanted, by=by, at=at)
    if order.rail in PAID_FIRST:
        yield from _transferred(order, at)
    if order.fate == "late":
        yield _paid(order, days.at(round.closes, 17, 30))
    if order.fate == "too_late":
        yield _paid(order, days.at(round.market_day, 19))
    if order.fate == "cancelled":
        gone = CancelOrder(wanted.id)
        yield deed(orders.cancel, gone, by=by, at=at + MINUTE * 15)
    if order.fate in CALLED_OFF:
        off, later = CancelOrder(wanted.id, NETWORK), at.replace(hour=22)
        yield deed(orders.cancel, off, by=STALL, at=later)
    if order.fate == "paid_back":
        back = days.at(round.market_day, 19, 30)
        yield Deed(back, partial(_pay_back, order, back))


def _basket(order: Order, round: Round) -> PlaceOrder:
    lines = tuple(
        Line(named("line", order.key, str(place)), offer(round.key, land, crop), grams)
        for place, (land, crop, grams) in enumerate(order.lines)
    )
    key_hash = hashlib.sha256(guest_key(order.key).encode()).hexdigest()
    guest = Guest(order.buyer, GUESTS_PHONE, key_hash) if order.guest else None
    return PlaceOrder(order_id(order), round.id, buyer(order), order.rail, lines, guest)


def _paid(order: Order, at: datetime) -> Deed:
    return Deed(at, partial(_confirm, order, at))


async def _confirm(order: Order, at: datetime) -> None:
    request = await payment_queries.requested(order_id(order))
    assert request
    seen = Confirm(
        named("evidence", order.key), request.request, NETWORK, request.satang, "slip", "004",
        f"DEMO{order.key.upper()}",
    )  # fmt: skip
    await payments.confirm(seen, by=TREASURER, at=at)


def _transferred(order: Order, at: datetime) -> Iterator[Deed]:
    yield deed(payments.request, order_id(order), by=buyer(order), at=at + MINUTE * 5)
    if order.fate == "waiting":
        yield _shown(order, at + MINUTE * 12)
    if order.fate in IN_TIME:
        yield _paid(order, at + MINUTE * 10)


def _shown(order: Order, at: datetime) -> Deed:
    """A slip that waits for the treasurer."""
    text = bank_slip(f"DEMOSHOWN{order.key.upper()}")
    shown = ShowSlip(named("slip", order.key), order_id(order), text)
    return Deed(at, partial(slips.show, shown, checker=False, by=buyer(order), at=at))


def bank_slip(reference: str) -> str:
    """What the small code on a bank's slip holds."""
    inner = f"00060000010103{BANK}02{len(reference):02d}{reference}"
    return sealed(f"00{len(inner):02d}{inner}5102TH", "91")


async def _freed(at: datetime) -> None:
    await orders.expire(at=at)
    await payments.free_amounts(at=at)


async def _hand_over(order: Order, at: datetime, from_truck: bool) -> None:  # noqa: FBT001
    lines = await order_queries.ordered_lines(order_id(order))
    first = named("line", order.key, "0")
    weighed = tuple(
        Weighed(line.id, line.grams - (order.lighter if line.id == first else 0)) for line in lines
    )
    given = HandOver(named("handover", order.key), order_id(order), NETWORK, weighed)
    await (truck_ride if from_truck else orders).hand_over(given, by=STALL, at=at)


async def _pay_back(order: Order, at: datetime) -> None:
    satang = await payment_queries.to_pay_back(order_id(order))
    back = PayBackCredit(
        named("paid-back", order.key), NETWORK, buyer(order), satang, "004",
        f"DEMOBACK{order.key.upper()}", order_id(order),
    )  # fmt: skip
    await payments.pay_back_credit(back, by=TREASURER, at=at)
