"""Several goods of a round for one price."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access import deeds, whose
from market.access.permit import Permit
from market.domain.bundles import commands, queries
from market.domain.bundles.queries import BundleView
from market.domain.bundles.rules import PARTS_MAX, Made, MakeBundle, Part, TakenBack
from market.domain.offers.rules import SATANG_PER_KG_MAX

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class NewBundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ordered by `bundles` of an order; it becomes lines, one of each part."""

    id: str
    name_th: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    name_en: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    satang: Annotated[int, msgspec.Meta(ge=1, le=SATANG_PER_KG_MAX)]
    parts: Annotated[list[Part], msgspec.Meta(min_length=2, max_length=PARTS_MAX)]


@get("/api/v1/cycles/{id:str}/bundles", opt={"op": "shop.read"}, tags=["offers"],
     summary="Bundles of a round, and the part of which there is not enough")  # fmt: skip
async def listed(id: FromPath[str]) -> list[BundleView]:
    await whose.cycle(id)
    return await queries.of_cycle(id)


@post("/api/v1/cycles/{id:str}/bundles", opt={"op": "offer.make"}, tags=["offers"],
      summary="Put goods of a round together for one price")  # fmt: skip
async def make(id: FromPath[str], data: JSONBody[NewBundle], permit: Mine, at: At) -> Made:
    _, place = await whose.cycle(id)
    permit.check(place)
    products = [product for part in data.parts for product in part.products]
    deeds.ensure_storable(data, data.id, *products)
    for product in products:
        permit.check((await whose.product(product))[1])
    asked = MakeBundle(data.id, id, data.name_th, data.name_en, data.satang, tuple(data.parts))
    return await run(commands.make, asked, by=permit.person, at=at)


@put("/api/v1/bundles/{id:str}/withdrawal", opt={"op": "offer.withdraw"}, tags=["offers"],
     summary="Offer it no longer; what was ordered stays ordered")  # fmt: skip
async def withdraw(id: FromPath[str], permit: Mine, at: At) -> TakenBack:
    _, place = await whose.bundle(id)
    permit.check(place)
    return await run(commands.withdraw, id, by=permit.person, at=at)


DOORS = [listed, make, withdraw]
