"""Trucks, terms of stops and usual rounds, for their operators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.transaction import run
from market.access import deeds, trucks, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.domain.fleet import commands, queries
from market.domain.fleet.queries import TemplateView, TruckView
from market.domain.fleet.rules import (
    KeepTemplate,
    KeepTruck,
    SetTerms,
    Shift,
    ShiftsSet,
    TemplateDropped,
    TemplateKept,
    TermsSet,
    TruckAdded,
    TruckChanged,
    TruckRetired,
)

Mine = NamedDependency[Permit]
At = NamedDependency[datetime]


class Week(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    shifts: Annotated[tuple[Shift, ...], msgspec.Meta(max_length=7)]


@get("/api/v1/trucks", opt={"op": "truck.read"}, tags=["trucks"], summary="An operator's trucks")
async def list_trucks(permit: Mine, operator: FromQuery[str]) -> list[TruckView]:
    permit.check(await whose.of_group(operator))
    return await queries.trucks(operator)


@get("/api/v1/trucks/{id:str}", opt={"op": "truck.read"}, tags=["trucks"], summary="One truck")
async def read_truck(id: FromPath[str], permit: Mine) -> TruckView:
    found, place = await trucks.truck(id)
    permit.check(place)
    return found


@post("/api/v1/trucks", opt={"op": "truck.keep"}, tags=["trucks"], summary="Add a truck")
async def add_truck(data: JSONBody[KeepTruck], permit: Mine, at: At) -> TruckAdded:
    permit.check(await whose.of_group(data.operator))
    deeds.ensure_storable(data, data.id, data.base)
    return await run(commands.add_truck, data, by=permit.person, at=at)


@put("/api/v1/trucks/{id:str}", opt={"op": "truck.keep"}, tags=["trucks"], summary="Change it")
async def change_truck(
    id: FromPath[str], data: JSONBody[KeepTruck], permit: Mine, at: At
) -> TruckChanged:
    found, place = await trucks.truck(id)
    permit.check(place)
    deeds.ensure_storable(data, data.id, data.base)
    asked = msgspec.structs.replace(data, id=id, operator=found.operator)
    return await run(commands.change_truck, asked, by=permit.person, at=at)


@put(
    "/api/v1/trucks/{id:str}/shifts",
    opt={"op": "truck.keep"},
    tags=["trucks"],
    summary="Its hours, all of the week",
)
async def set_shifts(id: FromPath[str], data: JSONBody[Week], permit: Mine, at: At) -> ShiftsSet:
    _, place = await trucks.truck(id)
    permit.check(place)
    deeds.ensure_storable(data)
    return await run(commands.set_shifts, id, data.shifts, by=permit.person, at=at)


@put(
    "/api/v1/trucks/{id:str}/retirement",
    opt={"op": "truck.keep"},
    tags=["trucks"],
    summary="Give it up",
)
async def retire_truck(id: FromPath[str], permit: Mine, at: At) -> TruckRetired:
    _, place = await trucks.truck(id)
    permit.check(place)
    return await run(commands.retire_truck, id, by=permit.person, at=at)


@get(
    "/api/v1/places/{id:str}/terms",
    opt={"op": "truck.read"},
    tags=["trucks"],
    summary="How the truck may stand there, and the host",
)
async def read_terms(id: FromPath[str], permit: Mine) -> SetTerms:
    place = await trucks.stop(id, permit)
    found = await queries.terms(place.id)
    if found is None:
        raise NotThere
    return found


@put(
    "/api/v1/places/{id:str}/terms",
    opt={"op": "truck.keep"},
    tags=["trucks"],
    summary="Set the terms of a stop",
)
async def set_terms(id: FromPath[str], data: JSONBody[SetTerms], permit: Mine, at: At) -> TermsSet:
    place = await trucks.stop(id, permit)
    deeds.ensure_storable(data)
    asked = msgspec.structs.replace(data, place=place.id)
    return await run(commands.set_terms, asked, by=permit.person, at=at)


@get(
    "/api/v1/truck-rounds",
    opt={"op": "truck.read"},
    tags=["trucks"],
    summary="An operator's usual rounds",
)
async def list_rounds(permit: Mine, operator: FromQuery[str]) -> list[TemplateView]:
    permit.check(await whose.of_group(operator))
    return await queries.templates(operator)


@post("/api/v1/truck-rounds", opt={"op": "truck.keep"}, tags=["trucks"], summary="Keep a round")
async def keep_round(data: JSONBody[KeepTemplate], permit: Mine, at: At) -> TemplateKept:
    permit.check(await whose.of_group(data.operator))
    deeds.ensure_storable(data, data.id, *data.stops)
    return await run(commands.keep_template, data, by=permit.person, at=at)


@put(
    "/api/v1/truck-rounds/{id:str}/end",
    opt={"op": "truck.keep"},
    tags=["trucks"],
    summary="Use a round no more",
)
async def drop_round(id: FromPath[str], permit: Mine, at: At) -> TemplateDropped:
    _, place = await trucks.template(id)
    permit.check(place)
    return await run(commands.drop_template, id, by=permit.person, at=at)


DOORS = [
    list_trucks, read_truck, add_truck, change_truck, set_shifts, retire_truck, read_terms,
    set_terms, list_rounds, keep_round, drop_round,
]  # fmt: skip
