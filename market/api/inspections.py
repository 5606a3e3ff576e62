"""A visit from its assignment to the last signature."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.applications.queries import ApplicationView
from certification.basis.transaction import run
from certification.basis.units import Instant, local_day
from certification.inspections import assigning, bound, commands, queries, reviewing, sheets
from certification.inspections.answering import AnswerGiven, GiveAnswers
from certification.inspections.panel import Candidate
from certification.inspections.rules import (
    AnswersGiven,
    AssignInspection,
    BeginInspection,
    FarmerSignature,
    FinishInspection,
    InspectionAssigned,
    InspectionBegun,
    InspectionCancelled,
    InspectionFinished,
    InspectionSigned,
    RefuseToSign,
    SigningRefused,
)
from certification.inspections.views import InspectionView, Progress, Record
from certification.people import queries as people
from certification.schemes import queries as schemes
from market.access import deeds, guarantee, members, whose
from market.access.permit import Permit

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class Begun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`started_at`: on the device; now where it is not said."""

    started_at: Instant | None = None


class Answers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    answers: tuple[AnswerGiven, ...]


class Completion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`reason`: why the signature is not there; `statement`: what the farmer says."""

    farmer_signature: FarmerSignature
    ended_at: Instant | None = None
    reason: str | None = None
    statement: str | None = None


class SaidNo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


class InspectionShown(msgspec.Struct, frozen=True):
    """`changed`: what of the plot is not as it was at the visit (shape, hands)."""

    record: Record
    progress: Progress
    changed: list[str] = msgspec.field(default_factory=list)


class CandidateShown(msgspec.Struct, frozen=True):
    """`against` is the code of what stands against the person; empty where nothing does."""

    person: str
    name: str
    seat: str
    against: str


@post(
    "/api/v1/inspections",
    opt={"op": "inspection.assign"},
    tags=["inspections"],
    summary="Who looks at the plot, on which day; refused with the name of what stands against it",
)
async def assign(data: JSONBody[AssignInspection], permit: Mine, at: Now) -> InspectionAssigned:
    asked, place = await whose.application(data.application)
    permit.check(place)
    named = [one.person for one in data.members]
    await members.ensure_within(permit, named, [asked.group], at)
    return await deeds.once(assigning.assign, data, InspectionAssigned, by=permit.person, at=at)


@get(
    "/api/v1/applications/{id:str}/candidates",
    opt={"op": "inspection.assign"},
    tags=["inspections"],
    summary="The inspectors who may look at this plot, and why the others may not",
)
async def candidates(id: FromPath[str], permit: Mine, at: Now) -> list[CandidateShown]:
    asked, place = await whose.application(id)
    permit.check(place)
    found = await _candidates(asked, at)
    names = await people.names([one.person for one in found])
    return [
        CandidateShown(
            one.person, names.get(one.person, ""), one.seat, one.against.code if one.against else ""
        )
        for one in found
    ]


async def _candidates(asked: ApplicationView, at: datetime) -> list[Candidate]:
    settings = (await schemes.version(asked.scheme_version)).content.rules
    ties = await bound.tied(asked.plot, asked.applicant, settings, on=local_day(at))
    return await bound.candidates(asked.group, ties, settings, at=at)


@get(
    "/api/v1/inspections",
    opt={"op": "inspection.read"},
    tags=["inspections"],
    summary="Those I was asked to do, or those of an application",
)
async def list_inspections(permit: Mine, application: FromQuery[str] = "") -> list[InspectionView]:
    if not application:
        return await queries.of_inspector(permit.person)
    _, place = await whose.application(application)
    permit.check(place)
    return await guarantee.visits_shown(await queries.of_application(application), permit)


@get(
    "/api/v1/inspections/{id:str}",
    opt={"op": "inspection.read"},
    tags=["inspections"],
    summary="The whole sheet, and what is missing on it",
)
async def read_inspection(id: FromPath[str], permit: Mine, at: Now) -> InspectionShown:
    found = await guarantee.visit_seen(id, permit)
    record = await sheets.record(id)
    if found.kind == "complaint" and permit.person in await bound.farmers(found):
        record = msgspec.structs.replace(
            record, about=tuple(a for a in record.about if a.what in ("finding", "item"))
        )
    changed = await bound.changed(found, local_day(at))
    return InspectionShown(record, await sheets.progress(id), changed)


@put(
    "/api/v1/inspections/{id:str}/beginning",
    opt={"op": "inspection.do"},
    tags=["inspections"],
    summary="We are there",
)
async def begin(id: FromPath[str], data: JSONBody[Begun], permit: Mine, at: Now) -> InspectionBegun:
    await guarantee.visit_done(id, permit)
    begun = BeginInspection(id, data.started_at or at)
    return await run(commands.begin, begun, by=permit.person, at=at)


@put(
    "/api/v1/inspections/{id:str}/answers",
    opt={"op": "inspection.do"},
    tags=["inspections"],
    summary="As many answers as came in from a phone; those known already are passed over",
)
async def answer(id: FromPath[str], data: JSONBody[Answers], permit: Mine, at: Now) -> AnswersGiven:
    await guarantee.visit_done(id, permit)
    deeds.ensure_storable(data, *[one.id for one in data.answers])
    given = GiveAnswers(id, data.answers)
    return await reviewing.receive(given, by=permit.person, at=at)


@put(
    "/api/v1/inspections/{id:str}/signature",
    opt={"op": "inspection.do"},
    tags=["inspections"],
    summary="I was there, and this is what we saw; each signs for himself",
)
async def sign(id: FromPath[str], permit: Mine, at: Now) -> InspectionSigned:
    await guarantee.visit_done(id, permit)
    return await run(commands.sign, id, by=permit.person, at=at)


@put(
    "/api/v1/inspections/{id:str}/dissent",
    opt={"op": "inspection.do"},
    tags=["inspections"],
    summary="I do not sign, and why: no signature, and the committee reads it",
)
async def refuse(
    id: FromPath[str], data: JSONBody[SaidNo], permit: Mine, at: Now
) -> SigningRefused:
    await guarantee.visit_done(id, permit)
    deeds.ensure_storable(data)
    said = RefuseToSign(id, data.reason)
    return await run(commands.refuse_to_sign, said, by=permit.person, at=at)


@put(
    "/api/v1/inspections/{id:str}/completion",
    opt={"op": "inspection.do"},
    tags=["inspections"],
    summary="The farmer signed or refused; afterwards nothing of the sheet changes",
)
async def finish(
    id: FromPath[str], data: JSONBody[Completion], permit: Mine, at: Now
) -> InspectionFinished:
    await guarantee.visit_done(id, permit)
    deeds.ensure_storable(data)
    paper = await queries.paper(id)
    ended = data.ended_at or (paper.ended_at if paper else at)
    end = FinishInspection(id, data.farmer_signature, ended, data.reason, data.statement)
    return await run(commands.finish, end, by=permit.person, at=at)


@put(
    "/api/v1/inspections/{id:str}/cancellation",
    opt={"op": "inspection.assign"},
    tags=["inspections"],
    summary="Called off before it is signed; what was answered stays readable",
)
async def cancel(id: FromPath[str], permit: Mine, at: Now) -> InspectionCancelled:
    _, place = await guarantee.visit(id, permit)
    permit.check(place)
    return await run(commands.cancel, id, by=permit.person, at=at)


DOORS = [
    assign,
    candidates,
    list_inspections,
    read_inspection,
    begin,
    answer,
    sign,
    refuse,
    finish,
    cancel,
]
