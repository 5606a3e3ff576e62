"""Money that comes is never lost: in time, late, twice, with somebody else's slip."""

import asyncio
from datetime import timedelta

import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.ledger import queries as ledger
from market.domain.ledger.rules import credit, discount, held, own
from market.domain.orders import commands as orders
from market.domain.orders.refusals import NoSuchOrder
from market.domain.payments import commands, queries, rules
from market.domain.payments.rules import Confirm, CreditExtra, SetAccount
from tests.cast import DAO, KRIT, KRITS_GROUP, NETWORK, NOK, NOW, PRASERT
from tests.market.stall import OVER, PHONE, faults, minutes, stall

NOK_CREDIT = credit(NETWORK, NOK)
BANK = own("bank", NETWORK)


async def all_faults() -> list[tuple[str, str, str, str]]:
    return [*await faults(), *await queries.payment_faults()]


async def test_what_is_asked_can_be_told_from_every_other_payment(db: Database) -> None:
    there = await stall(db)
    asked = []
    for _ in range(3):
        placed = await there.order()
        asked.append(await run(commands.request, placed.order, by=NOK, at=NOW))
    assert [request.satang for request in asked] == [3_999, 3_998, 3_997]
    view = await queries.request_of(asked[0].order)
    assert view
    assert rules.tags(view.payload)["54"] == "39.99"
    assert view.payload == rules.payload("phone", PHONE, 3_999)
    assert {row.satang for row in await queries.to_confirm(NETWORK)} == {3_999, 3_998, 3_997}


async def test_asked_again_it_is_the_same_request(db: Database) -> None:
    there = await stall(db)
    placed = await there.order()
    twenty = await asyncio.gather(
        *(run(commands.request, placed.order, by=NOK, at=NOW) for _ in range(20))
    )
    assert len(set(twenty)) == 1
    assert len(await queries.to_confirm(NETWORK)) == 1


async def test_a_hundredth_buyer_of_the_same_amount_pays_another_way(db: Database) -> None:
    there = await stall(db, grams=200_000)
    first = None
    for _ in range(99):
        placed = await there.order(100, id=new_id())
        request = await run(commands.request, placed.order, by=NOK, at=NOW)
        first = first or request
    placed = await there.order(100)
    with pytest.raises(rules.AmountsUsedUp):
        await run(commands.request, placed.order, by=NOK, at=NOW)
    assert first
    await run(orders.cancel, orders.rules.CancelOrder(first.order), by=NOK, at=NOW)
    assert await run(commands.free_amounts, at=NOW) == 1
    for at in (minutes(1), NOW + timedelta(hours=71)):  # who pays late must not pay another's
        with pytest.raises((rules.AmountsUsedUp, rules.NothingAsked)):
            await run(commands.request, placed.order, by=NOK, at=at)
    late = await there.order(100, at=NOW + timedelta(hours=47))
    with pytest.raises(rules.AmountsUsedUp):
        await run(commands.request, late.order, by=NOK, at=NOW + timedelta(hours=47))
    assert await queries.amounts_in_use(
        (await queries.account(NETWORK)).id, 400, NOW + timedelta(hours=73)
    ) == set(range(301, 399))


async def test_a_biller_needs_no_discount_for_the_code_tells_the_order(db: Database) -> None:
    there = await stall(db)
    account = SetAccount(new_id(), NETWORK, "biller", "099400016550100")
    for _ in range(2):
        await run(commands.set_account, account, by=PRASERT, at=NOW)
    placed = await there.order()
    asked = await run(commands.request, placed.order, by=NOK, at=NOW)
    assert (asked.satang, asked.discount_satang) == (4_000, 0)
    view = await queries.request_of(placed.order)
    assert view
    assert rules.tags(rules.tags(view.payload)["30"])["02"] == placed.code
    await there.pay(placed.order)
    assert await there.state(placed.order) == "confirmed"
    assert await all_faults() == []


async def test_only_who_ordered_is_asked_and_only_while_it_waits(db: Database) -> None:
    there = await stall(db)
    cash, late = await there.order(rail="cash"), await there.order()
    with pytest.raises(NoSuchOrder):
        await run(commands.request, late.order, by=KRIT, at=NOW)
    with pytest.raises(rules.NothingAsked):
        await run(commands.request, cash.order, by=NOK, at=NOW)
    with pytest.raises(rules.NothingAsked):
        await run(commands.request, late.order, by=NOK, at=minutes(60))


