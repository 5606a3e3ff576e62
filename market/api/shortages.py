"""Less came than was ordered: how it would be shared out, sharing it, and why each got what."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.transaction import run
from market.access import deeds, shortages
from market.access.permit import Permit
from market.api.orders import found_for
from market.domain.shortage import commands, queries
from market.domain.shortage.queries import Preview, Reason
from market.domain.shortage.rules import (
    GRAMS_MAX,
    Kind,
    ServedFirst,
    ServeFirst,
    SharedOut,
    ShareOut,
    ShortTold,
    TellShort,
)

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Ask = Request[Any, Any, Any]
Grams = Annotated[int, msgspec.Meta(ge=0, le=GRAMS_MAX)]


class Confirmed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`seen`: as the preview said."""

    id: str
    grams: Grams
    seen: Annotated[str, msgspec.Meta(max_length=64)]


class Coming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    grams: Grams


class First(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The buyer of an order, by its code; `kind` null: served in turn again."""

    id: str
    order: Annotated[str, msgspec.Meta(max_length=40)]
    kind: Kind | None


@get(
    "/api/v1/offers/{id:str}/shortage",
    opt={"op": "shortage.read"},
    tags=["offers"],
    summary="How so many grams would be shared out; nothing changes",
)
async def preview(id: FromPath[str], permit: Mine, grams: FromQuery[Grams] = 0) -> Preview:
    of, place = await shortages.offer(id)
    permit.check(place)
    return await queries.preview(of.offer, grams)


@put(
    "/api/v1/offers/{id:str}/shortage",
    opt={"op": "shortage.share"},
    tags=["offers"],
    summary="Share out what came as the preview showed it: orders, stock and credit at once",
)
async def share_out(
    id: FromPath[str], data: JSONBody[Confirmed], permit: Mine, at: At
) -> SharedOut:
    _, place = await shortages.offer(id)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    asked = ShareOut(data.id, id, data.grams, data.seen)
    return await run(commands.share_out, asked, by=permit.person, at=at)


@put(
    "/api/v1/offers/{id:str}/coming",
    opt={"op": "shortage.tell"},
    tags=["offers"],
    summary="Say that only so much comes; the seller shares it out",
)
async def tell(id: FromPath[str], data: JSONBody[Coming], permit: Mine, at: At) -> ShortTold:
    _, place = await shortages.grown(id)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    return await run(commands.tell, TellShort(data.id, id, data.grams), by=permit.person, at=at)


@put(
    "/api/v1/offers/{id:str}/served-first",
    opt={"op": "shortage.share"},
    tags=["offers"],
    summary="Say whom the seller of this offer serves first where less comes",
)
async def serve_first(
    id: FromPath[str], data: JSONBody[First], permit: Mine, at: At
) -> ServedFirst:
    of, place = await shortages.offer(id)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    asked = ServeFirst(data.id, of.merchant, data.order, data.kind)
    return await run(commands.serve_first, asked, by=permit.person, at=at)


@get(
    "/api/v1/orders/{id:str}/shortages",
    opt={"op": "order.read"},
    tags=["orders"],
    summary="Why less is given of an order than was ordered, with the numbers",
)
async def reasons(request: Ask, id: FromPath[str], permit: Mine) -> list[Reason]:
    return await queries.reasons((await found_for(request, id, permit)).order.id)


DOORS = [preview, share_out, tell, serve_first, reasons]
