"""An operator adds and retires trucks, sets hours and terms of stops, keeps usual rounds."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import msgspec

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.fleet import queries, rules
from market.domain.fleet.tables import (
    RouteTemplate,
    RouteTemplateStop,
    StopTerms,
    Truck,
    TruckShift,
)
from market.domain.places import queries as places
from market.domain.places.rules import NoSuchPlace


async def add_truck(asked: rules.KeepTruck, *, by: str, at: datetime) -> rules.TruckAdded:
    do = partial(_add_truck, asked, by=by, at=at)
    return await deeds.once(asked.id, "fleet.add_truck", asked, do, rules.TruckAdded, by=by, at=at)


async def _add_truck(asked: rules.KeepTruck, *, by: str, at: datetime) -> rules.TruckAdded:
    rules.ensure_truck(asked)
    async with transaction():
        await _ensure_base(asked)
        await insert(Truck(**msgspec.structs.asdict(asked), by=by, at=at))
        added = rules.TruckAdded(asked.id, asked.operator)
        log.append(added, (Truck, asked.id), subject=asked.id, by=by, at=at)
    return added


async def change_truck(asked: rules.KeepTruck, *, by: str, at: datetime) -> rules.TruckChanged:
    """All but whose it is; a published day keeps the figures with which it was planned."""
    rules.ensure_truck(asked)
    async with transaction():
        await _ensure_base(asked)
        changed = await in_use().query(
            "UPDATE truck SET name = {}, plate = {}, capacity_grams = {}, crates = {}, cold = {},"
            " satang_per_km = {}, satang_per_min = {}, base = {} WHERE id = {} AND operator = {}"
            " AND retired_at IS NULL RETURNING id",
            *(asked.name, asked.plate, asked.capacity_grams, asked.crates, asked.cold),
            *(asked.satang_per_km, asked.satang_per_min, asked.base, asked.id, asked.operator),
        )
        if not changed:
            await queries.truck(asked.id)
            raise rules.Retired(truck=asked.name)
        event = rules.TruckChanged(asked.id)
        log.append(event, (Truck, asked.id), subject=asked.id, by=by, at=at)
    return event


async def retire_truck(truck: str, *, by: str, at: datetime) -> rules.TruckRetired:
    """It takes part in no new day. Again changes nothing."""
    event = rules.TruckRetired(truck)
    async with transaction():
        await queries.truck(truck)
        new = await in_use().query(
            "UPDATE truck SET retired_at = {} WHERE id = {} AND retired_at IS NULL RETURNING id",
            at, truck,
        )  # fmt: skip
        if new:
            log.append(event, (Truck, truck), subject=truck, by=by, at=at)
    return event


async def _ensure_base(asked: rules.KeepTruck) -> None:
    try:
        base = await places.place(asked.base)
    except NoSuchPlace:
        raise rules.NotABase(field="base") from None
    if base.kind != "base" or base.network not in await queries.networks_of(asked.operator):
        raise rules.NotABase(field="base")


async def set_shifts(
    truck: str, shifts: Sequence[rules.Shift], *, by: str, at: datetime
) -> rules.ShiftsSet:
    """All of the week at once; a weekday that is not named is a day off."""
    rules.ensure_shifts(shifts)
    async with transaction():
        if (await _claimed(truck)).shifts == tuple(sorted(shifts)):
            return rules.ShiftsSet(truck, tuple(sorted(s.weekday for s in shifts)))
        gone = await in_use().query("DELETE FROM truck_shift WHERE truck = {} RETURNING id", truck)
        made = [
            TruckShift(id=new_id(), truck=truck, **msgspec.structs.asdict(shift), by=by, at=at)
            for shift in sorted(shifts)
        ]
        if made:
            await insert(*made)
        event = rules.ShiftsSet(truck, tuple(shift.weekday for shift in sorted(shifts)))
        ids = [row["id"] for row in gone] + [row.id for row in made]
        log.append(event, *((TruckShift, id) for id in ids), subject=truck, by=by, at=at)
    return event


async def _claimed(truck: str) -> queries.TruckView:
    """Two who set the hours at once: one after the other."""
    rows = await in_use().query(
        "UPDATE truck SET retired_at = retired_at WHERE id = {} RETURNING id", truck
    )
    if not rows:
        raise rules.NoSuchTruck()
    return await queries.truck(truck)


async def set_terms(asked: rules.SetTerms, *, by: str, at: datetime) -> rules.TermsSet:
    """Those of a place, all at once; the same again changes nothing."""
    rules.ensure_terms(asked)
    event = rules.TermsSet(asked.place)
    async with transaction():
        if (await places.place(asked.place)).kind == "base":
            raise rules.NotAStop(place=asked.place)
        said = msgspec.structs.asdict(asked)
        [row] = await in_use().query(
            "INSERT INTO stop_terms (id, place, stall_minutes, required, fee_satang, value_satang,"
            " permission, permitted_until, parking_note, host_name, host_phone,"
            " visits_a_week, salt, \"by\", at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})"
            " ON CONFLICT (place) DO UPDATE SET stall_minutes = excluded.stall_minutes,"
            " required = excluded.required, fee_satang = excluded.fee_satang,"
            " value_satang = excluded.value_satang,"
            " permission = excluded.permission, permitted_until = excluded.permitted_until,"
            " parking_note = excluded.parking_note, host_name = excluded.host_name,"
            " host_phone = excluded.host_phone,"
            " visits_a_week = excluded.visits_a_week, salt = excluded.salt,"
            " \"by\" = excluded.\"by\", at = excluded.at RETURNING id",
            new_id(), *said.values(), secrets.token_bytes(16), by, at,
        )  # fmt: skip
        log.append(event, (StopTerms, row["id"]), subject=asked.place, by=by, at=at)
    return event


async def keep_template(asked: rules.KeepTemplate, *, by: str, at: datetime) -> rules.TemplateKept:
    """A new one, or the same id with other stops: days that were made of it stay as they are."""
    rules.ensure_template(asked)
    event = rules.TemplateKept(asked.id, asked.operator, asked.stops)
    async with transaction():
        await _ensure_stops(asked)
        kept = await in_use().query(
            "INSERT INTO route_template (id, operator, name, weekday, truck, \"by\", at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (id) DO UPDATE SET"
            " name = excluded.name, weekday = excluded.weekday, truck = excluded.truck"
            " WHERE route_template.operator = excluded.operator"
            " AND route_template.retired_at IS NULL RETURNING id",
            asked.id, asked.operator, asked.name, asked.weekday, asked.truck, by, at,
        )  # fmt: skip
        if not kept:
            raise rules.NoSuchTemplate()
        ids = await _laid(asked)
        rows = [(RouteTemplate, asked.id), *((RouteTemplateStop, id) for id in ids)]
        log.append(event, *rows, subject=asked.id, by=by, at=at)
    return event


async def _ensure_stops(asked: rules.KeepTemplate) -> None:
    own = await queries.networks_of(asked.operator)
    for id in asked.stops:
        place = await places.place(id)
        if place.network not in own or place.kind == "base":
            raise rules.NotAStop(place=id)
    if asked.truck and (await queries.truck(asked.truck)).operator != asked.operator:
        raise rules.NoSuchTruck()


async def _laid(asked: rules.KeepTemplate) -> list[str]:
    """The stops anew; the ids of those that went and those that came."""
    gone = await in_use().query(
        "DELETE FROM route_template_stop WHERE template = {} RETURNING id", asked.id
    )
    made = [
        RouteTemplateStop(id=new_id(), template=asked.id, seq=seq, place=place)
        for seq, place in enumerate(asked.stops, 1)
    ]
    await insert(*made)
    return [row["id"] for row in gone] + [row.id for row in made]


async def drop_template(template: str, *, by: str, at: datetime) -> rules.TemplateDropped:
    """Again changes nothing."""
    event = rules.TemplateDropped(template)
    async with transaction():
        new = await in_use().query(
            "UPDATE route_template SET retired_at = {} WHERE id = {} AND retired_at IS NULL"
            " RETURNING id",
            at, template,
        )  # fmt: skip
        if new:
            log.append(event, (RouteTemplate, template), subject=template, by=by, at=at)
    return event
