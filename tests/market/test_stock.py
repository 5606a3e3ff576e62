"""Grams are poured from bucket to bucket: never out of nothing, never twice, never in silence."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run, transaction
from market.domain.lots import commands, queries
from market.domain.lots.commands import BUCKETS
from market.domain.lots.refusals import NoGrams, NoStock, NotSoMuchThere, SoldOut
from market.domain.lots.tables import StockMove
from tests.cast import MALEE, NOK, NOW
from tests.databases import edit_by_hand

DEEDS: dict[str, tuple[Callable[..., Awaitable[object]], str, str]] = {
    "hold": (commands.hold, "available", "held"),
    "release": (commands.release, "held", "available"),
    "sell": (commands.sell, "held", "sold"),
    "take_directly": (commands.take_directly, "available", "sold"),
    "unsell": (commands.unsell, "sold", "available"),
    "waste": (commands.waste, "available", "waste"),
}


async def kale(grams: int = 10_000) -> str:
    id = new_id()
    await run(commands.open_stock, id, "forecast", new_id(), grams, by=MALEE, at=NOW)
    return id


async def pour(deed: str, stock: str, grams: int) -> None:
    await run(DEEDS[deed][0], stock, grams, subject=new_id(), by=NOK, at=NOW)


async def buckets(stock: str) -> dict[str, int]:
    there = await queries.stock(stock)
    return {bucket: getattr(there, f"{bucket}_grams") for bucket in BUCKETS}


async def test_a_fresh_stock_is_all_available(db: Database) -> None:
    stock = await kale(4_000)
    assert await buckets(stock) == {
        "available": 4_000, "held": 0, "leased": 0, "sold": 0, "waste": 0, "used": 0,
    }  # fmt: skip
    assert (await queries.stock(stock)).capacity_grams == 4_000


async def test_who_comes_too_late_hears_what_is_left(db: Database) -> None:
    stock = await kale(1_000)
    await pour("hold", stock, 700)
    with pytest.raises(SoldOut) as refused:
        await pour("hold", stock, 400)
    assert refused.value.facts == {"stock": stock, "grams_left": 300}
    assert (await buckets(stock))["held"] == 700


@pytest.mark.parametrize("deed", ["release", "sell", "unsell"])
async def test_nothing_comes_from_an_empty_bucket(deed: str, db: Database) -> None:
    stock = await kale()
    with pytest.raises(NotSoMuchThere):
        await pour(deed, stock, 1)
    assert (await buckets(stock))["available"] == 10_000


@pytest.mark.parametrize("grams", [0, -500])
@pytest.mark.parametrize("deed", DEEDS)
async def test_nobody_pours_backwards(deed: str, grams: int, db: Database) -> None:
    with pytest.raises(NoGrams):
        await pour(deed, await kale(), grams)


async def test_an_unknown_stock_is_missing(db: Database) -> None:
    with pytest.raises(NoStock):
        await pour("hold", new_id(), 1)
    with pytest.raises(NoStock):
        await queries.stock(new_id())


async def test_a_deed_that_fails_later_leaves_no_move(db: Database) -> None:
    stock = await kale(1_000)

    async def order_two() -> None:
        async with transaction():
            await commands.hold(stock, 600, subject=new_id(), by=NOK, at=NOW)
            await commands.hold(stock, 600, subject=new_id(), by=NOK, at=NOW)

    with pytest.raises(SoldOut):
        await run(order_two)
    assert (await buckets(stock))["held"] == 0
    assert await StockMove.count().where(StockMove.stock == stock) == 1
    assert await queries.stock_faults() == []


async def test_money_that_came_late_takes_what_is_left_or_nothing(db: Database) -> None:
    stock = await kale(1_000)
    taken = [
        await run(commands.take_if_left, stock, 600, subject=new_id(), by=NOK, at=NOW)
        for _ in range(2)
    ]
    assert taken == [True, False]
    assert (await buckets(stock))["sold"] == 600
    assert await queries.stock_faults() == []


@pytest.mark.parametrize("grams", [250, 500, 1_000])
async def test_200_buyers_at_once_buy_exactly_what_is_there(grams: int, db: Database) -> None:
    """They want twice the stock, in sizes that divide it."""
    stock = await kale(100 * grams)
    answers = await asyncio.gather(
        *(pour("hold", stock, grams) for _ in range(200)), return_exceptions=True
    )
    refused = [answer for answer in answers if answer is not None]
    assert [type(answer) for answer in refused] == [SoldOut] * 100
    assert await buckets(stock) == {
        "available": 0, "held": 100 * grams, "leased": 0, "sold": 0, "waste": 0, "used": 0,
    }  # fmt: skip
    assert await queries.stock_faults() == []


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    deeds=st.lists(
        st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(1, 900)), min_size=1, max_size=15
    )
)
async def test_the_buckets_are_those_of_a_child_with_beans(
    deeds: list[tuple[str, int]], db: Database
) -> None:
    """Against an oracle that does what the words say, and refuses what it cannot do."""
    stock = await kale(1_000)
    beans = {**dict.fromkeys(BUCKETS, 0), "available": 1_000}
    for deed, grams in deeds:
        _, source, target = DEEDS[deed]
        if beans[source] < grams:
            with pytest.raises((SoldOut, NotSoMuchThere)):
                await pour(deed, stock, grams)
            continue
        await pour(deed, stock, grams)
        beans[source] -= grams
        beans[target] += grams
    assert await buckets(stock) == beans
    assert await queries.stock_faults() == []


async def test_a_bucket_edited_by_hand_is_named(db: Database, market_url: str) -> None:
    stock = await kale()
    await pour("hold", stock, 400)
    await edit_by_hand(
        market_url,
        f"UPDATE stock SET held_grams = 300, available_grams = 9700 WHERE id = '{stock}'",
    )
    assert await queries.stock_faults() == [
        ("stock", stock, "available_grams", "9700 here, 9600 by the moves"),
        ("stock", stock, "held_grams", "300 here, 400 by the moves"),
    ]


async def test_a_forgotten_move_is_missed(db: Database, market_url: str) -> None:
    stock = await kale()
    await edit_by_hand(market_url, f"DELETE FROM stock_move WHERE stock = '{stock}'")
    named = [(table, row, column) for table, row, column, _ in await queries.stock_faults()]
    assert named == [("stock", stock, "available_grams"), ("stock", stock, "capacity_grams")]
