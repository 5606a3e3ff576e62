"""The merchant cannot give what was ordered: the order ends, and what was paid is credit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Missing, Refusal
from certification.basis.transaction import run
from market.access import books
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import discount, held
from market.domain.orders import commands, queries
from market.domain.orders.queries import StoredOrder
from market.domain.orders.rules import CancelOrder
from market.web import money
from market.web.page import onward, page

Ask = Request[Any, Any, Any]
Mine = NamedDependency[Permit]


@get("/stall/{code:str}/cancel", opt={"op": "order.call_off"})
async def cancel_page(request: Ask, code: FromPath[str], permit: Mine) -> Response[bytes]:
    return await _shown(request, await _found(code, permit))


@post("/stall/{code:str}/cancel", opt={"op": "order.call_off"})
async def cancel(
    request: Ask, code: FromPath[str], permit: Mine, at: NamedDependency[datetime]
) -> Response[bytes]:
    """Pressed twice it is cancelled all the same."""
    order = await _found(code, permit)
    try:
        if order.state != "cancelled":
            wished = CancelOrder(order.id, order.merchant)
            await run(commands.cancel, wished, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, await _found(code, permit), no)
    return onward(f"/stall/{order.code}")


async def _found(code: str, permit: Permit) -> StoredOrder:
    if "\0" in code:
        raise NotThere
    try:
        id = await queries.id_of(code)
    except Missing:
        raise NotThere from None
    order, place = await books.order(id)
    permit.check(place)
    return order


async def _shown(request: Ask, order: StoredOrder, no: Refusal | None = None) -> Response[bytes]:
    names = await money.people_called([order.buyer], words_for(request))
    kept = await balance(held(order.merchant, order.id))
    less = await balance(discount(order.merchant, order.id)) if kept else 0
    return page(
        request, "stall_cancel.html", no=no, order=order, name=names[order.buyer],
        lines=(await queries.merchants(order.id, order.merchant)).lines,
        open=order.state in ("held", "confirmed"), back_satang=kept - less,
    )  # fmt: skip


DOORS = [cancel_page, cancel]
