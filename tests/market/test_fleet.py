"""Trucks, their hours, the terms of stops and usual rounds: kept by operators, told to the log."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from certification.basis.asked import AskedOtherwise
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.fleet import commands, queries, rules
from market.domain.fleet.rules import KeepTemplate, SetTerms, Shift
from market.domain.places import queries as places
from market.domain.places.rules import NoSuchPlace
from tests.cast import DAO, KRITS_GROUP, NETWORK, NOW, TODAY
from tests.market.fleet import EVERY_DAY, TRUCK, fleet, told_faults

replace = msgspec.structs.replace


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"name": " "}, rules.NameMissing),
        ({"capacity_grams": 0}, rules.LoadWrong),
        ({"crates": -1}, rules.LoadWrong),
        ({"satang_per_min": -1}, rules.CostWrong),
    ],
)
def test_a_truck_that_cannot_be_is_refused(wrong, refusal) -> None:
    with pytest.raises(refusal):
        rules.ensure_truck(replace(TRUCK, **wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        (Shift(1, 600, 300),),
        (Shift(8, 300, 600),),
        (Shift(1, 300, 600), Shift(1, 700, 900)),
        (Shift(1, 300, 600, 30),),
        (Shift(1, 300, 600, 30, 590, 610),),
        (Shift(1, 300, 600, 30, 400, 420),),
        (Shift(1, 300, 600, 0, 400, 420),),
    ],
)
def test_hours_that_do_not_fit_are_refused(wrong) -> None:
    with pytest.raises(rules.ShiftWrong):
        rules.ensure_shifts(wrong)


def test_a_permission_says_when_it_runs_out() -> None:
    days = {None: "open", -1: "ended", 0: "runs_out", 14: "runs_out", 15: "holds"}
    for ahead, state in days.items():
        until = None if ahead is None else TODAY + timedelta(days=ahead)
        assert rules.permission_state(until, TODAY) == state


async def test_a_truck_is_added_changed_and_retired(db: Database) -> None:
    there = await fleet(db)
    [known] = await queries.trucks(NETWORK)
    assert (known.shifts, known.shift_on(TODAY)) == (EVERY_DAY, EVERY_DAY[6])
    asked = replace(TRUCK, id=new_id(), base=there.base)
    for _ in range(2):
        await run(commands.add_truck, asked, by=DAO, at=NOW)
    with pytest.raises(AskedOtherwise):
        await run(commands.add_truck, replace(asked, name="อื่น"), by=DAO, at=NOW)
    with pytest.raises(rules.NotABase):
        await run(
            commands.add_truck, replace(asked, id=new_id(), base=there.stops[0]), by=DAO, at=NOW
        )
    with pytest.raises(rules.NotABase):
        await run(commands.add_truck, replace(asked, id=new_id(), base=new_id()), by=DAO, at=NOW)
    await run(commands.change_truck, replace(asked, cold=True, crates=20), by=DAO, at=NOW)
    assert (await queries.truck(asked.id)).cold
    for _ in range(2):
        await run(commands.retire_truck, asked.id, by=DAO, at=NOW)
    with pytest.raises(rules.Retired):
        await run(commands.change_truck, asked, by=DAO, at=NOW)
    assert len(await queries.trucks(NETWORK)) == 1
    assert len(await queries.trucks(NETWORK, retired=True)) == 2
    with pytest.raises(rules.NoSuchTruck):
        await run(commands.retire_truck, new_id(), by=DAO, at=NOW)
    assert await told_faults() == []


async def test_hours_set_by_two_at_once_are_those_of_one(db: Database) -> None:
    there = await fleet(db)
    weeks = [(Shift(day, 300, 600), Shift(day + 1, 400, 700)) for day in (1, 3, 5)]
    await asyncio.gather(
        *(run(commands.set_shifts, there.truck, week, by=DAO, at=NOW) for week in weeks)
    )
    assert (await queries.truck(there.truck)).shifts in weeks
    with pytest.raises(rules.NoSuchTruck):
        await run(commands.set_shifts, new_id(), weeks[0], by=DAO, at=NOW)
    assert await told_faults() == []


async def test_a_base_stands_in_no_public_list(db: Database) -> None:
    there = await fleet(db)
    [base] = await places.bases(NETWORK)
    assert base.id == there.base
    shown = [*await places.all_places(), *await places.places(NETWORK), *await places.search("บ้าน")]
    assert there.base not in {place.id for place in shown}
    with pytest.raises(NoSuchPlace):
        await places.public_place(there.base)


async def test_terms_of_a_stop_are_set_anew_and_its_host_stays_private(db: Database) -> None:
    there = await fleet(db)
    stop = there.stops[1]
    asked = SetTerms(stop, 45, fee_satang=5_000, permission="เทศบาล", permitted_until=TODAY,
                     host_name="ป้าแดง", host_phone="0811111111")  # fmt: skip
    await run(commands.set_terms, asked, by=DAO, at=NOW)
    assert await queries.terms(stop) == asked
    said = await db.query("SELECT body FROM log_entry WHERE subject = {}", stop)
    assert not any("0811111111" in bytes(row["body"]).decode() for row in said)
    with pytest.raises(rules.StallWrong):
        await run(commands.set_terms, replace(asked, stall_minutes=0), by=DAO, at=NOW)
    with pytest.raises(rules.NotAStop):
        await run(commands.set_terms, replace(asked, place=there.base), by=DAO, at=NOW)
    assert await told_faults() == []


async def test_a_usual_round_has_stops_of_its_own_network_each_once(db: Database) -> None:
    there = await fleet(db)
    asked = KeepTemplate(there.template, NETWORK, "สายใหม่", there.stops[::-1])
    for _ in range(2):
        await run(commands.keep_template, asked, by=DAO, at=NOW)
    assert (await queries.template(there.template)).stops == there.stops[::-1]
    for wrong, refusal in (
        ({"stops": ()}, rules.NoStops),
        ({"stops": there.stops * 2}, rules.NoStops),
        ({"stops": (there.base,)}, rules.NotAStop),
        ({"weekday": 9}, rules.ShiftWrong),
        ({"truck": new_id()}, rules.NoSuchTruck),
        ({"operator": KRITS_GROUP}, rules.NoSuchTemplate),
    ):
        with pytest.raises(refusal):
            await run(commands.keep_template, replace(asked, **wrong), by=DAO, at=NOW)
    for _ in range(2):
        await run(commands.drop_template, there.template, by=DAO, at=NOW)
    assert await queries.templates(NETWORK) == []
    with pytest.raises(rules.NoSuchTemplate):
        await run(commands.keep_template, asked, by=DAO, at=NOW)
    assert await told_faults() == []
