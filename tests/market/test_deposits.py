"""Nok pays 30 of 100 ahead, and the rest when she has her greens on the scales."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.complaints import reweighing
from market.domain.complaints.reweighing import Reweigh
from market.domain.ledger import queries as ledger
from market.domain.ledger.rules import NotEnough, credit, earned, held, own
from market.domain.offers import editing
from market.domain.offers import queries as offers_seen
from market.domain.offers.refusals import DepositWrong
from market.domain.orders import changing, commands, deposits, less, queries, refusals, rules
from market.domain.orders.changing import Change, MoreToPay
from market.domain.orders.deposits import DepositNeeded, NoDepositHere
from market.domain.orders.rules import DEPOSIT, Lessened, Weighed
from market.domain.payments import commands as payments
from market.domain.payments import queries as payments_seen
from market.domain.payments.rules import AlreadyPaid, Confirm, OwnOrder, WrongAmount
from tests.cast import DAO, NETWORK, NOK, NOW, PRASERT, RATTAPHUM
from tests.market.stall import CLOSES, PICKUP, Stall, faults, minutes, stall

PERCENT = 30


async def asks(there: Stall, percent: int | None = PERCENT) -> Stall:
    """The round asks for a deposit from now on."""
    was = await offers_seen.cycle(there.cycle)
    wanted = editing.ChangeCycle(
        was.id, was.name_th, was.name_en, was.opens_at, was.closes_at, was.hold_minutes,
        deposit_percent=percent,
    )  # fmt: skip
    await run(editing.change, wanted, by=DAO, at=NOW)
    return there


async def money(order: str) -> tuple[int, int, int, int, int]:
    """Held for it, Nok's credit, bank, box, earned."""
    cycle = (await queries.stored(order)).cycle
    named = (held(NETWORK, order), credit(NETWORK, NOK), own("bank", NETWORK), own("cash", NETWORK))
    found = [await ledger.balance(name) for name in named]
    return (*found, await ledger.balance(earned(NETWORK, RATTAPHUM, cycle)))  # type: ignore[return-value]


async def nothing_is_wrong() -> None:
    assert [*await faults(), *await payments_seen.payment_faults()] == []


@given(st.integers(1, 10**7), st.integers(1, 90), st.integers(0, 99), st.data())
def test_deposit_and_rest_are_the_price_to_the_satang(satang, percent, discount, data) -> None:
    ahead = deposits.placed(DEPOSIT, satang, percent)
    assert 100 * ahead >= satang * percent > 100 * (ahead - 1)
    discount = min(discount, ahead)
    now = data.draw(st.integers(0, satang))  # less comes: what is due falls first
    left = min(ahead, now)
    back, less_discount = rules.given_back(ahead, discount, left)
    discount -= less_discount
    final = data.draw(st.integers(0, now))
    handed = rules.handed("order", left, discount, final, "cash")
    returned = rules.given_back(left, discount, min(final, left))
    moved = rules.handover_postings("order", "m", "nok", {}, returned, handed.due_satang)
    sums = {str(p.debit) if p.debit.kind != "held" else str(p.credit): p.satang for p in moved}
    assert left + sums.get("cash:m:m", 0) == final + sum(returned)
    assert handed.due_satang == max(final - left, 0)
    assert not (handed.due_satang and handed.credited_satang)
    paid = ahead - discount - less_discount + handed.due_satang
    assert paid - back - handed.credited_satang == max(final - discount - less_discount, 0) or (
        final < discount + less_discount
    )


async def test_nok_pays_a_part_ahead_and_the_rest_at_the_stall(db: Database) -> None:
    there = await asks(await stall(db))
    placed = await there.order(rail=DEPOSIT)
    assert (placed.satang, placed.due_satang) == (4_000, 2_800)
    assert await there.buckets() == (9_000, 1_000, 0)
    with pytest.raises(refusals.NotPaid):
        await there.hand_over(placed.order)
    asked = await run(payments.request, placed.order, by=NOK, at=NOW)
    assert (asked.satang, asked.discount_satang) == (1_199, 1)
    with pytest.raises(WrongAmount):
        await there.pay(placed.order, satang=3_999)
    assert (await there.pay(placed.order)).outcome == "confirmed"
    with pytest.raises(AlreadyPaid):
        await there.pay(placed.order)
    seen = await queries.stored(placed.order)
    assert (seen.state, seen.ahead_satang, seen.due_satang) == ("confirmed", 1_200, 2_800)
    assert await money(placed.order) == (1_200, 0, 1_199, 0, 0)
    await nothing_is_wrong()
    handed = await there.hand_over(placed.order, 910)
    assert (handed.final_satang, handed.cash_satang, handed.credited_satang) == (3_640, 2_440, 0)
    assert await money(placed.order) == (0, 0, 1_199, 2_440, 3_640)
    await nothing_is_wrong()


