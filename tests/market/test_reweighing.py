"""A weight that was written wrong at handover: put right with a reason, until it is divided."""

import asyncio
import random

import hypothesis.strategies as st
import pytest
from hypothesis import given

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import Fault
from certification.basis.transaction import run
from market.domain.complaints import commands as complaints
from market.domain.complaints import queries, reweighing
from market.domain.complaints.reweighing import Money, Moves, Reweigh, moves
from market.domain.complaints.rules import Answer, Complain, NotHandedOver, NothingSaid
from market.domain.cycles import clockwork
from market.domain.ledger import commands as ledger
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import Posting, credit, discount, earned, held, own
from market.domain.lots.refusals import SoldOut
from market.domain.offers import queries as offers
from market.domain.orders import packing
from market.domain.orders import queries as orders
from market.domain.orders.refusals import MoreThanOrdered, NoSuchOrder, NotPaid, NotWeighed
from market.domain.orders.rules import Weighed, given_back
from market.domain.settlement import commands as settlement
from market.domain.settlement.rules import Settle
from tests.cast import DAO, NETWORK, NOK, PRASERT, RATTAPHUM, log_faults
from tests.market.stall import OVER, PICKUP, Stall, faults, stall

NOKS = credit(NETWORK, NOK)


async def wrong(
    there: Stall, order: str, grams: int, because: str = "the bowl was on it", id: str | None = None
) -> reweighing.Reweighed:
    [line] = (await orders.merchants(order, NETWORK)).lines
    wanted = Reweigh(id or new_id(), order, NETWORK, line.id, grams, because)
    return await run(reweighing.reweigh, wanted, by=DAO, at=PICKUP)


async def told_otherwise() -> list[Fault]:
    return [fault for fault in await log_faults() if "weight_correction" in str(fault)]


@given(
    total=st.integers(0, 10_000), less=st.integers(0, 10_000),
    finals=st.lists(st.integers(0, 10_000), min_size=2, max_size=6),
)  # fmt: skip
def test_any_row_of_corrections_comes_to_what_the_last_weight_alone_would(
    total: int, less: int, finals: list[int]
) -> None:
    less, first, *then = min(less, total), *(min(final, total) for final in finals)
    credited, back = given_back(total, less, first)
    final = first
    for after in then:
        moved: Moves = moves(Money(total, less, final, credited), after)
        assert moved.credit + moved.discount == final - after  # not a satang made or lost
        final, credited, back = after, credited + moved.credit, back + moved.discount
        assert (credited, back) == given_back(total, less, final)
        assert 0 <= credited <= total - less  # nobody is given what he never paid


async def test_whatever_is_corrected_the_books_say_the_last_weight(db: Database) -> None:
    there, chance = await stall(db), random.Random(7)
    for rail in ("promptpay", "cash"):
        placed = await there.paid(1_000, rail=rail)  # type: ignore[arg-type]
        grams = first = 700
        await there.hand_over(placed.order, grams)
        before = await balance(NOKS)
        before -= (
            given_back(4_000, await _less(placed.order), first * 4)[0] if rail != "cash" else 0
        )
        sold = await _earned(there) - first * 4
        for to in [0, *(chance.randrange(first + 1) for _ in range(4)), 3, first]:
            if to == grams:
                continue
            done = await wrong(there, placed.order, to)
            grams = to
            assert done.final_satang == to * 4
            assert await _earned(there) - sold == to * 4
            paid = 4_000 if rail == "promptpay" else first * 4
            kept = await balance(NOKS) - before
            back = paid - to * 4 - kept
            assert 0 <= back <= (1 if rail == "promptpay" else 0)  # the discount of a satang
            assert await balance(held(NETWORK, placed.order)) == 0
            assert await faults() == []
        assert (await there.buckets())[2] >= grams
    assert await told_otherwise() == []


async def _less(order: str) -> int:
    return await balance(discount(NETWORK, order))


async def _earned(there: Stall) -> int:
    return await balance(earned(NETWORK, RATTAPHUM, there.cycle))


