"""Orders at the stall: who comes today, what was weighed, what is left over."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.asked import for_good
from certification.basis.transaction import run
from market.access import books, deeds, whose
from market.access.permit import Permit
from market.domain.complaints import reweighing
from market.domain.complaints.reweighing import Reweigh, Reweighed
from market.domain.orders import commands, exchanging, packing, queries
from market.domain.orders.exchanging import Exchange, Exchanged
from market.domain.orders.packing import Pack, Packed
from market.domain.orders.queries import OrderView, StoredOrder
from market.domain.orders.rules import (
    LINES_MAX,
    CancelOrder,
    DueBy,
    HandedOver,
    HandOver,
    OrderCancelled,
    Weighed,
)

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class Handover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The grams of every line as the scales show them; nothing handed over is 0."""

    id: str
    lines: Annotated[tuple[Weighed, ...], msgspec.Meta(max_length=LINES_MAX)]
    due_by: DueBy = "cash"
    """How the buyer pays what was not paid before."""


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The grams of every line as the scales show them while it is packed."""

    lines: Annotated[tuple[Weighed, ...], msgspec.Meta(max_length=LINES_MAX)]


class Instead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of a line of a bundle gives way to another offer."""

    id: str
    line: str
    offer: str


class RightWeight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    line: str
    grams: int
    because: str


@get(
    "/api/v1/cycles/{id:str}/handovers",
    opt={"op": "handover.read"},
    tags=["handovers"],
    summary="Orders that are paid, or to be paid at the stall, and not fetched yet",
)
async def to_hand_over(id: FromPath[str], permit: Mine) -> list[StoredOrder]:
    _, place = await whose.cycle(id)
    permit.check(place)
    return await queries.to_hand_over(id)


@get(
    "/api/v1/orders/{id:str}/handover",
    opt={"op": "handover.read"},
    tags=["handovers"],
    summary="An order as the stall sees it, line by line",
)
async def read(id: FromPath[str], permit: Mine) -> OrderView:
    order, place = await books.order(id)
    permit.check(place)
    return await queries.merchants(id, order.merchant)


@put(
    "/api/v1/orders/{id:str}/handover",
    opt={"op": "handover.do"},
    tags=["handovers"],
    summary="Hand over by the weight on the scales, once; what was paid too much becomes credit",
)
async def hand_over(
    id: FromPath[str], data: JSONBody[Handover], permit: Mine, at: Now
) -> HandedOver:
    order, place = await books.order(id)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    given = HandOver(data.id, id, order.merchant, data.lines, data.due_by)
    return await run(commands.hand_over, given, by=permit.person, at=at)


@put(
    "/api/v1/orders/{id:str}/packed-weights",
    opt={"op": "handover.do"},
    tags=["handovers"],
    summary="Weighed while it is packed: the weights wait for the handover, and move no money",
)
async def pack(id: FromPath[str], data: JSONBody[Weights], permit: Mine, at: Now) -> Packed:
    order, place = await books.order(id)
    permit.check(place)
    deeds.ensure_storable(data)
    return await run(packing.pack, Pack(id, order.merchant, data.lines), by=permit.person, at=at)


@put(
    "/api/v1/orders/{id:str}/exchange",
    opt={"op": "handover.do"},
    tags=["handovers"],
    summary="A good of a bundle is not there: another that its part allows is given instead",
)
async def exchange(id: FromPath[str], data: JSONBody[Instead], permit: Mine, at: Now) -> Exchanged:
    order, place = await books.order(id)
    permit.check(place)
    deeds.ensure_storable(data, data.id, data.line, data.offer)
    wanted = Exchange(data.id, id, order.merchant, data.line, data.offer)
    return await for_good(exchanging.exchange, wanted, by=permit.person, at=at)


@put(
    "/api/v1/orders/{id:str}/right-weight",
    opt={"op": "handover.do"},
    tags=["handovers"],
    summary="A weight that was written wrong at handover, put right until the round is divided",
)
async def put_right(
    id: FromPath[str], data: JSONBody[RightWeight], permit: Mine, at: Now
) -> Reweighed:
    order, place = await books.order(id)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    wanted = Reweigh(data.id, id, order.merchant, data.line, data.grams, data.because)
    return await run(reweighing.reweigh, wanted, by=permit.person, at=at)


@put(
    "/api/v1/orders/{id:str}/merchant-cancellation",
    opt={"op": "order.call_off"},
    tags=["handovers"],
    summary="The merchant cannot give it: cancelled, and what was paid becomes credit",
)
async def call_off(id: FromPath[str], permit: Mine, at: Now) -> OrderCancelled:
    order, place = await books.order(id)
    permit.check(place)
    wished = CancelOrder(id, order.merchant)
    return await run(commands.cancel, wished, by=permit.person, at=at)


DOORS = [to_hand_over, read, hand_over, pack, exchange, put_right, call_off]
