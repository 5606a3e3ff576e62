"""One market day, told: ordered, cut-off, harvest list, short, ready, late truck, recalled, paid
out. Each of them to whom it concerns, once, however often the worker looks and reads again."""

from datetime import datetime, timedelta

from certification.basis import log
from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.answers import notices as words_of
from market.answers.words import LANGUAGES, words
from market.domain.notices import queries
from market.domain.orders import packing
from market.domain.orders import queries as ordered
from market.domain.orders.packing import Pack
from market.domain.orders.rules import Weighed
from market.domain.recalls import commands as recalls
from market.domain.recalls.rules import Open
from market.domain.settlement import commands as settlement
from market.domain.settlement import queries as settled
from market.domain.settlement.rules import DecideRun, MakeRun, MarkPaid, Settle
from market.domain.truck_day.rules import StopMoved
from market.jobs import clock, sending
from tests.cast import (
    DAO,
    EVERYBODY,
    KRIT,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    PRASERT,
    RATTAPHUM,
    SOMCHAI,
    YING,
)
from tests.market.outbox import on_line, told, world
from tests.market.stall import CLOSES, OVER, PICKUP, Stall, stall
from tests.market.test_shortage import shared, the_offer, wants

EIGHT = {
    "ordered": {(NOK, "orders.confirmed"), (PRASERT, "orders.placed"), (DAO, "orders.placed")},
    "cut-off": {(SOMCHAI, "notices.cut_off_near.unpaid")},
    "harvest list": {(MALEE, "cycles.closed"), (YING, "cycles.closed.leader")},
    "short": {(NOK, "orders.lessened"), (KRIT, "orders.lessened")},
    "ready": {(NOK, "orders.packed"), (KRIT, "cycles.pickup_begun")},
    "late truck": {(NOK, "truck_day.stop_moved"), (KRIT, "truck_day.stop_moved")},
    "recalled": {(NOK, "recalls.begun.buyer"), (KRIT, "recalls.begun.buyer")},
    "paid out": {(MALEE, "settlement.paid_out"), (DAO, "settlement.paid_out")},
}
KINDS = {kind for those in EIGHT.values() for _, kind in those}


async def late_worker(at: datetime) -> None:
    """It looks and reads twice, the second time from the beginning."""
    for _ in range(2):
        await clock.tick(at)
        await told(at)
        await in_use().query("UPDATE log_cursor SET seq = 0 WHERE reader = 'notices'")
    await told(at)


async def a_market_day(there: Stall) -> None:
    await the_offer(there)
    paid = await wants(there, 12_000, "promptpay")
    await wants(there, 7_000, buyer=KRIT)
    await late_worker(NOW)
    soon = CLOSES - timedelta(hours=1)
    await there.order(1_000, buyer=SOMCHAI, at=soon)
    await late_worker(soon)
    await late_worker(CLOSES + timedelta(minutes=1))
    await shared(there, 12_000, at=CLOSES + timedelta(hours=1))
    lines = (await ordered.merchants(paid, NETWORK)).lines
    pack = Pack(paid, NETWORK, tuple(Weighed(one.id, one.grams) for one in lines))
    for _ in range(2):  # weighed once more
        await run(packing.pack, pack, by=DAO, at=CLOSES + timedelta(hours=2))
    await late_worker(CLOSES + timedelta(hours=2))
    await late_worker(PICKUP + timedelta(minutes=1))
    await run(_late, there, at=PICKUP)
    await late_worker(PICKUP + timedelta(minutes=2))
    await there.hand_over(paid)
    [stock] = await in_use().query("SELECT source FROM stock WHERE id = {}", there.stock)
    opened = Open(new_id(), RATTAPHUM, "lot", stock["source"], "illness")
    await run(recalls.open_recall, opened, by=YING, at=PICKUP + timedelta(hours=1))
    await late_worker(PICKUP + timedelta(hours=1))
    await _paid_out(there)
    await late_worker(OVER + timedelta(hours=2))


async def _late(there: Stall, *, at: datetime) -> None:
    moved = StopMoved(
        "day", there.place, "หลาดกรีน", "The market", [NOK, KRIT], 40, "09:40", "10:00"
    )
    log.append(moved, subject=there.place, by=DAO, at=at)


async def _paid_out(there: Stall) -> None:
    """The network pays the group, the group pays Malee."""
    at = OVER + timedelta(hours=1)
    await run(settlement.settle, Settle(new_id(), there.cycle, NETWORK), by=PRASERT, at=at)
    for payer, level, maker, other in (
        (NETWORK, "group", PRASERT, DAO),
        (RATTAPHUM, "farmer", DAO, PRASERT),
    ):
        made = await run(settlement.make_run, MakeRun(new_id(), payer, level), by=maker, at=at)
        await run(settlement.decide_run, DecideRun(made.run, payer, True), by=other, at=at)
        for payout in await settled.payouts(made.run):
            await run(
                settlement.mark_paid, MarkPaid(payout.id, payer, "006", payout.id), by=maker, at=at
            )


async def test_each_of_eight_notices_of_a_market_day_comes_once_to_whom_it_concerns(
    db: Database,
) -> None:
    there = await stall(db)
    with world() as out:
        await on_line()
        await a_market_day(there)
        letters = [one.text for one in out.line.arrived]
    got = [
        (person, one) for person in EVERYBODY for one in await queries.of_person(person, limit=200)
        if one.kind in KINDS
    ]  # fmt: skip
    wrong = []
    for name, foretold in EIGHT.items():
        kinds = {kind for _, kind in foretold}
        for person, kind in sorted(foretold):
            times = 2 if kind == "orders.placed" else 1  # of two orders that came before the third
            heard = [one for who, one in got if (who, one.kind) == (person, kind)]
            if len(heard) != times + (kind == "orders.placed"):
                wrong.append(f"{name}: {kind} {len(heard)} times")
        others = {(who, one.kind) for who, one in got if one.kind in kinds} - foretold
        wrong += [f"{name}: also told to {other}" for other in sorted(others)]
    for _, one in got:
        for language in LANGUAGES:
            said = words_of.said(words(language), one.kind, one.facts)
            if "{" in said or "notice." in said:
                wrong.append(f"{language}: {said}")
    told_her = await queries.of_person(NOK, limit=200)
    mine = [one for one in told_her if not one.kind.startswith("contacts.")]
    if len(letters) != len(mine) or len({*letters}) != len(letters):
        wrong.append(f"by LINE {len(letters)}, on the page {len(mine)}")
    assert not wrong, wrong


async def test_at_night_a_late_truck_wakes_and_what_is_ready_waits_for_the_morning(
    db: Database,
) -> None:
    there = await stall(db)
    placed = await there.paid(1_000)
    await told(NOW)
    night = CLOSES.replace(hour=17)  # midnight in Thailand
    lines = (await ordered.merchants(placed.order, NETWORK)).lines
    pack = Pack(placed.order, NETWORK, tuple(Weighed(one.id, one.grams) for one in lines))
    with world() as out:
        await on_line()
        await run(packing.pack, pack, by=DAO, at=night)
        await run(_late, there, at=night)
        await told(night)
        [woken] = out.line.arrived
        await sending.send_all(night + timedelta(hours=6))
        assert "09:40" in woken.text
        assert placed.code in out.line.arrived[-1].text
        assert len(out.line.arrived) == 2