async def test_paid_in_time_the_order_is_confirmed(db: Database) -> None:
    there = await stall(db)
    placed = await there.order()
    done = await there.pay(placed.order)
    assert (done.outcome, done.satang) == ("confirmed", 3_999)
    assert await there.state(placed.order) == "confirmed"
    assert await there.buckets() == (9_000, 0, 1_000)
    assert await ledger.balance(BANK) == 3_999
    assert await ledger.balance(discount(NETWORK, placed.order)) == 1
    assert await ledger.balance(held(NETWORK, placed.order)) == 4_000
    assert await run(orders.expire, at=minutes(999)) == 0
    assert await all_faults() == []


async def test_another_amount_another_merchant_and_one_s_own_order_are_refused(
    db: Database,
) -> None:
    there = await stall(db)
    placed = await there.order()
    with pytest.raises(rules.WrongAmount) as refused:
        await there.pay(placed.order, satang=4_000)
    assert refused.value.facts == {"satang": 3_999, "came_satang": 4_000}
    with pytest.raises(rules.NoSuchRequest):
        await there.pay(placed.order, merchant=KRITS_GROUP)
    with pytest.raises(rules.NoSuchRequest):
        await there.pay(placed.order, request=new_id())
    with pytest.raises(rules.OwnOrder):
        own_ = Confirm(new_id(), placed.order, NETWORK, 3_999)
        await run(commands.confirm, own_, by=NOK, at=NOW)
    assert await there.state(placed.order) == "held"
    assert await ledger.balance(BANK) == 0


async def test_one_slip_pays_one_order(db: Database) -> None:
    there = await stall(db)
    first, second = await there.order(), await there.order()
    slip = {"kind": "slip", "bank": "014", "trans_ref": "00111222233344ABCD12"}
    with pytest.raises(rules.SlipIncomplete):
        await there.pay(first.order, kind="slip", bank="014")
    await there.pay(first.order, **slip)
    with pytest.raises(rules.SlipUsed):
        await there.pay(second.order, **{**slip, "trans_ref": " 00111222233344abcd12 "})
    assert await there.state(second.order) == "held"
    with pytest.raises(rules.AlreadyPaid):
        await there.pay(first.order)
    assert await all_faults() == []


