"""What the shop showed is what the farmer gets, once, and by two people's hands."""

import asyncio
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis.asked import AskedOtherwise
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.ledger import queries as ledger
from market.domain.ledger.rules import earned, farmer_due, group_due, own, receivable
from market.domain.offers import queries as offers
from market.domain.offers.refusals import NoSuchCycle
from market.domain.offers.rules import price
from market.domain.orders.rules import OrderedLine, Weighed, weigh
from market.domain.settlement import commands, queries, rules
from market.domain.settlement.rules import DecideRun, MakeRun, MarkPaid, Sale, Settle
from market.domain.splits.rules import Parts, Split, parts_of_kilo
from tests.cast import (
    CHAN,
    DAO,
    KRIT,
    KRITS_GROUP,
    MALEE,
    NETWORK,
    PRASERT,
    RATTAPHUM,
    SOMCHAI,
    later,
)
from tests.market.stall import Stall, faults, harvest_and_offer, stall

AFTER = later(days=5)
bps = st.integers(0, 2_500)
split_rules = st.builds(
    Split, st.just(""), st.just(""), bps, bps, bps, bps
)  # fmt: skip
prices = st.integers(1, 100_000)


@given(prices, split_rules, st.integers(1, 500))
def test_whole_kilos_give_exactly_what_was_shown(satang_per_kg, rule, kilos) -> None:
    shown = parts_of_kilo(satang_per_kg, rule)
    assert shown.whole == satang_per_kg
    sale = Sale("", "", "", kilos * 1000, kilos * satang_per_kg, satang_per_kg)
    settled = rules.tally(sale, rule).parts
    assert settled == type(shown)(
        *(kilos * part for part in (shown.farmer, shown.group, shown.truck, shown.fund)),
        merchant=kilos * shown.merchant,
    )


@given(prices, split_rules, st.integers(0, 500_000))
def test_any_weight_gives_the_farmer_no_satang_less_than_shown(satang_per_kg, rule, grams) -> None:
    shown = parts_of_kilo(satang_per_kg, rule)
    sale = Sale("", "", "", grams, price(grams, satang_per_kg), satang_per_kg)
    settled = rules.tally(sale, rule).parts
    assert settled.whole == sale.satang
    assert settled.farmer >= shown.farmer * grams // 1000
    for part in ("group", "truck", "fund", "merchant"):
        assert getattr(settled, part) == getattr(shown, part) * grams // 1000


sales = st.lists(
    st.builds(
        lambda farmer, grams, satang_per_kg: Sale(
            "g", farmer, "", grams, price(grams, satang_per_kg), satang_per_kg
        ),
        st.sampled_from("abc"), st.integers(0, 9_000), prices,
    ),
    max_size=12,
)  # fmt: skip


@given(sales, sales, split_rules)
def test_two_rounds_give_what_one_would_have_given(first, second, rule) -> None:
    one = rules.divided("g", first + second, rule, rules.EMPTY, {})
    before = rules.divided("g", first, rule, rules.EMPTY, {})
    shared = {share.farmer: share for share in before.shares}
    after = rules.divided("g", first + second, rule, before.tally, shared)
    assert before.tally.plus(after.tally) == one.tally
    for share in one.shares:
        parts = [s.satang for d in (before, after) for s in d.shares if s.farmer == share.farmer]
        assert sum(parts) == share.satang


ordered = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 90), st.integers(0, 90)), max_size=12
)
"""Whose, ordered and brought, in steps of 100 g."""


