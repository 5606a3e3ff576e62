"""The clock of the rounds: late by a week, twice, at once or killed, each step is taken once."""

import asyncio
from datetime import datetime, timedelta

import pytest

import bench.closing
from bench.ground import servers
from certification.basis.database import Database, in_use
from certification.basis.transaction import run
from market.domain.cycles import clockwork, closing, commands, harvest, queries
from market.domain.cycles.rules import AlreadyOver, CallOff, Due, ReasonMissing
from market.domain.ledger import queries as ledger
from market.domain.ledger.rules import credit, own
from market.domain.notices import queries as notices
from market.domain.offers import queries as rounds
from market.domain.offers.refusals import Closed, CycleCalledOff
from market.jobs import readers
from tests.cast import DAO, NETWORK, NOK, NOW, later
from tests.market.stall import CLOSES, OVER, PICKUP, Stall, faults, harvest_and_offer, stall

WAY = ["open", "closing", "closed", "picking_up", "done"]
WEEK = timedelta(days=7)


async def taken(cycle: str) -> list[str]:
    return [one.state for one in await queries.steps(cycle)]


async def logged(cycle: str) -> list[str]:
    rows = await in_use().query(
        "SELECT tag FROM log_entry WHERE subject = {} AND tag LIKE 'cycles.%' ORDER BY seq", cycle
    )
    return [row["tag"].removeprefix("cycles.") for row in rows]


async def test_a_clock_that_slept_takes_every_step_once_and_in_order(db: Database) -> None:
    """In time, a day late, a week late; by two workers; and when the time jumps back and forth."""
    for late in (timedelta(), timedelta(days=1), WEEK):
        there = await stall(db) if late == timedelta() else there  # noqa: F821
        cycle = there.cycle if late == timedelta() else await another(there, later(days=9))
        begins = NOW if late == timedelta() else later(days=9)
        await clockwork.advance(begins)
        assert await taken(cycle) == ["open"]
        if late == timedelta():
            for at in (CLOSES, CLOSES - WEEK, PICKUP, CLOSES, OVER):
                await asyncio.gather(clockwork.advance(at), clockwork.advance(at))
        else:
            at = later(days=9) + (OVER - NOW) + late
            await asyncio.gather(*(clockwork.advance(at) for _ in range(2)))
        assert await taken(cycle) == WAY
        assert await logged(cycle) == [
            "opened", "closing_begun", "closed", "pickup_begun", "pickup_ended",
        ]  # fmt: skip
        assert await clockwork.advance(at) == 0


async def another(there: Stall, at: datetime) -> str:
    from certification.basis.ids import new_id  # noqa: PLC0415
    from market.domain.offers import commands as offers  # noqa: PLC0415
    from market.domain.offers.rules import OpenCycle  # noqa: PLC0415

    opening = OpenCycle(
        new_id(), NETWORK, "รอบถัดไป", "The next", there.place, at, at + (CLOSES - NOW),
        at + (PICKUP - NOW), at + (OVER - NOW),
    )  # fmt: skip
    await run(offers.open_cycle, opening, by=DAO, at=at)
    return opening.id


async def test_ordering_ends_at_the_instant_though_the_clock_never_ran(db: Database) -> None:
    there = await stall(db)
    await there.order(at=CLOSES - timedelta(microseconds=1))
    with pytest.raises(Closed):
        await there.order(at=CLOSES)
    seen = await queries.clock(CLOSES + timedelta(hours=1))
    assert seen.ran_at is None
    assert [(one.state, one.due_at) for one in seen.overdue] == [("open", later(hours=-1))]
    await clockwork.advance(CLOSES + timedelta(hours=1))
    seen = await queries.clock(CLOSES + timedelta(hours=1))
    assert (seen.ran_at, seen.overdue) == (CLOSES + timedelta(hours=1), [])


async def test_the_harvest_list_is_what_was_confirmed_and_stays_so(db: Database) -> None:
    """F1: its sum is that of the confirmed reservations at the cut-off, nothing cancelled in it."""
    there = await stall(db)
    kale = there.offer
    kept = await there.paid(1_000)
    cash = await there.order(500, rail="cash")
    await there.order(300)  # not paid
    gone = await there.order(200, rail="cash")
    await there.cancel(gone.order)
    await harvest_and_offer(there, 5_000, 3_000)
    await there.order(700, rail="cash")
    await clockwork.advance(CLOSES)
    told = await harvest.harvest(there.cycle)
    assert told.frozen_at == CLOSES
    assert sorted(one.grams for one in told.lines) == [700, 1_500]
    reserved = await in_use().query(
        "SELECT SUM(grams) AS grams FROM reservation WHERE state = 'confirmed'"
    )
    assert sum(one.grams for one in told.lines) == reserved[0]["grams"] == 2_200
    late = await there.order(100, rail="cash", at=CLOSES - timedelta(minutes=1), offer=kale)
    await there.cancel(cash.order, by=DAO, at=PICKUP)
    again = await harvest.harvest(there.cycle)
    [line] = [one for one in again.lines if one.offer == kale]
    assert (line.grams, line.grams_now) == (1_500, 1_100)
    assert await there.state(kept.order) == await there.state(late.order) == "confirmed"
    assert await faults() == []


