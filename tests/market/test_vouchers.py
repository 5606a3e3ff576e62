"""A run is checked against the one before it, figure by figure, from the settlements' rows."""

from datetime import timedelta

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.settlement import commands
from market.domain.settlement import queries as settlement
from market.domain.settlement.rules import DecideRun, MakeRun, RunView, Settle
from market.domain.vouchers import queries
from market.domain.vouchers.rules import Difference, Line, differences
from tests.cast import DAO, MALEE, NETWORK, PRASERT, RATTAPHUM, SOMCHAI, later
from tests.market.stall import Stall, harvest_and_offer, stall

AFTER = later(days=5)


async def sold(there: Stall, offer: str, grams: int) -> None:
    placed = await there.order(grams, rail="cash", offer=offer)
    await there.hand_over(placed.order)


async def settled_and_run(there: Stall, hours: int) -> RunView:
    at = AFTER + timedelta(hours=hours)
    await run(commands.settle, Settle(new_id(), there.cycle, NETWORK), by=PRASERT, at=at)
    wished = MakeRun(new_id(), RATTAPHUM, "farmer")
    return await settlement.run((await run(commands.make_run, wished, by=PRASERT, at=at)).run)


async def test_each_figure_stands_beside_that_of_the_last_run(db: Database) -> None:
    there = await stall(db)
    malees = there.offer
    somchais = await harvest_and_offer(there, 5_000, 3_000, farmer=SOMCHAI)
    await sold(there, malees, 2_000)
    first = await settled_and_run(there, 0)
    await sold(there, somchais, 1_000)
    second = await settled_and_run(there, 1)
    malee, somchai = (
        Line(MALEE, 2_000, 8_000, 1_600, 0, 6_400), Line(SOMCHAI, 1_000, 3_000, 600, 0, 2_400)
    )  # fmt: skip
    assert await queries.run_before(first) is None
    assert await queries.run_before(second) == first
    now, last = await queries.lines(second), await queries.lines(first)
    assert differences(now, last) == [
        Difference(SOMCHAI, somchai, None), Difference(MALEE, None, malee)
    ]  # fmt: skip
    # What a rejected run held goes into the next, which is held against the run before both.
    no = DecideRun(second.id, RATTAPHUM, approve=False)
    await run(commands.decide_run, no, by=DAO, at=AFTER + timedelta(hours=2))
    await sold(there, malees, 1_000)
    third = await settled_and_run(there, 3)
    assert await queries.run_before(third) == first
    assert await queries.lines(third) == {
        MALEE: Line(MALEE, 1_000, 4_000, 800, 0, 3_200), SOMCHAI: somchai
    }  # fmt: skip
    # Where a run is rejected after the next was made, it is named as coming from before.
    late = DecideRun(first.id, RATTAPHUM, approve=False)
    await run(commands.decide_run, late, by=DAO, at=AFTER + timedelta(hours=4))
    await sold(there, malees, 1_000)
    fourth = await settled_and_run(there, 5)
    assert await queries.lines(fourth) == {MALEE: Line(MALEE, 1_000, 4_000, 800, 6_400, 9_600)}
    merchants = MakeRun(new_id(), NETWORK, "group")
    made = await run(commands.make_run, merchants, by=PRASERT, at=AFTER + timedelta(hours=6))
    [line] = (await queries.lines(await settlement.run(made.run))).values()
    assert (line.payee, line.grams, line.gross_satang) == (RATTAPHUM, 5_000, 19_000)
    assert (line.carried_satang, line.net_satang) == (0, 19_000 * 85 // 100)
