"""A round with two places: Nok chooses where she fetches, and everybody is told that place."""

import pytest

from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.offers import commands as offers
from market.domain.offers import queries as rounds
from market.domain.offers.rules import (
    CapacityWrong,
    ChoosePlace,
    CycleStop,
    MakeOffer,
    NoSuchStop,
    OpenCycle,
    PickUp,
    PlaceClosed,
    PlaceTwice,
    TimesWrong,
    ensure_cycle,
)
from market.domain.orders import commands as orders
from market.domain.orders import queries
from market.domain.orders.rules import Line, OrderPlaced, PlaceOrder
from market.domain.places import commands as places
from market.domain.places.rules import DefinePlace
from tests.cast import DAO, MALEE, NETWORK, NOK, NOW, later
from tests.market.stall import CLOSES, OVER, PICKUP, Stall, stall

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


async def ordered(there: Stall, cycle: str, stop: str | None, grams: int = 1_000) -> OrderPlaced:
    lines = (Line(new_id(), there.offer, grams),)
    asked = PlaceOrder(new_id(), cycle, NOK, "cash", lines, stop=stop)
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
