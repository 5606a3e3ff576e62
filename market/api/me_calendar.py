"""The address at which the own calendar asks what is to be fetched."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, delete, post
from litestar.di import NamedDependency

from certification.basis.transaction import run
from market.access.permit import Permit, Place
from market.domain.orders import feeds

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class Feed(msgspec.Struct, frozen=True):
    """Empty: none."""

    address: str


@post("/api/v1/me/calendar", opt={"op": "me.edit"}, tags=["orders"],
      summary="Make the address, told this once; one that was out before ends")  # fmt: skip
async def make(request: Request[Any, Any, Any], permit: Mine, at: At) -> Feed:
    permit.check(Place(owner=permit.person))
    ending = await run(feeds.make, permit.person, at=at)
    return Feed(f"{request.app.state.settings.origin}/calendar/{ending}/orders.ics")


@delete("/api/v1/me/calendar", opt={"op": "me.edit"}, status_code=200, tags=["orders"],
        summary="End the address: nothing is told there any more")  # fmt: skip
async def end(permit: Mine, at: At) -> Feed:
    permit.check(Place(owner=permit.person))
    await run(feeds.end, permit.person, at=at)
    return Feed("")


DOORS = [make, end]
