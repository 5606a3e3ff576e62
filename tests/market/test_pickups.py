"""Goods that nobody fetches: what was promised when they were ordered, and nothing since."""

from datetime import timedelta

import pytest

from certification.basis import log
from certification.basis.asked import AskedOtherwise
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit
from market.domain.orders import queries as ordered
from market.domain.payments import commands as payments
from market.domain.payments.rules import PayBackCredit
from market.domain.pickups import commands, queries
from market.domain.pickups.rules import DaysWrong, NotForMoved, SetPickupRule
from market.domain.truck_day import absent, mishaps, waiting
from market.domain.truck_day import queries as rides
from tests.cast import NETWORK, NOK, NOW, PRASERT, later
from tests.market.test_truck_at_work import read, refused, went_wrong
from tests.market.truck import NOON, TEN, TruckDay, clean, truck_day

SOON = later(hours=1)


@pytest.fixture
async def there(db: Database) -> TruckDay:
    return await truck_day(db)


async def promise(absent_: str, moved: str = "credit", days: int = 3, at=NOW, id: str = "") -> None:
    asked = SetPickupRule(id or new_id(), NETWORK, absent_, moved, days)  # type: ignore[arg-type]
    await run(commands.set_rule, asked, by=PRASERT, at=at)


async def test_a_promise_is_kept_as_it_was_when_the_order_was_placed(there: TruckDay) -> None:
    before = await there.stall.paid(1_000)
    await promise("move", at=NOW + timedelta(minutes=1))
    moved = await there.stall.order(1_000, rail="cash", at=SOON)
    await promise("donate", days=5, at=SOON + timedelta(minutes=1))
    given = await there.stall.order(500, rail="cash", at=SOON + timedelta(minutes=2))
    await there.load_all(walkup=0)
    await there.depart()
    await there.arrive(there.first)
    ride = await rides.truck(there.id)

    async def said(order: str, place: str) -> tuple[str, str | None] | None:
        found = await absent.by_rule(ride, place, await ordered.stored(order))
        return (found.decision, found.to_place) if found else None

    assert await said(before.order, there.first) is None, "nobody had promised anything"
    assert await said(moved.order, there.first) == ("move", there.last)
    assert await said(given.order, there.first) == ("donate", None)
    assert await said(moved.order, there.last) == ("hold", None), "there is no later stop"
    for many in (2, 0):
        done = await run(absent.decide_all, ride, there.first, by=PRASERT, at=TEN)
        assert done == many, "pressed twice is once"
    codes = [w.order.code for w in await waiting.at_stop(ride, there.first) if not w.decision]
    assert codes == [before.code]
    await refused("truck_day.no_shows_undecided", there.leave(there.first))
    await refused("truck_day.not_waiting", there.decide(moved.order, there.first, "sell"))
    await there.decide(before.order, there.first, "hold")
    await there.leave(there.first)
    await there.arrive(there.last, NOON)
    assert await run(absent.decide_all, ride, there.last, by=PRASERT, at=NOON) == 1
    told = [e.event for e in await log.events_of(moved.order) if "no_show" in e.event["type"]]
    assert [(one["then"], one["days"]) for one in told] == [("move", 0), ("hold_days", 3)]
    await clean()


async def test_who_cannot_come_to_a_moved_stop_gets_what_was_promised_for_that(
    there: TruckDay,
) -> None:
    waits = await there.order_for_last(500, rail="cash")
    await promise("donate", "refund", at=NOW + timedelta(minutes=1))
    first, there.stall.cycle = there.stall.cycle, there.cycle
    paid = await there.stall.order(500, at=SOON, offer=there.offer)
    await there.stall.pay(paid.order, at=SOON)
    there.stall.cycle = first
    await promise("hold", "hold", 9, at=SOON + timedelta(minutes=1))
    await there.load_all(walkup=1_000)
    await there.depart()
    await there.arrive(there.first)
    await there.leave(there.first)
    late = TEN + timedelta(minutes=40)
    await went_wrong(there, late, minutes=150)
    answer = await mishaps.waiting_answer(there.day)
    assert answer
    await run(mishaps.publish, answer.version, there.id, by=PRASERT, at=late)
    await read(late)
    told = [e.event for e in await log.events_of(there.last) if "stop_moved" in e.event["type"]]
    assert sorted((one["then"], one["buyers"][0] == NOK) for one in told) == [
        ("", True), ("refund", True),
    ], "each by the promise of the own order"  # fmt: skip
    ride = await rides.truck(there.id)
    found = await absent.by_rule(ride, there.last, await ordered.stored(paid.order))
    assert found
    assert (found.choice, found.moved, found.decision) == ("refund", True, "refund")
    await there.arrive(there.last, late)
    assert await run(absent.decide_all, ride, there.last, by=PRASERT, at=late) == 1
    await there.decide(waits.order, there.last, "hold")
    left = await balance(credit(NETWORK, NOK))
    assert left > 0
    assert await absent.to_be_paid_back(NETWORK) == {NOK}
    back = PayBackCredit(new_id(), NETWORK, NOK, left, "cash", "slip-1")
    await run(payments.pay_back_credit, back, by=PRASERT, at=late)
    assert await absent.to_be_paid_back(NETWORK) == set()
    await clean()


async def test_what_cannot_be_promised_is_refused_and_the_old_word_stands(there: TruckDay) -> None:
    id = new_id()
    await promise("hold", id=id)
    await promise("hold", id=id)
    for no, asked in (
        (DaysWrong, ("hold", "hold", 0)), (DaysWrong, ("hold", "hold", 15)),
        (NotForMoved, ("hold", "donate", 3)),
    ):  # fmt: skip
        with pytest.raises(no):
            await promise(*asked, at=SOON)
    with pytest.raises(AskedOtherwise):
        await promise("credit", id=id)
    rule = await queries.rule_at(NETWORK, later(days=1))
    assert rule
    assert (rule.absent, rule.at) == ("hold", NOW)
    assert await queries.rule_at(NETWORK, NOW - timedelta(seconds=1)) is None
    assert await queries.rule_at(new_id(), NOW) is None
    await clean()
