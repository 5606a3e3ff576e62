"""A day is made, peopled with trucks, stops and lots; its plans are kept, one is published."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import msgspec

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.groups import queries as groups
from market.domain.fleet import queries as fleet
from market.domain.fleet.rules import NotAStop
from market.domain.lots import queries as lots
from market.domain.lots.refusals import NoLot
from market.domain.places import queries as places
from market.domain.trips import queries, rules
from market.domain.trips.tables import DayLot, DayStop, DayTruck, TruckDay
from market.domain.trips.views import DayHead

CLAIM = (
    "UPDATE truck_day SET state = state WHERE id = {}"
    " AND state IN ('planning', 'published', 'under_way') RETURNING id"
)


async def make_day(asked: rules.MakeDay, *, by: str, at: datetime) -> rules.DayMade:
    """Empty, or today's copy of a round: its stops as they are open on that weekday, its truck."""
    do = partial(_make_day, asked, by=by, at=at)
    return await deeds.once(asked.id, "trips.make_day", asked, do, rules.DayMade, by=by, at=at)


async def _make_day(asked: rules.MakeDay, *, by: str, at: datetime) -> rules.DayMade:
    async with transaction():
        new = await in_use().query(
            'INSERT INTO truck_day (id, operator, "on", state, template, "by", at)'
            " VALUES ({}, {}, {}, 'planning', {}, {}, {}) ON CONFLICT (operator, \"on\")"
            " DO NOTHING RETURNING id",
            asked.id, asked.operator, asked.on, asked.template, by, at,
        )  # fmt: skip
        if not new:
            there = await queries.day_on(asked.operator, asked.on)
            raise rules.DayThere(day=there.id if there else "", on=str(asked.on))
        stops, trucks, left_out = await _copied(asked, by, at)
        event = rules.DayMade(asked.id, asked.operator, str(asked.on), left_out)
        rows = [(DayStop, row.id) for row in stops] + [(DayTruck, row.id) for row in trucks]
        log.append(event, (TruckDay, asked.id), *rows, subject=asked.id, by=by, at=at)
    return event


async def _copied(
    asked: rules.MakeDay, by: str, at: datetime
) -> tuple[list[DayStop], list[DayTruck], tuple[str, ...]]:
    if asked.template is None:
        return [], [], ()
    template = await fleet.template(asked.template)
    if template.operator != asked.operator:
        raise rules.NoSuchDay()
    terms = await fleet.terms_of(template.stops)
    stops, left_out = [], []
    for place in template.stops:
        windows = (await places.place(place)).windows
        open_on = [w for w in windows if w.weekday == asked.on.isoweekday()]
        left_out += [] if open_on else [place]
        required = place in terms and terms[place].required
        stops += [
            DayStop(
                id=new_id(), day=asked.id, place=place, opens_minute=window.opens_minute,
                closes_minute=window.closes_minute, required=required, on_truck=None,
                state="planned", cause=None, by=by, at=at,
            )
            for window in open_on
        ]  # fmt: skip
    trucks = await _usual_truck(asked, template.truck, by, at)
    if stops:
        await insert(*stops)
    if trucks:
        await insert(*trucks)
    return stops, trucks, tuple(left_out)


async def _usual_truck(
    asked: rules.MakeDay, truck: str | None, by: str, at: datetime
) -> list[DayTruck]:
    """Where it works on that weekday."""
    found = await fleet.truck(truck) if truck else None
    shift = found.shift_on(asked.on) if found and not found.retired_at else None
    if shift is None:
        return []
    said = msgspec.structs.asdict(shift)
    said.pop("weekday")
    return [
        DayTruck(
            id=new_id(), day=asked.id, truck=truck, driver=None, **said, state="ready", by=by, at=at
        )
    ]


