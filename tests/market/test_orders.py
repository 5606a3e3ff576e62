"""Nok orders what is there; nobody orders what is not, too late, or in somebody else's name."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis.asked import AskedOtherwise
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.people.queries import particulars
from market.domain.ledger import queries as ledger
from market.domain.ledger.rules import NotEnough, credit, earned, held, own
from market.domain.lots.refusals import SoldOut
from market.domain.offers import commands as offers
from market.domain.offers.refusals import Closed, NoSuchOffer, NotYetOpen
from market.domain.orders import commands, queries, refusals, rules
from market.domain.orders.rules import Guest, HandOver, Line, PlaceOrder, Weighed
from tests.cast import DAO, KRIT, KRITS_GROUP, MALEE, NETWORK, NOK, NOW, RATTAPHUM, WAN, later
from tests.market.stall import CLOSES, OVER, PICKUP, faults, harvest_and_offer, minutes, stall

NOK_CREDIT = credit(NETWORK, NOK)


@given(st.integers(0, 10**7), st.integers(0, 99), st.integers(0, 10**7))
def test_nobody_gets_back_more_than_he_paid(total, discount, final) -> None:
    total, final = max(total, discount), min(final, max(total, discount))
    to_credit, discount_back = rules.given_back(total, discount, final)
    paid = total - discount
    assert 0 <= to_credit <= paid
    assert 0 <= discount_back <= discount
    assert final + to_credit + discount_back == total
    assert paid - to_credit <= final


async def test_an_order_holds_its_grams_for_an_hour(db: Database) -> None:
    there = await stall(db)
    placed = await there.order(1_500)
    assert placed.satang == 6_000
    assert await there.buckets() == (8_500, 1_500, 0)
    view = await queries.own(placed.order, NOK)
    assert (view.order.state, view.order.expires_at) == ("held", minutes(60))
    [line] = view.lines
    assert (line.grams, line.satang_per_kg, line.satang, line.claim) == (
        1_500,
        4_000,
        6_000,
        "plain",
    )
    assert await faults() == []


def test_nothing_is_held_after_the_stall_has_gone() -> None:
    two_days = 2 * 24 * 60
    assert rules.expires_at(rules.PROMPTPAY, two_days, minutes(90), minutes(0)) == minutes(90)
    assert rules.expires_at(rules.PROMPTPAY, 60, minutes(90), minutes(0)) == minutes(60)
    assert rules.expires_at(rules.CASH, 60, minutes(90), minutes(0)) is None


async def test_cash_at_the_stall_needs_no_hold(db: Database) -> None:
    there = await stall(db)
    placed = await there.order(1_500, rail="cash")
    assert await there.buckets() == (8_500, 0, 1_500)
    assert [order.code for order in await queries.to_hand_over(there.cycle)] == [placed.code]


async def test_two_lines_of_one_offer_are_one(db: Database) -> None:
    there = await stall(db)
    first, id = new_id(), new_id()
    lines = (Line(first, there.offer, 300), Line(new_id(), there.offer, 700))
    await run(commands.place, PlaceOrder(id, there.cycle, NOK, "cash", lines), by=NOK, at=NOW)
    [line] = (await queries.own(id, NOK)).lines
    assert (line.id, line.grams) == (first, 1_000)


async def test_asking_twice_is_one_order(db: Database) -> None:
    there, id = await stall(db), new_id()
    first = await there.order(id=id)
    assert await there.order(id=id) == first
    with pytest.raises(AskedOtherwise):
        await there.order(2_000, id=id)
    assert await there.buckets() == (9_000, 1_000, 0)


@pytest.mark.parametrize(
    ("grams", "refusal"),
    [
        (0, refusals.NotAStep),
        (-100, refusals.NotAStep),
        (150, refusals.NotAStep),
        (10_100, SoldOut),
    ],
)
async def test_an_amount_nobody_can_pack_is_refused(db: Database, grams, refusal) -> None:
    there = await stall(db)
    with pytest.raises(refusal):
        await there.order(grams)
    assert await there.buckets() == (10_000, 0, 0)


async def test_who_comes_too_late_for_the_last_grams_learns_how_many_are_left(db: Database) -> None:
    there = await stall(db, grams=1_000)
    await there.order(700)
    with pytest.raises(SoldOut) as refused:
        await there.order(400)
    assert refused.value.facts["grams_left"] == 300


async def test_the_moment_of_closing_is_closed(db: Database) -> None:
    there = await stall(db)
    await there.order(at=minutes(2 * 24 * 60 - 1))
    with pytest.raises(Closed) as refused:
        await there.order(at=CLOSES)
    assert refused.value.facts["closed_at"] == CLOSES.isoformat()
    with pytest.raises(NotYetOpen):
        await there.order(at=later(hours=-2))


async def test_what_is_withdrawn_or_unknown_is_not_ordered(db: Database) -> None:
    there = await stall(db)
    kept = await there.order()
    for _ in range(2):
        await run(offers.withdraw, there.offer, by=DAO, at=NOW)
    with pytest.raises(refusals.OfferWithdrawn):
        await there.order()
    with pytest.raises(NoSuchOffer):
        await there.order(offer=new_id())
    assert await there.state(kept.order) == "held"


async def test_one_order_is_of_one_cycle(db: Database) -> None:
    there = await stall(db)
    other = await stall_of_tomorrow(there)
    with pytest.raises(refusals.AnotherCycle):
        await there.order(offer=other)


async def stall_of_tomorrow(there) -> str:
    """Another cycle of the same merchant, with one offer; answers the offer."""
    here = there.cycle
    there.cycle = new_id()
    from market.domain.offers.rules import OpenCycle  # noqa: PLC0415

    opening = OpenCycle(
        there.cycle, NETWORK, "รอบหน้า", "Next round", there.place, opens_at=NOW,
        closes_at=CLOSES, pickup_from=PICKUP, pickup_until=OVER,
    )  # fmt: skip
    await run(offers.open_cycle, opening, by=DAO, at=NOW)
    before = (there.offer, there.stock, there.lot)
    other = await harvest_and_offer(there, 1_000, 4_000)
    there.cycle = here
    there.offer, there.stock, there.lot = before
    return other


async def test_an_empty_basket_and_a_free_one_are_refused(db: Database) -> None:
    there = await stall(db)
    with pytest.raises(refusals.EmptyBasket):
        await run(
            commands.place, PlaceOrder(new_id(), there.cycle, NOK, "cash", ()), by=NOK, at=NOW
        )
    await harvest_and_offer(there, 1_000, 1, step_grams=1)
    with pytest.raises(refusals.NothingToPay):
        await there.order(10)


async def test_a_guest_orders_with_name_and_phone_and_sees_that_one_order(db: Database) -> None:
    there = await stall(db)
    guest, id, key = new_id(), new_id(), "ab" * 32
    lines = (Line(new_id(), there.offer, 500),)
    asked = PlaceOrder(
        id, there.cycle, guest, "promptpay", lines, Guest("ปรีชา", "081-999-8888", key)
    )
    await run(commands.place, asked, by=guest, at=NOW)
    assert (await particulars(guest)).phone == "0819998888"
    assert (await queries.guests(id, key)).order.id == id
    with pytest.raises(refusals.NoSuchOrder):
        await queries.guests(id, "cd" * 32)
    on_credit = PlaceOrder(
        new_id(), there.cycle, new_id(), "credit", lines, Guest("ปรีชา", "0819998888", key)
    )
    with pytest.raises(refusals.GuestsPayFirst):
        await run(commands.place, on_credit, by=guest, at=NOW)


async def test_krit_sees_nothing_of_it(db: Database) -> None:
    there = await stall(db)
    placed = await there.order(rail="cash")
    with pytest.raises(refusals.NoSuchOrder):
        await queries.own(placed.order, KRIT)
    with pytest.raises(refusals.NoSuchOrder):
        await queries.by_code(placed.code, KRITS_GROUP)
    with pytest.raises(refusals.NoSuchOrder):
        await run(commands.cancel, rules.CancelOrder(placed.order), by=KRIT, at=NOW)
    with pytest.raises(refusals.NoSuchOrder):
        await run(commands.cancel, rules.CancelOrder(placed.order, KRITS_GROUP), by=KRIT, at=NOW)
    with pytest.raises(refusals.NoSuchOrder):
        given = HandOver(new_id(), placed.order, KRITS_GROUP, ())
        await run(commands.hand_over, given, by=KRIT, at=PICKUP)
    found = await queries.by_code(f" {placed.code.lower()} ", NETWORK)
    assert found.order.id == placed.order


async def test_an_unpaid_order_gives_its_grams_back(db: Database) -> None:
    there = await stall(db)
    placed = await there.order()
    assert await run(commands.expire, at=minutes(59)) == 0
    assert await run(commands.expire, at=minutes(60)) == 1
    assert await run(commands.expire, at=minutes(61)) == 0
    assert await there.state(placed.order) == "expired"
    assert await there.buckets() == (10_000, 0, 0)
    with pytest.raises(refusals.Ended):
        await there.cancel(placed.order)
    assert await faults() == []


@pytest.mark.parametrize("rail", ["promptpay", "cash"])
async def test_what_is_cancelled_can_be_sold_again(db: Database, rail) -> None:
    there = await stall(db)
    placed = await there.order(rail=rail)
    await there.cancel(placed.order)
    assert await there.buckets() == (10_000, 0, 0)
    with pytest.raises(refusals.Ended):
        await there.cancel(placed.order)
    assert await faults() == []


async def test_after_closing_only_the_merchant_cancels_and_the_buyer_gets_all_he_paid(
    db: Database,
) -> None:
    there = await stall(db)
    placed = await there.paid()
    with pytest.raises(refusals.TooLateToCancel):
        await there.cancel(placed.order, at=CLOSES)
    await there.cancel(placed.order, by=DAO, at=CLOSES)
    assert await ledger.balance(NOK_CREDIT) == 3_999  # 40 baht less the satang of discount
    assert await ledger.balance(held(NETWORK, placed.order)) == 0
    assert await ledger.balance(own("bank", NETWORK)) == 3_999
    assert await faults() == []


async def test_credit_pays_once_and_only_as_far_as_it_goes(db: Database) -> None:
    there = await stall(db)
    first = await there.paid(2_000)
    await there.cancel(first.order)  # 79.99 baht of credit
    with pytest.raises(NotEnough) as refused:
        await there.order(2_000, rail="credit")
    assert refused.value.facts["satang_left"] == 7_999
    assert await there.buckets() == (10_000, 0, 0)
    results = await asyncio.gather(
        *(there.order(1_000, rail="credit") for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(result, NotEnough) for result in results) == 4
    assert await ledger.balance(NOK_CREDIT) == 3_999
    with pytest.raises(NotEnough):
        await there.order(rail="credit", buyer=KRIT)
    assert await faults() == []


async def test_what_weighs_less_costs_less_and_the_difference_stays_nok_s(db: Database) -> None:
    there = await stall(db)
    placed = await there.paid(1_000)
    handed = await there.hand_over(placed.order, 910)
    assert (handed.final_satang, handed.credited_satang, handed.cash_satang) == (3_640, 360, 0)
    assert await ledger.balance(earned(NETWORK, RATTAPHUM, there.cycle)) == 3_640
    assert await ledger.balance(NOK_CREDIT) == 360
    assert await ledger.balance(held(NETWORK, placed.order)) == 0
    assert await there.buckets() == (9_090, 0, 910)
    assert await faults() == []


async def test_who_pays_at_the_stall_pays_what_it_weighs(db: Database) -> None:
    there = await stall(db)
    placed = await there.order(1_000, rail="cash")
    handed = await there.hand_over(placed.order, 999)
    assert (handed.final_satang, handed.cash_satang, handed.credited_satang) == (3_996, 3_996, 0)
    assert await ledger.balance(own("cash", NETWORK)) == 3_996
    assert await faults() == []


async def test_nothing_handed_over_is_nothing_paid(db: Database) -> None:
    there = await stall(db)
    paid, cash = await there.paid(), await there.order(rail="cash")
    assert (await there.hand_over(paid.order, 0)).credited_satang == 3_999
    assert (await there.hand_over(cash.order, 0)).cash_satang == 0
    assert await there.buckets() == (10_000, 0, 0)
    assert await faults() == []


async def test_it_is_handed_over_once(db: Database) -> None:
    there, id = await stall(db), new_id()
    placed = await there.paid()
    first = await there.hand_over(placed.order, 900, id=id)
    assert await there.hand_over(placed.order, 900, id=id) == first
    with pytest.raises(refusals.AlreadyHandedOver):
        await there.hand_over(placed.order, 900)
    with pytest.raises(refusals.AlreadyHandedOver):
        await there.cancel(placed.order, by=DAO)
    assert await ledger.balance(NOK_CREDIT) == 400


async def test_two_at_the_stall_hand_it_over_once(db: Database) -> None:
    there = await stall(db)
    placed = await there.paid()
    both = await asyncio.gather(
        there.hand_over(placed.order, 800), there.hand_over(placed.order, 900),
        return_exceptions=True,
    )  # fmt: skip
    assert sum(isinstance(result, refusals.AlreadyHandedOver) for result in both) == 1
    assert await faults() == []


async def test_unpaid_or_unweighed_it_is_not_handed_over(db: Database) -> None:
    there = await stall(db)
    unpaid, paid = await there.order(), await there.paid()
    with pytest.raises(refusals.NotPaid):
        await there.hand_over(unpaid.order)
    with pytest.raises(refusals.MoreThanOrdered) as refused:
        await there.hand_over(paid.order, 1_001)
    assert refused.value.facts["grams_max"] == 1_000
    [line] = (await queries.own(paid.order, NOK)).lines
    for weighed in ((), (Weighed(new_id(), 1),), (Weighed(line.id, 1), Weighed(line.id, 2))):
        with pytest.raises(refusals.NotWeighed):
            given = HandOver(new_id(), paid.order, NETWORK, weighed)
            await run(commands.hand_over, given, by=DAO, at=PICKUP)
    assert await there.state(paid.order) == "confirmed"


async def test_who_cannot_pay_by_promptpay_pays_at_the_stall(db: Database) -> None:
    there = await stall(db)
    placed = await there.order()
    with pytest.raises(refusals.NoSuchOrder):
        await run(commands.pay_at_stall, placed.order, by=WAN, at=NOW)
    await run(commands.pay_at_stall, placed.order, by=NOK, at=NOW)
    with pytest.raises(refusals.AlreadyPaid):
        await run(commands.pay_at_stall, placed.order, by=NOK, at=NOW)
    assert await run(commands.expire, at=minutes(999)) == 0
    assert (await there.hand_over(placed.order)).cash_satang == 4_000
    assert await faults() == []


async def test_malee_knows_what_to_harvest(db: Database) -> None:
    there = await stall(db)
    await there.order(300, rail="cash")
    await there.paid(500)
    await there.order(5_000)  # not paid yet
    [line] = await queries.harvest_list(there.cycle)
    assert (line.farmer, line.orders, line.grams) == (MALEE, 2, 800)
