"""Several orders asked at once, of one merchant each: what can be had is placed, whatever else."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from certification.basis.refusal import Refusal
from market.access.permit import Permit
from market.answers.language import words_for
from market.api.orders import NewOrder, wanted
from market.domain.orders import placing
from market.domain.orders.rules import OrderPlaced

At = NamedDependency[datetime]
Ask = Request[Any, Any, Any]
ORDERS_MAX = 8


class Basket(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    orders: Annotated[list[NewOrder], msgspec.Meta(min_length=1, max_length=ORDERS_MAX)]
    """One for each round; sent again with the same ids, what stands is answered as before."""


class Refused(msgspec.Struct, frozen=True):
    code: str
    title: str


class Outcome(msgspec.Struct, frozen=True):
    """Of one of them: either it stands, or it says why not."""

    id: str
    placed: OrderPlaced | None = None
    refused: Refused | None = None


@post(
    "/api/v1/baskets",
    opt={"op": "order.place"},
    tags=["orders"],
    summary="Place the orders of several rounds; refused only where none of them can be had",
)
async def place(
    request: Ask, data: JSONBody[Basket], permit: NamedDependency[Permit], at: At
) -> list[Outcome]:
    asked = [await wanted(one, permit.person) for one in data.orders]
    found, refused, say = list[Outcome](), list[Refusal](), words_for(request)
    for one in asked:
        try:
            placed = await placing.place(one, by=one.buyer, at=at)
            found.append(Outcome(one.id, placed=placed))
        except Refusal as no:
            refused.append(no)
            found.append(Outcome(one.id, refused=Refused(no.code, say.refusal(no))))
    if len(refused) == len(asked):
        raise refused[0]
    return found


DOORS = [place]