async def test_a_closing_that_was_killed_goes_on_where_it_stood(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = await stall(db)
    for grams in (1_000, 2_000, 3_000):
        await there.order(300, rail="cash")
        await harvest_and_offer(there, grams, 4_000)
    await there.order(300, rail="cash")
    monkeypatch.setattr(closing, "OFFERS_AT_ONCE", 1)
    await clockwork.advance(NOW)
    due = Due(there.cycle, "closing", CLOSES)
    assert await run(closing.begin, due, by="clock", at=CLOSES)
    assert not await run(closing.begin, due, by="clock", at=CLOSES)
    due = Due(there.cycle, "closed", CLOSES)
    await closing.go_on(due, by="clock", at=CLOSES)
    half = await queries.progress(there.cycle)
    assert half is not None
    assert (half.lines, half.done, half.percent) == (4, 1, 25)
    await asyncio.gather(*(clockwork.advance(CLOSES) for _ in range(2)))
    told = await harvest.harvest(there.cycle)
    assert [one.grams for one in told.lines] == [300] * 4
    assert (await taken(there.cycle))[-1] == "closed"


async def test_a_round_that_is_called_off_gives_every_order_back(db: Database) -> None:
    there = await stall(db)
    await clockwork.advance(NOW)
    paid = await there.paid(1_000)
    held = await there.order(500)
    cash = await there.order(500, rail="cash")
    with pytest.raises(ReasonMissing):
        await commands.call_off(CallOff(there.cycle, " "), by=DAO, at=NOW)
    for _ in range(2):
        await commands.call_off(CallOff(there.cycle, "น้ำท่วม"), by=DAO, at=NOW)
    for one in (paid, held, cash):
        assert await there.state(one.order) == "cancelled"
    assert await ledger.balance(credit(NETWORK, NOK)) == await ledger.balance(own("bank", NETWORK))
    assert await there.buckets() == (10_000, 0, 0)
    with pytest.raises(CycleCalledOff):
        await there.order()
    assert await rounds.open_cycles(NOW) == []
    await clockwork.advance(OVER)
    assert await taken(there.cycle) == ["open", "cancelling", "cancelled"]
    [why] = [one.because for one in await queries.steps(there.cycle) if one.because]
    assert why == "น้ำท่วม"
    assert [(one.word, one.because) for one in await queries.reasons(there.cycle)] == [
        ("called_off", "น้ำท่วม")
    ]
    for _ in range(2):
        await readers.read_on(OVER)
    told = {
        one.facts["code"]: one.facts["credited_satang"]
        for one in await notices.of_person(NOK)
        if one.kind == "orders.cancelled.called_off"
    }
    assert int(told.pop(paid.code)) > 0
    assert told == {held.code: 0, cash.code: 0}
    assert [one for one in await notices.of_person(NOK) if one.kind == "orders.cancelled"] == []
    assert await faults() == []


async def test_what_is_over_is_not_called_off_and_settles_when_nothing_waits(
    db: Database,
) -> None:
    there = await stall(db)
    placed = await there.order(500, rail="cash")
    await clockwork.advance(OVER)
    with pytest.raises(AlreadyOver):
        await commands.call_off(CallOff(there.cycle, "ช้าไป"), by=DAO, at=OVER)
    assert await clockwork.settle(OVER) == 0
    await there.cancel(placed.order, by=DAO, at=OVER)
    assert await clockwork.settle(OVER) == 1
    assert (await taken(there.cycle))[-1] == "settled"


@pytest.mark.long
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_hundred_thousand_lines_close_within_half_a_minute(engine: str, record_property) -> None:  # type: ignore[no-untyped-def]
    """`./run bench closing`, broken off once on the way"""
    for _, _, url, _ in servers.engines(engine):
        found = asyncio.run(bench.closing.measure(url, bench.closing.LINES))
    record_property("figure", bench.closing.told(found))
    assert found["seconds"] <= bench.closing.LIMIT_S