async def test_twice_at_once_and_by_who_may_not(db: Database) -> None:
    there = await stall(db)
    placed = await there.paid(1_000)
    with pytest.raises(NotHandedOver):
        await wrong(there, placed.order, 900)
    await there.hand_over(placed.order, 900)
    with pytest.raises(NothingSaid):
        await wrong(there, placed.order, 800, " ")
    with pytest.raises(reweighing.SameWeight):
        await wrong(there, placed.order, 900)
    with pytest.raises(MoreThanOrdered):
        await wrong(there, placed.order, 1_001)
    [line] = (await orders.merchants(placed.order, NETWORK)).lines
    with pytest.raises(NoSuchOrder):
        other = Reweigh(new_id(), placed.order, RATTAPHUM, line.id, 800, "no")
        await run(reweighing.reweigh, other, by=DAO, at=PICKUP)
    id = new_id()
    both = await asyncio.gather(*(wrong(there, placed.order, 800, id=id) for _ in range(2)))
    assert both[0] == both[1]
    assert await balance(NOKS) == 800
    [one] = await queries.corrections(placed.order)
    assert (one.grams_before, one.grams, one.credited_satang) == (900, 800, 400)
    assert await faults() == []


async def test_nobody_is_made_to_owe_and_nothing_is_given_twice(db: Database) -> None:
    there = await stall(db)
    cash = await there.order(1_000, rail="cash")
    await there.hand_over(cash.order, 500)
    with pytest.raises(reweighing.AboveWhatWasPaid):
        await wrong(there, cash.order, 501)
    placed = await there.paid(1_000)
    await there.hand_over(placed.order, 500)
    spent = [Posting(NOKS, own("bank", NETWORK), 1_000)]

    async def spend() -> None:
        await ledger.post(new_id(), "credit_repaid", NOK, spent, by=PRASERT, at=PICKUP)

    await run(spend)
    with pytest.raises(reweighing.CreditSpent):
        await wrong(there, placed.order, 1_000)
    await wrong(there, placed.order, 750)  # as far as the credit reaches
    [line] = (await orders.own(placed.order, NOK)).lines
    told = Complain(new_id(), placed.order, line.id, "spoilt", "brown")
    await run(complaints.complain, told, hours=24, by=NOK, at=PICKUP)
    answer = Answer(new_id(), told.id, "credit", 2_000, "merchant", "seen")
    await run(complaints.answer, answer, by=PRASERT, at=PICKUP)
    with pytest.raises(reweighing.LessThanGiven):
        await wrong(there, placed.order, 500)
    assert (await orders.stored(placed.order)).final_satang == 3_000
    assert await faults() == []


async def test_after_the_division_the_weight_stands_and_an_unweighed_order_keeps_it_open(
    db: Database,
) -> None:
    there = await stall(db)
    placed, waits = await there.paid(1_000), await there.paid(500)
    await there.hand_over(placed.order, 900)
    await clockwork.advance(OVER)
    settle = Settle(new_id(), there.cycle, NETWORK)
    await run(settlement.settle, settle, by=PRASERT, at=OVER)
    with pytest.raises(reweighing.AlreadyDivided):
        await wrong(there, placed.order, 800)
    await clockwork.settle(OVER)
    assert (await offers.cycle(there.cycle)).state == "done"
    assert [one.id for one in await orders.to_hand_over(there.cycle)] == [waits.order]
    await there.hand_over(waits.order, 0)
    await clockwork.settle(OVER)
    assert (await offers.cycle(there.cycle)).state == "settled"
    assert await faults() == []


async def test_weighed_while_packing_moves_nothing_until_it_is_handed_over(db: Database) -> None:
    there = await stall(db)
    unpaid, placed = await there.order(500), await there.paid(1_000)

    async def pack(order: str, *grams: int) -> None:
        lines = (await orders.merchants(order, NETWORK)).lines
        weighed = tuple(Weighed(one.id, g) for one, g in zip(lines, grams, strict=False))
        await run(packing.pack, packing.Pack(order, NETWORK, weighed), by=DAO, at=PICKUP)

    with pytest.raises(NotPaid):
        await pack(unpaid.order, 500)
    with pytest.raises(NotWeighed):
        await pack(placed.order)
    with pytest.raises(MoreThanOrdered):
        await pack(placed.order, 1_001)
    before = await there.buckets(), await balance(held(NETWORK, placed.order))
    await pack(placed.order, 950)
    await pack(placed.order, 900)
    assert (await there.buckets(), await balance(held(NETWORK, placed.order))) == before
    [line] = (await orders.merchants(placed.order, NETWORK)).lines
    assert (line.packed_grams, line.actual_grams) == (900, None)
    await there.hand_over(placed.order, 850)
    assert (await orders.stored(placed.order)).final_satang == 3_400
    assert await faults() == []


async def test_more_is_only_written_where_it_was_not_sold_again(db: Database) -> None:
    there = await stall(db)
    placed = await there.paid(1_000)
    await there.hand_over(placed.order, 500)
    await there.order(9_500, rail="cash")
    with pytest.raises(SoldOut):
        await wrong(there, placed.order, 600)
    assert await faults() == []
