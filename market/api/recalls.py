"""Goods called back: opened, confirmed, cleared, and who has them."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec.structs import replace

from certification.basis.transaction import run
from market.access import deeds, recalls, whose
from market.access.permit import Permit
from market.domain.recalls import commands, queries, rules
from market.domain.recalls.queries import RecallView, Whole
from market.domain.recalls.rules import Open, Opened

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
TAGS = ["recalls"]


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    yes: bool
    reason: str | None = None
    """Why not."""


class Cleared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lot: str
    reason: str


@get(
    "/api/v1/recalls",
    opt={"op": "recall.read"},
    tags=TAGS,
    summary="Recalls and drills within reach, what holds or waits first",
)
async def list_recalls(permit: Mine) -> list[RecallView]:
    return await recalls.seen(permit)


@get(
    "/api/v1/recalls/{id:str}",
    opt={"op": "recall.read"},
    tags=TAGS,
    summary="Which lots, where each gram is, and who has it; buyers by their ids only",
)
async def recall(id: FromPath[str], permit: Mine) -> Whole:
    _, place = await recalls.recall(id)
    permit.check(place)
    return await queries.whole(id)


@post(
    "/api/v1/recalls",
    opt={"op": "recall.open"},
    tags=TAGS,
    summary="Call goods back; for reasons of health it holds at once",
)
async def open_recall(data: JSONBody[Open], permit: Mine, at: Now) -> Opened:
    return await _open(replace(data, drill=False), permit, at)


@post(
    "/api/v1/recalls/drills",
    opt={"op": "recall.drill"},
    tags=TAGS,
    summary="Find who has it, as if it were called back; nothing is frozen and nobody is told",
)
async def drill(data: JSONBody[Open], permit: Mine, at: Now) -> Opened:
    return await _open(replace(data, drill=True), permit, at)


async def _open(data: Open, permit: Permit, at: datetime) -> Opened:
    permit.check(await whose.of_group(data.organ))
    return await deeds.done(commands.open_recall, data, by=permit.person, at=at)


@post(
    "/api/v1/recalls/{id:str}/word",
    opt={"op": "recall.confirm"},
    tags=TAGS,
    summary="The second person says yes, or no with a reason",
)
async def say(
    id: FromPath[str], data: JSONBody[Word], permit: Mine, at: Now
) -> rules.Confirmed | rules.Refused:
    found, place = await recalls.recall(id)
    permit.check(place)
    deeds.ensure_storable(data, found.id)
    wanted = rules.Say(found.id, data.yes, data.reason)
    return await run(commands.say, wanted, by=permit.person, at=at)


@post(
    "/api/v1/recalls/{id:str}/cleared-lots",
    opt={"op": "recall.confirm"},
    tags=TAGS,
    summary="A second person frees one lot, with a reason",
)
async def clear(
    id: FromPath[str], data: JSONBody[Cleared], permit: Mine, at: Now
) -> rules.LotCleared:
    found, place = await recalls.recall(id)
    permit.check(place)
    deeds.ensure_storable(data, found.id)
    wanted = rules.Clear(found.id, data.lot, data.reason)
    return await run(commands.clear, wanted, by=permit.person, at=at)


DOORS = [list_recalls, recall, open_recall, drill, say, clear]
