"""A guest's order put with the own ones, by whoever signs in and holds its key."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from litestar import Request, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.transaction import run
from market.access.permit import Permit
from market.access.refusals import NotSignedIn
from market.api.orders import KEY_HEADER, found_for
from market.domain.orders import keeping
from market.domain.orders.keeping import OrderKept

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Ask = Request[Any, Any, Any]


@put(
    "/api/v1/orders/{id:str}/keeping",
    opt={"op": "order.change"},
    tags=["orders"],
    summary="A guest's order becomes mine; its key in the header X-Order-Key",
)
async def keep(request: Ask, id: FromPath[str], permit: Mine, at: At) -> OrderKept:
    if not permit.person:
        await found_for(request, id, permit)
        raise NotSignedIn
    key = request.headers.get(KEY_HEADER, "")
    return await run(keeping.keep, id, sha256(key.encode()).hexdigest(), by=permit.person, at=at)


DOORS = [keep]
