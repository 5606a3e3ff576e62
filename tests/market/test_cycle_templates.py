"""Rounds that come again are made ahead once; one is edited, cloned, moved without breaking a
promise."""

import asyncio
from datetime import date, timedelta

import msgspec
import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.cycles import clockwork, commands, dates, templates
from market.domain.cycles import queries as seen
from market.domain.cycles.dates import DefineTemplate, NoSuchTemplate, Spot, TemplateWrong
from market.domain.cycles.rules import CloneCycle
from market.domain.ledger import queries as ledger
from market.domain.ledger.rules import credit, own
from market.domain.notices import queries as notices
from market.domain.offers import editing
from market.domain.offers import queries as rounds
from market.domain.offers.editing import (
    ChangeCycle,
    ChangePlace,
    ClosePlace,
    PromiseBroken,
    ReasonNeeded,
)
from market.domain.offers.refusals import PlaceFull
from market.domain.orders import commands as orders
from market.domain.orders import moving
from market.domain.orders import queries as ordered_seen
from market.domain.orders.moving import MoveOrder
from market.domain.orders.refusals import TooLateToCancel
from market.domain.orders.rules import CancelOrder
from market.jobs import readers
from tests.cast import DAO, NETWORK, NOK, NOW, TODAY, later
from tests.market.stall import CLOSES, OVER, PICKUP, faults, stall
from tests.market.test_cycle_places import ordered, two_places

WEEKLY = DefineTemplate(
    "", NETWORK, "รอบตลาดเขียว", "Green market", "week", (3, 6), TODAY, 4 * 24 * 60, 18 * 60, (),
)  # fmt: skip


def test_the_days_of_a_template() -> None:
    def on(**changed: object) -> list[str]:
        of = msgspec.structs.replace(WEEKLY, first_on=date(2026, 11, 1), **changed)
        found = dates.days(of, date(2026, 11, 1), date(2026, 12, 31))
        return [f"{day.month}-{day.day}" for day in found]

    assert on(weekdays=(3,), ends_on=date(2026, 11, 20)) == ["11-4", "11-11", "11-18"]
    assert on(weekdays=(3,), every="fortnight")[:3] == ["11-11", "11-25", "12-9"]
    assert on(weekdays=(6,), every="month", nth=1) == ["11-7", "12-5"]
    assert on(weekdays=(6,), every="month", nth=5) == ["11-28", "12-26"]
    assert dates.holiday(date(2027, 4, 13)) == "สงกรานต์"
    placed = msgspec.structs.replace(WEEKLY, places=(Spot("a", 540, 660),))
    dates.ensure_template(placed)
    for wrong in (
        {"weekdays": (8,)}, {"weekdays": ()}, {"nth": 2}, {"every": "month"}, {"places": ()},
        {"closes_before_minutes": 99_999}, {"closes_before_minutes": -1}, {"ahead_days": 0},
        {"name_en": " "}, {"ends_on": date(2020, 1, 1)}, {"places": (Spot("a", 660, 540),)},
        {"places": (Spot("a", 540, 660), Spot("a", 540, 700))}, {"hold_minutes": 0},
        {"places": (Spot("a", 540, 660, 0),)},
    ):  # fmt: skip
        with pytest.raises(TemplateWrong):
            dates.ensure_template(msgspec.structs.replace(placed, **wrong))


async def test_rounds_are_made_ahead_once_and_days_are_left_out(db: Database) -> None:
    """TODAY is a Sunday: the Wednesdays and Saturdays of the next days, but the holiday."""
    there = await stall(db)
    weekly = msgspec.structs.replace(
        WEEKLY, id=new_id(), places=(Spot(there.place, 540, 660, 40), Spot(there.place, 900, 960))
    )
    for _ in range(2):
        await run(templates.define, weekly, by=DAO, at=NOW)
    with pytest.raises(NoSuchTemplate):
        await run(templates.skip, new_id(), TODAY, "น้ำท่วม", by=DAO, at=NOW)
    days = list(dates.days(weekly, TODAY, TODAY + timedelta(days=14)))
    assert await run(templates.skip, weekly.id, days[1], "น้ำท่วม", by=DAO, at=NOW)
    assert not await run(templates.skip, weekly.id, days[1], "อีกครั้ง", by=DAO, at=NOW)
    made = sum(await asyncio.gather(*(templates.make_ahead(NOW) for _ in range(3))))
    assert made == len(days) - 2
    assert await templates.make_ahead(NOW) == 0
    told = await templates.dealt(weekly.id, TODAY)
    assert [one.on for one in told] == days
    assert [one.because for one in told if one.cycle is None] == [
        "น้ำท่วม", "วันพ่อแห่งชาติ",
    ]  # fmt: skip
    first = await rounds.cycle(str(told[0].cycle))
    assert [(one.capacity_orders, one.place) for one in first.stops] == [
        (40, there.place), (None, there.place),
    ]  # fmt: skip
    assert first.pickup_from - first.closes_at == timedelta(hours=18)
    late = later(days=60)
    assert await templates.make_ahead(late) > 0
    on = [one.on for one in await templates.dealt(weekly.id, date(2026, 12, 15))]
    assert min(on) >= late.date()  # what nobody could order any more is not made
    await run(templates.define, msgspec.structs.replace(weekly, ends_on=TODAY), by=DAO, at=NOW)
    assert await templates.make_ahead(late) == 0


