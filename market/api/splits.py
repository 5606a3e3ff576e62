"""How each baht is shared: proposed by one, approved by another, public once it holds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.transaction import run
from certification.basis.units import local_day
from market.access import books, deeds, whose
from market.access.permit import Permit
from market.domain.splits import commands, queries
from market.domain.splits.rules import (
    Approved,
    Decide,
    Proposal,
    Propose,
    Proposed,
    Returned,
    Split,
    Withdrawn,
)

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Points = Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class Shares(Propose, frozen=True):
    merchant_bp: Points
    truck_bp: Points
    fund_bp: Points
    group_bp: Points


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`reason`: why it is sent back."""

    approve: bool
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


@get(
    "/api/v1/split-rules",
    opt={"op": "rule.read"},
    tags=["cycles"],
    summary="What holds today for a merchant",
)
async def read_rule(merchant: FromQuery[str], at: At) -> Split:
    await whose.of_group(merchant)
    return await queries.in_force(merchant, local_day(at))


@post(
    "/api/v1/split-proposals",
    opt={"op": "split.propose"},
    tags=["cycles"],
    summary="What a meeting decided; it holds once a second person approved it",
)
async def propose(data: JSONBody[Shares], permit: Mine, at: At) -> Proposed:
    permit.check(await whose.of_group(data.merchant))
    deeds.ensure_storable(data, data.id)
    return await run(commands.propose, data, by=permit.person, at=at)


@get(
    "/api/v1/split-proposals",
    opt={"op": "split.read"},
    tags=["cycles"],
    summary="Of a merchant, the newest first",
)
async def list_proposals(permit: Mine, merchant: FromQuery[str]) -> list[Proposal]:
    permit.check(await whose.of_group(merchant))
    return await queries.proposals(merchant)


@get("/api/v1/split-proposals/{id:str}", opt={"op": "split.read"}, tags=["cycles"], summary="One")
async def read_proposal(id: FromPath[str], permit: Mine) -> Proposal:
    found, place = await books.split(id)
    permit.check(place)
    return found


@put(
    "/api/v1/split-proposals/{id:str}/decision",
    opt={"op": "split.decide"},
    tags=["cycles"],
    summary="Approve it or send it back with a reason; not by who proposed it",
)
async def decide(
    id: FromPath[str], data: JSONBody[Decision], permit: Mine, at: At
) -> Approved | Returned:
    found, place = await books.split(id)
    permit.check(place)
    said = Decide(id, found.merchant, data.approve, data.reason)
    deeds.ensure_storable(said)
    return await run(commands.decide, said, by=permit.person, at=at)


@put(
    "/api/v1/split-proposals/{id:str}/withdrawal",
    opt={"op": "split.propose"},
    tags=["cycles"],
    summary="Take one's own back while it waits",
)
async def withdraw(id: FromPath[str], permit: Mine, at: At) -> Withdrawn:
    found, place = await books.split(id)
    permit.check(place)
    return await run(commands.withdraw, id, found.merchant, by=permit.person, at=at)


DOORS = [read_rule, propose, list_proposals, read_proposal, decide, withdraw]
