"""Two hundred people want twice what there is; and whatever happens together, happens once."""

import asyncio
from collections import Counter

import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import TooContended, run
from market.domain.ledger import queries as ledger
from market.domain.ledger.rules import credit, own
from market.domain.lots.refusals import SoldOut
from market.domain.orders import commands as orders
from market.domain.orders import queries as orders_seen
from market.domain.orders.refusals import AlreadyPaid, Ended
from market.domain.orders.rules import OrderPlaced
from market.domain.payments import commands as payments
from market.domain.payments import queries as payments_seen
from market.domain.settlement import queries as settlement_seen
from tests.cast import DAO, NETWORK, NOK, NOW, village
from tests.market.stall import Stall, faults, minutes, stall, stall_in_village

BUYERS = 200
STOCK = 50_000
SIZES = (400, 500, 600)
"""200 buyers of 500 g on average ask for twice the stock; every size is a multiple of 100 g."""


async def rush(there: Stall, buyers: int = BUYERS) -> list[OrderPlaced | BaseException]:
    async def one(number: int) -> OrderPlaced:
        rail = "cash" if number % 2 else "promptpay"
        return await there.order(SIZES[number % 3], rail=rail)

    return await asyncio.gather(*(one(number) for number in range(buyers)), return_exceptions=True)


async def test_200_buyers_of_twice_the_stock_get_exactly_the_stock(db: Database) -> None:
    """Every size divides the stock's step: who is left out could not have been served."""
    there = await stall(db, grams=STOCK)
    results = await rush(there)
    outcome = Counter(type(result) for result in results)
    assert outcome.keys() <= {OrderPlaced, SoldOut}, outcome
    available, on_hold, sold = await there.buckets()
    assert available + on_hold + sold == STOCK
    assert available < max(SIZES)
    for result in results:  # nobody was refused what was there at that moment
        if isinstance(result, SoldOut):
            assert result.facts["grams_left"] < max(SIZES)
    placed = await orders_seen.orders_in(there.cycle)
    assert len(placed) == outcome[OrderPlaced]
    assert len({order.code for order in placed}) == len(placed)
    assert await faults() == []


async def test_sizes_that_divide_the_stock_sell_it_to_the_last_gram(db: Database) -> None:
    there = await stall(db, grams=STOCK)
    results = await asyncio.gather(
        *(there.order(500, rail="cash") for _ in range(BUYERS)), return_exceptions=True
    )
    outcome = Counter(type(result) for result in results)
    assert outcome == {OrderPlaced: 100, SoldOut: 100}
    assert await there.buckets() == (0, 0, STOCK)
    assert {r.facts["grams_left"] for r in results if isinstance(r, SoldOut)} == {0}
    assert await faults() == []


async def test_twenty_clicks_are_one_order(db: Database) -> None:
    there, id = await stall(db), new_id()
    answers = await asyncio.gather(*(there.order(500, id=id) for _ in range(20)))
    assert len(set(answers)) == 1
    assert await there.buckets() == (9_500, 500, 0)
    assert await faults() == []


async def test_baskets_that_want_the_same_lots_in_another_order_both_pass(db: Database) -> None:
    from market.domain.orders.rules import Line, PlaceOrder  # noqa: PLC0415
    from tests.market.stall import harvest_and_offer  # noqa: PLC0415

    there = await stall(db)
    one = there.offer
    two = await harvest_and_offer(there, 10_000, 3_000)

    async def both(*offers: str) -> OrderPlaced:
        lines = tuple(Line(new_id(), offer, 100) for offer in offers)
        asked = PlaceOrder(new_id(), there.cycle, NOK, "cash", lines)
        return await run(orders.place, asked, by=NOK, at=NOW)

    await asyncio.gather(*(both(*pair) for _ in range(10) for pair in ((one, two), (two, one))))
    assert await there.buckets() == (8_000, 0, 2_000)
    assert await faults() == []


async def test_cancelled_paid_and_expired_at_once_it_has_one_end(db: Database) -> None:
    there = await stall(db)
    placed = [await there.order(500) for _ in range(6)]
    for each in placed:
        await run(payments.request, each.order, by=NOK, at=NOW)

    async def sweep() -> None:
        await run(orders.expire, at=minutes(60))
        await run(payments.free_amounts, at=minutes(60))

    at = minutes(60)
    results = await asyncio.gather(
        sweep(),
        *(deed for each in placed
          for deed in (there.pay(each.order, at=at), there.cancel(each.order, by=DAO, at=at))),
        sweep(),
        return_exceptions=True,
    )  # fmt: skip
    assert not [r for r in results if isinstance(r, (TooContended, AssertionError))]
    refused = Counter(type(r) for r in results if isinstance(r, BaseException))
    assert refused.keys() <= {Ended, AlreadyPaid}, refused
    available, on_hold, sold = await there.buckets()
    assert (available + sold, on_hold) == (10_000, 0)
    came = await ledger.balance(own("bank", NETWORK))
    assert came == sum(view.satang for view in await asked_of(placed))
    kept = 500 * 4 * sum([await there.state(each.order) == "confirmed" for each in placed])
    assert await ledger.balance(credit(NETWORK, NOK)) >= came - kept
    assert [*await faults(), *await payments_seen.payment_faults()] == []
    assert await settlement_seen.settlement_faults() == []


async def asked_of(placed: list[OrderPlaced]) -> list[payments_seen.RequestView]:
    views = [await payments_seen.request_of(each.order) for each in placed]
    return [view for view in views if view]


@pytest.mark.parametrize("grams", [100])
async def test_sixty_buyers_of_the_last_bunch_have_one_winner(db: Database, grams: int) -> None:
    there = await stall(db, grams=grams)
    results = await asyncio.gather(*(there.order(grams) for _ in range(60)), return_exceptions=True)
    assert Counter(type(result) for result in results) == {OrderPlaced: 1, SoldOut: 59}
    assert await faults() == []


@pytest.mark.long
async def test_the_rush_three_times_over(db: Database, engine: str, record_property) -> None:
    """Sizes mixed and equal in turn: never a gram more than there is."""
    await village(db)
    for sizes in (SIZES, (500,), (200, 500, 1_000)):
        there = await stall_in_village(STOCK)
        results = await asyncio.gather(
            *(there.order(sizes[number % len(sizes)], rail="cash") for number in range(BUYERS)),
            return_exceptions=True,
        )
        outcome = Counter(type(result).__name__ for result in results)
        available, on_hold, sold = await there.buckets()
        assert outcome.keys() <= {"OrderPlaced", "SoldOut"}, outcome
        assert available + on_hold + sold == STOCK
        told = f"{engine}: {outcome['OrderPlaced']} orders, {sold} g of {STOCK} g sold"
        record_property("figure", f"{told}, {outcome['SoldOut']} told sold out")
    assert await faults() == []
