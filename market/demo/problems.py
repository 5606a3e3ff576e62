"""Goods that were not as they should be: one answered with credit, one still waiting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from market.demo.days import Days, named
from market.demo.goods import LAST_ORDERS, Order
from market.demo.money import buyer, order_id
from market.demo.people import who
from market.demo.story import Deed, deed
from market.domain.complaints import commands
from market.domain.complaints.rules import Answer, Complain, Kind

HOURS = 24
SHORT, BROWN = LAST_ORDERS[0], LAST_ORDERS[1]


def complain(days: Days) -> Iterator[Deed]:
    """On the evening of the last market day; answered the next morning."""
    evening, morning = days.at(days.last_market, 19), days.at(days.last_market, 19, 40)
    yield Deed(evening, partial(_told, SHORT, "short", "ฟักทองเบากว่าที่ชั่งประมาณครึ่งกิโล", evening))
    yield Deed(evening, partial(_told, BROWN, "spoilt", "มะเขือยาวช้ำสองลูก", evening))
    given = Answer(
        named("problem-answer", SHORT.key), named("problem", SHORT.key), "credit", 1_200, "fund",
        "ตาชั่งที่แผงคลาดเคลื่อน ขออภัยและคืนเป็นเครดิต",
    )  # fmt: skip
    yield deed(commands.answer, given, by=who("prasert"), at=morning + timedelta(hours=1))


async def _told(order: Order, kind: Kind, words: str, at: datetime) -> None:
    told = Complain(
        named("problem", order.key), order_id(order), named("line", order.key, "1"), kind, words
    )
    await commands.complain(told, hours=HOURS, by=buyer(order), at=at)