async def set_truck(asked: rules.SetDayTruck, *, by: str, at: datetime) -> rules.DayTruckSet:
    """It takes part, with these hours and this driver; again with others changes them."""
    rules.ensure_hours(asked.starts_minute, asked.ends_minute, "starts_minute")
    rules.ensure_rest(asked)
    event = rules.DayTruckSet(asked.day, asked.truck)
    async with transaction():
        day = await claim(asked.day)
        truck = await fleet.truck(asked.truck)
        if truck.operator != day.operator or truck.retired_at:
            raise rules.NotOurTruck(truck=truck.name)
        if asked.driver:
            await _ensure_drives(asked.driver, day.operator, at)
        [row] = await in_use().query(
            "INSERT INTO day_truck (id, day, truck, driver, starts_minute, ends_minute,"
            " break_minutes, break_from_minute, break_until_minute, cold, state, \"by\", at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, 'ready', {}, {})"
            " ON CONFLICT (day, truck) DO UPDATE SET driver = excluded.driver,"
            " starts_minute = excluded.starts_minute, ends_minute = excluded.ends_minute,"
            " break_minutes = excluded.break_minutes,"
            " break_from_minute = excluded.break_from_minute,"
            " break_until_minute = excluded.break_until_minute, cold = excluded.cold RETURNING id",
            new_id(), asked.day, asked.truck, asked.driver, asked.starts_minute,
            asked.ends_minute, asked.break_minutes, asked.break_from_minute,
            asked.break_until_minute, asked.cold, by, at,
        )  # fmt: skip
        log.append(event, (DayTruck, row["id"]), subject=asked.day, by=by, at=at)
    return event


async def _ensure_drives(person: str, operator: str, at: datetime) -> None:
    held = {group for g in await groups.grants_of(person, at) if g.role == "operator"
            for group in (g.group, g.network)}  # fmt: skip
    if not held & await fleet.networks_of(operator):
        raise rules.NotADriver(field="driver")


async def take_off(day: str, truck: str, *, by: str, at: datetime) -> rules.DayTruckOff:
    """Before it has departed. Again changes nothing."""
    event = rules.DayTruckOff(day, truck)
    async with transaction():
        await claim(day)
        gone = await in_use().query(
            "DELETE FROM day_truck WHERE day = {} AND truck = {} AND state = 'ready' RETURNING id",
            day, truck,
        )  # fmt: skip
        for row in gone:
            log.append(event, (DayTruck, row["id"]), subject=day, by=by, at=at)
    return event


async def set_stop(asked: rules.SetDayStop, *, by: str, at: datetime) -> rules.DayStopSet:
    """A stop with one window; the same id again changes it, another id is another window."""
    rules.ensure_hours(asked.opens_minute, asked.closes_minute)
    event = rules.DayStopSet(asked.day, asked.place)
    async with transaction():
        day = await claim(asked.day)
        place = await places.place(asked.place)
        if place.network not in await fleet.networks_of(day.operator) or place.kind == "base":
            raise NotAStop(place=asked.place)
        if asked.on_truck and (await fleet.truck(asked.on_truck)).operator != day.operator:
            raise rules.NotOurTruck(truck="")
        kept = await in_use().query(
            "INSERT INTO day_stop (id, day, place, opens_minute, closes_minute, required, on_truck,"
            " state, cause, \"by\", at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}, 'planned', NULL, {}, {})"
            " ON CONFLICT (id) DO UPDATE SET opens_minute = excluded.opens_minute,"
            " closes_minute = excluded.closes_minute, required = excluded.required,"
            " on_truck = excluded.on_truck, state = 'planned', cause = NULL"
            " WHERE day_stop.day = excluded.day AND day_stop.place = excluded.place RETURNING id",
            asked.id, asked.day, asked.place, asked.opens_minute, asked.closes_minute,
            asked.required, asked.on_truck, by, at,
        )  # fmt: skip
        if not kept:
            raise rules.NoSuchStop()
        log.append(event, (DayStop, asked.id), subject=asked.day, by=by, at=at)
    return event


async def cancel_stop(
    day: str, stop: str, cause: str = "", *, by: str, at: datetime
) -> rules.DayStopOff:
    """While planning it goes without a trace; of a published day it stays, named as cancelled."""
    async with transaction():
        found = await claim(day)
        stops = {one.id: one for one in (await queries.day(day)).stops}
        if stop not in stops:
            raise rules.NoSuchStop()
        event = rules.DayStopOff(day, stops[stop].place)
        if found.state == "planning":
            await in_use().query("DELETE FROM day_stop WHERE id = {}", stop)
        else:
            await in_use().query(
                "UPDATE day_stop SET state = 'cancelled', cause = {} WHERE id = {}",
                cause or None, stop,
            )  # fmt: skip
        log.append(event, (DayStop, stop), subject=day, by=by, at=at)
    return event


