"""Complaints: anybody sends one and follows it by its code; the committee's desk reads and answers.
Photos are sent with the page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis import blobs
from certification.grievances import commands, queries, rules
from certification.grievances.queries import GrievanceView, StepView
from certification.grievances.rules import Complain, Complained, StepTaken, TakeStep
from certification.schemes.settings import Severity
from market.access import deeds, grievances
from market.access.address import address_of
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.picture import picture

Ask = Request[Any, Any, Any]
Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
TAGS = ["complaints"]


class Complaint(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    kind: rules.Kind
    words: str
    code: str = ""
    """Of a lot, certificate, plot or group, as it stands on the label."""
    language: rules.Language = "th"
    conduct_of: rules.Conduct | None = None
    bought_where: str = ""
    bought_on: date | None = None
    name: str = ""
    reach: str = ""
    """Telephone, LINE or e-mail: sealed, never public."""
    may_name: bool = False


class Sent(msgspec.Struct, frozen=True):
    code: str
    """Follow it with this: who has it reads the answer."""
    due_on: date | None


class PublicStep(msgspec.Struct, frozen=True):
    kind: rules.Step
    at: datetime
    words: str | None
    outcome: rules.Outcome | None


class Followed(msgspec.Struct, frozen=True):
    kind: rules.Kind
    state: rules.State
    at: datetime
    due_on: date | None
    steps: list[PublicStep]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    kind: rules.Step
    seen: int
    """So many steps were there when it was decided."""
    words: str = ""
    about: str | None = None
    outcome: rules.Outcome | None = None
    item: str | None = None
    severity: Severity | None = None
    """Of a finding that is made by `find`."""


class Whole(msgspec.Struct, frozen=True):
    grievance: GrievanceView
    steps: list[StepView]


@post(
    "/api/v1/grievances",
    opt={"op": "grievance.make"},
    tags=TAGS,
    summary="Complain of what a code names, without an account",
)
async def complain(request: Ask, data: JSONBody[Complaint], permit: Mine, at: Now) -> Sent:
    deeds.ensure_storable(data, data.id)
    found = await grievances.about(data.code[: rules.SCANNED_MAX], at)
    await grievances.ensure_not_too_often(address_of(request), found.scanned, at)
    by = permit.person or commands.STRANGER
    asked = Complain(
        id=data.id, kind=data.kind, words=data.words, language=data.language,
        scanned=found.scanned, letter=cast("Any", found.letter), plot=found.plot,
        organ=found.organ, scheme_version=found.scheme_version,
        concerns=await grievances.concerned(found, data.conduct_of, at),
        conduct_of=data.conduct_of, bought_where=data.bought_where, bought_on=data.bought_on,
        name=data.name, reach=data.reach, may_name=data.may_name,
    )  # fmt: skip
    await deeds.once(commands.complain, asked, Complained, by=by, at=at)
    of = await queries.grievance(data.id)
    return Sent(of.code, of.due_on)


@get(
    "/api/v1/grievances/by-code/{code:str}",
    opt={"op": "grievance.follow"},
    tags=TAGS,
    summary="How a complaint stands, for who has its code",
)
async def follow(code: FromPath[str]) -> Followed:
    of = await queries.by_code(code)
    steps = [
        PublicStep(
            one.kind, one.at, one.words if one.kind in rules.WORDS_SHOWN else None, one.outcome
        )
        for one in await queries.steps(of.id)
        if one.kind in rules.SHOWN
    ]
    return Followed(of.kind, of.state, of.at, of.due_on, steps)


@get(
    "/api/v1/grievances",
    opt={"op": "grievance.read"},
    tags=TAGS,
    summary="Complaints in reach, unanswered ones first; none about oneself or one's kin",
)
async def listed(permit: Mine, at: Now) -> list[GrievanceView]:
    return [grievances.faceless(one) for one in await grievances.listed(permit, at)]


@get(
    "/api/v1/grievances/{id:str}",
    opt={"op": "grievance.read"},
    tags=TAGS,
    summary="One complaint with all that was done about it",
)
async def read(id: FromPath[str], permit: Mine, at: Now) -> Whole:
    found = await grievances.read(id, permit, at)
    return Whole(grievances.faceless(found), await grievances.steps(id))


@get(
    "/api/v1/grievances/{id:str}/shots/{shot:str}",
    opt={"op": "grievance.read"},
    tags=TAGS,
    summary="A photo that came with it, without what the camera wrote inside",
    media_type="image/*",  # which, says each answer
)
async def read_photo(
    id: FromPath[str], shot: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    await grievances.read(id, permit, at)
    found = next((one for one in await queries.photos(id) if one.id == shot), None)
    if found is None:
        raise NotThere
    kind, content = await blobs.fetch(found.blob)
    return picture(kind, content, f"complaint-{shot[-6:]}")


@post(
    "/api/v1/grievances/{id:str}/steps",
    opt={"op": "grievance.decide"},
    tags=TAGS,
    summary="Take the next step: look, order a visit, dismiss with a reason, answer, close",
)
async def take(id: FromPath[str], data: JSONBody[Step], permit: Mine, at: Now) -> StepTaken:
    await grievances.read(id, permit, at)
    grievances.ensure_of_the_desk(data.kind)
    asked = TakeStep(
        id=data.id, grievance=id, kind=data.kind, seen=data.seen, words=data.words,
        about=data.about, outcome=data.outcome, organ=grievances.own_network(permit),
        item=data.item, severity=data.severity,
    )  # fmt: skip
    return await deeds.once(commands.take, asked, StepTaken, by=permit.person, at=at)


DOORS = [complain, follow, listed, read, read_photo, take]
