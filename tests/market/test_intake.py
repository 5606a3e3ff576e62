"""Malee brings two loads; the operator weighs them in, refuses what is spoilt, corrects a slip."""

import pytest
from msgspec.structs import replace

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.intake import commands, queries, rules
from market.domain.intake.rules import WeighIn
from market.domain.shortage import queries as shortages
from tests.cast import DAO, MALEE
from tests.market.stall import PICKUP, stall


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
    slip = await queries.intake(first.id)
    assert (slip.farmer, slip.lot, slip.by) == (MALEE, there.lot, DAO)
    assert (await queries.intake(second.id)).corrected_by == right.id