async def test_two_slips_at_once_for_one_order_and_one_for_two(db: Database) -> None:
    there = await stall(db)
    one, two, three = [await there.order() for _ in range(3)]
    slip = {"kind": "slip", "bank": "014", "trans_ref": "A1"}
    both = await asyncio.gather(
        there.pay(one.order, **slip), there.pay(two.order, **slip), return_exceptions=True
    )
    assert sum(isinstance(result, rules.SlipUsed) for result in both) == 1
    again = await asyncio.gather(
        *(there.pay(three.order) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(result, rules.AlreadyPaid) for result in again) == 4
    asked = [await queries.request_of(order.order) for order in (one, two, three)]
    came = [request.satang for request in asked if request and request.state == "paid"]
    assert len(came) == 2
    assert await ledger.balance(BANK) == sum(came)
    assert await all_faults() == []


async def test_confirming_twice_with_one_id_is_answered_as_before(db: Database) -> None:
    there, id = await stall(db), new_id()
    placed = await there.order()
    first = await there.pay(placed.order, id=id)
    assert await there.pay(placed.order, id=id) == first
    assert await ledger.balance(BANK) == 3_999


async def test_money_that_comes_late_still_buys_what_is_left(db: Database) -> None:
    there = await stall(db)
    placed = await there.order()
    await run(commands.request, placed.order, by=NOK, at=NOW)
    await run(orders.expire, at=minutes(60))
    await run(commands.free_amounts, at=minutes(60))
    done = await there.pay(placed.order, at=minutes(70))
    assert done.outcome == "confirmed"
    assert await there.buckets() == (9_000, 0, 1_000)
    assert await all_faults() == []


async def test_money_that_comes_when_the_goods_are_gone_is_credit(db: Database) -> None:
    there = await stall(db)
    placed = await there.order(1_000)
    await run(commands.request, placed.order, by=NOK, at=NOW)
    await run(orders.expire, at=minutes(60))
    await there.order(9_100, rail="cash", at=minutes(61))
    done = await there.pay(placed.order, at=minutes(70))
    assert (done.outcome, await there.state(placed.order)) == ("paid_unfulfillable", "expired")
    assert await ledger.balance(NOK_CREDIT) == await ledger.balance(BANK) == 3_999
    assert await there.buckets() == (900, 0, 9_100)
    assert await all_faults() == []


@pytest.mark.parametrize("what", ["cancelled", "over"])
async def test_money_for_an_order_that_is_over_is_credit(db: Database, what: str) -> None:
    there = await stall(db)
    placed = await there.order()
    await run(commands.request, placed.order, by=NOK, at=NOW)
    if what == "cancelled":
        await there.cancel(placed.order)
    else:
        await run(orders.expire, at=minutes(60))
    done = await there.pay(placed.order, at=OVER)
    assert done.outcome == "paid_unfulfillable"
    assert await ledger.balance(NOK_CREDIT) == 3_999
    assert await all_faults() == []


async def test_who_changed_to_cash_and_pays_after_all_has_credit(db: Database) -> None:
    there = await stall(db)
    placed = await there.order()
    await run(commands.request, placed.order, by=NOK, at=NOW)
    await run(orders.pay_at_stall, placed.order, by=NOK, at=NOW)
    assert await run(commands.free_amounts, at=NOW) == 1
    assert (await there.pay(placed.order)).outcome == "paid_unfulfillable"
    assert (await there.hand_over(placed.order)).cash_satang == 4_000
    assert await ledger.balance(NOK_CREDIT) == 3_999
    assert await all_faults() == []


async def test_the_treasurer_may_take_cash_for_it(db: Database) -> None:
    there = await stall(db)
    placed = await there.order()
    await there.pay(placed.order, kind="cash")
    assert await ledger.balance(own("cash", NETWORK)) == 3_999
    assert await ledger.balance(BANK) == 0
    assert await all_faults() == []


async def test_sweeper_and_payments_at_the_same_instant_have_one_outcome(db: Database) -> None:
    there = await stall(db, grams=2_000)
    placed = [await there.order(500) for _ in range(4)]
    for each in placed:
        await run(commands.request, each.order, by=NOK, at=NOW)

    async def sweep() -> None:
        await run(orders.expire, at=minutes(60))
        await run(commands.free_amounts, at=minutes(60))

    results = await asyncio.gather(
        sweep(), *(there.pay(each.order, at=minutes(60)) for each in placed), sweep(),
        *(there.pay(each.order, at=minutes(60)) for each in placed),
        return_exceptions=True,
    )  # fmt: skip
    done = [result for result in results if isinstance(result, rules.PaymentConfirmed)]
    refused = [result for result in results if isinstance(result, rules.AlreadyPaid)]
    assert (len(done), len(refused)) == (4, 4)
    available, on_hold, sold = await there.buckets()
    assert (available + sold, on_hold) == (2_000, 0)
    assert sold == 500 * sum(each.outcome == "confirmed" for each in done)
    assert await all_faults() == []


async def test_a_merchant_without_an_account_asks_for_nothing(db: Database) -> None:
    there = await stall(db)
    await db.query("UPDATE receiving_account SET until = {}", NOW)
    placed = await there.order()
    with pytest.raises(rules.NoAccount):
        await run(commands.request, placed.order, by=NOK, at=NOW)
    with pytest.raises(rules.NotAnAccount):
        wrong = SetAccount(new_id(), NETWORK, "tax_id", "12")
        await run(commands.set_account, wrong, by=DAO, at=NOW)


async def test_money_beside_what_was_asked_is_credit_too(db: Database) -> None:
    there = await stall(db)
    placed = await there.order()
    await run(commands.request, placed.order, by=NOK, at=NOW)
    wrong = CreditExtra(new_id(), placed.order, NETWORK, 4_000, "014", "W1")
    for _ in range(2):
        await run(commands.credit_extra, wrong, by=PRASERT, at=NOW)
    assert await there.state(placed.order) == "held"
    await there.pay(placed.order)
    again = CreditExtra(new_id(), placed.order, NETWORK, 3_999, "014", "W2")
    await run(commands.credit_extra, again, by=PRASERT, at=NOW)
    assert await ledger.balance(NOK_CREDIT) == 7_999
    for refusal, extra, by in (
        (rules.SlipUsed, CreditExtra(new_id(), placed.order, NETWORK, 1, "014", "w1"), PRASERT),
        (rules.SlipIncomplete, CreditExtra(new_id(), placed.order, NETWORK, 1, "", ""), PRASERT),
        (rules.OwnOrder, CreditExtra(new_id(), placed.order, NETWORK, 1, "014", "W3"), NOK),
        (rules.NoSuchRequest, CreditExtra(new_id(), placed.order, KRITS_GROUP, 1, "1", "W"), KRIT),
        (rules.NotAnAmount, CreditExtra(new_id(), placed.order, NETWORK, 0, "014", "W4"), PRASERT),
    ):
        with pytest.raises(refusal):
            await run(commands.credit_extra, extra, by=by, at=NOW)
    assert await ledger.balance(NOK_CREDIT) == 7_999
    assert await all_faults() == []
