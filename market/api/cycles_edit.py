"""A round is changed as far as no promise is broken, or made once more; what comes again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.ids import is_id
from certification.basis.transaction import run
from certification.basis.units import Instant, local_day
from market.access import deeds, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.domain.cycles import commands as rounds
from market.domain.cycles import templates
from market.domain.cycles.dates import DefineTemplate, Every, Spot
from market.domain.cycles.rules import REASON_MAX, CloneCycle
from market.domain.cycles.templates import Dealt
from market.domain.offers import editing
from market.domain.offers.editing import (
    AddPlace,
    ChangeCycle,
    ChangePlace,
    ClosePlace,
    CycleChanged,
    PlaceChanged,
    PlaceShut,
)
from market.domain.offers.rules import CAPACITY_MAX, DEPOSIT_PERCENT_MAX, CycleOpened, PickUp

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Why = Annotated[str, msgspec.Meta(min_length=1, max_length=REASON_MAX)]
Deposit = Annotated[int, msgspec.Meta(ge=1, le=DEPOSIT_PERCENT_MAX)] | None
Room = Annotated[int, msgspec.Meta(ge=1, le=CAPACITY_MAX)]


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name_th: Name
    name_en: Name
    opens_at: Instant
    closes_at: Instant
    hold_minutes: Annotated[int, msgspec.Meta(ge=1, le=10_080)]
    because: Annotated[str, msgspec.Meta(max_length=REASON_MAX)] = ""
    deposit_percent: Deposit = None


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pickup_from: Instant
    pickup_until: Instant
    capacity_orders: Room | None = None
    capacity_grams: Room | None = None


class NewPlace(Hours, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    place: str


class Shut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    because: Why


class Clone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    days: Annotated[int, msgspec.Meta(ge=1, le=366)]
    name_th: Name
    name_en: Name


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    on: date
    because: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class TemplateView(msgspec.Struct, frozen=True):
    """As it was defined."""

    id: str
    merchant: str
    name_th: str
    name_en: str
    every: Every
    weekdays: list[int]
    first_on: date
    opens_before_minutes: int
    closes_before_minutes: int
    places: list[Spot]
    nth: int | None
    hold_minutes: int
    ahead_days: int
    skip_holidays: bool
    ends_on: date | None
    deposit_percent: int | None


class Template(msgspec.Struct, frozen=True):
    template: TemplateView
    days: list[Dealt]
    """From today on: the rounds that are made of it, and the days that are left out."""


@put("/api/v1/cycles/{id:str}", opt={"op": "cycle.open"}, tags=["cycles"], summary="Change a round")
async def change(id: FromPath[str], data: JSONBody[Change], permit: Mine, at: At) -> CycleChanged:
    """Freely until it opens; after that ordering closes later, with a reason, never earlier."""
    await _checked(id, permit)
    deeds.ensure_storable(data)
    asked = ChangeCycle(id, **msgspec.structs.asdict(data))
    return await run(editing.change, asked, by=permit.person, at=at)


@post(
    "/api/v1/cycles/{id:str}/places",
    opt={"op": "cycle.open"},
    tags=["cycles"],
    summary="One more place where a round is fetched",
)
async def add_place(
    id: FromPath[str], data: JSONBody[NewPlace], permit: Mine, at: At
) -> PlaceChanged:
    await _checked(id, permit)
    deeds.ensure_storable(data, data.id, data.place)
    said = msgspec.structs.asdict(data)
    asked = AddPlace(said.pop("id"), id, PickUp(**said))
    return await run(editing.add_place, asked, by=permit.person, at=at)


@put(
    "/api/v1/cycles/{id:str}/places/{stop:str}",
    opt={"op": "cycle.open"},
    tags=["cycles"],
    summary="Other hours of a place, or other room",
)
async def change_place(
    id: FromPath[str], stop: FromPath[str], data: JSONBody[Hours], permit: Mine, at: At
) -> PlaceChanged:
    await _checked(id, permit)
    asked = ChangePlace(id, _id(stop), **msgspec.structs.asdict(data))
    return await run(editing.change_place, asked, by=permit.person, at=at)


@put(
    "/api/v1/cycles/{id:str}/places/{stop:str}/closing",
    opt={"op": "cycle.open"},
    tags=["cycles"],
    summary="Close a place; its buyers choose another, or have credit",
)
async def close_place(
    id: FromPath[str], stop: FromPath[str], data: JSONBody[Shut], permit: Mine, at: At
) -> PlaceShut:
    await _checked(id, permit)
    deeds.ensure_storable(data)
    asked = ClosePlace(id, _id(stop), data.because)
    return await run(editing.close_place, asked, by=permit.person, at=at)


@post(
    "/api/v1/cycles/{id:str}/clones",
    opt={"op": "cycle.open"},
    tags=["cycles"],
    summary="The same round once more, with the goods of which something is left",
)
async def clone(id: FromPath[str], data: JSONBody[Clone], permit: Mine, at: At) -> CycleOpened:
    await _checked(id, permit)
    deeds.ensure_storable(data, data.id)
    asked = CloneCycle(data.id, id, data.days, data.name_th, data.name_en)
    return await rounds.clone(asked, by=permit.person, at=at)


@put(
    "/api/v1/cycle-templates/{id:str}",
    opt={"op": "cycle.open"},
    tags=["cycles"],
    summary="A round that comes again; made ahead by the clock",
)
async def define(
    id: FromPath[str], data: JSONBody[DefineTemplate], permit: Mine, at: At
) -> Template:
    permit.check(await whose.of_group(data.merchant))
    deeds.ensure_storable(data, id, data.id, *(spot.place for spot in data.places))
    asked = msgspec.structs.replace(data, id=id)
    await run(templates.define, asked, by=permit.person, at=at)
    return await _template(await templates.one(id), at)


@get(
    "/api/v1/cycle-templates/{id:str}",
    opt={"op": "cycle.open"},
    tags=["cycles"],
    summary="A round that comes again, and its days",
)
async def read(id: FromPath[str], permit: Mine, at: At) -> Template:
    of, place = await whose.cycle_template(id)
    permit.check(place)
    return await _template(of, at)


@post(
    "/api/v1/cycle-templates/{id:str}/days-left-out",
    opt={"op": "cycle.open"},
    tags=["cycles"],
    summary="No round on that day",
)
async def leave_out(
    id: FromPath[str], data: JSONBody[LeftOut], permit: Mine, at: At
) -> list[Dealt]:
    _, place = await whose.cycle_template(id)
    permit.check(place)
    deeds.ensure_storable(data)
    await run(templates.skip, id, data.on, data.because, by=permit.person, at=at)
    return await templates.dealt(id, local_day(at))


async def _template(of: DefineTemplate, at: datetime) -> Template:
    said = msgspec.convert(msgspec.structs.asdict(of), TemplateView)
    return Template(said, await templates.dealt(of.id, local_day(at)))


async def _checked(id: str, permit: Permit) -> None:
    _, place = await whose.cycle(id)
    permit.check(place)


def _id(said: str) -> str:
    if not is_id(said):
        raise NotThere
    return said


DOORS = [change, add_place, change_place, close_place, clone, define, read, leave_out]
