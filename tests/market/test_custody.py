"""Goods that leave one place and are counted at another: nothing goes missing in silence."""

import asyncio

import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.custody import moving, queries, refusals, under_way
from market.domain.custody.chain import chain
from market.domain.custody.moves import Counted, Explain
from market.domain.lots import queries as lots
from tests.cast import DAO, NETWORK, NOW, YING, later
from tests.market.crates import Crates, crates
from tests.market.test_crates import refused
from tests.market.test_custody_chain import told
from tests.market.truck import clean


@pytest.fixture
async def there(db: Database) -> Crates:
    return await crates(db)


async def test_what_is_missing_goes_to_waste_with_its_reason(there: Crates) -> None:
    full, empty, _ = there.ids
    await there.fill(full, 3_000)
    sent = await there.sent(5_000, full, empty)
    assert [await there.state(one) for one in (full, empty)] == ["moving", "moving"]
    await refused(refusals.NotSoMuchThere, there.sent(2_001))
    await refused(refusals.CrateIsElsewhere, there.sent(0, full))
    loose, crated, nothing = (
        there.counted(4_600, "shrunk"),
        there.counted(2_900, "spilt", full),
        Counted(0, None, empty),
    )
    await refused(refusals.SenderReceives, there.received(sent.id, loose, crated, nothing, by=DAO))
    await refused(refusals.NotCounted, there.received(sent.id, loose, crated))
    await refused(
        refusals.ReasonMissing, there.received(sent.id, there.counted(4_600), crated, nothing)
    )
    await refused(
        refusals.ReasonWrong,
        there.received(sent.id, there.counted(4_600, "weighed_wrong"), crated, nothing),
    )
    await refused(
        refusals.NotSent,
        there.received(sent.id, loose, crated, nothing, Counted(0, None, there.ids[2])),
    )
    ids = [new_id(), new_id()]
    done = await asyncio.gather(
        *(there.received(sent.id, loose, crated, nothing, id=id) for id in (*ids, ids[0])),
        return_exceptions=True,
    )
    assert sum(isinstance(one, refusals.ReceivedAlready) for one in done) in (1, 2), done
    assert [await there.state(one) for one in (full, empty)] == ["filled", "back"]
    stock = await lots.stock_of(there.stall.lot)
    assert (stock.waste_grams, stock.available_grams) == (500, 9_500)
    found = await under_way.differences([NETWORK])
    assert {(one.reason, one.wasted_grams, one.owed_grams) for one in found} == {
        ("shrunk", 400, 0), ("spilt", 100, 0),
    }  # fmt: skip
    assert (await queries.crate(full)).grams == 2_900
    kinds = [kind for kind, _ in told(await chain(there.stall.lot))]
    assert sorted(kinds) == sorted(
        [
            "harvested",
            "crated",
            "dispatched",
            "dispatched",
            "received",
            "received",
            "wasted",
            "wasted",
            "emptied",
            "crated",
        ]
    )
    [away] = {
        (s.public.place, s.private.place)
        for s in await chain(there.stall.lot)
        if s.kind == "dispatched"
    }
    assert away == (None, there.base), "a yard may be somebody's home"
    assert await clean()


async def test_what_was_ordered_is_not_thrown_away_but_told(there: Crates) -> None:
    await there.stall.paid(8_000)
    sent = await there.sent(10_000)
    await there.received(sent.id, there.counted(7_000, "missing"))
    [one] = await under_way.differences([NETWORK])
    assert (one.wasted_grams, one.owed_grams) == (2_000, 1_000)
    assert await clean()


async def test_an_arrival_before_its_dispatch_waits_for_it(there: Crates) -> None:
    dispatch, first = new_id(), new_id()
    by_sender = await there.received(dispatch, there.counted(4_000), by=DAO)
    assert by_sender.state == "waits"
    await there.received(dispatch, there.counted(3_500), id=first)
    await there.received(dispatch, there.counted(1_000), at=later(hours=1))
    assert len(await under_way.waiting(dispatch)) == 3
    await there.sent(4_000, id=dispatch)
    assert (await under_way.dispatch(dispatch)).arrival == first
    assert await under_way.waiting(dispatch) == []
    await refused(refusals.ReceivedAlready, there.received(dispatch, there.counted(4_000)))
    [one] = await under_way.differences([NETWORK])
    assert (one.reason, one.wasted_grams) == (None, 0), "nobody has said why"
    for reason in ("weighed_wrong", "magic"):
        asked = Explain(new_id(), one.id, reason)
        await refused(refusals.ReasonWrong, run(moving.explain, asked, by=YING, at=NOW))
    asked = Explain(new_id(), one.id, "missing")
    for _ in range(2):
        said = await run(moving.explain, asked, by=YING, at=NOW)
    assert said.wasted_grams == 500
    again = Explain(new_id(), one.id, "stayed")
    await refused(refusals.ExplainedAlready, run(moving.explain, again, by=YING, at=NOW))
    assert await clean()


async def test_who_is_late_is_on_a_list_and_a_crate_that_nobody_counted_is_lost(
    there: Crates,
) -> None:
    crate = there.ids[0]
    await there.fill(crate, 1_000)
    sent = await there.sent(0, crate)
    [one] = await under_way.dispatches([NETWORK])
    assert (one.is_late(NOW), one.is_late(later(hours=7))) == (False, True)
    await there.received(sent.id, there.counted(0, "missing", crate), at=later(hours=8))
    assert (await there.state(crate), await queries.inside(crate)) == ("lost", [])
    [one] = await under_way.dispatches([NETWORK])
    assert not one.is_late(later(hours=9))
    assert (await lots.stock_of(there.stall.lot)).waste_grams == 1_000
    assert await clean()
