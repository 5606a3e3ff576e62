"""The diary of what was used on the land, and the committee's word on what no list knows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis import pictures
from certification.basis.transaction import run
from certification.inputs import claims, commands, queries
from certification.inputs.claims import ClaimJudged, JudgeClaim
from certification.inputs.rules import (
    AttachPhoto,
    InputRuled,
    InputUsed,
    NoteUse,
    PhotoAttached,
    RuleInput,
)
from certification.inputs.views import RulingView, Unknown, UseView
from market.access import deeds, whose
from market.access.permit import Permit
from market.api.photos import PhotoSent

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class Waiting(msgspec.Struct, frozen=True):
    unknown: list[Unknown]
    rulings: list[RulingView]
    claims: list[UseView]
    """Prohibited, typed by somebody else, and the farmer has not said that it was so."""


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    verdict: claims.Verdict
    decided_on: date
    meeting_ref: str


@get(
    "/api/v1/plots/{id:str}/inputs",
    opt={"op": "input.read"},
    tags=["inputs"],
    summary="What was used on a plot, the newest first, as each scheme judges it",
)
async def read_diary(id: FromPath[str], permit: Mine, at: Now) -> list[UseView]:
    _, place = await whose.plot(id, at)
    permit.check(place)
    return await queries.of_plot(id)


@post(
    "/api/v1/inputs",
    opt={"op": "input.note"},
    tags=["inputs"],
    summary="Write down a use; something prohibited needs `knows`, and 409 tells what follows",
)
async def note_use(data: JSONBody[NoteUse], permit: Mine, at: Now) -> InputUsed:
    _, place = await whose.plot(data.plot, at)
    permit.check(place)
    told = msgspec.structs.replace(data, on_behalf_of=place.owner)
    by, whom = permit.person, deeds.For(place.owner, place.group, data.plot)
    return await deeds.once(commands.note_use, told, InputUsed, by=by, at=at, whom=whom)


@put(
    "/api/v1/inputs/{id:str}/photo",
    opt={"op": "input.note"},
    tags=["inputs"],
    summary="A picture of the packet as raw bytes, once",
    operation_class=PhotoSent,
)
async def attach_photo(
    request: Request[Any, Any, Any], id: FromPath[str], permit: Mine, at: Now
) -> PhotoAttached:
    _, place = await whose.input_use(id)
    permit.check(place)
    kept = await pictures.keep(await request.body(), by=permit.person, at=at)
    attached = AttachPhoto(id, kept, place.owner)
    return await run(commands.attach_photo, attached, by=permit.person, at=at)


@get(
    "/api/v1/inputs",
    opt={"op": "input.rule"},
    tags=["inputs"],
    summary="What was used in a network and no list knows, and what was decided of such things",
)
async def read_unknown(permit: Mine, group: FromQuery[str]) -> Waiting:
    permit.check(await whose.of_group(group))
    return Waiting(
        await queries.unknown(group), await queries.rulings(group), await queries.claims(group)
    )


@post(
    "/api/v1/inputs/rulings",
    opt={"op": "input.rule"},
    tags=["inputs"],
    summary="The committee says what it is, for the network and the uses that waited",
)
async def rule(data: JSONBody[RuleInput], permit: Mine, at: Now) -> InputRuled:
    permit.check(await whose.of_group(data.network))
    return await deeds.once(commands.rule, data, InputRuled, by=permit.person, at=at)


@put(
    "/api/v1/inputs/{id:str}/verdict",
    opt={"op": "input.rule"},
    tags=["inputs"],
    summary="A meeting says whether a prohibited use that the farmer denies was so",
)
async def judge_claim(
    id: FromPath[str], data: JSONBody[Verdict], permit: Mine, at: Now
) -> ClaimJudged:
    _, place = await whose.input_use(id)
    permit.check(place)
    judged = JudgeClaim(data.id, id, data.verdict, data.decided_on, data.meeting_ref)
    return await deeds.once(commands.judge_claim, judged, ClaimJudged, by=permit.person, at=at)


DOORS = [read_diary, note_use, attach_photo, read_unknown, rule, judge_claim]