async def set_lot(asked: rules.SetDayLot, *, by: str, at: datetime) -> rules.DayLotSet:
    """So many grams for passers-by, fetched at the plot or lying at the base already."""
    event = rules.DayLotSet(asked.day, asked.lot, asked.walk_up_grams)
    async with transaction():
        day = await claim(asked.day)
        try:
            lot = await lots.lot(asked.lot)
        except NoLot:
            raise rules.WalkUpWrong(field="lot") from None
        if not 0 <= asked.walk_up_grams <= lot.grams_left:
            raise rules.WalkUpWrong(field="walk_up_grams")
        if not (await fleet.networks_of(lot.group)) & await fleet.networks_of(day.operator):
            raise rules.WalkUpWrong(field="lot")
        [row] = await in_use().query(
            "INSERT INTO day_lot (id, day, lot, at_base, walk_up_grams, \"by\", at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (day, lot) DO UPDATE SET"
            " at_base = excluded.at_base, walk_up_grams = excluded.walk_up_grams RETURNING id",
            new_id(), asked.day, asked.lot, asked.at_base, asked.walk_up_grams, by, at,
        )  # fmt: skip
        log.append(event, (DayLot, row["id"]), subject=asked.day, by=by, at=at)
    return event


async def cancel_day(day: str, *, by: str, at: datetime) -> rules.DayCancelled:
    """Before a truck has left. Again changes nothing."""
    event = rules.DayCancelled(day)
    if await _moved(day, "cancelled", ("planning", "published"), event, by, at):
        return event
    state = (await queries.head(day)).state
    if state != "cancelled":
        raise rules.DayOver(state=state)
    return event


async def reopen(day: str, *, by: str, at: datetime) -> rules.DayReopened:
    event = rules.DayReopened(day)
    if not await _moved(day, "planning", ("cancelled",), event, by, at):
        raise rules.DayOver(state=(await queries.head(day)).state)
    return event


async def begin(day: str, *, by: str, at: datetime) -> rules.DayBegan:
    """Its first truck departs; for those that follow it has begun already."""
    event = rules.DayBegan(day)
    if not await _moved(day, "under_way", ("published",), event, by, at):
        state = (await queries.head(day)).state
        if state != "under_way":
            raise rules.DayOver(state=state)
    return event


async def close(day: str, *, by: str, at: datetime) -> rules.DayEnded:
    """Again changes nothing."""
    event = rules.DayEnded(day)
    if not await _moved(day, "closed", ("under_way",), event, by, at):
        state = (await queries.head(day)).state
        if state != "closed":
            raise rules.DayOver(state=state)
    return event


async def _moved(
    day: str, to: str, among: tuple[str, ...], event: msgspec.Struct, by: str, at: datetime
) -> bool:
    async with transaction():
        for state in among:
            if await in_use().query(
                "UPDATE truck_day SET state = {} WHERE id = {} AND state = {} RETURNING id",
                to, day, state,
            ):  # fmt: skip
                log.append(event, (TruckDay, day), subject=day, by=by, at=at)
                return True
    return False


async def truck_is(day: str, truck: str, state: str, *, by: str, at: datetime) -> rules.DayTruckIs:
    """ready, departed, broken_down, home: what the deeds of the day make of it."""
    event = rules.DayTruckIs(day, truck, state)
    async with transaction():
        rows = await in_use().query(
            "UPDATE day_truck SET state = {} WHERE day = {} AND truck = {} RETURNING id",
            state, day, truck,
        )  # fmt: skip
        if not rows:
            raise rules.NoSuchDay()
        log.append(event, (DayTruck, rows[0]["id"]), subject=day, by=by, at=at)
    return event


async def claim(day: str) -> DayHead:
    """The day's row is held until the deed ends; DayOver where nothing may be changed any more."""
    claimed = await in_use().query(CLAIM, day)
    found = await queries.head(day)
    if not claimed:
        raise rules.DayOver(state=found.state)
    return found
