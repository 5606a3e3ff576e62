"""Who comes when the goods are gone is told so before anything is begun, and for good."""

import asyncio

import pytest

from certification.basis.asked import AskedOtherwise
from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.domain.lots import commands as lots
from market.domain.lots.refusals import LotRecalled, SoldOut
from market.domain.offers.refusals import Closed
from market.domain.orders import commands, placing
from market.domain.orders.refusals import NotAStep
from market.domain.orders.rules import CancelOrder, Guest, Line, OrderPlaced, PlaceOrder
from tests.cast import NOK, NOW, WAN
from tests.market.stall import CLOSES, Stall, faults, stall


def of(there: Stall, grams: int, **said: object) -> PlaceOrder:
    id = new_id()
    line = Line(new_id(), there.offer, grams)
    return PlaceOrder(id, there.cycle, NOK, "cash", (line,), **said)  # type: ignore[arg-type]


async def place(order: PlaceOrder, at=NOW) -> OrderPlaced:
    return await placing.place(order, by=NOK, at=at)


async def begun() -> int:
    [row] = await in_use().query("SELECT count(*) AS n FROM preorder")
    return row["n"]


async def test_who_was_told_sold_out_is_told_so_when_goods_come_back(db: Database) -> None:
    there = await stall(db, grams=1_000)
    first, late = of(there, 700), of(there, 400)
    placed = await place(first)
    assert await place(first) == placed  # gone by now, and still answered as before
    for _ in range(2):
        with pytest.raises(SoldOut) as no:
            await place(late)
        assert (no.value.facts["grams_left"], no.value.kept) == (300, True)
    await run(commands.cancel, CancelOrder(first.id), by=NOK, at=NOW)
    with pytest.raises(SoldOut) as no:
        await place(late)
    assert no.value.facts["grams_left"] == 300
    with pytest.raises(AskedOtherwise):
        await place(PlaceOrder(late.id, there.cycle, NOK, "promptpay", late.lines))
    assert (await place(of(there, 400))).satang == 1_600
    assert await place(first) == placed
    assert (await begun(), await faults()) == (2, [])


async def test_what_else_stands_in_the_way_is_said_before_the_goods(db: Database) -> None:
    there = await stall(db, grams=1_000)
    with pytest.raises(NotAStep):
        await place(of(there, 1_150))
    with pytest.raises(Closed) as no:
        await place(of(there, 1_100), at=CLOSES)
    assert no.value.kept
    with pytest.raises(Refusal) as nameless:
        await place(of(there, 1_100, guest=Guest(" ", "0812345678", "h" * 64)))
    assert (nameless.value.status, nameless.value.kept) == (400, False)
    [row] = await in_use().query("SELECT source FROM stock WHERE id = {}", there.stock)
    await run(lots.stop, row["source"], by=WAN, at=NOW)
    with pytest.raises(LotRecalled):
        await place(of(there, 1_100))
    assert await begun() == 0


async def test_of_many_at_once_each_has_one_answer_and_nothing_is_sold_twice(db: Database) -> None:
    there = await stall(db, grams=1_000)
    orders = [of(there, 300) for _ in range(8)]
    twice = await asyncio.gather(*(place(one) for one in orders * 2), return_exceptions=True)
    told = [one if isinstance(one, OrderPlaced) else type(one) for one in twice]
    assert told[:8] == told[8:]
    assert [told[:8].count(SoldOut), await begun()] == [5, 3]
    assert (await there.buckets(), await faults()) == ((100, 0, 900), [])
