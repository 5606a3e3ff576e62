"""The province's view: counts for everybody, plots for its officers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from certification.basis import codes
from certification.basis.units import local_day
from certification.crops import queries as crops
from market.access import province
from market.access.permit import Permit
from market.domain.registry import queries
from market.domain.registry.queries import Counts, InTambon, Listed

At = NamedDependency[datetime]
Code = Annotated[str, QueryParameter(max_length=20)]
Crop = Annotated[str, QueryParameter(max_length=40)]


class CountsShown(msgspec.Struct, frozen=True):
    counts: Counts
    tambons: tuple[InTambon, ...]


@get(
    "/api/v1/registry/counts",
    opt={"op": "registry.count"},
    tags=["registry"],
    summary="Plots, farmers, groups, certified land and produce of an area; without one, of all",
)
async def read_counts(at: At, area: Code = "") -> CountsShown:
    today = local_day(at)
    return CountsShown(await queries.counts(area, today), await queries.by_tambon(area))


@get(
    "/api/v1/registry/plots",
    opt={"op": "registry.read"},
    tags=["registry"],
    summary="Plots of the officer's area by code, tambon or crop; 100 at once, go on with `after`",
)
async def find_plots(
    permit: NamedDependency[Permit],
    at: At,
    area: Code = "",
    code: Code = "",
    crop: Crop = "",
    after: Code = "",
) -> list[Listed]:
    within = province.asked(permit, area)
    if crop:
        crops.crop(crop)
    found = await queries.plots(
        within, local_day(at), code=codes.read(code), crop=crop, after=codes.read(after)
    )
    return list(found)


DOORS = [read_counts, find_plots]
