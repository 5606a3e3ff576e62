"""A sceptic holds every row of money and orders against the log, after a whole season."""

from certification.basis import log, proof
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.schema import PROVEN
from certification.basis.transaction import run
from market.db import all_tables
from market.domain.offers import commands as offers
from market.domain.orders import commands as orders
from market.domain.payments import commands as payments
from market.domain.payments.rules import SetAccount
from market.domain.settlement import commands as settlement
from market.domain.settlement import queries as settlement_seen
from market.domain.settlement.rules import DecideRun, MakeRun, MarkPaid, Settle
from tests.cast import DAO, NETWORK, NOK, NOW, PARTICULARS, PRASERT
from tests.databases import edit_by_hand
from tests.market.stall import Stall, minutes, stall

WRITTEN_BY_HAND = {"plot", "lot", "product"}
"""The stall lays these three without their commands."""
TOLD = [
    table
    for table in all_tables()
    if PROVEN in table._meta.tags and table._meta.tablename not in WRITTEN_BY_HAND
]


async def a_season(there: Stall) -> None:
    """Everything that can become of an order, and the money to the last hand."""
    fetched, cash, cancelled, late, gone, stays = [await there.order() for _ in range(6)]
    await there.pay(fetched.order)
    await there.pay(cancelled.order)
    await there.cancel(cancelled.order)
    await run(orders.pay_at_stall, cash.order, by=NOK, at=NOW)
    for each in (late, gone, stays):
        await run(payments.request, each.order, by=NOK, at=NOW)
    await run(orders.expire, at=minutes(60))
    await run(payments.free_amounts, at=minutes(60))
    await there.pay(late.order, at=minutes(61))
    await there.order(6_200, rail="cash", at=minutes(62))
    await there.pay(gone.order, at=minutes(63))
    await there.order(800, rail="credit", at=minutes(64))
    await there.hand_over(fetched.order, 950)
    await there.hand_over(cash.order, 1_000)
    account = SetAccount(new_id(), NETWORK, "biller", "099400016550100")
    await run(payments.set_account, account, by=PRASERT, at=minutes(70))
    await run(offers.withdraw, there.offer, by=DAO, at=minutes(71))
    await run(settlement.settle, Settle(new_id(), there.cycle, NETWORK), by=PRASERT, at=minutes(80))
    for approve in (False, True):
        made = await run(
            settlement.make_run, MakeRun(new_id(), NETWORK, "group"), by=PRASERT, at=minutes(81)
        )
        decided = DecideRun(made.run, NETWORK, approve)
        await run(settlement.decide_run, decided, by=DAO, at=minutes(82))
    [payout] = await settlement_seen.payouts(made.run)
    paid = MarkPaid(payout.id, NETWORK, "006", "REF1")
    await run(settlement.mark_paid, paid, by=PRASERT, at=minutes(83))


async def test_every_row_of_a_season_is_as_it_was_told(db: Database) -> None:
    there = await stall(db)
    await a_season(there)
    assert await proof.faults(TOLD) == []


async def test_a_satang_edited_by_hand_is_named(db: Database, market_url: str) -> None:
    there = await stall(db)
    await a_season(there)
    await edit_by_hand(
        market_url, "UPDATE preorder SET final_satang = final_satang - 1 WHERE rail = 'cash'"
    )
    found = await proof.faults(TOLD)
    assert {(fault.table, fault.column) for fault in found} == {("preorder", "final_satang")}


async def test_the_log_tells_no_name_and_no_phone(db: Database) -> None:
    there = await stall(db)
    await a_season(there)
    rows = await db.query("SELECT body FROM log_entry")
    told = b"".join(row["body"] for row in rows).decode()
    assert len(await log.after(0, limit=1_000)) > 50
    for person in PARTICULARS.values():
        assert person.name not in told
        assert not person.phone or person.phone not in told
