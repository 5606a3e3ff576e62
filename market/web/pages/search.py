"""What a word may mean: produce, a group, a pick-up place, an area. People are never found here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from certification.areas import queries as areas
from certification.areas.rules import Area
from certification.crops import queries as crops
from certification.crops.rules import Crop
from certification.groups import queries as groups
from certification.groups.rules import GroupView
from market.answers.language import words_for
from market.domain.offers import queries as offers
from market.domain.offers.queries import CycleView, ShopLine
from market.domain.places import queries as places
from market.domain.places.rules import PlaceView
from market.web.page import Ask, page

At = NamedDependency[datetime]
Sought = Annotated[str, QueryParameter(max_length=80)]
EACH = 8


class Meant(msgspec.Struct, frozen=True):
    crops: tuple[Crop, ...]
    groups: tuple[GroupView, ...]
    places: tuple[PlaceView, ...]
    areas: tuple[Area, ...]

    @property
    def nothing(self) -> bool:
        return not (self.crops or self.groups or self.places or self.areas)


async def meant(text: str) -> Meant:
    return Meant(
        tuple(crops.search(text, EACH)),
        tuple(await groups.search(text, EACH)),
        tuple(await places.search(text, EACH)),
        tuple(areas.search(text, EACH)),
    )


@get("/search", opt={"op": "shop.read"})
async def search(request: Ask, at: At, q: Sought = "") -> Response[bytes]:
    language, found = words_for(request).language, await meant(q)
    places_in = {place.id: areas.address(place.tambon, language) for place in found.places}
    return page(
        request,
        "search.html",
        q=q,
        found=found,
        sold=await _sold({crop.id for crop in found.crops}, at),
        where={area.code: areas.address(area.code, language) for area in found.areas} | places_in,
    )


async def _sold(wanted: set[str], at: datetime) -> list[tuple[CycleView, ShopLine]]:
    """What of these crops may be ordered now, in which round."""
    return [
        (cycle, line)
        for cycle in (await offers.open_cycles(at) if wanted else [])
        for line in await offers.shop(cycle.id)
        if line.crop in wanted and line.grams_left >= line.step_grams
    ]


DOORS = [search]
