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
from market.domain.offers import shelves
from market.domain.offers.queries import CycleView, ShopLine
from market.domain.places import queries as places
from market.domain.places.rules import PlaceView
from market.domain.search import queries as names
from market.domain.search.rules import Kind
from market.web.page import Ask, page

At = NamedDependency[datetime]
Sought = Annotated[str, QueryParameter(max_length=80)]
EACH, LOOKED_AT = 8, 200
KINDS: tuple[Kind, ...] = ("crop", "product", "group", "place")


class Meant(msgspec.Struct, frozen=True):
    crops: tuple[Crop, ...]
    groups: tuple[GroupView, ...]
    places: tuple[PlaceView, ...]
    areas: tuple[Area, ...]
    products: tuple[str, ...] = ()
    """The ids of goods that are called so, whatever their crop is called."""

    @property
    def nothing(self) -> bool:
        return not (self.crops or self.groups or self.places or self.areas or self.products)


async def meant(text: str) -> Meant:
    hits = await names.meant(text)
    ids = {kind: [hit.subject for hit in hits if hit.kind == kind][:EACH] for kind in KINDS}
    return Meant(
        tuple(crops.crop(id) for id in ids["crop"]),
        tuple([await groups.group(id) for id in ids["group"]]),
        tuple([await places.place(id) for id in ids["place"]]),
        await _areas(text),
        tuple(ids["product"]),
    )


async def _areas(text: str) -> tuple[Area, ...]:
    """Where groups of ours are comes first; the country has many places of a name."""
    ours = {group.area[:2] for group in await groups.every()}
    found = areas.search(text, LOOKED_AT)
    return tuple(sorted(found, key=lambda area: area.code[:2] not in ours)[:EACH])


@get("/search", opt={"op": "shop.read"})
async def search(request: Ask, at: At, q: Sought = "") -> Response[bytes]:
    language, found = words_for(request).language, await meant(q)
    places_in = {place.id: areas.address(place.tambon, language) for place in found.places}
    return page(
        request, "search.html", q=q, found=found, sold=await _sold(found, at),
        where={area.code: areas.address(area.code, language) for area in found.areas} | places_in,
    )  # fmt: skip


async def _sold(found: Meant, at: datetime) -> list[tuple[CycleView, ShopLine]]:
    """What of these may be ordered now, in which round: a page of each, the best name first."""
    wanted = {crop.id: rank for rank, crop in enumerate(found.crops)}
    called = {product: rank for rank, product in enumerate(found.products)}
    sold: list[tuple[CycleView, ShopLine]] = []
    for cycle in await offers.open_cycles(at) if wanted or called else []:
        kinds = [
            kind
            for kind in await shelves.kinds(cycle.id)
            if kind.id in called or kind.crop in wanted
        ]
        kinds.sort(key=lambda kind: (called.get(kind.id, EACH), wanted.get(kind.crop, EACH)))
        lines = (await shelves.shelf(cycle.id, kinds)).lines
        sold += [(cycle, line) for line in lines if line.grams_left >= line.step_grams]
    return sold


DOORS = [search]
