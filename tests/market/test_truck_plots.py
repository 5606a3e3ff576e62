"""The truck at Malee's plot: come, weighed, gone; planned anew and foretold by what is so."""

import time
from datetime import date, datetime, timedelta

import pytest

from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.lots import queries as lots
from market.domain.trips import commands as days
from market.domain.trips import queries as trips
from market.domain.trips.check import check
from market.domain.trips.replan import Replanned
from market.domain.trips.rules import SetDayStop
from market.domain.truck_day import driven, eta, manifest, mishaps, plots, queries
from market.domain.truck_day.refusals import NotDeparted, NotThere, StopUnderWay
from market.domain.truck_day.rules import Collect, GoWrong, LotCollected
from market.domain.truck_day.tables import DrivenLeg
from tests.cast import DAO, NETWORK, later
from tests.market.truck import TEN, TruckDay, clean, publish_from_rows, truck_day

SIX = later(days=2, hours=21)
SEVEN, HALF_PAST = SIX + timedelta(hours=1), SIX + timedelta(minutes=90)
ORDERED = (10_000, 1_000)


@pytest.fixture
async def there(db: Database) -> TruckDay:
    """Ten kilos for the first stop and one for the last, all of it to be fetched at the plot."""
    found = await truck_day(db, grams=15_000)
    await found.stall.paid(ORDERED[0])
    await found.order_for_last(ORDERED[1])
    await publish_from_rows(found.day, SIX)
    return found


async def plot_of(there: TruckDay) -> str:
    return (await lots.lot(there.stall.lot)).plot


async def arrive(there: TruckDay, at: datetime) -> None:
    for _ in range(2):  # twice is once
        await run(plots.arrive, there.id, await plot_of(there), by=DAO, at=at)


async def collect(there: TruckDay, grams: int, at: datetime = SEVEN) -> None:
    asked = (LotCollected(there.stall.lot, grams),)
    wanted = Collect(new_id(), there.id, await plot_of(there), asked)
    for _ in range(2):
        await run(plots.collect, wanted, by=DAO, at=at)


async def leave(there: TruckDay, at: datetime) -> None:
    for _ in range(2):
        await run(plots.leave, there.id, await plot_of(there), by=DAO, at=at)


async def loaded(there: TruckDay) -> dict[str, int]:
    lines = await manifest.load_list(await queries.truck(there.id))
    return {line.goes_to: line.loaded_grams for line in lines if line.loading}


async def anew(there: TruckDay, at: datetime, kind: str = "order_added", **how: int) -> Replanned:
    wrong = GoWrong(new_id(), there.id, kind, **how)  # type: ignore[arg-type]
    return await mishaps.answer(wrong, clock=time.monotonic, at=at)


async def test_what_is_weighed_at_a_plot_goes_to_the_first_stop_first(there: TruckDay) -> None:
    with pytest.raises(NotDeparted):
        await arrive(there, SIX)
    await there.depart(SIX)
    with pytest.raises(NotThere):
        await collect(there, 1_000)
    await arrive(there, SEVEN)
    with pytest.raises(StopUnderWay):
        await there.arrive(there.first)
    await collect(there, 10_500)
    assert await loaded(there) == {there.first: 10_000, there.last: 500}
    await collect(there, 11_400)  # found behind the shed; what is over is for sale
    assert await loaded(there) == {there.first: 10_000, there.last: 1_000, "walkup": 400}
    await collect(there, 10_500)
    await leave(there, HALF_PAST)
    [call] = await plots.calls(await queries.truck(there.id))
    assert (call.left_at, call.loaded_grams, call.is_short) == (HALF_PAST, 10_500, True)
    with pytest.raises(NotThere):
        await collect(there, 3_000)
    await there.arrive(there.first)
    taught = await driven.legs(NETWORK, date(2026, 11, 1))
    lasts = [(SEVEN - SIX).total_seconds(), (TEN - HALF_PAST).total_seconds()]
    assert [leg.actual_s for leg in taught] == lasts
    await clean()


async def test_nothing_is_taken_as_collected_because_it_was_planned(there: TruckDay) -> None:
    """At nine the truck is still under way to the plot, whatever the plan says."""
    await there.depart(SIX)
    plot, nine = await plot_of(there), SIX + timedelta(hours=3)
    made = await anew(there, nine)
    [truck], [way] = made.problem.trucks, made.plan.routes
    assert truck.position
    assert (truck.position.aboard, truck.made) == ({}, ())
    assert way == (plot, there.first, there.last)
    assert check(made.problem, made.plan).faults == ()
    await arrive(there, nine)
    await collect(there, 11_000, nine)
    await leave(there, nine)
    made = await anew(there, nine + timedelta(minutes=5), "delay", minutes=10)
    [truck] = made.problem.trucks
    assert truck.position
    assert (sum(truck.position.aboard.values()), truck.made) == (11_000, (plot,))
    assert check(made.problem, made.plan).faults == ()