async def test_less_on_the_scales_than_was_paid_ahead_is_credit(db: Database) -> None:
    there = await asks(await stall(db))
    placed = await there.paid(rail=DEPOSIT)
    handed = await there.hand_over(placed.order, 100)
    assert (handed.final_satang, handed.due_satang, handed.credited_satang) == (400, 0, 800)
    assert await money(placed.order) == (0, 800, 1_199, 0, 400)
    await nothing_is_wrong()


async def test_the_rest_comes_by_promptpay_or_from_credit_and_never_from_nothing(
    db: Database,
) -> None:
    there = await asks(await stall(db))
    first, second = await there.paid(rail=DEPOSIT), await there.paid(rail=DEPOSIT)
    with pytest.raises(NotEnough):
        await there.hand_over(first.order, due_by="credit")
    assert await there.state(first.order) == "confirmed"
    by_phone = await there.hand_over(first.order, due_by="promptpay")
    assert (by_phone.cash_satang, by_phone.bank_satang) == (0, 2_800)
    third = await there.paid(rail="promptpay")
    await there.cancel(third.order)
    spent = await there.hand_over(second.order, due_by="credit")
    assert (spent.spent_satang, spent.due_satang) == (2_800, 2_800)
    assert (await money(second.order))[:2] == (0, 3_999 - 2_800)
    await nothing_is_wrong()


async def test_a_round_with_a_deposit_keeps_nothing_for_nothing(db: Database) -> None:
    there = await stall(db)
    with pytest.raises(NoDepositHere):
        await there.order(rail=DEPOSIT)
    for wrong in (0, 91, -1):
        with pytest.raises(DepositWrong):
            await asks(there, wrong)
    await asks(there)
    with pytest.raises(DepositNeeded) as no:
        await there.order(rail="cash")
    assert no.value.facts["percent"] == PERCENT
    placed = await there.order(rail=DEPOSIT)
    with pytest.raises(DepositNeeded):
        await run(commands.pay_at_stall, placed.order, by=NOK, at=NOW)
    await asks(there, 50)  # what was said to Nok stays
    assert (await queries.stored(placed.order)).ahead_satang == 1_200
    assert (await there.order(rail=DEPOSIT)).due_satang == 2_000
    assert await there.state((await there.paid(rail="promptpay")).order) == "confirmed"
    await nothing_is_wrong()


async def test_a_deposit_that_comes_late_or_after_cancelling_is_never_lost(db: Database) -> None:
    there = await asks(await stall(db))
    late, gone, called = [await there.order(rail=DEPOSIT) for _ in range(3)]
    for one in (late, gone, called):
        await run(payments.request, one.order, by=NOK, at=NOW)
    await there.cancel(called.order)
    assert (await there.pay(called.order)).outcome == "paid_unfulfillable"
    await run(commands.expire, at=minutes(60))
    assert (await there.pay(late.order, at=minutes(90))).outcome == "confirmed"
    await there.order(9_000, rail=DEPOSIT, at=minutes(90))
    assert (await there.pay(gone.order, at=minutes(90))).outcome == "paid_unfulfillable"
    assert (await money(late.order))[:2] == (1_200, 2 * 1_200 - 2 - 3)
    await there.cancel(late.order, by=DAO, at=CLOSES)
    assert (await money(late.order))[0] == 0
    await nothing_is_wrong()


async def test_less_comes_and_the_rest_falls_before_anything_is_credit(db: Database) -> None:
    there = await asks(await stall(db))
    placed = await there.paid(rail=DEPOSIT)
    [line] = await queries.ordered_lines(placed.order)

    async def comes(grams: int) -> tuple[int, int, int]:
        cut = (Lessened(line.id, grams),)
        told = await run(less.lessen, placed.order, cut, by=DAO, at=PICKUP)
        seen = await queries.stored(placed.order)
        await nothing_is_wrong()
        return seen.ahead_satang, seen.due_satang, told.credited_satang

    assert await comes(500) == (1_200, 800, 0)
    assert await comes(200) == (800, 0, 400)
    handed = await there.hand_over(placed.order)
    assert (handed.final_satang, handed.due_satang, handed.credited_satang) == (800, 0, 0)
    assert (await money(placed.order))[:2] == (0, 400)
    await nothing_is_wrong()


