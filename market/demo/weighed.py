"""What the scales said: packed the evening before, and read off wrong once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from market.demo.days import Days, named
from market.demo.goods import TODAY_ORDERS, Order
from market.demo.money import STALL, order_id
from market.demo.people import NETWORK
from market.demo.rounds import rounds
from market.demo.story import Deed
from market.domain.complaints import reweighing
from market.domain.complaints.reweighing import Reweigh
from market.domain.orders import packing
from market.domain.orders import queries as orders
from market.domain.orders.rules import Weighed

WRONG_BY = 100
LIGHTER = 50


def weigh(days: Days) -> Iterator[Deed]:
    evening = days.at(-1, 18)
    yield Deed(evening, partial(_pack, TODAY_ORDERS[0], evening))
    past = [(each, order) for each in rounds(days) if each.key.startswith("past")
            for order in each.orders if order.fate == "handed_over"]  # fmt: skip
    if past:
        round, order = past[-1]
        at = days.at(round.market_day, 16)
        yield Deed(at, partial(_put_right, order, at))


async def _pack(order: Order, at: datetime) -> None:
    lines = await orders.ordered_lines(order_id(order))
    weighed = tuple(Weighed(line.id, line.grams - LIGHTER) for line in lines)
    await packing.pack(packing.Pack(order_id(order), NETWORK, weighed), by=STALL, at=at)


async def _put_right(order: Order, at: datetime) -> None:
    line = (await orders.merchants(order_id(order), NETWORK)).lines[0]
    assert line.actual_grams
    right = Reweigh(
        named("reweighed", order.key), order_id(order), NETWORK, line.id,
        line.actual_grams - WRONG_BY, "ชามวางอยู่บนตาชั่งตอนชั่ง",
    )  # fmt: skip
    await reweighing.reweigh(right, by=STALL, at=at)