@given(ordered, st.fixed_dictionaries(dict.fromkeys("abc", prices)), split_rules)
def test_whatever_is_ordered_the_settlement_gives_what_the_offers_showed(
    ordered, satang_per_kg, rule
) -> None:
    shown = {farmer: parts_of_kilo(each, rule) for farmer, each in satang_per_kg.items()}
    sold, owed = [], {farmer: dict.fromkeys(Parts.__struct_fields__, 0) for farmer in shown}
    for farmer, steps, brought in ordered:
        line = OrderedLine("l", "g", steps * 100, satang_per_kg[farmer], "", "")
        [given_out] = weigh([line], [Weighed("l", min(steps, brought) * 100)])
        sold.append(Sale("g", farmer, "", given_out.grams, given_out.satang, line.satang_per_kg))
        for part in owed[farmer]:
            owed[farmer][part] += getattr(shown[farmer], part) * given_out.grams // 1000
    division = rules.divided("g", sold, rule, rules.EMPTY, {})
    parts, paid = division.tally.parts, sum(sale.satang for sale in sold)
    for part in ("group", "truck", "fund", "merchant"):
        assert getattr(parts, part) == sum(each[part] for each in owed.values())
    assert parts.whole == paid
    moved = rules.settlement_postings("n", "c", division)
    assert sum(one.satang for one in moved if one.debit == earned("n", "g", "c")) == paid
    for share in division.shares:  # with every odd satang
        assert share.satang >= owed[share.farmer]["farmer"]


async def all_faults() -> list[tuple[str, str, str, str]]:
    return [*await faults(), *await queries.settlement_faults()]


async def settle(there: Stall, id: str | None = None) -> rules.Settled:
    wanted = Settle(id or new_id(), there.cycle, NETWORK)
    return await run(commands.settle, wanted, by=PRASERT, at=AFTER)


async def sold(db: Database) -> Stall:
    """Malee sold 2 kg at 40 baht, Somchai 3 kg at 33.33, Krit 1 kg at 50: all handed over."""
    there = await stall(db)
    malee = there.offer
    somchai = await harvest_and_offer(there, 5_000, 3_333, farmer=SOMCHAI)
    krit = await harvest_and_offer(there, 5_000, 5_000, farmer=KRIT, group=KRITS_GROUP)
    for offer, grams in ((malee, 2_000), (somchai, 3_000), (krit, 1_000)):
        placed = await there.order(grams, rail="cash", offer=offer)
        await there.hand_over(placed.order)
    return there


async def test_the_shop_shows_what_is_then_settled(db: Database) -> None:
    there = await sold(db)
    shown = {line.farmer: line.parts for line in await offers.shop(there.cycle)}
    assert shown[MALEE].farmer == 3_200  # 80 % of 40 baht
    settled = await settle(there)
    assert settled.gross_satang == 8_000 + 9_999 + 5_000
    for farmer, kilos in ((MALEE, 2), (SOMCHAI, 3), (KRIT, 1)):
        statement = await queries.farmer_statement(farmer)
        assert statement.settled_satang == statement.due_satang == kilos * shown[farmer].farmer
        [lot] = await queries.farmer_lots(farmer, there.cycle)
        assert (lot.grams, lot.satang) == (kilos * 1000, kilos * shown[farmer].farmer)
    assert await ledger.balance(own("fund", NETWORK)) == sum(
        kilos * shown[farmer].fund for farmer, kilos in ((MALEE, 2), (SOMCHAI, 3), (KRIT, 1))
    )
    assert await ledger.balance(earned(NETWORK, RATTAPHUM, there.cycle)) == 0
    assert await ledger.balance(group_due(NETWORK, RATTAPHUM)) == await ledger.balance(
        receivable(RATTAPHUM, NETWORK)
    )
    assert await all_faults() == []


async def test_settling_twice_settles_once(db: Database) -> None:
    there, id = await sold(db), new_id()
    first = await settle(there, id)
    assert await settle(there, id) == first
    with pytest.raises(rules.NothingToSettle):
        await settle(there)
    assert len(await queries.settlements(cycle=there.cycle)) == 2


async def test_five_at_the_same_moment_settle_once(db: Database) -> None:
    there = await sold(db)
    results = await asyncio.gather(*(settle(there) for _ in range(5)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, rules.NothingToSettle)]
    assert len(refused) == 4
    assert len(await queries.settlements(cycle=there.cycle)) == 2
    assert await all_faults() == []