async def test_nok_changes_how_much_and_what_is_added_has_its_deposit(db: Database) -> None:
    there = await asks(await stall(db))
    placed = await there.paid(rail=DEPOSIT)
    [line] = await queries.ordered_lines(placed.order)

    async def wants(grams: int) -> tuple[int, int]:
        asked = Change(new_id(), placed.order, (Weighed(line.id, grams),))
        await run(changing.change, asked, by=NOK, at=NOW)
        seen = await queries.stored(placed.order)
        await nothing_is_wrong()
        return seen.ahead_satang, seen.due_satang

    assert await wants(500) == (1_200, 800)
    assert await wants(1_000) == (1_200, 2_800)
    with pytest.raises(MoreToPay) as no:
        await wants(2_000)
    assert no.value.facts["satang"] == 1_200
    assert await wants(100) == (400, 0)  # 8 baht are credit
    assert await wants(1_000) == (1_200, 2_800)  # and pay the deposit of what is added
    assert (await money(placed.order))[:2] == (1_200, 0)


async def test_nok_adds_to_a_paid_order_and_pays_the_difference_at_the_pick_up(
    db: Database,
) -> None:
    """However it was paid; a round that asks for a deposit has its part of all of it first."""
    there = await stall(db)

    async def adds(order: str, grams: int) -> tuple[str, int, int]:
        [line] = await queries.ordered_lines(order)
        asked = Change(new_id(), order, (Weighed(line.id, grams),), later=True)
        told = await run(changing.change, asked, by=NOK, at=NOW)
        assert (await run(changing.change, asked, by=NOK, at=NOW)) == told
        seen = await queries.stored(order)
        await nothing_is_wrong()
        return seen.rail, seen.ahead_satang, seen.due_satang

    cash, gone = await there.order(500, rail="cash"), await there.paid(500)
    assert await adds(cash.order, 600) == ("cash", 0, 2_400)
    await there.cancel(gone.order)
    of_credit = await there.order(400, rail="credit")
    assert await adds(of_credit.order, 500) == (DEPOSIT, 1_600, 400)
    paid = await there.paid(1_000)
    assert await adds(paid.order, 1_500) == (DEPOSIT, 4_000, 2_000)
    assert await adds(paid.order, 900) == (DEPOSIT, 3_600, 0)  # 4 baht are credit
    assert await adds(paid.order, 1_000) == (DEPOSIT, 3_600, 400)
    await asks(there)
    assert await adds(paid.order, 2_000) == (DEPOSIT, 3_600, 4_400)
    with pytest.raises(MoreToPay):  # 30 percent of 160 baht are 48
        await adds(paid.order, 4_000)
    handed = await there.hand_over(paid.order)
    assert (handed.final_satang, handed.cash_satang) == (8_000, 4_400)
    assert (await there.hand_over(of_credit.order, due_by="promptpay")).bank_satang == 400
    await nothing_is_wrong()


async def test_less_than_was_asked_may_keep_the_goods_and_the_rest_is_due(db: Database) -> None:
    there = await stall(db)
    placed = await there.order()
    asked = await run(payments.request, placed.order, by=NOK, at=NOW)
    part = Confirm(new_id(), asked.request, NETWORK, 1_500, "slip", "KBANK", "R1", part=True)
    with pytest.raises(OwnOrder):
        await run(payments.confirm, part, by=NOK, at=NOW)
    for wrong in (0, asked.satang, asked.satang + 1):
        with pytest.raises(WrongAmount):
            await there.pay(placed.order, satang=wrong, part=True)
    done = await run(payments.confirm, part, by=PRASERT, at=NOW)
    assert done.outcome == "part_paid"
    assert await run(payments.confirm, part, by=PRASERT, at=NOW) == done
    seen = await queries.stored(placed.order)
    assert (seen.rail, seen.ahead_satang, seen.due_satang) == (DEPOSIT, 1_500, 2_500)
    await nothing_is_wrong()
    with pytest.raises(AlreadyPaid):
        await there.pay(placed.order)
    late = await there.order()
    await run(payments.request, late.order, by=NOK, at=NOW)
    await there.cancel(late.order)
    gone = await there.pay(late.order, satang=900, part=True)
    assert gone.outcome == "paid_unfulfillable"
    assert (await there.hand_over(placed.order)).cash_satang == 2_500
    assert (await money(placed.order))[:4] == (0, 900, 2_400, 2_500)
    await nothing_is_wrong()


async def test_a_wrong_weight_put_right_gives_back_what_was_paid_at_the_stall_too(
    db: Database,
) -> None:
    there = await asks(await stall(db))
    placed = await there.paid(rail=DEPOSIT)
    await there.hand_over(placed.order, 900)
    [line] = await queries.ordered_lines(placed.order)

    async def right(grams: int) -> int:
        wanted = Reweigh(new_id(), placed.order, NETWORK, line.id, grams, "read 9 for 6")
        told = await run(reweighing.reweigh, wanted, by=DAO, at=PICKUP)
        await nothing_is_wrong()
        return told.credited_satang

    assert await right(600) == 1_200
    assert await right(800) == -800
    with pytest.raises(reweighing.AboveWhatWasPaid):
        await right(1_000)
    assert await money(placed.order) == (0, 400, 1_199, 2_400, 3_200)
