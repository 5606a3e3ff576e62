"""Plots and what is planted on them."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.units import local_day
from certification.plots import commands, queries
from certification.plots.queries import PlantingView, PlotView
from certification.plots.rules import CropPlanted, Overlap, PlantCrop, PlotRegistered, RegisterPlot
from market.access import deeds, whose
from market.access.permit import Permit

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class NewPlanting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`on_behalf_of`: the farmer, where a helper types."""

    id: str
    crop: str
    area_m2: int
    sown_on: date
    variety: str | None = None
    on_behalf_of: str | None = None


class PlotShown(msgspec.Struct, frozen=True):
    plot: PlotView
    farmer: str
    """Who farms it today."""
    plantings: list[PlantingView]
    overlaps: tuple[Overlap, ...]


@post(
    "/api/v1/plots",
    opt={"op": "plot.register"},
    tags=["plots"],
    summary="Register a plot by its outline (GeoJSON) or by a point and an area",
)
async def register_plot(data: JSONBody[RegisterPlot], permit: Mine, at: Now) -> PlotRegistered:
    permit.check(await whose.of_group(data.group, owner=data.farmer))
    if data.replaces is not None:
        _, place = await whose.plot(data.replaces, at)
        permit.check(place)
    by, whom = permit.person, deeds.For(data.farmer, data.group)
    return await deeds.once(commands.register, data, PlotRegistered, by=by, at=at, whom=whom)


@get(
    "/api/v1/plots",
    opt={"op": "plot.read"},
    tags=["plots"],
    summary="My plots, or those of a group",
)
async def list_plots(permit: Mine, at: Now, group: FromQuery[str] = "") -> list[PlotView]:
    if not group:
        return await queries.of_farmer(permit.person, local_day(at))
    permit.check(await whose.of_group(group))
    return await queries.of_group(group)


@get("/api/v1/plots/{id:str}", opt={"op": "plot.read"}, tags=["plots"], summary="One plot")
async def read_plot(id: FromPath[str], permit: Mine, at: Now) -> PlotShown:
    plot, place = await whose.plot(id, at)
    permit.check(place)
    grown, met = await queries.plantings(id), await queries.overlaps(id)
    return PlotShown(plot, place.owner, grown, met)


@post(
    "/api/v1/plots/{id:str}/plantings",
    opt={"op": "planting.add"},
    tags=["plots"],
    summary="Say what is planted; answers with the harvest window and the kilos expected",
)
async def plant(
    id: FromPath[str], data: JSONBody[NewPlanting], permit: Mine, at: Now
) -> CropPlanted:
    _, place = await whose.plot(id, at)
    permit.check(place)
    planting = PlantCrop(
        data.id, id, data.crop, data.area_m2, data.sown_on, data.variety, data.on_behalf_of
    )
    by, whom = permit.person, deeds.For(place.owner, place.group, id)
    return await deeds.once(commands.plant, planting, CropPlanted, by=by, at=at, whom=whom)


DOORS = [register_plot, list_plots, read_plot, plant]
