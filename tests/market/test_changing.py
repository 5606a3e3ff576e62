"""Nok changes her order until the round closes: stock and money follow to the last satang."""

import asyncio

import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit, discount, held
from market.domain.lots.refusals import SoldOut
from market.domain.offers import commands as offers
from market.domain.orders import changing, commands, neighbour, refusals
from market.domain.orders import queries as orders
from market.domain.orders.changing import Change
from market.domain.orders.rules import Line, PlaceOrder, Weighed
from tests.cast import DAO, MALEE, NETWORK, NOK, NOW
from tests.market.stall import CLOSES, faults, harvest_and_offer, stall


async def test_less_of_what_was_paid_is_credit_and_more_is_taken_from_it(db: Database) -> None:
    there = await stall(db)
    placed = await there.paid(2_000)
    one = await changed(placed.order, 500)
    assert (one.satang, one.credited_satang) == (2_000, 6_000)
    assert await run(changing.change, one_asked(placed.order, 500, ONCE), by=NOK, at=NOW) == one
    more = await changed(placed.order, 1_500)
    assert (more.satang, more.spent_satang) == (6_000, 4_000)
    assert await balance(credit(NETWORK, NOK)) == 2_000
    with pytest.raises(changing.MoreToPay) as no:
        await changed(placed.order, 2_500)
    assert no.value.facts == {"satang": 4_000}
    assert await there.buckets() == (8_500, 0, 1_500)
    given = await balance(discount(NETWORK, placed.order))
    assert await balance(held(NETWORK, placed.order)) == 6_000
    done = await there.hand_over(placed.order, 1_000)
    assert (done.final_satang, done.credited_satang) == (4_000, 2_000)
    assert given > 0  # the discount stayed what it was, and was paid by nobody twice
    assert await faults() == []


async def test_next_to_nothing_left_gives_back_no_more_than_was_paid(db: Database) -> None:
    """Of a kilo at 1 baht a satang of discount was given; 10 g of it cost less than that."""
    there = await stall(db, 100_000, 100)
    placed = await there.paid(1_000)
    paid = placed.satang - await balance(discount(NETWORK, placed.order))
    done = await changed(placed.order, 100)
    assert done.satang == 10
    assert await balance(held(NETWORK, placed.order)) == 10
    left = await balance(discount(NETWORK, placed.order))
    assert done.credited_satang == paid - max(10 - (placed.satang - paid), 0)
    assert left <= 10
    assert await faults() == []


async def test_cash_is_only_counted_otherwise_and_a_held_order_is_paid_first(db: Database) -> None:
    there = await stall(db)
    cash = await there.order(1_000, rail="cash")
    assert (await changed(cash.order, 3_000)).satang == 12_000
    waits = await there.order(1_000)
    for order, grams, refusal in (
        (waits.order, 500, changing.PayFirst),
        (cash.order, 0, changing.AtLeastAStep),
        (cash.order, 150, refusals.NotAStep),
        (cash.order, 11_000, SoldOut),
    ):
        with pytest.raises(refusal):
            await changed(order, grams)
    with pytest.raises(refusals.NoSuchOrder):
        await changed(cash.order, 500, by=MALEE)
    await run(offers.withdraw, there.offer, by=DAO, at=NOW)
    with pytest.raises(refusals.OfferWithdrawn):
        await changed(cash.order, 4_000)
    assert (await changed(cash.order, 100)).satang == 400
    with pytest.raises(changing.TooLateToChange):
        await changed(cash.order, 200, at=CLOSES)
    await there.cancel(cash.order)
    with pytest.raises(refusals.Ended):
        await changed(cash.order, 200)
    assert await there.buckets() == (9_000, 1_000, 0)
    assert await faults() == []


async def test_of_changes_and_a_cancelling_at_once_the_books_stay_whole(db: Database) -> None:
    there = await stall(db)
    placed = await there.paid(2_000)
    said = await asyncio.gather(
        changed(placed.order, 500), changed(placed.order, 1_000), there.cancel(placed.order),
        return_exceptions=True,
    )  # fmt: skip
    assert not [one for one in said if isinstance(one, Exception) and not isinstance(one, Refusal)]
    order = await orders.stored(placed.order)
    if order.state == "confirmed":  # a change came first, and the cancelling was told to look again
        await there.cancel(placed.order)
    assert await there.buckets() == (10_000, 0, 0)
    assert await balance(held(NETWORK, placed.order)) == 0
    assert await faults() == []


async def test_a_neighbours_code_fetches_it_until_it_is_taken_back(db: Database) -> None:
    there = await stall(db)
    placed = await there.order(1_000, rail="cash")
    for deed in (neighbour.give, neighbour.take_back):
        with pytest.raises(refusals.NoSuchOrder):
            await run(deed, placed.order, by=MALEE, at=NOW)
    two = await asyncio.gather(
        *(run(neighbour.give, placed.order, by=NOK, at=NOW) for _ in range(2))
    )
    [code] = set(two)
    assert code != placed.code
    assert (await orders.by_code(code, NETWORK)).order.id == placed.order
    seen = await neighbour.shown(code)
    assert (len(seen.initial), seen.withdrawn) == (1, False)
    for _ in range(2):
        await run(neighbour.take_back, placed.order, by=NOK, at=NOW)
    with pytest.raises(refusals.NoSuchOrder):
        await orders.by_code(code, NETWORK)
    assert (await neighbour.shown(code)).withdrawn
    assert await run(neighbour.give, placed.order, by=NOK, at=NOW) != code
    await there.hand_over(placed.order)
    with pytest.raises(refusals.AlreadyHandedOver):
        await run(neighbour.give, placed.order, by=NOK, at=NOW)
    with pytest.raises(neighbour.NoSuchPass):
        await neighbour.shown(placed.code)
    assert await faults() == []


ONCE = new_id()


def one_asked(order: str, grams: int, id: str) -> Change:
    return Change(id, order, (Weighed(LINES[order], grams),))


LINES: dict[str, str] = {}


async def changed(order: str, grams: int, *, by: str = NOK, at=NOW) -> changing.OrderChanged:  # type: ignore[no-untyped-def]
    [line] = (await orders.own(order, NOK)).lines
    LINES[order] = line.id
    id = ONCE if grams == 500 and by == NOK else new_id()
    return await run(changing.change, one_asked(order, grams, id), by=by, at=at)


async def test_a_good_is_taken_out_as_long_as_another_remains(db: Database) -> None:
    """What was paid for it is credit at once, its grams can be sold again, and it may come back."""
    there = await stall(db)
    first = there.offer
    second = await harvest_and_offer(there, 3_000, 3_000)
    two = (Line(new_id(), first, 1_000), Line(new_id(), second, 500))
    asked = PlaceOrder(new_id(), there.cycle, NOK, "cash", two)
    placed = await run(commands.place, asked, by=NOK, at=NOW)
    lines = {one.offer: one.id for one in (await orders.own(placed.order, NOK)).lines}

    async def make(**grams: int) -> changing.OrderChanged:
        weights = tuple(Weighed(lines[{"a": first, "b": second}[of]], n) for of, n in grams.items())
        wanted = changing.Change(new_id(), placed.order, weights)
        return await run(changing.change, wanted, by=NOK, at=NOW)

    assert (await make(b=0)).satang == 4_000
    assert await there.buckets() == (3_000, 0, 0)
    for nothing in ({"a": 0}, {"a": 0, "b": 0}, {"a": -100}):
        with pytest.raises(changing.AtLeastAStep):
            await make(**nothing)
    assert (await make(b=200)).satang == 4_600
    assert (await make(a=0)).satang == 600
    assert await faults() == []
