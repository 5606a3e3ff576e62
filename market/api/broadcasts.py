"""Messages to a group or an area: looked at before, written, stopped, and what was written."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access import broadcasts, deeds
from market.access.permit import Permit
from market.domain.broadcasts import commands, queries, rules
from market.domain.broadcasts.rules import (
    BroadcastStopped,
    BroadcastView,
    BroadcastWritten,
    Reach,
    WriteBroadcast,
)

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
TAGS = ["notices"]


class ReachAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group or network, or an area by its DOPA code."""

    organ: str = ""
    area: str = ""


@post(
    "/api/v1/broadcast-reach",
    opt={"op": "broadcast.send"},
    status_code=200,
    tags=TAGS,
    summary="Whom a message would reach, and how: counts only, nothing is sent",
)
async def look(data: JSONBody[ReachAsked], permit: Mine, at: Now) -> Reach:
    await broadcasts.ensure_within(permit, data.organ, data.area)
    return await queries.reach(data.organ or None, data.area or None, at)


@post(
    "/api/v1/broadcasts",
    opt={"op": "broadcast.send"},
    tags=TAGS,
    summary="Write to a group or an area; it goes out ten minutes later",
)
async def write(data: JSONBody[WriteBroadcast], permit: Mine, at: Now) -> BroadcastWritten:
    await broadcasts.ensure_within(permit, data.organ, data.area)
    rules.ensure_sound(data)
    return await deeds.once(commands.write, data, BroadcastWritten, by=permit.person, at=at)


@get(
    "/api/v1/broadcasts",
    opt={"op": "broadcast.send"},
    tags=TAGS,
    summary="What was written to one's own groups or areas, the newest first",
)
async def read_all(permit: Mine) -> list[BroadcastView]:
    return await broadcasts.listed(permit)


@put(
    "/api/v1/broadcasts/{id:str}/stop",
    opt={"op": "broadcast.send"},
    tags=TAGS,
    summary="Stop a message that has not gone out yet",
)
async def stop(id: FromPath[str], permit: Mine, at: Now) -> BroadcastStopped:
    await broadcasts.one(permit, id)
    return await run(commands.stop, id, by=permit.person, at=at)


DOORS = [look, write, read_all, stop]
