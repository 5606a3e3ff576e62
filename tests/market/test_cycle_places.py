"""A round with two places: Nok chooses where she fetches, and everybody is told that place."""

import asyncio
from collections import Counter

import pytest

from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.ledger import queries as ledger
from market.domain.ledger.rules import credit
from market.domain.offers import commands as offers
from market.domain.offers import queries as rounds
from market.domain.offers import room
from market.domain.offers.refusals import (
    CapacityWrong,
    ChoosePlace,
    NoSuchStop,
    PlaceClosed,
    PlaceFull,
    PlaceTwice,
    TimesWrong,
)
from market.domain.offers.rules import CycleStop, MakeOffer, OpenCycle, PickUp, ensure_cycle
from market.domain.orders import commands as orders
from market.domain.orders import queries
from market.domain.orders.rules import CancelOrder, Line, OrderPlaced, PlaceOrder, Rail
from market.domain.payments import commands as payments
from market.domain.payments.rules import Confirm
from market.domain.places import commands as places
from market.domain.places.rules import DefinePlace
from tests.cast import DAO, MALEE, NETWORK, NOK, NOW, PRASERT, later
from tests.market.stall import CLOSES, OVER, PICKUP, Stall, faults, minutes, stall

LATER, LAST = later(days=3, hours=2), later(days=3, hours=4)


async def two_places(there: Stall, **first: int) -> tuple[str, CycleStop, CycleStop]:
    """A round of the same lot at the hospital and, two hours later, at the town hall."""
    cycle, second = new_id(), new_id()
    named = DefinePlace(
        second, NETWORK, "pickup", "ลานเทศบาล", "Town hall", "900901", 7_140_000, 100_270_000
    )
    await places.define(named, by=DAO, at=NOW)
    opening = OpenCycle(
        cycle, NETWORK, "รอบสองจุด", "Two places", there.place, later(hours=-1), CLOSES, PICKUP,
        LATER, more=(PickUp(second, LATER, LAST),), **first,
    )  # fmt: skip
    await offers.open_cycle(opening, by=DAO, at=NOW)
    [line] = await rounds.shop(there.cycle)
    there.offer = new_id()
    made = MakeOffer(there.offer, cycle, there.stock, line.product, 4_000, 100)
    await offers.offer(made, by=DAO, at=NOW)
    hospital, hall = (await rounds.cycle(cycle)).stops
    return cycle, hospital, hall


async def ordered(
    there: Stall, cycle: str, stop: str | None, grams: int = 1_000, rail: Rail = "cash"
) -> OrderPlaced:
    lines = (Line(new_id(), there.offer, grams),)
    asked = PlaceOrder(new_id(), cycle, NOK, rail, lines, stop=stop)
    return await run(orders.place, asked, by=NOK, at=NOW)


async def test_an_order_is_fetched_at_the_place_that_it_names(db: Database) -> None:
    there = await stall(db)
    alone = (await rounds.cycle(there.cycle)).stops[0].id
    cycle, hospital, hall = await run(two_places, there)
    with pytest.raises(ChoosePlace) as no:
        await ordered(there, cycle, None)
    assert no.value.facts["places"] == 2
    for strange in (alone, new_id()):
        with pytest.raises(NoSuchStop):
            await ordered(there, cycle, strange)
    assert await there.buckets() == (10_000, 0, 0)
    for stop, place in ((hall, hall.place), (hospital, there.place)):
        placed = await ordered(there, cycle, stop.id)
        told = (await queries.own(placed.order, NOK)).order
        assert (told.stop, told.place) == (stop.id, place)
        assert (told.pickup_from, told.pickup_until) == (stop.pickup_from, stop.pickup_until)
    bring = await queries.to_bring(MALEE, NOW)
    assert [(one.place_en, one.pickup_from, one.grams) for one in bring] == [
        ("Rattaphum hospital", PICKUP, 1_000), ("Town hall", LATER, 1_000),
    ]  # fmt: skip
    await in_use().query("UPDATE cycle_place SET closed_at = {} WHERE id = {}", NOW, hall.id)
    with pytest.raises(PlaceClosed):
        await ordered(there, cycle, hall.id)


async def test_however_many_come_at_once_a_place_takes_what_fits(db: Database) -> None:
    """By orders or by weight; who is too many hears which other place has room."""
    there = await stall(db)
    for limit, fit in (({"capacity_orders": 3}, 3), ({"capacity_grams": 2_500}, 2)):
        cycle, hospital, hall = await run(two_places, there, **limit)
        come = (ordered(there, cycle, hospital.id) for _ in range(8))
        said = await asyncio.gather(*come, return_exceptions=True)
        kinds = Counter(type(one) for one in said)
        assert kinds == {OrderPlaced: fit, PlaceFull: 8 - fit}
        [others] = {tuple(one.facts["others"]) for one in said if isinstance(one, PlaceFull)}
        assert others == (hall.id,)
        full = (await room.rooms(cycle))[0]
        assert (full.orders, full.grams) == (fit, fit * 1_000)
        await ordered(there, cycle, hall.id)
        assert await faults() == []
        placed = next(one.order for one in said if isinstance(one, OrderPlaced))
        await run(orders.cancel, CancelOrder(placed, NETWORK), by=DAO, at=NOW)
        await ordered(there, cycle, hospital.id)
    await in_use().query("UPDATE cycle_room SET orders = orders - 1 WHERE stop = {}", hospital.id)
    assert [(at, wrong) for at, _, column, wrong in await faults() if column == "orders"] == [
        ("cycle_room", "is 1, should be 2")
    ]


async def test_who_pays_late_for_a_place_that_filled_meanwhile_has_credit(db: Database) -> None:
    there = await stall(db)
    cycle, hospital, _ = await run(two_places, there, capacity_orders=1)
    late = await ordered(there, cycle, hospital.id, rail="promptpay")
    asked = await run(payments.request, late.order, by=NOK, at=NOW)
    with pytest.raises(PlaceFull):
        await ordered(there, cycle, hospital.id)
    assert await run(orders.expire, at=minutes(60)) == 1
    await ordered(there, cycle, hospital.id)
    paid = Confirm(new_id(), asked.request, NETWORK, asked.satang)
    await run(payments.confirm, paid, by=PRASERT, at=minutes(61))
    assert await there.state(late.order) == "expired"
    assert await ledger.balance(credit(NETWORK, NOK)) == asked.satang
    assert await there.buckets() == (9_000, 0, 1_000)
    assert await faults() == []


def test_places_are_each_within_the_round_and_none_stands_twice() -> None:
    def opening(*more: PickUp, **first: int) -> OpenCycle:
        return OpenCycle(
            "", NETWORK, "รอบ", "Round", "a", NOW, CLOSES, PICKUP, OVER, more=more, **first
        )

    ensure_cycle(opening(PickUp("b", PICKUP, OVER), PickUp("a", LATER, OVER, 9, 9)), NOW)
    for wrong, refusal in (
        (opening(PickUp("b", later(hours=-1), OVER)), TimesWrong),
        (opening(PickUp("b", PICKUP, PICKUP)), TimesWrong),
        (opening(PickUp("a", PICKUP, LATER)), PlaceTwice),
        (opening(capacity_orders=0), CapacityWrong),
        (opening(PickUp("b", PICKUP, OVER, None, -1)), CapacityWrong),
    ):
        with pytest.raises(refusal):
            ensure_cycle(wrong, NOW)