async def test_what_is_fetched_later_is_a_second_round(db: Database) -> None:
    there = await sold(db)
    await settle(there)
    placed = await there.order(1_500, rail="cash")  # Krit's
    await there.hand_over(placed.order, 1_234)
    await settle(there)
    rounds = await queries.settlements(cycle=there.cycle, group=KRITS_GROUP)
    assert [(each.round, each.gross_satang) for each in rounds] == [(1, 5_000), (2, 6_170)]
    assert await all_faults() == []


async def test_nothing_handed_over_is_nothing_to_settle(db: Database) -> None:
    there = await stall(db)
    await there.order(rail="cash")
    with pytest.raises(rules.NothingToSettle):
        await settle(there)
    with pytest.raises(NoSuchCycle):
        wrong = Settle(new_id(), there.cycle, KRITS_GROUP)
        await run(commands.settle, wrong, by=KRIT, at=AFTER)


async def make(payer: str = NETWORK, level: rules.Level = "group", by: str = PRASERT) -> str:
    made = await run(commands.make_run, MakeRun(new_id(), payer, level), by=by, at=AFTER)
    return made.run


async def decide(run_: str, *, by: str, approve: bool = True, payer: str = NETWORK) -> None:
    await run(commands.decide_run, DecideRun(run_, payer, approve), by=by, at=AFTER)


async def pay(payout: str, ref: str, *, payer: str = NETWORK, bank: str = "006") -> rules.PaidOut:
    paid = MarkPaid(payout, payer, bank, ref)
    return await run(commands.mark_paid, paid, by=PRASERT, at=AFTER)


async def test_money_goes_from_the_merchant_to_the_groups_to_the_farmers(db: Database) -> None:
    there = await sold(db)
    await settle(there)
    run_ = await make()
    await decide(run_, by=DAO)
    for number, payout in enumerate(await queries.payouts(run_)):
        await pay(payout.id, f"REF{number}")
    assert await ledger.balance(group_due(NETWORK, RATTAPHUM)) == 0
    assert await ledger.balance(receivable(RATTAPHUM, NETWORK)) == 0
    into_group = await ledger.balance(own("bank", RATTAPHUM))

    run_ = await make(RATTAPHUM, "farmer", by=CHAN)
    await decide(run_, by=DAO, payer=RATTAPHUM)
    payouts = await queries.payouts(run_)
    assert {payout.payee for payout in payouts} == {MALEE, SOMCHAI}
    for number, payout in enumerate(payouts):
        await pay(payout.id, f"{number}/2569", payer=RATTAPHUM, bank="cash")
    statement = await queries.farmer_statement(MALEE)
    assert (statement.paid_satang, statement.due_satang) == (6_400, 0)
    assert await ledger.balance(farmer_due(RATTAPHUM, MALEE)) == 0
    assert await ledger.balance(own("bank", RATTAPHUM)) == into_group
    out = -await ledger.balance(own("cash", RATTAPHUM))
    assert into_group - out == await ledger.balance(own("group_fee", RATTAPHUM))
    assert await all_faults() == []


async def test_who_made_a_run_does_not_approve_it(db: Database) -> None:
    await settle(await sold(db))
    run_ = await make()
    with pytest.raises(rules.SameHands):
        await decide(run_, by=PRASERT)
    with pytest.raises(rules.NoSuchRun):
        await decide(run_, by=KRIT, payer=KRITS_GROUP)
    [payout, *_] = await queries.payouts(run_)
    with pytest.raises(rules.NotApproved):
        await pay(payout.id, "A1")
    await decide(run_, by=DAO)
    with pytest.raises(rules.AlreadyDecided):
        await decide(run_, by=DAO, approve=False)


async def test_two_approvals_at_once_are_one(db: Database) -> None:
    await settle(await sold(db))
    run_ = await make()
    both = await asyncio.gather(
        decide(run_, by=DAO), decide(run_, by=CHAN, approve=False), return_exceptions=True
    )
    assert sum(isinstance(result, rules.AlreadyDecided) for result in both) == 1


