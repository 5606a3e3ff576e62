"""The list of crops, and the yields that committees reckon with."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from certification.basis.transaction import run
from certification.crops import commands, queries
from certification.crops.queries import Figure
from certification.crops.rules import Crop, FigureSet, SetFigure, UnknownCrop
from market.access import deeds, whose
from market.access.permit import Permit
from market.access.refusals import NotThere

Search = Annotated[str, QueryParameter(max_length=80)]


class NewFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    network: str
    kg_per_rai: int
    meeting_ref: str


@get("/api/v1/crops", opt={"op": "crop.read"}, tags=["crops"], summary="All, or by a name of it")
async def list_crops(q: Search = "") -> list[Crop]:
    return queries.search(q) if q else list(queries.crops())


@get("/api/v1/crops/{id:str}", opt={"op": "crop.read"}, tags=["crops"], summary="One crop")
async def read_crop(id: FromPath[str]) -> Crop:
    try:
        return queries.crop(id)
    except UnknownCrop:
        raise NotThere from None


@get(
    "/api/v1/networks/{id:str}/figures",
    opt={"op": "crop.figures"},
    tags=["crops"],
    summary="Yields a network's committee has set, the newest first",
)
async def list_figures(id: FromPath[str], permit: NamedDependency[Permit]) -> list[Figure]:
    permit.check(await whose.of_group(id))
    return await queries.figures(id)


@put(
    "/api/v1/crops/{id:str}/figure",
    opt={"op": "crop.set_figure"},
    tags=["crops"],
    summary="Set the kilos per rai that a network reckons with",
)
async def set_figure(
    id: FromPath[str],
    data: JSONBody[NewFigure],
    permit: NamedDependency[Permit],
    at: NamedDependency[datetime],
) -> FigureSet:
    permit.check(await whose.of_group(data.network))
    deeds.ensure_storable(data, data.id)
    figure = SetFigure(data.id, id, data.network, data.kg_per_rai, data.meeting_ref)
    return await run(commands.set_figure, figure, by=permit.person, at=at)


DOORS = [list_crops, read_crop, list_figures, set_figure]
