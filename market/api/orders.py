"""Orders of whoever is signed in, or of a guest who holds the order's key."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec.structs import replace

from certification.basis.asked import for_good
from certification.basis.ids import following, is_id
from certification.basis.transaction import run
from market.access import deeds, whose
from market.access.permit import Permit
from market.access.refusals import NotSignedIn
from market.domain.bundles.rules import COUNT_MAX
from market.domain.bundles.rules import Wanted as WantedBundle
from market.domain.orders import changing, commands, moving, neighbour, placing, queries
from market.domain.orders.changing import Change, OrderChanged
from market.domain.orders.moving import MoveOrder, OrderMoved
from market.domain.orders.queries import OrderView, StoredOrder
from market.domain.orders.refusals import NoSuchOrder
from market.domain.orders.rules import (
    GUEST_KEY,
    LINES_MAX,
    CancelOrder,
    Guest,
    IfShort,
    Line,
    OrderCancelled,
    OrderConfirmed,
    OrderPlaced,
    PlaceOrder,
    Rail,
    Weighed,
)
from market.domain.payments import commands as payments
from market.domain.payments import queries as paying
from market.domain.payments.queries import RequestView

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Ask = Request[Any, Any, Any]
Key = Annotated[str, msgspec.Meta(pattern=GUEST_KEY)]
KEY_HEADER = "x-order-key"


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Grams, or pieces of what is sold by the piece."""

    offer: str
    grams: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0
    pieces: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    if_short: IfShort = "less"
    """What is wanted where less comes: less of it, other goods, or nothing."""
    least_grams: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)] | None = None
    instead: str | None = None
    """The offer of which the missing part is wanted, for `substitute`."""


class ByGuest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`key`: a secret of 128 bits or more that the asker makes; it opens this order again."""

    name: Annotated[str, msgspec.Meta(max_length=120)]
    phone: Annotated[str, msgspec.Meta(max_length=30)]
    key: Key


class Bundled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    bundle: str
    count: Annotated[int, msgspec.Meta(ge=1, le=COUNT_MAX)] = 1


class NewOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    cycle: str
    rail: Rail
    lines: Annotated[list[Wanted], msgspec.Meta(max_length=LINES_MAX)]
    guest: ByGuest | None = None
    """Who is not signed in says who picks the goods up."""
    bundles: Annotated[list[Bundled], msgspec.Meta(max_length=LINES_MAX)] = msgspec.field(
        default_factory=list
    )
    """Each becomes lines, one of each of its parts."""
    stop: str | None = None
    """One of the cycle's `stops`; may be left out where there is one only."""


class Changing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    lines: Annotated[list[Weighed], msgspec.Meta(min_length=1, max_length=LINES_MAX)]
    """Those that change, with the grams that shall be theirs."""
    later: bool = False
    """What is added is paid at the pick-up; now only what the round's deposit asks of all of it."""


class Pass(msgspec.Struct, frozen=True):
    code: str
    """Empty: none."""


class Asking(msgspec.Struct, frozen=True):
    """What to transfer; `payload` is what the PromptPay QR holds.

    `state`: awaiting, paid, expired, cancelled; after paid part_refunded, refunded.
    """

    satang: int
    discount_satang: int
    expires_at: datetime | None
    state: str
    payload: str


@post("/api/v1/orders", opt={"op": "order.place"}, tags=["orders"], summary="Place an order")
async def place(data: JSONBody[NewOrder], permit: Mine, at: At) -> OrderPlaced:
    asked = await wanted(data, permit.person)
    return await placing.place(asked, by=asked.buyer, at=at)


async def wanted(data: NewOrder, person: str) -> PlaceOrder:
    ids = [
        data.id,
        *(named for line in data.lines for named in (line.offer, line.instead) if named),
        *(b.bundle for b in data.bundles),
        *([data.stop] if data.stop else []),
    ]
    deeds.ensure_storable(data, *ids)
    await whose.cycle(data.cycle)
    return replace(_asked(data, person), bundles=_bundles(data))


def _bundles(data: NewOrder) -> tuple[WantedBundle, ...]:
    return tuple(
        WantedBundle(following(data.id, f"bundle {n}"), one.bundle, one.count)
        for n, one in enumerate(data.bundles)
    )


@get("/api/v1/orders", opt={"op": "me.read"}, tags=["orders"], summary="My orders")
async def list_orders(permit: Mine) -> list[StoredOrder]:
    return await queries.orders_of(permit.person)


@get(
    "/api/v1/orders/{id:str}",
    opt={"op": "order.read"},
    tags=["orders"],
    summary="One order; a guest's with its key in the header X-Order-Key",
)
async def read(request: Ask, id: FromPath[str], permit: Mine) -> OrderView:
    return await found_for(request, id, permit)


