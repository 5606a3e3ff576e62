"""What was wrong with goods: told in time, answered once, never more than was paid."""

import asyncio
from datetime import timedelta

import pytest

from certification.basis import blobs
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import Fault
from certification.basis.transaction import run
from market.domain.complaints import commands, queries, rules
from market.domain.complaints.rules import Answer, Appeal, Complain
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit, farmer_due, group_due, own, receivable
from market.domain.orders import queries as orders
from market.domain.orders.refusals import NoSuchOrder
from market.domain.settlement import commands as settlement
from market.domain.settlement.rules import Settle
from tests.cast import DAO, KRIT, MALEE, NETWORK, NOK, PRASERT, RATTAPHUM, WAN, later, log_faults
from tests.market.stall import PICKUP, Stall, faults, stall

NOKS, ADVANCE = credit(NETWORK, NOK), own("advance", NETWORK)


async def fetched(there: Stall) -> str:
    placed = await there.paid()
    await there.hand_over(placed.order)
    return placed.order


async def complain(order: str, *, by: str = NOK, at: timedelta = timedelta(hours=1)) -> str:
    [line] = (await orders.own(order, NOK)).lines
    told = Complain(new_id(), order, line.id, "spoilt", "half of it was brown")
    await run(commands.complain, told, hours=24, by=by, at=PICKUP + at)
    return told.id


async def told_otherwise() -> list[Fault]:
    """Of complaints: lots and goods of the stall were laid out without being told."""
    return [fault for fault in await log_faults() if "goods_complaint" in str(fault)]


def given(id: str, satang: int, bearer: rules.Bearer | None = "farmer") -> Answer:
    outcome: rules.Outcome = "credit" if satang else "refused"
    return Answer(new_id(), id, outcome, satang, bearer, "seen on the photo")


async def test_told_once_in_time_by_who_bought(db: Database) -> None:
    there = await stall(db)
    waits = await there.paid()
    with pytest.raises(rules.NotHandedOver):
        await complain(waits.order)
    order = await fetched(there)
    with pytest.raises(NoSuchOrder):
        await complain(order, by=KRIT)
    with pytest.raises(rules.TooLate):
        await complain(order, at=timedelta(hours=25))
    await complain(order)
    with pytest.raises(rules.ToldAlready):
        await complain(order)


async def test_answered_at_once_and_taken_from_the_farmer_when_it_is_owed(db: Database) -> None:
    there = await stall(db)
    order = await fetched(there)
    id = await complain(order)
    at = PICKUP + timedelta(hours=2)
    with pytest.raises(rules.OwnCause):
        await run(commands.answer, given(id, 1_000), by=MALEE, at=at)
    with pytest.raises(rules.MoreThanPaid):
        await run(commands.answer, given(id, 4_001), by=PRASERT, at=at)
    with pytest.raises(rules.MoreThanPaid):  # a satang of it was a discount
        await run(commands.answer, given(id, 4_000), by=PRASERT, at=at)
    both = await asyncio.gather(
        *(run(commands.answer, given(id, 1_000), by=by, at=at) for by in (PRASERT, DAO)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, rules.Answered) for one in both) == 1
    assert (await balance(NOKS), await balance(ADVANCE)) == (1_000, 1_000)
    assert await commands.take_back(at=at) == 0  # nobody is owed anything yet
    over = later(days=5)
    await run(settlement.settle, Settle(new_id(), there.cycle, NETWORK), by=PRASERT, at=over)
    owed = await balance(farmer_due(RATTAPHUM, MALEE)), await balance(group_due(NETWORK, RATTAPHUM))
    assert [await commands.take_back(at=over) for _ in range(2)] == [1, 0]
    assert await balance(ADVANCE) == 0
    assert await balance(farmer_due(RATTAPHUM, MALEE)) == owed[0] - 1_000
    assert await balance(group_due(NETWORK, RATTAPHUM)) == owed[1] - 1_000
    assert await balance(receivable(RATTAPHUM, NETWORK)) == owed[1] - 1_000
    assert [*await faults(), *await told_otherwise()] == []


async def test_who_does_not_agree_asks_the_committee_which_may_give_more(db: Database) -> None:
    there = await stall(db)
    id = await complain(await fetched(there))
    at = PICKUP + timedelta(hours=2)
    appeal = Appeal(new_id(), id, "all of it was brown")
    with pytest.raises(rules.NotOpen):
        await run(commands.appeal, appeal, by=NOK, at=at)
    await run(commands.answer, given(id, 0, None), by=PRASERT, at=at)
    with pytest.raises(rules.TooLate):
        await run(commands.appeal, appeal, by=NOK, at=at + timedelta(days=8))
    with pytest.raises(rules.NoSuchComplaint):
        await run(commands.appeal, appeal, by=KRIT, at=at)
    with pytest.raises(rules.NotOpen):
        await run(commands.rule, given(id, 100), by=WAN, at=at)
    await run(commands.appeal, appeal, by=NOK, at=at)
    assert await queries.overdue([NETWORK], at + timedelta(days=4)) == 1
    with pytest.raises(rules.OwnCause):
        await run(commands.rule, given(id, 100), by=PRASERT, at=at)
    done = await run(commands.rule, given(id, 3_999, "fund"), by=WAN, at=at)
    assert (done.satang, await balance(NOKS)) == (3_999, 3_999)
    assert (await queries.complaint(id)).state == "closed"
    with pytest.raises(rules.NotOpen):
        await run(commands.appeal, Appeal(new_id(), id, "more"), by=NOK, at=at)
    assert await queries.overdue([NETWORK], at + timedelta(days=4)) == 0
    assert [*await faults(), *await told_otherwise()] == []


async def test_a_photo_comes_once_and_only_before_the_answer(db: Database) -> None:
    """Two at once: one of them is kept, and the other is told so."""
    there = await stall(db)
    order = await fetched(there)
    id = await complain(order)
    at = PICKUP + timedelta(hours=2)
    one, two = [await blobs.keep(b"\xff\xd8\xff" + word, by=NOK, at=at) for word in (b"a", b"b")]
    with pytest.raises(rules.NoSuchComplaint):
        await run(commands.add_photo, id, one, by=KRIT, at=at)
    done = await asyncio.gather(
        *(run(commands.add_photo, id, photo, by=NOK, at=at) for photo in (one, two, one, two)),
        return_exceptions=True,
    )
    assert [type(each) for each in done].count(rules.HasPhoto) == 2
    assert await queries.photo(id) in (one, two)
    later_order = await fetched(there)
    answered = await complain(later_order)
    await run(commands.answer, given(answered, 0, None), by=PRASERT, at=at)
    with pytest.raises(rules.NotOpen):
        await run(commands.add_photo, answered, one, by=NOK, at=at)
    assert await told_otherwise() == []
