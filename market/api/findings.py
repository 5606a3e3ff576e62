"""What was found wrong on a plot, what follows, until somebody has seen that it is mended."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis import pictures
from certification.basis.ids import is_id
from certification.basis.units import local_day
from certification.findings import commands as followed
from certification.findings import queries as standings
from certification.findings import ruled, rules
from certification.findings.queries import Story
from certification.findings.rules import (
    ActionAgreed,
    Agree,
    Answer,
    Answered,
    ClaimSentBack,
    DeadlineExtended,
    DisputeSettledBy,
    Extend,
    SendBack,
    Settle,
)
from certification.inspections import commands, queries
from certification.inspections.rules import (
    CloseFinding,
    FindingMade,
    FindingVerifiedClosed,
    MakeFinding,
)
from certification.inspections.views import FindingView
from certification.schemes.rules import Severity
from market.access import deeds, guarantee, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.api.photos import PhotoSent

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class NewFinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    item: str
    severity: Severity
    what: str
    action: str | None = None
    due_on: date | None = None


class Closure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    note: str


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    action: str
    due_on: date | None = None
    """The day stays where none is named."""


class Back(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    reason: str


class Longer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`meeting` is one under way; of any other its reference and day are told."""

    id: str
    due_on: date
    reason: str
    meeting_ref: str = ""
    decided_on: date | None = None
    meeting: str | None = None


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`meeting` is one under way; of any other its reference and day are told."""

    id: str
    verdict: rules.Verdict
    reason: str
    meeting_ref: str = ""
    decided_on: date | None = None
    meeting: str | None = None


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    kind: rules.Said
    words: str


@post(
    "/api/v1/inspections/{id:str}/findings",
    opt={"op": "inspection.do"},
    tags=["findings"],
    summary="Something is not as the charter asks, and what is to be done about it",
)
async def find(id: FromPath[str], data: JSONBody[NewFinding], permit: Mine, at: Now) -> FindingMade:
    await guarantee.visit_done(id, permit)
    made = MakeFinding(
        data.id, id, data.item, data.severity, data.what, data.action, data.due_on
    )  # fmt: skip
    return await deeds.once(commands.find, made, FindingMade, by=permit.person, at=at)


@get(
    "/api/v1/findings",
    opt={"op": "inspection.read"},
    tags=["findings"],
    summary="What is open on a plot, of all visits, each with its day as it is now",
)
async def list_findings(permit: Mine, at: Now, plot: FromQuery[str]) -> tuple[FindingView, ...]:
    if not is_id(plot):
        raise NotThere
    _, place = await whose.plot(plot, at)
    permit.check(place)
    told = await standings.stories(await queries.open_findings(plot), local_day(at))
    return tuple(msgspec.structs.replace(one.finding, due_on=one.standing.due_on) for one in told)


@get(
    "/api/v1/findings/{id:str}",
    opt={"op": "finding.read"},
    tags=["findings"],
    summary="One finding as it stands today, with all that happened to it",
)
async def read_finding(id: FromPath[str], permit: Mine, at: Now) -> Story:
    _, place = await guarantee.finding(id)
    permit.check(place)
    return await standings.story(id, local_day(at))


@put(
    "/api/v1/findings/{id:str}/closure",
    opt={"op": "finding.close"},
    tags=["findings"],
    summary="Somebody went to see: it is mended. Never said by who farms there or is too near",
)
async def close(
    id: FromPath[str], data: JSONBody[Closure], permit: Mine, at: Now
) -> FindingVerifiedClosed:
    await _checked(id, permit)
    closed = CloseFinding(data.id, id, data.note)
    return await deeds.once(followed.verify, closed, FindingVerifiedClosed, by=permit.person, at=at)


@put(
    "/api/v1/findings/{id:str}/action",
    opt={"op": "finding.close"},
    tags=["findings"],
    summary="What is to be done until when, agreed with the farmer; not beyond the charter's day",
)
async def agree(id: FromPath[str], data: JSONBody[Action], permit: Mine, at: Now) -> ActionAgreed:
    await _checked(id, permit)
    agreed = Agree(data.id, id, data.action, data.due_on)
    return await deeds.once(followed.agree, agreed, ActionAgreed, by=permit.person, at=at)


@put(
    "/api/v1/findings/{id:str}/return",
    opt={"op": "finding.close"},
    tags=["findings"],
    summary="Somebody went to see: it is not mended. It is open again",
)
async def send_back(
    id: FromPath[str], data: JSONBody[Back], permit: Mine, at: Now
) -> ClaimSentBack:
    await _checked(id, permit)
    back = SendBack(data.id, id, data.reason)
    return await deeds.once(followed.send_back, back, ClaimSentBack, by=permit.person, at=at)


@put(
    "/api/v1/findings/{id:str}/extension",
    opt={"op": "finding.decide"},
    tags=["findings"],
    summary="A meeting gives more time than the charter does; all of the group may read it",
)
async def extend(
    id: FromPath[str], data: JSONBody[Longer], permit: Mine, at: Now
) -> DeadlineExtended:
    await _checked(id, permit)
    await _in_meeting(data.meeting, permit)
    longer = Extend(
        data.id, id, data.due_on, data.reason, data.meeting_ref, data.decided_on, data.meeting
    )
    return await deeds.once(ruled.extend, longer, DeadlineExtended, by=permit.person, at=at)


@put(
    "/api/v1/findings/{id:str}/verdict",
    opt={"op": "finding.decide"},
    tags=["findings"],
    summary="A meeting on what the farmer disputes: it stands, or it is withdrawn",
)
async def settle(
    id: FromPath[str], data: JSONBody[Verdict], permit: Mine, at: Now
) -> DisputeSettledBy:
    await _checked(id, permit)
    await _in_meeting(data.meeting, permit)
    said = Settle(
        data.id, id, data.verdict, data.reason, data.meeting_ref, data.decided_on, data.meeting
    )
    return await deeds.once(ruled.settle, said, DisputeSettledBy, by=permit.person, at=at)


@post(
    "/api/v1/findings/{id:str}/answers",
    opt={"op": "finding.answer"},
    tags=["findings"],
    summary="The farmer replies, says that it is done, or disputes it",
)
async def answer(id: FromPath[str], data: JSONBody[Said], permit: Mine, at: Now) -> Answered:
    farmer = await guarantee.finding_answered(id, permit, at)
    said = Answer(data.id, id, data.kind, data.words, None, farmer.person)
    return await deeds.once(followed.answer, said, Answered, by=permit.person, at=at, whom=farmer)


@put(
    "/api/v1/findings/{id:str}/steps/{step:str}/photo",
    opt={"op": "finding.answer"},
    tags=["findings"],
    summary="A photo of what was done, as raw bytes: a reply, whose id is in the address",
    operation_class=PhotoSent,
)
async def show(
    request: Request[Any, Any, Any], id: FromPath[str], step: FromPath[str], permit: Mine, at: Now
) -> Answered:
    farmer = await guarantee.finding_answered(id, permit, at)
    deeds.ensure_storable("", step)
    kept = await pictures.keep(await request.body(), by=permit.person, at=at)
    said = Answer(step, id, "replied", "", kept, farmer.person)
    return await deeds.once(followed.answer, said, Answered, by=permit.person, at=at, whom=farmer)


async def _in_meeting(id: str | None, permit: Permit) -> None:
    if id is not None:
        permit.check((await guarantee.meeting(id))[1])


async def _checked(id: str, permit: Permit) -> None:
    _, place = await guarantee.finding(id)
    permit.check(place)


DOORS = [
    find, list_findings, read_finding, close, agree, send_back, extend, settle, answer, show,
]  # fmt: skip
