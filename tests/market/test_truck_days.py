"""A day of the truck: made once, peopled, planned by two at once, published when it keeps rules."""

import asyncio

import msgspec
import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.fleet import commands as trucks
from market.domain.fleet.rules import NotAStop
from market.domain.trips import commands, queries, rules, solve, versions
from market.domain.trips.problem import Plan
from market.domain.trips.rules import KeepVersion, MakeDay, SetDayLot
from tests.cast import DAO, KRIT, NETWORK, NOW, TODAY, TOMORROW, later
from tests.market.fleet import fleet, set_stop, set_truck, tiny, told_faults
from tests.market.stall import PICKUP

replace = msgspec.structs.replace
PICKED_UP = PICKUP.date()


async def test_a_day_is_made_once_from_its_round(db: Database) -> None:
    there = await fleet(db)
    asked = MakeDay(new_id(), NETWORK, TOMORROW, there.template)
    for _ in range(2):
        made = await run(commands.make_day, asked, by=DAO, at=NOW)
    assert made.left_out == (there.stops[0],)  # it is open on Sundays, tomorrow is Monday
    day = await queries.day(asked.id)
    assert [(s.place, s.opens_minute, s.required) for s in day.stops] == [
        (there.stops[1], 540, True), (there.stops[1], 900, True),
    ]  # fmt: skip
    assert [(t.truck, t.starts_minute) for t in day.trucks] == [(there.truck, 300)]
    assert day.places == (there.stops[1],)
    with pytest.raises(rules.DayThere):
        await run(commands.make_day, replace(asked, id=new_id()), by=DAO, at=NOW)
    tries = [MakeDay(new_id(), NETWORK, TODAY) for _ in range(4)]
    made_at_once = await asyncio.gather(
        *(run(commands.make_day, one, by=DAO, at=NOW) for one in tries), return_exceptions=True
    )
    assert sum(isinstance(one, rules.DayMade) for one in made_at_once) == 1
    assert len(await queries.days(NETWORK, TODAY)) == 2
    assert await told_faults() == []


async def test_trucks_drivers_stops_and_lots_are_our_own(db: Database) -> None:
    there = await fleet(db)
    day = await there.day(TOMORROW, template=False)
    await run(commands.set_truck, set_truck(day, there.truck), by=DAO, at=NOW)
    for wrong, refusal in (
        (set_truck(day, there.truck, KRIT), rules.NotADriver),
        (replace(set_truck(day, there.truck), ends_minute=1), rules.HoursWrong),
        (replace(set_truck(day, there.truck), break_minutes=30), rules.HoursWrong),
        (replace(set_truck(day, there.truck), day=new_id()), rules.NoSuchDay),
    ):
        with pytest.raises(refusal):
            await run(commands.set_truck, wrong, by=DAO, at=NOW)
    with pytest.raises(NotAStop):
        await run(commands.set_stop, set_stop(day, there.base), by=DAO, at=NOW)
    with pytest.raises(rules.HoursWrong):
        await run(commands.set_stop, set_stop(day, there.stops[0], 700, 600), by=DAO, at=NOW)
    stop = set_stop(day, there.stops[0])
    await run(commands.set_stop, stop, by=DAO, at=NOW)
    await run(commands.set_stop, replace(stop, closes_minute=700), by=DAO, at=NOW)
    with pytest.raises(rules.NoSuchStop):
        await run(commands.set_stop, replace(stop, place=there.stops[1]), by=DAO, at=NOW)
    with pytest.raises(rules.WalkUpWrong):
        await run(commands.set_lot, SetDayLot(day.id, there.stall.lot, 10_001), by=DAO, at=NOW)
    await run(commands.set_lot, SetDayLot(day.id, there.stall.lot, 4_000), by=DAO, at=NOW)
    seen = await queries.day(day.id)
    assert ([s.closes_minute for s in seen.stops], [x.walk_up_grams for x in seen.lots]) == (
        [700], [4_000],
    )  # fmt: skip
    await run(commands.cancel_stop, day.id, stop.id, by=DAO, at=NOW)
    for _ in range(2):
        await run(commands.take_off, day.id, there.truck, by=DAO, at=NOW)
    seen = await queries.day(day.id)
    assert (seen.stops, seen.trucks) == ((), ())
    assert await told_faults() == []


async def test_what_is_ordered_for_a_stop_is_found_by_its_day(db: Database) -> None:
    there = await fleet(db)
    cash = await there.stall.paid(1_000, rail="cash")
    paid = await there.stall.paid(2_000)
    await there.stall.order(500)  # not paid: nobody loads it
    day = await there.day(PICKED_UP, template=False)
    found = await queries.orders_of_stop(day.id, there.stall.place)
    assert {(one.order, one.grams, one.crop) for one in found} == {
        (cash.order, 1_000, "kale"), (paid.order, 2_000, "kale"),
    }  # fmt: skip
    assert await queries.orders_of_stop(day.id, there.stops[1]) == []
    other = await there.day(TODAY, template=False)
    assert await queries.orders_of_stop(other.id, there.stall.place) == []