async def test_what_is_promised_is_kept(db: Database) -> None:
    there = await stall(db)
    cycle, hospital, _ = await run(two_places, there, capacity_orders=5)
    await ordered(there, cycle, hospital.id)
    was = await rounds.cycle(cycle)

    def to(**changed: object) -> ChangeCycle:
        same = ChangeCycle(
            cycle, was.name_th, was.name_en, was.opens_at, was.closes_at, was.hold_minutes
        )
        return msgspec.structs.replace(same, **changed)

    for wrong, refusal in (
        ({"closes_at": CLOSES - timedelta(minutes=1)}, PromiseBroken),
        ({"opens_at": NOW}, PromiseBroken),
        ({"closes_at": CLOSES + timedelta(hours=1)}, ReasonNeeded),
    ):
        with pytest.raises(refusal) as no:
            await run(editing.change, to(**wrong), by=DAO, at=NOW)
        assert no.value.facts.get("orders") in (1, None)
    extended = to(closes_at=CLOSES + timedelta(hours=1), because="ฝนตก")
    await run(editing.change, extended, by=DAO, at=NOW)
    assert [(one.word, one.because) for one in await seen.reasons(cycle)] == [("later", "ฝนตก")]
    await ordered(there, cycle, hospital.id)
    place = ChangePlace(cycle, hospital.id, hospital.pickup_from, hospital.pickup_until, 2)
    await run(editing.change_place, place, by=DAO, at=NOW)
    with pytest.raises(PlaceFull):
        await ordered(there, cycle, hospital.id)
    for wrong in ({"capacity_orders": 1}, {"pickup_from": PICKUP + timedelta(hours=1)}):
        with pytest.raises(PromiseBroken):
            await run(editing.change_place, msgspec.structs.replace(place, **wrong), by=DAO, at=NOW)
    assert await faults() == []


async def test_a_place_is_closed_and_its_buyers_choose_or_have_credit(db: Database) -> None:
    """One moves, one cancels though ordering is over, one says nothing and has credit."""
    there = await stall(db)
    cycle, hospital, hall = await run(two_places, there)
    await clockwork.advance(NOW)
    moves, cancels, silent = [await ordered(there, cycle, hall.id) for _ in range(3)]
    paid = await ordered(there, cycle, hall.id, rail="promptpay")
    await there.pay(paid.order)
    await clockwork.advance(CLOSES)
    for one in (moves, silent):
        with pytest.raises(TooLateToCancel):
            await run(moving.move, MoveOrder(one.order, hospital.id), by=NOK, at=CLOSES)
    for _ in range(2):
        shut = await run(
            editing.close_place, ClosePlace(cycle, hall.id, "สะพานขาด"), by=DAO, at=CLOSES
        )
        assert shut.orders == 4
        await readers.read_on(CLOSES)
    assert [(one.word, one.stop, one.because) for one in await seen.reasons(cycle)] == [
        ("shut", hall.id, "สะพานขาด")
    ]
    [told] = [one for one in await notices.of_person(NOK) if one.kind == "offers.place_shut"]
    codes = [one.code for one in (moves, cancels, silent, paid)]
    assert sorted(str(told.facts["code"]).split(", ")) == sorted(codes)
    assert told.facts["place_en"] == "Town hall"
    for _ in range(2):
        await run(moving.move, MoveOrder(moves.order, hospital.id), by=NOK, at=CLOSES)
    await run(orders.cancel, CancelOrder(cancels.order), by=NOK, at=CLOSES)
    await clockwork.advance(OVER)
    assert await there.state(moves.order) == "confirmed"
    for one in (cancels, silent, paid):
        assert await there.state(one.order) == "cancelled"
    assert (await ordered_seen.stored(moves.order)).place == hospital.place
    await readers.read_on(OVER)
    unserved = [
        one.facts["code"]
        for one in await notices.of_person(NOK)
        if one.kind == "orders.cancelled.shut"
    ]
    assert sorted(map(str, unserved)) == sorted([silent.code, paid.code])
    assert await ledger.balance(credit(NETWORK, NOK)) == await ledger.balance(own("bank", NETWORK))
    assert await faults() == []


async def test_a_clone_has_the_places_and_what_is_left(db: Database) -> None:
    there = await stall(db)
    cycle, _, _ = await run(two_places, there, capacity_orders=3)
    asked = CloneCycle(new_id(), cycle, 7, "รอบสัปดาห์หน้า", "Next week")
    for _ in range(2):
        await commands.clone(asked, by=DAO, at=NOW)
    made, of = await rounds.cycle(asked.id), await rounds.cycle(cycle)
    week = timedelta(days=7)
    assert (made.opens_at, made.closes_at) == (of.opens_at + week, of.closes_at + week)
    assert [one.as_asked() for one in made.stops] == [one.as_asked(week) for one in of.stops]
    [line] = await rounds.shop(made.id)
    assert (line.grams_left, line.satang_per_kg) == (10_000, 4_000)
