"""What somebody orders every week without asking anew, and favourites; of whoever is signed in."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.ids import is_id
from certification.basis.transaction import run
from market.access import deeds
from market.access.permit import Permit
from market.domain.products.rules import NoProduct
from market.domain.standing import commands, queries
from market.domain.standing.queries import StandingView
from market.domain.standing.rules import Begin, Begun, Ended, Pause

Mine = NamedDependency[Permit]
At = NamedDependency[datetime]


class Skip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    next_round: bool


@get("/api/v1/standing-orders", opt={"op": "me.read"}, tags=["standing orders"],
     summary="Mine, with what became of the last rounds")  # fmt: skip
async def read(permit: Mine) -> list[StandingView]:
    return await queries.of_person(permit.person)


@post("/api/v1/standing-orders", opt={"op": "me.edit"}, tags=["standing orders"],
      summary="Order it in every round, or in every second week's")  # fmt: skip
async def begin(data: JSONBody[Begin], permit: Mine, at: At) -> Begun:
    deeds.ensure_storable(data, data.id, data.merchant, data.place)
    return await run(commands.begin, data, by=permit.person, at=at)


@put("/api/v1/standing-orders/{id:str}/pause", opt={"op": "me.edit"}, tags=["standing orders"],
     summary="Rounds fetched on these days pass it by")  # fmt: skip
async def pause(id: FromPath[str], data: JSONBody[Pause], permit: Mine, at: At) -> StandingView:
    return await _done(id, permit, run(commands.pause, id, data, by=permit.person, at=at))


@delete("/api/v1/standing-orders/{id:str}/pause", opt={"op": "me.edit"}, status_code=200,
        tags=["standing orders"], summary="It goes on")  # fmt: skip
async def go_on(id: FromPath[str], permit: Mine, at: At) -> StandingView:
    return await _done(id, permit, run(commands.pause, id, None, by=permit.person, at=at))


@put("/api/v1/standing-orders/{id:str}/skip", opt={"op": "me.edit"}, tags=["standing orders"],
     summary="The next round passes it by, or not after all")  # fmt: skip
async def skip(id: FromPath[str], data: JSONBody[Skip], permit: Mine) -> StandingView:
    deed = run(commands.skip, id, next_round=data.next_round, by=permit.person)
    return await _done(id, permit, deed)


@put("/api/v1/standing-orders/{id:str}/end", opt={"op": "me.edit"}, tags=["standing orders"],
     summary="No more; orders that came of it stay")  # fmt: skip
async def end(id: FromPath[str], permit: Mine, at: At) -> Ended:
    return await run(commands.end, id, by=permit.person, at=at)


@get("/api/v1/favourites", opt={"op": "me.read"}, tags=["standing orders"],
     summary="Products I like, the newest first")  # fmt: skip
async def favourites(permit: Mine) -> list[str]:
    return await queries.favourites(permit.person)


@put("/api/v1/favourites/{product:str}", opt={"op": "me.edit"}, tags=["standing orders"],
     summary="Keep as a favourite")  # fmt: skip
async def keep(product: FromPath[str], permit: Mine, at: At) -> list[str]:
    return await _kept(product, permit, at, kept=True)


@delete("/api/v1/favourites/{product:str}", opt={"op": "me.edit"}, status_code=200,
        tags=["standing orders"], summary="No favourite any more")  # fmt: skip
async def forget(product: FromPath[str], permit: Mine, at: At) -> list[str]:
    return await _kept(product, permit, at, kept=False)


async def _done(id: str, permit: Permit, deed: Awaitable[None]) -> StandingView:
    await deed
    return await queries.view(id, permit.person)


async def _kept(product: str, permit: Permit, at: datetime, *, kept: bool) -> list[str]:
    if not is_id(product):
        raise NoProduct(product=product[:40])
    await run(commands.keep, product, kept=kept, by=permit.person, at=at)
    return await queries.favourites(permit.person)


DOORS = [read, begin, pause, go_on, skip, end, favourites, keep, forget]
