"""Nobody sells Malee's kale below her minimum without a yes that is on record."""

from datetime import timedelta

import msgspec
import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.floors import commands, queries, rules
from market.domain.floors.rules import AllowBelow, BelowMinimum, SetFloor
from market.domain.walkup import commands as walkup
from market.domain.walkup.rules import Goods
from tests.cast import DAO, KRIT, MALEE, NETWORK, NOW, RATTAPHUM, SOMCHAI, TODAY, WAN, later
from tests.market.stall import harvest_and_offer, stall

LESS = AllowBelow("", MALEE, "kale", 3_500, TODAY + timedelta(days=3), TODAY)


async def set_to(satang: int, farmer: str = MALEE, at=NOW) -> None:
    await run(commands.set_floor, SetFloor(new_id(), "kale", satang), farmer, by=farmer, at=at)


async def allowed(by: str, **changed: object) -> rules.Allowed:
    asked = msgspec.structs.replace(LESS, id=new_id(), **changed)
    return await run(commands.allow_below, asked, by=by, at=NOW)


async def test_no_round_and_no_truck_sells_below_it_without_a_yes(db: Database) -> None:
    there = await stall(db)  # offered at 40 baht before
    await set_to(5_000)
    aboard = Goods(
        there.stock, there.lot, "", there.cycle, RATTAPHUM, MALEE, 5_500, "bag", 500, 2_499
    )  # fmt: skip
    for deed in (
        harvest_and_offer(there, 5_000, 4_999),
        run(walkup.take, new_id(), aboard, 1_000, by=DAO, at=NOW),
    ):
        with pytest.raises(BelowMinimum) as no:
            await deed
        assert no.value.facts == {"satang_per_kg": 5_000}
    await harvest_and_offer(there, 5_000, 5_000)
    await harvest_and_offer(there, 5_000, 1_000, farmer=SOMCHAI)  # his own affair
    await allowed(WAN)
    await harvest_and_offer(there, 5_000, 3_500)
    with pytest.raises(BelowMinimum):
        await harvest_and_offer(there, 5_000, 3_499)
    await set_to(4_500, at=later(minutes=1))  # set anew: the yes was to the old one
    [known] = await queries.floors(MALEE)
    assert (known.least(TODAY), known.consents) == (4_500, [])
    await set_to(0, at=later(minutes=2))
    assert await queries.least([MALEE], "kale", TODAY) == 0


async def test_a_yes_has_a_giver_a_price_and_a_last_day(db: Database) -> None:
    await stall(db)
    with pytest.raises(rules.NoFloor):
        await allowed(WAN)
    await set_to(5_000)
    await set_to(7_000, farmer=SOMCHAI)
    for by, wrong, refusal in (
        (WAN, {"satang_per_kg": 5_000}, rules.NoFloor),
        (WAN, {"until": TODAY - timedelta(days=1)}, rules.DayWrong),
        (WAN, {"until": TODAY + timedelta(days=61)}, rules.DayWrong),
        (WAN, {"decided_on": None}, rules.DayWrong),
        (WAN, {"decided_on": TODAY + timedelta(days=1)}, rules.DayWrong),
        (MALEE, {}, rules.DayWrong),  # her own yes names no decision
        (WAN, {"satang_per_kg": 0}, rules.PriceWrong),
    ):
        with pytest.raises(refusal):
            await allowed(by, **wrong)
    assert (await allowed(MALEE, decided_on=None)).because == "own"
    assert await queries.least([MALEE], "kale", LESS.until) == 3_500
    assert await queries.least([MALEE], "kale", LESS.until + timedelta(days=1)) == 5_000
    assert await queries.least([MALEE, SOMCHAI, KRIT], "kale", TODAY) == 7_000
    assert NETWORK
