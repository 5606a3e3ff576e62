"""Malee sells what is not harvested yet: as much as her record allows, and nobody loses a gram."""

import asyncio
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.forecasts import commands, queries
from market.domain.forecasts.rules import (
    FEW,
    LAST,
    Bounds,
    DayWrong,
    Ended,
    Expected,
    GivenUp,
    Kept,
    NotLower,
    ReservedMore,
    presold,
    share,
)
from market.domain.lots import queries as lots
from market.domain.lots.refusals import MoreThanExpected, NotTheHolder, SoldOut
from market.domain.offers import ahead
from market.domain.offers import queries as offers
from market.domain.offers.refusals import Closed, OtherCrop, ReadyTooLate
from market.domain.offers.rules import LowerAhead, OfferAhead, TakeBackAhead
from market.domain.orders import harvested
from market.domain.orders import queries as orders
from market.domain.orders.refusals import NotHarvested
from market.domain.shortage import queries as shortages
from market.domain.shortage.commands import share_out
from market.domain.shortage.rules import ShareOut
from tests.cast import DAO, KRIT, MALEE, NOK, NOW, SOMCHAI, TODAY, later, log_faults
from tests.market.farm import KALE_GRAMS, Farm, planted
from tests.market.stall import CLOSES, Stall, faults, stall
from tests.market.test_offers import a_product

SOON = TODAY + timedelta(days=2)
BOUNDS = Bounds()
promises = st.lists(st.builds(Kept, st.integers(1, 90), st.integers(0, 99)), max_size=14)


@given(promises, st.integers(0, 13), st.integers(1, 99))
def test_the_share_is_never_all_and_more_and_never_falls_by_delivering(record, which, more) -> None:
    told = share(record, BOUNDS)
    assert BOUNDS.least <= told.percent <= 100
    assert share(list(record), BOUNDS) == told  # whoever reckons it again
    assert 1 <= presold(50_000, told.percent) <= 50_000
    kept_in_full = [Kept(20, 20), *record]
    assert share(kept_in_full, BOUNDS).percent >= told.percent
    if which < len(record):
        better = msgspec.structs.replace(
            record[which], delivered_grams=record[which].delivered_grams + more
        )
        record = [*record[:which], better, *record[which + 1 :]]
        assert share(record, BOUNDS).percent >= told.percent


def test_it_begins_safe_and_grows_with_each_promise_kept() -> None:
    shares = [share([Kept(10, 10)] * kept, BOUNDS).percent for kept in range(LAST)]
    assert shares[0] == BOUNDS.start
    assert shares == sorted(shares)
    assert shares[FEW:] == [100] * (LAST - FEW)
    assert share([Kept(10, 0)] * FEW, BOUNDS).percent == BOUNDS.least
    assert share([Kept(10, 0), *[Kept(10, 10)] * 9], BOUNDS).percent == 100  # one bad day in ten


class Ahead(msgspec.Struct):
    stall: Stall
    farm: Farm
    product: str

    async def offer(self, grams: int = 10_000, *, by: str = MALEE, **how: object) -> Expected:
        asked = OfferAhead(
            new_id(), self.farm.planting, self.stall.cycle, self.product, SOON, grams, 4_000, 500
        )
        asked = msgspec.structs.replace(asked, **how)
        done = await run(ahead.offer_ahead, asked, by, BOUNDS, by=by, at=NOW)
        self.stall.offer, self.stall.stock = (await self.known(done.forecast)).id, done.stock
        return done

    async def known(self, forecast: str) -> offers.Offer:
        found = await offers.of_stock((await queries.forecast(forecast)).stock)
        assert found
        return found


async def sowing(db: Database) -> Ahead:
    there = await stall(db)
    return Ahead(there, await run(planted), await a_product())


async def all_faults() -> list[object]:
    """The stall's lot and goods are laid straight into their tables: the log knows none of them."""
    laid = ("lot", "plot", "product", "public_code")
    told = [one for one in await log_faults() if one.table not in laid]
    return [*await faults(), *await lots.stock_faults(), *told]