async def test_what_one_run_pays_another_does_not(db: Database) -> None:
    await settle(await sold(db))
    run_ = await make()
    with pytest.raises(rules.NothingDue):
        await make()
    await decide(run_, by=DAO, approve=False)
    assert await make()  # what a rejected run held is due again


async def test_runs_made_at_once_collect_what_is_due_once(db: Database) -> None:
    await settle(await sold(db))
    results = await asyncio.gather(*(make() for _ in range(5)), return_exceptions=True)
    refused = (rules.NothingDue, rules.MadeMeanwhile)
    assert sum(isinstance(result, refused) for result in results) == 4
    [only] = await queries.runs(NETWORK)
    total = sum(payout.satang for payout in await queries.payouts(only.id))
    assert total == await ledger.balance(group_due(NETWORK, RATTAPHUM)) + await ledger.balance(
        group_due(NETWORK, KRITS_GROUP)
    )


async def test_a_payout_is_paid_once_and_a_slip_pays_one(db: Database) -> None:
    await settle(await sold(db))
    run_ = await make()
    await decide(run_, by=DAO)
    first, second = await queries.payouts(run_)
    with pytest.raises(rules.SlipMissing):
        await pay(first.id, " ")
    with pytest.raises(rules.NoSuchPayout):
        await pay(first.id, "A1", payer=KRITS_GROUP)
    once = await pay(first.id, "a1")
    assert await pay(first.id, " A1 ") == once
    with pytest.raises(rules.AlreadyPaid):
        await pay(first.id, "A2")
    with pytest.raises(rules.SlipUsed):
        await pay(second.id, "A1")
    at_once = await asyncio.gather(
        *(pay(second.id, f"B{n}") for n in range(5)), return_exceptions=True
    )
    assert sum(isinstance(result, rules.AlreadyPaid) for result in at_once) == 4
    assert await all_faults() == []


async def test_one_slip_pays_one_of_two_payouts_marked_at_once(db: Database) -> None:
    there = await sold(db)
    await settle(there)
    run_ = await make()
    await decide(run_, by=DAO)
    first, second = await queries.payouts(run_)
    both = await asyncio.gather(pay(first.id, "C1"), pay(second.id, "C1"), return_exceptions=True)
    assert sum(isinstance(result, rules.PaidOut) for result in both) == 1
    assert sum(isinstance(result, rules.SlipUsed) for result in both) == 1
    assert await all_faults() == []


async def test_a_run_asked_twice_is_one(db: Database) -> None:
    await settle(await sold(db))
    wanted = MakeRun(new_id(), NETWORK, "group")
    first = await run(commands.make_run, wanted, by=PRASERT, at=AFTER)
    assert await run(commands.make_run, wanted, by=PRASERT, at=AFTER) == first
    with pytest.raises(AskedOtherwise):
        await run(commands.make_run, wanted, by=DAO, at=AFTER)


@given(
    st.integers(0, 9_000), prices, split_rules,
    st.dictionaries(st.sampled_from("abcde"), st.integers(1, 9_000), min_size=2),
)  # fmt: skip
def test_a_sale_of_a_mixed_lot_is_owed_to_all_who_grew_it(grams, kilo, rule, grown) -> None:
    sale = Sale("g", None, "", grams, price(grams, kilo), kilo, grown)
    whole, pieces = rules.tally(sale, rule), rules.pieces(sale, rule)
    assert rules.summed(pieces.values()) == whole
    for farmer, piece in pieces.items():
        exact = Fraction(whole.parts.farmer * grown[farmer], sum(grown.values()))
        assert abs(piece.parts.farmer - exact) < 1
    division = rules.divided("g", [sale, sale], rule, rules.EMPTY, {})
    assert division.tally == whole.plus(whole)
    assert sum(share.satang for share in division.shares) == 2 * whole.parts.farmer
