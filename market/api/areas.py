"""Provinces, districts and tambons by DOPA code; public."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import FromPath, QueryParameter

from certification.areas import queries
from certification.areas.rules import Area, UnknownArea
from market.access.refusals import NotThere

Search = Annotated[str, QueryParameter(min_length=1, max_length=80)]


@get("/api/v1/areas", opt={"op": "area.read"}, tags=["areas"], summary="Search areas by name")
async def search_areas(q: Search) -> list[Area]:
    return list(queries.search(q, limit=20))


@get("/api/v1/areas/{code:str}", opt={"op": "area.read"}, tags=["areas"], summary="One area")
async def read_area(code: FromPath[str]) -> Area:
    try:
        return queries.area(code)
    except UnknownArea:
        raise NotThere from None


DOORS = [search_areas, read_area]
