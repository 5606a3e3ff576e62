"""A truck's journeys through a day, as the published plan drives them, and their files."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from market.access import journeys
from market.access.permit import Permit
from market.domain.journeys import files
from market.domain.journeys.rules import Journey, NoPaper

Mine = NamedDependency[Permit]


@get(
    "/api/v1/truck-days/{day:str}/journeys",
    opt={"op": "truck_paper.read"},
    tags=["truck days"],
    summary="Every visit of each truck, with times, goods, orders and who is there to meet",
)
async def list_journeys(day: FromPath[str], permit: Mine) -> list[Journey]:
    return await journeys.journeys(day, permit)


@get(
    "/api/v1/truck-days/{day:str}/journeys/{file:str}",
    opt={"op": "truck_paper.read"},
    tags=["truck days"],
    summary="Of one truck: `journey.gpx` (GPX 1.1) or `journey.geojson` (RFC 7946)",
    media_type="application/*",  # which, says each answer
)
async def read_file(day: FromPath[str], file: FromPath[str], permit: Mine) -> Response[bytes]:
    of = await journeys.journey(day, permit)
    if file == "journey.gpx":
        return Response(files.gpx(of), media_type="application/gpx+xml")
    if file == "journey.geojson":
        return Response(files.geojson(of), media_type="application/geo+json")
    raise NoPaper()


DOORS = [list_journeys, read_file]