async def test_what_is_not_cut_yet_can_be_ordered_at_once(db: Database) -> None:
    there = await sowing(db)
    done = await there.offer(20_000)
    assert (done.percent, done.because, done.presold_grams) == (60, "start", 12_000)
    line = next(one for one in await offers.shop(there.stall.cycle) if one.expected)
    assert (line.lot_code, line.harvested_on, line.grams_left) == ("", SOON, 12_000)
    assert line.parts.whole == line.satang_per_kg
    with pytest.raises(SoldOut):
        await there.stall.order(12_500)
    placed = await there.stall.paid(12_000, rail="cash")
    [shown] = (await orders.own(placed.order, NOK)).lines
    assert (shown.lot, shown.claim) == ("", "plain")
    [to_cut] = [one for one in await orders.harvest_list(there.stall.cycle) if not one.lot]
    assert (to_cut.farmer, to_cut.grams, to_cut.harvested_on) == (MALEE, 12_000, SOON)
    with pytest.raises(NotHarvested):
        await there.stall.hand_over(placed.order)
    assert await all_faults() == []


async def test_nobody_offers_what_will_not_be_there(db: Database) -> None:
    there = await sowing(db)
    for wrong, refusal in (
        ({"ready_on": TODAY - timedelta(days=1)}, DayWrong),
        ({"ready_on": TODAY + timedelta(days=59)}, ReadyTooLate),
        ({"grams": KALE_GRAMS + 1}, MoreThanExpected),
        ({"product": await a_product(crop="okra")}, OtherCrop),
        ({"by": KRIT}, NotTheHolder),
    ):
        with pytest.raises(refusal):
            await there.offer(**wrong)
    await there.offer(KALE_GRAMS - 1_000)
    with pytest.raises(MoreThanExpected) as no:
        await there.offer(2_000)
    assert no.value.facts == {"expected_grams": 1_000}
    there.stall.cycle = new_id()
    assert await all_faults() == []


async def test_of_two_promises_at_once_the_land_bears_one(db: Database) -> None:
    there = await sowing(db)
    half = KALE_GRAMS * 2 // 3
    done = await asyncio.gather(there.offer(half), there.offer(half), return_exceptions=True)
    assert sum(isinstance(one, Expected) for one in done) == 1
    assert sum(isinstance(one, MoreThanExpected) for one in done) == 1


async def test_it_is_lowered_and_taken_back_but_never_below_what_is_ordered(db: Database) -> None:
    there = await sowing(db)
    done = await there.offer(10_000)
    first = await there.stall.paid(2_000, rail="cash")
    second = await there.stall.order(3_000)
    touched = await orders.touched(done.stock, 4_000)
    assert [(one.code, one.grams) for one in touched] == [(second.code, 3_000)]
    with pytest.raises(ReservedMore) as no:
        await run(ahead.lower, LowerAhead(done.forecast, 4_999), by=MALEE, at=NOW)
    assert no.value.facts == {"reserved_grams": 5_000}
    with pytest.raises(NotLower):
        await run(ahead.lower, LowerAhead(done.forecast, 11_000), by=MALEE, at=NOW)
    for _ in range(2):
        lowered = await run(ahead.lower, LowerAhead(done.forecast, 6_000), by=MALEE, at=NOW)
        assert lowered.presold_grams == 5_000
    with pytest.raises(SoldOut):
        await there.stall.order(500)
    with pytest.raises(Closed):
        await run(ahead.lower, LowerAhead(done.forecast, 5_500), by=MALEE, at=CLOSES)
    kept = await run(ahead.take_back, TakeBackAhead(done.forecast), by=MALEE, at=NOW)
    assert kept.grams == 5_000  # what is ordered stays promised
    assert not [one for one in await offers.shop(there.stall.cycle) if one.expected]
    assert [await there.stall.state(one.order) for one in (first, second)] == ["confirmed", "held"]
    other = await there.offer(10_000)
    assert isinstance(
        await run(ahead.take_back, TakeBackAhead(other.forecast), by=MALEE, at=NOW), GivenUp
    )
    with pytest.raises(Ended):
        await run(ahead.take_back, TakeBackAhead(other.forecast), by=MALEE, at=NOW)
    assert await all_faults() == []


