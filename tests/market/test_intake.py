"""Malee brings two loads; the operator weighs them in, refuses what is spoilt, corrects a slip."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.forecasts import queries as forecasts
from market.domain.intake import commands, queries, rules
from market.domain.intake.rules import WeighIn
from market.domain.lineage.refusals import GoneAlready
from market.domain.lots import queries as lots
from market.domain.lots.refusals import HarvestInFuture, NotTheHolder, Unlikely
from market.domain.lots.uncertified import NeverCertified
from market.domain.notices import queries as notices
from market.domain.orders import harvested
from market.domain.orders import queries as orders
from market.domain.shortage import queries as shortages
from market.domain.shortage.commands import share_out
from market.domain.shortage.rules import ShareOut
from market.jobs import readers
from tests.cast import DAO, KRIT, MALEE, NETWORK, NOK, NOW, TODAY, later
from tests.market.farm import KALE_GRAMS
from tests.market.stall import PICKUP, faults, stall
from tests.market.test_forecasts import all_faults, sowing


async def test_two_loads_are_weighed_in_and_what_is_short_waits(db: Database) -> None:
    there = await stall(db)
    await there.paid(8_000, rail="cash")
    first = WeighIn(new_id(), there.offer, 5_000, 4_000, "spoilt")
    for wrong, refusal in (
        ({"weighed_grams": 0, "accepted_grams": 0}, rules.WeightWrong),
        ({"accepted_grams": 5_001}, rules.WeightWrong),
        ({"because": None}, rules.ReasonMissing),
        ({"accepted_grams": 5_000}, rules.NothingRefused),
        ({"corrects": new_id()}, rules.NoSuchIntake),
    ):
        with pytest.raises(refusal):
            await run(commands.weigh_in, replace(first, **wrong), by=DAO, at=PICKUP)
    for _ in range(2):
        done = await run(commands.weigh_in, first, by=DAO, at=PICKUP)
    assert done.accepted_in_all == 4_000
    assert (await shortages.short(there.offer)).told_grams is None
    second = WeighIn(new_id(), there.offer, 3_000, 3_000, last=True)
    await run(commands.weigh_in, second, by=DAO, at=PICKUP)
    assert (await shortages.short(there.offer)).told_grams == 7_000
    right = WeighIn(new_id(), there.offer, 3_500, 3_500, last=True, corrects=second.id)
    await run(commands.weigh_in, right, by=DAO, at=PICKUP)
    with pytest.raises(rules.CorrectedAlready):
        await run(commands.weigh_in, replace(right, id=new_id()), by=DAO, at=PICKUP)
    [of] = await queries.desk(there.cycle)
    assert (of.ordered_grams, of.accepted_grams, of.refused_grams) == (8_000, 7_500, 1_000)
    for _ in range(2):
        await readers.read_on(PICKUP)
    told = [one.facts for one in await notices.of_person(MALEE) if one.kind == "intake.weighed"]
    assert [(one["slip"], one["grams"], one.get("then")) for one in told] == [
        (right.id, 3_500, None), (second.id, 3_000, None), (first.id, 1_000, "refused"),
    ]  # fmt: skip
    mine = [one.id for one in await queries.of_farmer(MALEE, 9)]
    assert sorted(mine) == sorted([first.id, second.id, right.id])
    slip = await queries.intake(first.id)
    assert (slip.farmer, slip.lot, slip.by) == (MALEE, there.lot, DAO)
    assert (await queries.intake(second.id)).corrected_by == right.id


async def test_what_was_promised_becomes_lots_at_the_scales(db: Database) -> None:
    there = await sowing(db)
    done = await there.offer(10_000)
    placed = await there.stall.paid(6_000, rail="cash")
    offer, cycle = there.stall.offer, there.stall.cycle
    load = WeighIn(new_id(), offer, 4_500, 4_000, "spoilt", as_plain=True)
    for wrong, refusal in (
        ({"as_plain": False}, NeverCertified),
        ({"harvested_on": TODAY + timedelta(days=1)}, HarvestInFuture),
        ({"lot": there.stall.lot}, rules.NotOfThePromise),
        ({"weighed_grams": KALE_GRAMS * 2, "accepted_grams": KALE_GRAMS * 2, "because": None},
         Unlikely),
    ):  # fmt: skip
        with pytest.raises(refusal):
            await run(commands.weigh_in, replace(load, id=new_id(), **wrong), by=DAO, at=NOW)
    with pytest.raises(NotTheHolder):
        await run(commands.weigh_in, load, by=KRIT, at=NOW)
    [of] = await queries.desk(cycle)
    assert (of.makes_lot, of.weighings) == (True, [])  # a refusal left nothing behind
    for _ in range(2):
        first = await run(commands.weigh_in, load, by=DAO, at=NOW)
    lot = await lots.lot(first.lot)
    assert (lot.farmer, lot.grams, lot.harvested_on, lot.because) == (
        MALEE, 4_000, TODAY, "no_certificate"
    )  # fmt: skip
    assert not await run(harvested.delivered, first.lot, by="clock", at=NOW)  # its reader comes
    assert (await orders.merchants(placed.order, NETWORK)).lines[0].lot == ""
    light = replace(load, id=new_id(), weighed_grams=1_500, accepted_grams=1_500, because=None)
    second = await run(commands.weigh_in, light, by=DAO, at=NOW)  # 5.5 of 6 kg: nothing moves
    both = [
        replace(light, id=new_id(), weighed_grams=g, accepted_grams=g, corrects=second.intake)
        for g in (2_000, 2_500)
    ]
    done_ = await asyncio.gather(
        *(run(commands.weigh_in, one, by=DAO, at=NOW) for one in both), return_exceptions=True
    )
    assert sum(isinstance(one, rules.CorrectedAlready) for one in done_) == 1
    [right] = [one for one in done_ if isinstance(one, rules.WeighedIn)]
    assert right.lot == second.lot
    lines = (await orders.own(placed.order, NOK)).lines
    assert {line.lot: line.grams for line in lines} == {first.lot: 4_000, second.lot: 2_000}
    with pytest.raises(GoneAlready):  # 2 kg of it are sold
        less = replace(light, id=new_id(), accepted_grams=1_000, weighed_grams=1_000)
        await run(commands.weigh_in, replace(less, corrects=right.intake), by=DAO, at=NOW)
    third = replace(light, id=new_id(), weighed_grams=700, accepted_grams=700, last=True)
    over = await run(commands.weigh_in, third, by=DAO, at=NOW)
    assert (await lots.lot(over.lot)).grams_left == 700
    seen = {of.offer: (of.ordered_grams, of.accepted_grams) for of in await queries.desk(cycle)}
    extra = (await lots.lot(second.lot)).grams
    assert sorted(seen.values()) == sorted([(4_000, 4_700), (2_000, extra)])
    assert (await forecasts.forecast(done.forecast)).delivered_grams == 4_700 + extra
    assert await all_faults() == []


async def test_of_a_harvest_that_is_written_down_no_second_lot_is_made(db: Database) -> None:
    there = await sowing(db)
    await there.offer(10_000)
    await there.stall.paid(6_000, rail="cash")
    cut = await there.farm.harvest(4_000)
    await run(harvested.delivered, cut.lot, by="clock", at=NOW)
    [of] = await queries.desk(there.stall.cycle)
    assert [(one.lot, one.grams) for one in of.cut] == [(cut.lot, 4_000)]
    load = WeighIn(new_id(), there.stall.offer, 3_900, 3_900, lot=cut.lot, last=True)
    done = await run(commands.weigh_in, load, by=DAO, at=NOW)
    assert done.lot == cut.lot
    assert (await shortages.short(there.stall.offer)).told_grams == 3_900
    [of] = await queries.desk(there.stall.cycle)
    assert (of.cut, of.accepted_grams) == ([], 3_900)
    assert await all_faults() == []


async def test_what_comes_late_is_taken_once_and_says_so(db: Database) -> None:
    there = await stall(db)
    await there.paid(8_000, rail="cash")
    load = WeighIn(new_id(), there.offer, 5_000, 5_000, weighed_at=NOW, last=True)
    for hours, refusal in ((-1, rules.NotYet), (24 * 7 + 1, rules.TooLate)):
        with pytest.raises(refusal):
            await run(commands.weigh_in, load, by=DAO, at=later(hours=hours))
    mend = replace(load, id=new_id(), corrects=load.id)
    with pytest.raises(rules.NoSuchIntake):  # out of order: the first has not come yet
        await run(commands.weigh_in, mend, by=DAO, at=later(hours=2))
    for _ in range(2):
        await run(commands.weigh_in, load, by=DAO, at=later(hours=2))
    assert (await shortages.short(there.offer)).told_grams == 5_000
    before = replace(load, id=new_id(), weighed_grams=1_000, accepted_grams=1_000, last=False)
    await run(commands.weigh_in, before, by=DAO, at=later(hours=3))  # another device's
    assert (await shortages.short(there.offer)).told_grams == 6_000  # said anew
    slip = await queries.intake(load.id)
    assert (slip.at, slip.brought_at, slip.sent_later) == (later(hours=2), NOW, True)
    assert not await queries.late(slip)
    seen = (await shortages.preview(there.offer, 6_000)).seen
    shared = ShareOut(new_id(), there.offer, 6_000, seen)
    await run(share_out, shared, by=DAO, at=later(hours=4))
    last = replace(before, id=new_id())
    await run(commands.weigh_in, last, by=DAO, at=later(hours=5))
    assert await queries.late(await queries.intake(last.id))
    assert (await shortages.short(there.offer)).told_grams is None
    assert await faults() == []
