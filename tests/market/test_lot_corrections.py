"""A harvest told wrongly is never edited: a correction says what is known now, and by whom."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import verify
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.plots.tables import PlotHolder
from market.domain.lineage import correcting, queries, refusals
from market.domain.lineage.corrections import CorrectLot
from market.domain.lineage.rules import LotCorrected
from market.domain.lineage.tables import LotCorrection, LotDeed
from market.domain.lots import commands as lots
from market.domain.lots import queries as lots_seen
from market.domain.lots.refusals import HarvestTooLongAgo, NoGrams
from market.domain.lots.tables import Lot, LotAlso, Stock, StockMove
from market.domain.offers import queries as offers
from market.domain.orders.refusals import OfferWithdrawn
from tests.cast import CHAN, LONG_AGO, MALEE, NOK, NOW, TODAY, YESTERDAY, YING
from tests.databases import edit_by_hand
from tests.market.farm import CEILING, farm
from tests.market.stall import stall
from tests.market.test_lineage import beside, faults, make


async def correct(lot: str, *, by: str = YING, **changed: object) -> LotCorrected:
    known = await lots_seen.lot(lot)
    after = len(await queries.corrections(lot))
    as_it_is = CorrectLot(
        new_id(), lot, known.crop, known.harvested_on, known.grams, known.planting,
        "ชั่งผิด", after,
    )  # fmt: skip
    data = msgspec.structs.replace(as_it_is, **changed)
    return await run(correcting.correct, data, by=by, at=NOW)


async def test_old_and_new_stand_side_by_side_and_stock_follows(db: Database) -> None:
    there = await farm(db)
    lot = (await there.harvest(20_000)).lot
    await correct(lot, grams=12_000, by=MALEE)
    await correct(lot, grams=14_000, harvested_on=YESTERDAY, reason="ลืมลงวัน")
    known, stock = await lots_seen.lot(lot), await lots_seen.stock_of(lot)
    assert (known.grams, known.harvested_on, known.claim) == (14_000, YESTERDAY, "organic")
    assert (stock.capacity_grams, stock.available_grams) == (14_000, 14_000)
    first, second = await queries.corrections(lot)
    assert (first.old.grams, first.new.grams, first.by, first.reason) == (
        20_000, 12_000, MALEE, "ชั่งผิด",
    )  # fmt: skip
    assert (second.old.harvested_on, second.new.harvested_on, second.by) == (TODAY, YESTERDAY, YING)
    left = CEILING - 14_000
    assert (await there.harvest(left)).claim == "organic"
    assert await faults() == []
    tables = [Lot, LotAlso, Stock, StockMove, LotDeed, LotCorrection]
    assert await verify(tables) is None


async def test_a_claim_falls_by_itself_and_all_that_was_made_of_it_falls_with_it(
    db: Database,
) -> None:
    there, other = await farm(db), await beside(CHAN)
    kale, chans = await there.harvest(5_000), await other.harvest(5_000, by=CHAN)
    mixed = (await make("mix", {kale.lot: 1_000, chans.lot: 1_000}, 2_000)).lots[0].lot
    packed = (await make("pack", {mixed: 1_000}, 500, 400)).lots[1].lot
    too_early = TODAY - timedelta(days=29)
    event = await correct(kale.lot, harvested_on=too_early)
    assert event.claim == ["organic", "plain"]
    assert {mixed, packed} < set(event.others)
    for lot in (mixed, packed):
        known = await lots_seen.lot(lot)
        assert (known.claim, known.because) == ("plain", "lowest_of_sources")
        assert known.harvested_on == too_early
        [told] = await queries.corrections(lot)
        assert (told.deed, told.old.claim, told.new.claim) == (event.deed, "organic", "plain")
    await correct(kale.lot, harvested_on=TODAY, higher=True)
    assert (await lots_seen.lot(kale.lot)).claim == "organic"
    assert (await lots_seen.lot(mixed)).claim == "plain"
    assert await faults() == []


async def test_a_claim_rises_only_by_anothers_yes(db: Database) -> None:
    there = await farm(db)
    lot = (await there.harvest(CEILING * 10)).lot
    assert (await lots_seen.lot(lot)).because == "over_ceiling"
    silent = await correct(lot, grams=CEILING, by=MALEE)
    assert silent.claim == ["plain", "plain"]
    assert (await lots_seen.lot(lot)).because == "kept_lower"
    with pytest.raises(refusals.OwnClaim):
        await correct(lot, higher=True, by=MALEE)
    as_told = CorrectLot(new_id(), lot, "kale", TODAY, CEILING - 1, there.planting, "x", 1)
    looked = await correcting.preview(as_told, by=YING, at=NOW)
    assert (looked.after.claim, looked.could_be) == ("plain", "organic")
    assert (await correct(lot, higher=True)).claim == ["plain", "organic"]
    assert (await there.harvest(1)).because == "over_ceiling"
    assert await faults() == []


async def test_what_cannot_be_so_is_refused_and_nothing_changes(db: Database) -> None:
    there = await farm(db)
    kale = await there.harvest(5_000, harvested_on=YESTERDAY)
    await run(lots.hold, kale.stock, 3_000, subject=new_id(), by=NOK, at=NOW)
    made = (await make("split", {kale.lot: 1_000}, 900)).lots[0].lot
    ways: list[tuple[type[Refusal], str, dict[str, object]]] = [
        (refusals.OnlyHarvests, made, {"grams": 800}),
        (refusals.NoReason, kale.lot, {"grams": 4_500, "reason": "  "}),
        (refusals.NothingCorrected, kale.lot, {}),
        (refusals.CorrectedMeanwhile, kale.lot, {"grams": 4_500, "after": 1}),
        (refusals.HarvestedAfterReported, kale.lot, {"harvested_on": TODAY + timedelta(days=1)}),
        (HarvestTooLongAgo, kale.lot, {"harvested_on": TODAY - timedelta(days=31)}),
        (NoGrams, kale.lot, {"grams": 0}),
        (refusals.GoneAlready, kale.lot, {"grams": 3_999}),
        (refusals.CropGoneAlready, kale.lot, {"crop": "okra", "planting": None}),
    ]
    for no, lot, changed in ways:
        with pytest.raises(no):
            await correct(lot, **changed)
    assert await queries.corrections(kale.lot) == []
    assert (await correct(kale.lot, grams=4_000)).grams == [5_000, 4_000]
    assert await faults() == []


async def test_what_turned_out_to_be_another_crop_is_no_longer_on_offer(db: Database) -> None:
    there = await stall(db)
    assert [line.lot for line in await offers.shop(there.cycle)] == [there.lot]
    plot = (await lots_seen.lot(there.lot)).plot
    await PlotHolder.insert(
        PlotHolder(id=new_id(), plot=plot, person=MALEE, since=LONG_AGO.date(), by=MALEE)
    )
    await correct(there.lot, crop="okra", reason="เลือกพืชผิดบรรทัด")
    assert await offers.shop(there.cycle) == []
    with pytest.raises(OfferWithdrawn):
        await there.order()


async def test_of_two_who_correct_at_once_one_is_told(db: Database) -> None:
    there = await farm(db)
    lot = (await there.harvest(5_000)).lot
    answers = await asyncio.gather(
        *(correct(lot, grams=grams, after=0) for grams in (4_000, 3_000)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in answers) == ["CorrectedMeanwhile", "LotCorrected"]
    assert len(await queries.corrections(lot)) == 1
    assert await faults() == []


async def test_a_correction_edited_by_hand_is_named(db: Database, market_url: str) -> None:
    there = await farm(db)
    lot = (await there.harvest(5_000)).lot
    await correct(lot, grams=4_000)
    await edit_by_hand(market_url, f"UPDATE lot_correction SET new_grams = 9 WHERE lot = '{lot}'")
    assert [one[0] for one in await queries.lineage_faults()] == ["lot_correction"]