async def test_ordered_and_lowered_at_once_nothing_ordered_is_lost(db: Database) -> None:
    there = await sowing(db)
    done = await there.offer(10_000)
    await asyncio.gather(
        *(there.stall.order(1_500) for _ in range(4)),
        *(
            run(ahead.lower, LowerAhead(done.forecast, grams), by=MALEE, at=NOW)
            for grams in (5_000, 3_000)
        ),
        return_exceptions=True,
    )
    known = await queries.forecast(done.forecast)
    assert known.reserved_grams <= known.presold_grams <= 6_000
    assert known.reserved_grams <= known.promised_grams
    assert await all_faults() == []


async def test_the_harvest_keeps_the_promise_and_sets_the_rest_free(db: Database) -> None:
    there = await sowing(db)
    done = await there.offer(10_000)
    paid, held = await there.stall.paid(4_000, rail="cash"), await there.stall.order(2_000)
    cut = await there.farm.harvest(9_000)
    assert await run(harvested.delivered, cut.lot, by="clock", at=NOW)
    assert not await run(harvested.delivered, cut.lot, by="clock", at=NOW)  # twice is once
    line = next(one for one in await offers.shop(there.stall.cycle) if one.lot == cut.lot)
    assert (line.expected, line.offer, line.grams_left) == (False, there.stall.offer, 3_000)
    assert (await lots.stock(done.stock)).capacity_grams == 0
    await there.stall.pay(held.order)
    await there.stall.hand_over(paid.order)
    with pytest.raises(Ended):
        await run(commands.lower, done.forecast, 5_000, by=MALEE, at=NOW)
    assert await queries.record(MALEE, "kale", TODAY) == []  # 9 of 10 kg, and its days not over
    assert await queries.record(MALEE, "kale", SOON + timedelta(days=8)) == [Kept(10_000, 9_000)]
    assert await all_faults() == []


async def test_less_than_ordered_waits_for_whoever_shares_it_out(db: Database) -> None:
    there = await sowing(db)
    done = await there.offer(10_000)
    await there.stall.paid(6_000, rail="cash")
    cut = await there.farm.harvest(5_000)
    assert not await run(harvested.delivered, cut.lot, by="clock", at=NOW)
    known = await queries.forecast(done.forecast)
    assert (known.reserved_grams, known.delivered_grams) == (6_000, 5_000)
    assert (await lots.lot(cut.lot)).grams_left == 5_000
    seen = (await shortages.preview(there.stall.offer, 5_000)).seen
    sharing = ShareOut(new_id(), there.stall.offer, 5_000, seen)
    await run(share_out, sharing, by=DAO, at=NOW)  # and what is ordered moves to the lot
    assert [one.lot for one in await orders.harvest_list(there.stall.cycle)] == [cut.lot]
    assert (await lots.stock(done.stock)).capacity_grams == 0
    assert (await lots.lot(cut.lot)).grams_left == 0
    assert await all_faults() == []


async def test_a_neighbours_harvest_keeps_no_promise_of_malees(db: Database) -> None:
    there = await sowing(db)
    before = await there.farm.harvest(1_000, at=later(minutes=-5))
    done = await there.offer(10_000)
    assert not await run(harvested.delivered, before.lot, by="clock", at=NOW)  # cut before
    other = await run(planted, farmer=SOMCHAI)
    cut = await other.harvest(9_000, by=SOMCHAI)
    assert not await run(harvested.delivered, cut.lot, by="clock", at=NOW)
    assert (await queries.forecast(done.forecast)).delivered_grams == 0
    with pytest.raises(Closed):
        asked = OfferAhead(
            new_id(), there.farm.planting, there.stall.cycle, there.product, SOON, 1_000, 4_000, 500
        )
        await run(ahead.offer_ahead, asked, MALEE, BOUNDS, by=DAO, at=later(days=2, hours=1))
