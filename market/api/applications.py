"""Asking to be certified, and the steps until the visit."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.applications import commands, queries
from certification.applications.queries import ApplicationView, PledgeView
from certification.applications.rules import (
    ApplicationAccepted,
    ApplicationResubmitted,
    ApplicationReturned,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    Resubmit,
    ReturnApplication,
    SubmitApplication,
    Withdraw,
)
from certification.basis.transaction import run
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
    return await deeds.once(commands.submit, data, ApplicationSubmitted, by=by, at=at, whom=whom)


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
async def read_application(id: FromPath[str], permit: Mine) -> ApplicationShown:
    found, place = await whose.application(id)
    permit.check(place)
    return ApplicationShown(found, await queries.pledge(id))


@put(
    "/api/v1/applications/{id:str}/acceptance",
    opt={"op": "application.accept"},
    tags=["applications"],
    summary="It is complete and may be inspected",
)
async def accept(id: FromPath[str], permit: Mine, at: Now) -> ApplicationAccepted:
    _, place = await whose.application(id)
    permit.check(place)
    return await run(commands.accept, id, by=permit.person, at=at)


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
    submit,
    list_applications,
    read_application,
    accept,
    return_application,
    resubmit,
    withdraw,
]