async def kept(day: str, after: int, plan: Plan, *windows: tuple[int, int]) -> str:
    asked = KeepVersion(new_id(), day, after, "planned")
    await run(versions.keep, asked, tiny(*windows), plan, by=DAO, at=NOW)
    return asked.id


async def test_of_two_who_keep_a_plan_the_second_is_told(db: Database) -> None:
    day = await (await fleet(db)).day(TOMORROW)
    plan = solve.by_iterations(tiny(), 1, 0)
    tries = await asyncio.gather(*(kept(day.id, 0, plan) for _ in range(3)), return_exceptions=True)
    told = [one for one in tries if isinstance(one, rules.PlannedSince)]
    assert len(told) == 2
    assert told[0].facts == {"version": 1}
    assert await kept(day.id, 1, plan)
    assert [v.version for v in await queries.versions(day.id)] == [2, 1]
    assert (await queries.version_of(day.id, 1)).plan == plan
    with pytest.raises(rules.NoSuchVersion):
        await queries.version_of(day.id, 9)


async def test_only_the_newest_plan_that_keeps_its_rules_is_published(db: Database) -> None:
    day = await (await fleet(db)).day(TOMORROW)
    assert await queries.published_plan(day.id) is None
    plan = solve.by_iterations(tiny(), 1, 0)
    late = await kept(day.id, 0, plan, (0, 60))
    with pytest.raises(rules.RuleBroken) as refused:
        await run(versions.publish, late, by=DAO, at=NOW)
    assert refused.value.facts["rule"] == 4
    second = await kept(day.id, 1, plan)
    with pytest.raises(rules.PlannedSince):
        await run(versions.publish, late, by=DAO, at=NOW)
    for _ in range(2):
        await run(versions.publish, second, by=DAO, at=NOW)
    told = await queries.published_plan(day.id)
    assert told
    assert [(v.id, v.seq, v.kind) for v in told.visits] == [
        ("plot", 1, "plot"),
        ("stop", 2, "stop"),
    ]
    assert (told.visits[1].goods, told.visits[1].load) == ({"kale": 1_000}, {"kale": 9_000})
    assert [one.id for one in await queries.told_days(TODAY)] == [day.id]
    assert (await queries.head(day.id)).state == "published"
    assert await told_faults() == []


async def test_a_day_goes_from_planning_to_closed_and_not_back(db: Database) -> None:
    there = await fleet(db)
    day = await there.day(TOMORROW)
    for deed in (commands.begin, commands.close, commands.reopen):
        with pytest.raises(rules.DayOver):
            await run(deed, day.id, by=DAO, at=NOW)
    for _ in range(2):
        await run(commands.cancel_day, day.id, by=DAO, at=NOW)
    with pytest.raises(rules.DayOver):
        await run(commands.set_truck, set_truck(day, there.truck), by=DAO, at=NOW)
    await run(commands.reopen, day.id, by=DAO, at=NOW)
    await run(versions.publish, await kept(day.id, 0, solve.by_iterations(tiny(), 1, 0)),
              by=DAO, at=NOW)  # fmt: skip
    await run(commands.cancel_stop, day.id, day.stops[0].id, "ฝนตก", by=DAO, at=NOW)
    assert next((s.state, s.cause) for s in (await queries.day(day.id)).stops) == (
        "cancelled", "ฝนตก",
    )  # fmt: skip
    for _ in range(2):
        await run(commands.begin, day.id, by=DAO, at=NOW)
    await run(commands.truck_is, day.id, there.truck, "departed", by=DAO, at=NOW)
    with pytest.raises(rules.DayOver):
        await run(commands.cancel_day, day.id, by=DAO, at=NOW)
    for _ in range(2):
        await run(commands.close, day.id, by=DAO, at=NOW)
    with pytest.raises(rules.NoSuchDay):
        await run(commands.begin, new_id(), by=DAO, at=NOW)
    assert await told_faults() == []


async def test_one_planning_of_a_day_at_a_time(db: Database) -> None:
    day = await (await fleet(db)).day(TOMORROW)
    first = new_id()
    for _ in range(2):
        await run(versions.begin_run, first, day.id, 10, by=DAO, at=NOW)
    with pytest.raises(rules.UnderPlanning):
        await run(versions.begin_run, new_id(), day.id, 10, by=DAO, at=later(seconds=9))
    assert await run(versions.tell_run, first, 1, 50_000)
    assert await run(versions.end_run, first, "cancelled", at=NOW)
    assert not await run(versions.tell_run, first, 2, 40_000)
    assert not await run(versions.end_run, first, "done", 1, at=NOW)
    seen = await queries.last_run(day.id)
    assert seen
    assert (seen.outcome, seen.version, seen.cost_satang) == ("cancelled", 1, 50_000)
    await run(versions.begin_run, new_id(), day.id, 10, by=DAO, at=NOW)
    # the machine went down in the middle: nobody waits for ever
    await run(versions.begin_run, new_id(), day.id, 10, by=DAO, at=later(seconds=60))


async def test_a_dropped_round_makes_no_day(db: Database) -> None:
    there = await fleet(db)
    await run(trucks.drop_template, there.template, by=DAO, at=NOW)
    with pytest.raises(trucks.rules.NoSuchTemplate):
        await there.day(TOMORROW)
