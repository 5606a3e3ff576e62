"""What is sold in a round."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.ids import is_id
from certification.basis.transaction import run
from market.access import deeds, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.domain.lots import queries as lots
from market.domain.offers import commands, queries
from market.domain.offers.rules import (
    SATANG_PER_KG_MAX,
    STEP_GRAMS_MAX,
    MakeOffer,
    Offered,
    SharedBy,
    Withdrawn,
)

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


Grams = Annotated[int, msgspec.Meta(ge=1, le=STEP_GRAMS_MAX)]


class NewOffer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    stock: str
    product: str
    satang_per_kg: Annotated[int, msgspec.Meta(ge=1, le=SATANG_PER_KG_MAX)]
    step_grams: Annotated[int, msgspec.Meta(ge=1, le=STEP_GRAMS_MAX)]
    piece_grams: Grams | None = None
    """What a piece is expected to weigh; null: as the product says, or it is sold by weight."""
    piece_grams_max: Grams | None = None
    """What it weighs at most: so much is reserved and paid at most for each."""
    shared_by: SharedBy = "first_come"
    """Who gets how much, should less come than was ordered."""


@post(
    "/api/v1/cycles/{id:str}/offers",
    opt={"op": "offer.make"},
    tags=["offers"],
    summary="Offer a lot at a price",
)
async def offer(id: FromPath[str], data: JSONBody[NewOffer], permit: Mine, at: At) -> Offered:
    _, place = await whose.cycle(id)
    permit.check(place)
    deeds.ensure_storable(data, data.id, data.stock, data.product)
    _, of_lot = await whose.lot((await lots.stock(data.stock)).source)
    permit.check(of_lot)
    asked = MakeOffer(
        data.id, id, data.stock, data.product, data.satang_per_kg, data.step_grams,
        data.piece_grams, data.piece_grams_max, data.shared_by,
    )  # fmt: skip
    return await run(commands.offer, asked, by=permit.person, at=at)


@put(
    "/api/v1/offers/{id:str}/withdrawal",
    opt={"op": "offer.withdraw"},
    tags=["offers"],
    summary="Offer it no longer; what was ordered stays ordered",
)
async def withdraw(id: FromPath[str], permit: Mine, at: At) -> Withdrawn:
    known = await queries.terms([id]) if is_id(id) else {}
    if id not in known:
        raise NotThere
    _, place = await whose.cycle(known[id].cycle)
    permit.check(place)
    return await run(commands.withdraw, id, by=permit.person, at=at)


DOORS = [offer, withdraw]
