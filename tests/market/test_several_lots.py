"""Malee cuts in small harvests: what was ordered of one promise is dealt over their lots."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.lots import queries as lots
from market.domain.offers import queries as offers
from market.domain.orders import harvested
from market.domain.orders import queries as orders
from market.domain.orders.dealing import Cut, Waiting, dealt
from market.domain.orders.refusals import NotHarvested
from market.domain.settlement import commands as settlement
from market.domain.settlement import queries as settled
from market.domain.settlement.rules import Settle
from market.web.again import refilled
from tests.cast import MALEE, NETWORK, NOK, NOW, PRASERT, TODAY
from tests.market.test_forecasts import all_faults, sowing

lines = st.lists(st.integers(1, 60), min_size=1, max_size=12)
cuts = st.lists(st.integers(0, 300), max_size=6)


@given(lines, cuts, st.integers(1, 7), st.integers(1, 7), st.booleans())
def test_no_gram_is_lost_or_dealt_twice(asked, left, step, piece, by_piece) -> None:
    unit = piece if by_piece else step
    waiting = [Waiting(f"line {n}", grams * unit, piece if by_piece else 1)
               for n, grams in enumerate(asked)]  # fmt: skip
    there = [Cut(f"lot {n}", grams) for n, grams in enumerate(left)]
    parts = dealt(waiting, there, step)
    assert parts == dealt(list(waiting), list(there), step)  # whoever deals it again
    fits = sum(grams // piece * piece if by_piece else grams for grams in left)
    if parts is None:
        assert fits < sum(one.grams for one in waiting)
        return
    for one in waiting:
        assert sum(part.grams for part in parts if part.line == one.line) == one.grams
    for cut in there:
        assert sum(part.grams for part in parts if part.lot == cut.lot) <= cut.grams
    assert all(part.grams > 0 for part in parts)
    assert len({(part.line, part.lot) for part in parts}) == len(parts)
    assert len(parts) - len(waiting) <= max(0, len(there) - 1)
    if by_piece:
        assert not any(part.grams % piece for part in parts)
    line, lot = [int(part.line[5:]) for part in parts], [int(part.lot[4:]) for part in parts]
    assert (line, lot) == (sorted(line), sorted(lot))  # one lot after the other


async def test_three_small_harvests_fill_one_promise(db: Database) -> None:
    there = await sowing(db)
    done = await there.offer(10_000)
    placed = [await there.stall.paid(grams, rail="cash") for grams in (2_500, 1_500)]
    held = await there.stall.order(2_000)
    cut = []
    for grams, days in ((2_000, 1), (1_000, 0)):
        one = await there.farm.harvest(grams, harvested_on=TODAY - timedelta(days=days))
        cut.append(one.lot)
        assert not await run(harvested.delivered, one.lot, by="clock", at=NOW)  # not enough yet
    with pytest.raises(NotHarvested):
        await there.stall.hand_over(placed[0].order)
    last = await there.farm.harvest(3_700)
    cut.append(last.lot)
    assert await run(harvested.delivered, last.lot, by="clock", at=NOW)
    for _ in range(2):  # twice is once
        assert not await run(harvested.delivered, last.lot, by="clock", at=NOW)
        assert not await run(harvested.bind, done.forecast, by="clock", at=NOW)
    assert [(await lots.lot(lot)).grams_left for lot in cut] == [0, 0, 700]
    shown = [line for line in await offers.shop(there.stall.cycle) if line.lot in cut]
    assert {line.lot: line.satang_per_kg for line in shown} == dict.fromkeys(cut, 4_000)
    seen = {one.order: await orders.merchants(one.order, NETWORK) for one in (*placed, held)}
    assert {id: sum(line.grams for line in of.lines) for id, of in seen.items()} == {
        placed[0].order: 2_500, placed[1].order: 1_500, held.order: 2_000
    }  # fmt: skip
    assert {id: sum(line.satang for line in of.lines) for id, of in seen.items()} == {
        id: of.order.total_satang for id, of in seen.items()
    }
    codes = {line.lot_code for of in seen.values() for line in of.lines}
    assert codes == {(await lots.lot(lot)).code for lot in cut}  # what the buyers read
    assert sum(len(of.lines) for of in seen.values()) <= 3 + 2  # three lines, two edges
    assert await all_faults() == []
    [one] = [replace(line, grams_left=9_000) for line in shown if line.lot == cut[0]]
    two = [replace(seen[held.order].lines[0], product=one.product, grams=g) for g in (1_300, 700)]
    assert refilled(two, [one]) == {one.offer: 2_000}  # the same basket again: what was wished
    await there.stall.pay(held.order)
    for one in placed:
        grams = [line.grams - 50 for line in seen[one.order].lines]  # each lighter than ordered
        await there.stall.hand_over(one.order, *grams)
    await there.stall.hand_over(held.order)
    assert (await orders.own(held.order, NOK)).order.final_satang == 8_000
    await run(settlement.settle, Settle(new_id(), there.stall.cycle, NETWORK), by=PRASERT, at=NOW)
    mine = await settled.farmer_lots(MALEE, there.stall.cycle)
    assert {one.lot for one in mine} == set(cut)
    sold = {row["lot"]: int(row["grams"]) for row in await in_use().query(
        "SELECT f.lot, SUM(pl.actual_grams) AS grams FROM preorder_line pl"
        " JOIN offer f ON f.id = pl.offer GROUP BY f.lot"
    )}  # fmt: skip
    assert {one.lot: one.grams for one in mine} == sold
    [share] = (await settled.farmer_statement(MALEE)).shares
    assert (share.grams, share.satang) == (sum(sold.values()), sum(one.satang for one in mine))
    assert await all_faults() == []