@put(
    "/api/v1/orders/{id:str}/payment-request",
    opt={"op": "order.change"},
    tags=["orders"],
    summary="The exact amount to transfer by PromptPay",
)
async def ask_for_money(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Asking:
    order = (await found_for(request, id, permit)).order
    await run(payments.request, id, by=order.buyer, at=at)
    asked = await paying.request_of(id)
    assert asked
    return _asking(asked)


@put(
    "/api/v1/orders/{id:str}/cash",
    opt={"op": "order.change"},
    tags=["orders"],
    summary="Pay in cash at the stall instead of by PromptPay",
)
async def pay_at_stall(request: Ask, id: FromPath[str], permit: Mine, at: At) -> OrderConfirmed:
    order = (await found_for(request, id, permit)).order
    if order.state == "confirmed" and order.rail == "cash":
        return OrderConfirmed(id, order.rail)
    return await run(commands.pay_at_stall, id, by=order.buyer, at=at)


@put(
    "/api/v1/orders/{id:str}/cancellation",
    opt={"op": "order.change"},
    tags=["orders"],
    summary="Cancel it; what was paid becomes credit",
)
async def cancel(request: Ask, id: FromPath[str], permit: Mine, at: At) -> OrderCancelled:
    order = (await found_for(request, id, permit)).order
    return await run(commands.cancel, CancelOrder(id), by=order.buyer, at=at)


@put(
    "/api/v1/orders/{id:str}/change",
    opt={"op": "order.change"},
    tags=["orders"],
    summary="More or less of what is ordered, until the round closes",
)
async def change(
    request: Ask, id: FromPath[str], data: JSONBody[Changing], permit: Mine, at: At
) -> OrderChanged:
    order = (await found_for(request, id, permit)).order
    deeds.ensure_storable(data, data.id)
    wanted = Change(data.id, id, tuple(data.lines), data.later)
    return await for_good(changing.change, wanted, by=order.buyer, at=at)


@put(
    "/api/v1/orders/{id:str}/neighbour",
    opt={"op": "order.change"},
    tags=["orders"],
    summary="A code with which a neighbour fetches it, and nothing else",
)
async def give(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Pass:
    order = (await found_for(request, id, permit)).order
    return Pass(await run(neighbour.give, id, by=order.buyer, at=at))


@delete(
    "/api/v1/orders/{id:str}/neighbour",
    opt={"op": "order.change"},
    status_code=200,
    tags=["orders"],
    summary="The neighbour's code fetches nothing any more",
)
async def take_back(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Pass:
    order = (await found_for(request, id, permit)).order
    await run(neighbour.take_back, id, by=order.buyer, at=at)
    return Pass("")


class Elsewhere(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    stop: str


@put(
    "/api/v1/orders/{id:str}/place",
    opt={"op": "order.change"},
    tags=["orders"],
    summary="Fetch it at another place of its round",
)
async def move(
    request: Ask, id: FromPath[str], data: JSONBody[Elsewhere], permit: Mine, at: At
) -> OrderMoved:
    order = (await found_for(request, id, permit)).order
    deeds.ensure_storable(data, data.stop)
    return await run(moving.move, MoveOrder(id, data.stop), by=order.buyer, at=at)


def _asked(data: NewOrder, person: str) -> PlaceOrder:
    if not person and data.guest is None:
        raise NotSignedIn
    guest = None
    if not person and data.guest:
        guest = Guest(data.guest.name, data.guest.phone, _hash(data.guest.key))
    lines = tuple(
        Line(
            following(data.id, f"{number}"),
            line.offer,
            line.grams,
            line.pieces,
            line.if_short,
            line.least_grams,
            line.instead,
        )
        for number, line in enumerate(data.lines)
    )
    buyer = person or following(data.id, "guest")
    return PlaceOrder(data.id, data.cycle, buyer, data.rail, lines, guest, data.stop)


async def found_for(request: Ask, id: str, permit: Permit) -> OrderView:
    """NoSuchOrder, whether it is not there or not for whoever asks."""
    key = request.headers.get(KEY_HEADER, "")
    if not is_id(id) or not (key or permit.person):
        raise NoSuchOrder()
    return await (queries.guests(id, _hash(key)) if key else queries.own(id, permit.person))


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def _asking(asked: RequestView) -> Asking:
    return Asking(
        asked.satang, asked.discount_satang, asked.expires_at, asked.status, asked.payload
    )


DOORS = [
    place, list_orders, read, ask_for_money, pay_at_stall, cancel, change, give, take_back, move,
]  # fmt: skip
