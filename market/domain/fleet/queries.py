"""Trucks with their hours, the terms of stops, and usual rounds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from certification.basis.database import Row, in_use
from certification.groups import queries as groups
from market.domain.fleet.rules import NoSuchTemplate, NoSuchTruck, SetTerms, Shift

TRUCK = (
    "SELECT id, operator, name, base, capacity_grams, crates, satang_per_km, satang_per_min, cold,"
    " plate, retired_at FROM truck"
)
SHIFTS = (
    "SELECT weekday, starts_minute, ends_minute, break_minutes, break_from_minute,"
    " break_until_minute FROM truck_shift WHERE truck = {} ORDER BY weekday"
)
TERMS = (
    "SELECT place, stall_minutes, required, fee_satang, value_satang, permission, permitted_until,"
    " parking_note, host_name, host_phone, visits_a_week FROM stop_terms"
)
TEMPLATE = "SELECT id, operator, name, weekday, truck FROM route_template"


class TruckView(msgspec.Struct, frozen=True):
    id: str
    operator: str
    name: str
    base: str
    capacity_grams: int
    crates: int
    satang_per_km: int
    satang_per_min: int
    cold: bool
    plate: str | None
    retired_at: datetime | None
    shifts: tuple[Shift, ...]

    def shift_on(self, on: date) -> Shift | None:
        return next((one for one in self.shifts if one.weekday == on.isoweekday()), None)


class TemplateView(msgspec.Struct, frozen=True):
    id: str
    operator: str
    name: str
    weekday: int | None
    truck: str | None
    stops: tuple[str, ...]
    """Places, in the order of the round."""


async def truck(id: str) -> TruckView:
    """NoSuchTruck; a retired one is still known."""
    rows = await in_use().query(f"{TRUCK} WHERE id = {{}}", id)
    if not rows:
        raise NoSuchTruck()
    return await _truck(rows[0])


async def trucks(operator: str, *, retired: bool = False) -> list[TruckView]:
    which = "" if retired else " AND retired_at IS NULL"
    rows = await in_use().query(f"{TRUCK} WHERE operator = {{}}{which} ORDER BY at, id", operator)
    return [await _truck(row) for row in rows]


async def _truck(row: Row) -> TruckView:
    shifts = await in_use().query(SHIFTS, row["id"])
    cold = bool(row.pop("cold"))
    return TruckView(**row, cold=cold, shifts=tuple(Shift(**shift) for shift in shifts))


async def terms(place: str) -> SetTerms | None:
    """None where nobody has set any. The host's name and phone are for the operator alone."""
    found = await terms_of([place])
    return found.get(place)


async def terms_of(places: Iterable[str]) -> dict[str, SetTerms]:
    """By place; those without are left out."""
    found = {}
    for place in places:
        for row in await in_use().query(f"{TERMS} WHERE place = {{}}", place):
            found[place] = msgspec.convert(row, SetTerms, strict=False)
    return found


async def template(id: str) -> TemplateView:
    """NoSuchTemplate, for a dropped one too."""
    rows = await in_use().query(f"{TEMPLATE} WHERE id = {{}} AND retired_at IS NULL", id)
    if not rows:
        raise NoSuchTemplate()
    return await _template(rows[0])


async def templates(operator: str) -> list[TemplateView]:
    rows = await in_use().query(
        f"{TEMPLATE} WHERE operator = {{}} AND retired_at IS NULL ORDER BY at, id", operator
    )
    return [await _template(row) for row in rows]


async def _template(row: Row) -> TemplateView:
    stops = await in_use().query(
        "SELECT place FROM route_template_stop WHERE template = {} ORDER BY seq", row["id"]
    )
    return TemplateView(**row, stops=tuple(stop["place"] for stop in stops))


async def networks_of(operator: str) -> set[str]:
    """The operator itself and the network it belongs to: whose places it uses."""
    found = await groups.group(operator)
    return {id for id in (found.id, found.network) if id}
