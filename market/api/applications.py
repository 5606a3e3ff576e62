"""Asking to be certified, and the steps until the visit."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.applications import commands, queries, rules
from certification.applications.queries import ApplicationView, CheckView, PledgeView
from certification.applications.rules import (
    ApplicationAccepted,
    ApplicationResubmitted,
    ApplicationReturned,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    DraftView,
    Resubmit,
    ReturnApplication,
    Said,
    SaveDraft,
    SubmitApplication,
    Withdraw,
)
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.certificates import renewals
from certification.inspections.answering import AnswerGiven, ensure_answer
from certification.land.complete import Lack
from certification.schemes import queries as schemes
from market.access import deeds, whose
from market.access.permit import Permit

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


class Mended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    farm_plan: str
    no_prohibited_since: date


class ApplicationShown(msgspec.Struct, frozen=True):
    application: ApplicationView
    pledge: PledgeView
    self_review: dict[str, Said]
    changed: list[str]
    """Items answered otherwise than last time; all of them where there was none."""
    lacking: list[Lack]
    check: CheckView | None


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    scheme: str
    farm_plan: str | None = None
    no_prohibited_since: date | None = None
    answers: dict[str, Said] = {}


@post(
    "/api/v1/applications",
    opt={"op": "application.submit"},
    tags=["applications"],
    summary="Apply with the pledge; `pledge_digest` is of the text that was shown",
)
async def submit(data: JSONBody[SubmitApplication], permit: Mine, at: Now) -> ApplicationSubmitted:
    _, place = await whose.plot(data.plot, at)
    permit.check(place)
    by, whom = permit.person, deeds.For(place.owner, place.group)
    return await deeds.once(renewals.apply, data, ApplicationSubmitted, by=by, at=at, whom=whom)


@get(
    "/api/v1/applications",
    opt={"op": "application.read"},
    tags=["applications"],
    summary="Mine, or those of a group in one state",
)
async def list_applications(
    permit: Mine, group: FromQuery[str] = "", standing: FromQuery[str] = ""
) -> list[ApplicationView]:
    if not group:
        return await queries.of_person(permit.person)
    permit.check(await whose.of_group(group))
    return [a for a in await queries.of_group(group) if standing in ("", a.state)]


@get(
    "/api/v1/applications/{id:str}",
    opt={"op": "application.read"},
    tags=["applications"],
    summary="One application with its pledge",
)
async def read_application(id: FromPath[str], permit: Mine, at: Now) -> ApplicationShown:
    found, place = await whose.application(id)
    permit.check(place)
    said, last = await queries.self_answers(id), await queries.last_time(found)
    lacks = await queries.lacking(found, local_day(at)) if found.state in rules.OPEN else []
    return ApplicationShown(
        found, await queries.pledge(id), said, rules.changed(said, last), lacks,
        await queries.check(id),
    )  # fmt: skip


@get(
    "/api/v1/plots/{id:str}/draft",
    opt={"op": "application.submit"},
    tags=["applications"],
    summary="What was begun and not sent; else what was said last time",
)
async def read_draft(id: FromPath[str], permit: Mine, at: Now, scheme: FromQuery[str]) -> DraftView:
    _, place = await whose.plot(id, at)
    permit.check(place)
    return await queries.draft(id, scheme)


@put(
    "/api/v1/plots/{id:str}/draft",
    opt={"op": "application.submit"},
    tags=["applications"],
    summary="Save a step: what is not named stays; `answers` are the self-review, by item",
)
async def save_draft(id: FromPath[str], data: JSONBody[Draft], permit: Mine, at: Now) -> DraftView:
    _, place = await whose.plot(id, at)
    permit.check(place)
    deeds.ensure_storable(data)
    content = (await schemes.in_force(data.scheme, local_day(at))).content
    for item, one in data.answers.items():
        if one.value:
            ensure_answer(AnswerGiven(id, item, one.value, at, one.note or None), content, at=at)
    saved = SaveDraft(
        plot=id, scheme=data.scheme, farm_plan=data.farm_plan, answers=data.answers,
        no_prohibited_since=data.no_prohibited_since, on_behalf_of=place.owner,
    )  # fmt: skip
    await run(commands.save_draft, saved, by=permit.person, at=at)
    return await queries.draft(id, data.scheme)


@put(
    "/api/v1/applications/{id:str}/acceptance",
    opt={"op": "application.accept"},
    tags=["applications"],
    summary="Looked through, it may be inspected; `despite`: why, where something is missing",
)
async def accept(
    id: FromPath[str], permit: Mine, at: Now, despite: FromQuery[str] = ""
) -> ApplicationAccepted:
    _, place = await whose.application(id)
    permit.check(place)
    deeds.ensure_storable(despite)
    return await run(commands.accept, id, despite, by=permit.person, at=at)


@put(
    "/api/v1/applications/{id:str}/return",
    opt={"op": "application.accept"},
    tags=["applications"],
    summary="Back to the farmer, with what is missing",
)
async def return_application(
    id: FromPath[str], data: JSONBody[Reason], permit: Mine, at: Now
) -> ApplicationReturned:
    _, place = await whose.application(id)
    permit.check(place)
    deeds.ensure_storable(data)
    return await run(commands.return_, ReturnApplication(id, data.reason), by=permit.person, at=at)


@put(
    "/api/v1/applications/{id:str}/resubmission",
    opt={"op": "application.withdraw"},
    tags=["applications"],
    summary="Mended after it was returned; by the applicant, or typed by a helper",
)
async def resubmit(
    id: FromPath[str], data: JSONBody[Mended], permit: Mine, at: Now
) -> ApplicationResubmitted:
    _, place = await whose.application(id)
    permit.check(place)
    again = Resubmit(id, data.farm_plan, data.no_prohibited_since, place.owner)
    whom = deeds.For(place.owner, place.group, id)
    return await deeds.claimed(commands.resubmit, again, by=permit.person, at=at, whom=whom)


@put(
    "/api/v1/applications/{id:str}/withdrawal",
    opt={"op": "application.withdraw"},
    tags=["applications"],
    summary="Withdrawn by the applicant, or typed by a helper",
)
async def withdraw(id: FromPath[str], permit: Mine, at: Now) -> ApplicationWithdrawn:
    _, place = await whose.application(id)
    permit.check(place)
    wanted, whom = Withdraw(id, place.owner), deeds.For(place.owner, place.group, id)
    return await deeds.claimed(commands.withdraw, wanted, by=permit.person, at=at, whom=whom)


DOORS = [
    read_draft,
    save_draft,
    submit,
    list_applications,
    read_application,
    accept,
    return_application,
    resubmit,
    withdraw,
]
