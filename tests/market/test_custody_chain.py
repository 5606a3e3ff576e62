"""The chain of a lot: from Malee's plot over the truck to who has it, every gram accounted for."""

from collections.abc import Iterable

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.custody.chain import Step, chain
from market.domain.lots import commands as lots
from market.domain.lots.rules import Spoil
from market.domain.truck_day.rules import LotLeft
from tests.cast import DAO, MALEE, NOW
from tests.market.truck import truck_day


def told(steps: Iterable[Step]) -> list[tuple[str, int]]:
    return [(step.kind, step.grams) for step in steps]


async def test_a_chain_tells_every_step_of_the_truck_in_order(db: Database) -> None:
    there = await truck_day(db)
    first, second = await there.stall.paid(2_000), await there.stall.order(1_000, rail="cash")
    await there.load_all(walkup=3_000)
    await there.depart()
    await there.arrive(there.first)
    await there.hand_over(first.order, there.first)
    await there.hand_over(second.order, there.first, 900)
    await there.sell(500, place=there.first)
    await there.leave(there.first)
    await there.arrive(there.last)
    await there.sell(1_000, place=there.last)
    await there.leave(there.last)
    left = LotLeft(there.stall.lot, 1_200, donated_grams=100, wasted_grams=200, shrink_grams=100)
    await there.close(96, left)
    await run(lots.spoil, Spoil(new_id(), there.stall.lot, 300), by=MALEE, at=NOW)

    steps = await chain(there.stall.lot)
    assert told(steps) == [
        ("harvested", 10_000), ("wasted", 300), ("loaded", 3_000), ("loaded", 3_000),
        ("handed_over", 2_900), ("sold", 500), ("sold", 1_000), ("returned", 1_200),
        ("donated", 100), ("wasted", 300),
    ]  # fmt: skip
    harvested, *_, last = steps
    assert (harvested.public.place, harvested.public.tambon) == (None, "900901")
    assert harvested.private.plot
    handed = next(one for one in steps if one.kind == "handed_over")
    assert (handed.public.place, handed.deeds, handed.private.truck) == (there.first, 2, there.id)
    assert last.private.by == DAO
    assert await chain(new_id()) == ()
