"""Goods called back: opened, confirmed, cleared, and who has them."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec.structs import asdict

from certification.basis.transaction import run
from market.access import deeds, recalls, whose
from market.access.permit import Permit
from market.domain.recalls import commands, queries, rules
from market.domain.recalls.queries import RecallView, Whole
from market.domain.recalls.rules import Open, Opened

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
TAGS = ["recalls"]


class CallBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether it is a drill is said by the address alone."""

    id: str
    organ: str
    """The group, or the network with all its groups, within which it reaches."""
    kind: rules.Kind
    subject: str
    """Its id; of an input the list's code or the name in the diary."""
    because: rules.Because
    advice: rules.Advice = "do_not_eat"
    from_on: date | None = None
    until_on: date | None = None
    back: bool = False
    """Also all that shares a harvest with the lot."""
    note: str | None = None


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
async def open_recall(data: JSONBody[CallBack], permit: Mine, at: Now) -> Opened:
    return await _open(data, permit, at, drill=False)


@post(
    "/api/v1/recalls/drills",
    opt={"op": "recall.drill"},
    tags=TAGS,
    summary="Find who has it, as if it were called back; nothing is frozen and nobody is told",
)
async def drill(data: JSONBody[CallBack], permit: Mine, at: Now) -> Opened:
    return await _open(data, permit, at, drill=True)


async def _open(data: CallBack, permit: Permit, at: datetime, *, drill: bool) -> Opened:
    permit.check(await whose.of_group(data.organ))
    wanted = Open(**asdict(data), drill=drill)
    return await deeds.done(commands.open_recall, wanted, by=permit.person, at=at)


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
