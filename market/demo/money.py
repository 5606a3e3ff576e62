"""Orders of the demo and where their money went: paid, weighed, settled and paid out."""

from __future__ import annotations

import hashlib

from certification.basis.transaction import run
from market.demo.days import Days, named
from market.demo.goods import LAST_ORDERS, NEXT_ORDERS, Order
from market.demo.people import NETWORK, RATTAPHUM, who
from market.demo.shop import cycle, guest_key, offer
from market.domain.orders import commands as orders
from market.domain.orders import queries as order_queries
from market.domain.orders.rules import CancelOrder, Guest, HandOver, Line, PlaceOrder, Weighed
from market.domain.payments import commands as payments
from market.domain.payments import queries as payment_queries
from market.domain.payments.rules import Confirm
from market.domain.settlement import commands as settlement
from market.domain.settlement import queries as settled
from market.domain.settlement.rules import DecideRun, Level, MakeRun, MarkPaid, Settle

TREASURER, SECOND, STALL = who("prasert"), who("dao"), who("dao")


async def trade_last(days: Days) -> None:
    """Ordered on two days, fetched on the market day, settled and paid out that evening."""
    day = days.last_market
    for place, order in enumerate(LAST_ORDERS):
        await _place(order, "last", days, (day - 2, 10 + place))
    await run(orders.expire, at=days.at(day - 1, 17))
    await run(payments.free_amounts, at=days.at(day - 1, 17))
    for place, order in enumerate(LAST_ORDERS):
        if order.fate == "handed_over":
            await _hand_over(order, days, (day, 9 + place))
    wanted = Settle(named("settle", "last"), cycle("last"), NETWORK)
    await run(settlement.settle, wanted, by=TREASURER, at=days.at(day, 18))
    await _pay_out(days, NETWORK, "group", (day, 19))
    await _pay_out(days, RATTAPHUM, "farmer", (day, 20))


async def trade_next(days: Days) -> None:
    """Ordered yesterday evening; one waits for its money, and has a day yet."""
    for place, order in enumerate(NEXT_ORDERS):
        await _place(order, "next", days, (-1, 13 + place))


def order_id(order: Order) -> str:
    return named("order", order.key)


def buyer(order: Order) -> str:
    return named("guest", order.key) if order.guest else who(order.buyer)


async def _place(order: Order, market: str, days: Days, when: tuple[int, int]) -> None:
    lines = tuple(
        Line(named("line", order.key, str(place)), offer(market, land, crop), grams)
        for place, (land, crop, grams) in enumerate(order.lines)
    )
    key_hash = hashlib.sha256(guest_key(order.key).encode()).hexdigest()
    guest = Guest(order.buyer, "0800000099", key_hash) if order.guest else None
    wanted = PlaceOrder(
        order_id(order), cycle(market), buyer(order), order.rail, lines, guest
    )  # fmt: skip
    await run(orders.place, wanted, by=buyer(order), at=days.at(*when))
    if order.rail == "promptpay":
        await run(payments.request, wanted.id, by=buyer(order), at=days.at(*when, 5))
        if order.fate in ("paid", "handed_over"):
            await _confirm(order, days, when)
    if order.fate == "cancelled":
        gone = CancelOrder(wanted.id)
        await run(orders.cancel, gone, by=buyer(order), at=days.at(*when, 30))


async def _confirm(order: Order, days: Days, when: tuple[int, int]) -> None:
    request = await payment_queries.requested(order_id(order))
    assert request
    seen = Confirm(
        named("evidence", order.key), request.request, NETWORK, request.satang, "slip", "004",
        f"DEMO{order.key.upper()}",
    )  # fmt: skip
    await run(payments.confirm, seen, by=TREASURER, at=days.at(*when, 20))


async def _hand_over(order: Order, days: Days, when: tuple[int, int]) -> None:
    lines = await order_queries.ordered_lines(order_id(order))
    first = named("line", order.key, "0")
    weighed = tuple(
        Weighed(line.id, line.grams - (order.lighter if line.id == first else 0)) for line in lines
    )
    given = HandOver(named("handover", order.key), order_id(order), NETWORK, weighed)
    await run(orders.hand_over, given, by=STALL, at=days.at(*when))


async def _pay_out(days: Days, payer: str, level: Level, when: tuple[int, int]) -> None:
    """Made by one treasurer, approved by the other, then paid line by line."""
    made = MakeRun(named("run", payer, level), payer, level)
    await run(settlement.make_run, made, by=TREASURER, at=days.at(*when))
    yes = DecideRun(made.id, payer, approve=True)
    await run(settlement.decide_run, yes, by=SECOND, at=days.at(*when, 10))
    for place, payout in enumerate(await settled.payouts(made.id)):
        slip = f"DEMOPAY{level.upper()}{place}"
        paid = MarkPaid(payout.id, payer, "004", slip)
        await run(settlement.mark_paid, paid, by=TREASURER, at=days.at(*when, 20))