async def test_of_a_short_plot_the_last_stop_gets_less_and_none_is_left_out(
    there: TruckDay,
) -> None:
    await there.depart(SIX)
    await arrive(there, SEVEN)
    await collect(there, 10_300)
    await leave(there, SEVEN)
    made = await anew(there, SEVEN)
    goods = {v.id: sum(v.goods.values()) for v in made.problem.visits if v.kind == "stop"}
    assert goods == {there.first: 10_000, there.last: 300}
    assert made.plan.routes == ((await plot_of(there), there.first, there.last),)
    assert (made.plan.broken, check(made.problem, made.plan).faults) == ((), ())


async def test_a_plot_loaded_without_a_press_was_visited(there: TruckDay) -> None:
    await there.depart(SIX)
    await there.load(there.first, 10_000, at=SEVEN)
    await there.load(there.last, 1_000, at=SEVEN)
    [truck] = (await anew(there, HALF_PAST)).problem.trucks
    assert truck.made == (await plot_of(there),)


async def test_buyers_are_told_a_range_by_what_trucks_took(there: TruckDay) -> None:
    """Each way took between once and twice what was planned, eight times over."""
    ride = await queries.truck(there.id)
    planned = {one.place: one for one in await eta.stops(ride, SIX)}
    assert await eta.ranges(ride, SIX) == {}, "before enough was driven: the plan and a little more"
    await there.depart(SIX)
    await arrive(there, SIX + timedelta(minutes=20))
    await drove([1.0, 1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2.0], there)
    ride = await queries.truck(there.id)
    known = await eta.ranges(ride, SIX + timedelta(minutes=21))
    last = known[there.last]
    assert last.earliest <= last.latest - 10
    assert all(one.earliest % 5 == one.latest % 5 == 0 for one in known.values())
    slower = {one.place: one for one in await eta.stops(ride, SIX + timedelta(minutes=21))}
    assert slower[there.last].latest_minute == last.latest >= planned[there.last].latest_minute
    overdue = (await eta.ranges(ride, TEN + timedelta(hours=9)))[there.last]
    assert overdue.latest >= 19 * 60, "what is over already is never foretold"


async def drove(times: list[float], there: TruckDay) -> None:
    [leg] = await in_use().query(
        "SELECT goes_from, goes_to, metres, planned_s, corrected FROM truck_leg"
    )
    for many in times * 3:
        await DrivenLeg.insert(DrivenLeg(
            id=new_id(), truck=there.id, **leg, took_s=round(leg["planned_s"] * many), left_at=SIX,
            by=DAO, at=SIX,
        ))  # fmt: skip


async def test_a_lot_ordered_at_stops_of_two_trucks_is_collected_by_both(there: TruckDay) -> None:
    """The last stop is the second truck's alone: each fetches its own part at the plot."""
    other = await there.another_truck()
    for stop in (await trips.day(there.day)).stops:
        owner = other if stop.place == there.last else there
        only = SetDayStop(
            stop.id, there.day, stop.place, stop.opens_minute, stop.closes_minute,
            on_truck=owner.truck,
        )  # fmt: skip
        await run(days.set_stop, only, by=DAO, at=SIX)
    await publish_from_rows(there.day, SIX)
    plan = await trips.published_plan(there.day)
    assert plan
    assert plan.plan.broken == ()
    plot = await plot_of(there)
    ways = {v.truck: [o.id for o in plan.visits if o.truck == v.truck] for v in plan.visits}
    assert ways == {there.truck: [plot, there.first], other.truck: [plot, there.last]}
    for mine, grams in ((there, ORDERED[0]), (other, ORDERED[1])):
        await mine.depart(SIX)
        [call] = await plots.calls(await queries.truck(mine.id))
        assert [one.planned_grams for one in call.lots] == [grams]
        await arrive(mine, SEVEN)
        await collect(mine, grams)
        await leave(mine, SEVEN)
    made = await anew(there, SEVEN)
    assert {len(truck.made) for truck in made.problem.trucks} == {1}
    assert (made.plan.broken, check(made.problem, made.plan).faults) == ((), ())
    lines = await manifest.load_list(await queries.truck(other.id))
    assert {line.goes_to: line.loaded_grams for line in lines} == {there.last: ORDERED[1]}
    await clean()
