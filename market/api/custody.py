"""Goods from place to place, and every step of a lot."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access import crates, deeds, whose
from market.access.permit import Permit
from market.domain.custody import chain, moving, under_way
from market.domain.custody.chain import Step
from market.domain.custody.moves import (
    Dispatched,
    Explain,
    Explained,
    Line,
    Receive,
    Received,
    Send,
)
from market.domain.custody.under_way import DifferenceView, DispatchView

Mine = NamedDependency[Permit]
At = NamedDependency[datetime]


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    reason: str


class DispatchSent(msgspec.Struct, frozen=True):
    dispatch: DispatchView
    lines: tuple[Line, ...]


@get(
    "/api/v1/dispatches", opt={"op": "custody.read"}, tags=["custody"],
    summary="Under way first, those that are late at the top",
)  # fmt: skip
async def list_dispatches(permit: Mine) -> list[DispatchView]:
    return await under_way.dispatches(permit.groups())


@get(
    "/api/v1/dispatches/{id:str}", opt={"op": "custody.read"}, tags=["custody"],
    summary="What was sent from where to where",
)  # fmt: skip
async def read_dispatch(id: FromPath[str], permit: Mine) -> DispatchSent:
    found, place = await crates.dispatch(id)
    permit.check(place)
    return DispatchSent(found, tuple(await under_way.sent(id)))


@post(
    "/api/v1/dispatches", opt={"op": "custody.work"}, tags=["custody"],
    summary="Send lots and crates; an arrival that was told before is matched at once",
)  # fmt: skip
async def send(data: JSONBody[Send], permit: Mine, at: At) -> Dispatched:
    permit.check(await whose.of_group(data.owner))
    for place in (data.from_place, data.to_place):
        await crates.ensure_place(permit, place)
    deeds.ensure_storable(data, data.id)
    return await run(moving.send, data, by=permit.person, at=at)


@post(
    "/api/v1/arrivals", opt={"op": "custody.work"}, tags=["custody"],
    summary="Count what came; before its dispatch is known it waits for it",
)  # fmt: skip
async def receive(data: JSONBody[Receive], permit: Mine, at: At) -> Received:
    await crates.ensure_place(permit, data.place)
    deeds.ensure_storable(data, data.id, data.dispatch)
    return await run(moving.receive, data, by=permit.person, at=at)


@get(
    "/api/v1/custody-differences", opt={"op": "custody.read"}, tags=["custody"],
    summary="What came otherwise than it was sent, unexplained first",
)  # fmt: skip
async def list_differences(permit: Mine) -> list[DifferenceView]:
    return await under_way.differences(permit.groups())


@post(
    "/api/v1/custody-differences/{id:str}/reason", opt={"op": "custody.work"}, tags=["custody"],
    summary="Say why, once",
)  # fmt: skip
async def explain(id: FromPath[str], data: JSONBody[Reason], permit: Mine, at: At) -> Explained:
    _, place = await crates.difference(id)
    permit.check(place)
    asked = Explain(data.id, id, data.reason)
    deeds.ensure_storable(asked, asked.id)
    return await run(moving.explain, asked, by=permit.person, at=at)


@get(
    "/api/v1/lots/{id:str}/chain", opt={"op": "lot.read"}, tags=["custody"],
    summary="Every step of custody of a lot in order, what is public and what is private apart",
)  # fmt: skip
async def read_chain(id: FromPath[str], permit: Mine) -> list[Step]:
    _, place = await whose.lot(id)
    permit.check(place)
    return list(await chain.chain(id))


DOORS = [
    list_dispatches, read_dispatch, send, receive, list_differences, explain, read_chain,
]  # fmt: skip
