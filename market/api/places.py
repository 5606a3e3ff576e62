"""Where goods change hands; public."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from certification.basis.ids import is_id
from certification.basis.transaction import run
from market.access import deeds, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.domain.places import commands, queries
from market.domain.places.rules import DefinePlace, PlaceDefined, PlaceView, Window

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Search = Annotated[str, QueryParameter(max_length=80)]
E6 = Annotated[int, msgspec.Meta(ge=-180_000_000, le=180_000_000)]


class NewPlace(DefinePlace, frozen=True):
    name_th: Name
    name_en: Name
    lat_e6: E6
    lon_e6: E6
    windows: Annotated[tuple[Window, ...], msgspec.Meta(max_length=50)] = ()


@get(
    "/api/v1/places",
    opt={"op": "place.read"},
    tags=["places"],
    summary="All, or of a network, or by a part of a name",
)
async def list_places(network: FromQuery[str] = "", q: Search = "") -> list[PlaceView]:
    if q:
        return await queries.search(q)
    if not network:
        return await queries.all_places()
    await whose.of_group(network)
    return await queries.places(network)


@get("/api/v1/places/{id:str}", opt={"op": "place.read"}, tags=["places"], summary="One place")
async def read_place(id: FromPath[str]) -> PlaceView:
    if not is_id(id):
        raise NotThere
    return await queries.public_place(id)


@post("/api/v1/places", opt={"op": "place.define"}, tags=["places"], summary="Name a place")
async def define_place(
    data: JSONBody[NewPlace], permit: NamedDependency[Permit], at: NamedDependency[datetime]
) -> PlaceDefined:
    permit.check(await whose.of_group(data.network))
    deeds.ensure_storable(data, data.id)
    return await run(commands.define, data, by=permit.person, at=at)


DOORS = [list_places, read_place, define_place]
