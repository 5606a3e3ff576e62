"""A visit from its assignment to the last signature. What changes the sheet claims its row first,
so that two phones that come back to the village at once speak one after the other."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from certification.applications import commands as applications
from certification.applications import queries as application_queries
from certification.basis import blobs, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.inspections import (
    answering,
    bound,
    found,
    layers,
    panel,
    queries,
    refusals,
    rules,
    sheets,
    states,
)
from certification.inspections.answering import GiveAnswers
from certification.inspections.found import Found
from certification.inspections.rules import (
    AnswersGiven,
    AttachPhoto,
    BeginInspection,
    CloseFinding,
    FindingMade,
    FindingVerifiedClosed,
    FinishInspection,
    InspectionBegun,
    InspectionCancelled,
    InspectionFinished,
    InspectionSigned,
    MakeFinding,
    PhotoAttached,
    RefuseToSign,
    SigningRefused,
)
from certification.inspections.tables import (
    Answer,
    Dissent,
    FarmerSaid,
    Finding,
    FindingClosed,
    Inspection,
    InspectionMember,
    Photo,
)
from certification.inspections.views import InspectionView
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.schemes.rules import Content


async def begin(data: BeginInspection, *, by: str, at: datetime) -> InspectionBegun:
    """By one of those assigned, who must all still be far enough from the farmer."""
    async with transaction():
        await _ensure_inspector(data.inspection, by)
        rules.ensure_recent(data.started_at, "started_at", at=at)
        await _ensure_still_independent(data.inspection, at)
        begun = await in_use().query(
            "UPDATE inspection SET state = 'under_way', started_at = {}"
            " WHERE id = {} AND state = 'assigned' RETURNING id",
            data.started_at, data.inspection,
        )  # fmt: skip
        if not begun:
            raise refusals.NotUnderWay(state=(await queries.inspection(data.inspection)).state)
        event = InspectionBegun(data.inspection, log.instant(data.started_at))
        log.append(event, (Inspection, data.inspection), subject=data.inspection, by=by, at=at)
    return event


async def answer(data: GiveAnswers, *, by: str, at: datetime) -> AnswersGiven:
    """As many as came in from a phone; those that are known already are passed over.

    None is taken once somebody has signed: the late ones are named in the refusal.
    """
    async with transaction():
        await _ensure_inspector(data.inspection, by)
        await hold(data.inspection)
        new = await _not_known_yet(data)
        if not new:
            return AnswersGiven(data.inspection, 0, ())
        late = [one.item for one in new]
        _, content = await _under_way(data.inspection, late)
        await _ensure_unsigned(data.inspection, late)
        for one in new:
            answering.ensure_answer(one, content, at=at)
        first = await _next_seq(data.inspection)
        await _write_answers(data.inspection, new, first, by=by, at=at)
        event = AnswersGiven(data.inspection, first, tuple(one.item for one in new))
        rows = [(Answer, one.id) for one in new]
        log.append(event, *rows, subject=data.inspection, by=by, at=at)
    return event


async def find(data: MakeFinding, *, by: str, at: datetime) -> FindingMade:
    rules.ensure_words(data.what, "what")
    async with transaction():
        await _ensure_inspector(data.inspection, by)
        visit, _ = await _under_way(data.inspection)
        await _ensure_unsigned(data.inspection, [data.item])
        asked = await application_queries.application(visit.application)
        farmer = await bound.farmer(asked, carries=visit.carries, on=local_day(at))
        due = await found.write(Found(
            data.id, "visit", visit.id, visit.plot, farmer, visit.scheme_version, data.item,
            data.severity, data.what, data.action, data.due_on,
        ), by=by, at=at)  # fmt: skip
        event = FindingMade(data.inspection, data.id, data.item, data.severity, str(due))
        log.append(event, (Finding, data.id), subject=data.inspection, by=by, at=at)
    return event


async def close_finding(data: CloseFinding, *, by: str, at: datetime) -> FindingVerifiedClosed:
    """Verified by somebody who went to see, never by who farms or applied."""
    rules.ensure_words(data.note, "note")
    async with transaction():
        one = await queries.finding(data.finding)
        event = FindingVerifiedClosed(data.finding, one.farmer)
        if by in (one.farmer, await plots.holder(one.plot, local_day(at))):
            raise refusals.NotByTheFarmer(finding=data.finding)
        closed = await in_use().query(
            "INSERT INTO finding_closed (id, finding, note, by, at, salt)"
            " VALUES ({}, {}, {}, {}, {}, {}) ON CONFLICT (finding) DO NOTHING RETURNING id",
            data.id, data.finding, data.note, by, at, secrets.token_bytes(16),
        )  # fmt: skip
        if not closed:
            raise refusals.FindingClosedAlready(finding=data.finding)
        subject = one.inspection or one.plot
        log.append(event, (FindingClosed, data.id), subject=subject, by=by, at=at)
    return event


async def attach_photo(data: AttachPhoto, *, by: str, at: datetime) -> PhotoAttached:
    """The same photo of the same item again changes nothing."""
    event = PhotoAttached(data.inspection, data.id, data.blob)
    async with transaction():
        await _ensure_inspector(data.inspection, by)
        _, content = await _under_way(data.inspection)
        if data.item is not None and content.item(data.item) is None:
            raise refusals.UnknownItem(field="item", item=data.item[:20])
        if not await blobs.Blob.exists().where(blobs.Blob.digest == data.blob):
            raise blobs.BlobMissing(digest=data.blob)
        same = [p for p in await queries.photos(data.inspection) if p.blob == data.blob]
        if any(photo.item == data.item for photo in same):
            return event
        await insert(Photo(
            id=data.id, inspection=data.inspection, item=data.item, blob=data.blob, by=by, at=at
        ))  # fmt: skip
        log.append(event, (Photo, data.id), subject=data.inspection, by=by, at=at)
    return event


async def sign(inspection: str, *, by: str, at: datetime) -> InspectionSigned:
    """Each for himself: I was there, and this is what we saw. Only a complete sheet is signed."""
    event = InspectionSigned(inspection, by)
    async with transaction():
        await _ensure_inspector(inspection, by)
        _, content = await _under_way(inspection)
        await _ensure_complete(inspection, content)
        if by in [one.person for one in await layers.dissents(inspection)]:
            raise refusals.Dissented
        against = await bound.standing(await queries.inspection(inspection), at)
        if by in against:
            raise against[by]
        signed = await in_use().query(
            "UPDATE inspection_member SET signed_at = {} WHERE inspection = {} AND person = {}"
            " AND signed_at IS NULL RETURNING id",
            at, inspection, by,
        )  # fmt: skip
        for row in signed:
            log.append(event, (InspectionMember, row["id"]), subject=inspection, by=by, at=at)
    return event


async def refuse_to_sign(data: RefuseToSign, *, by: str, at: datetime) -> SigningRefused:
    """Counts as no signature and stays on the sheet; said twice is said once."""
    rules.ensure_words(data.reason, "reason")
    event = SigningRefused(data.inspection, by)
    async with transaction():
        await _ensure_inspector(data.inspection, by)
        await _under_way(data.inspection)
        if any(m.person == by and m.signed_at for m in await queries.members(data.inspection)):
            raise refusals.SignedAlready(late=[])
        id = new_id()
        new = await in_use().query(
            "INSERT INTO inspection_dissent (id, inspection, person, reason, at, salt)"
            " VALUES ({}, {}, {}, {}, {}, {}) ON CONFLICT (inspection, person) DO NOTHING"
            " RETURNING id",
            id, data.inspection, by, data.reason.strip(), at, secrets.token_bytes(16),
        )  # fmt: skip
        if new:
            log.append(event, (Dissent, id), subject=data.inspection, by=by, at=at)
    return event


async def finish(data: FinishInspection, *, by: str, at: datetime) -> InspectionFinished:
    """Afterwards nothing of it changes. Where its application waits for it, that goes on."""
    rules.ensure_farmer(data)
    async with transaction():
        await _ensure_inspector(data.inspection, by)
        visit, content = await _under_way(data.inspection)
        await _ensure_complete(data.inspection, content)
        signed = [m for m in await queries.members(data.inspection) if m.signed_at]
        seats = [s.seat for s in await queries.seats(data.inspection)
                 if s.person in {m.person for m in signed}]  # fmt: skip
        panel.ensure_enough(seats, content.rules)
        rules.ensure_in_order(visit.started_at, data.ended_at, at=at)
        digest = await layers.sheet_digest(data.inspection)
        farmer = await plots.holder(visit.plot, local_day(data.ended_at))
        await in_use().query(
            "UPDATE inspection SET state = 'signed', ended_at = {}, farmer_signature = {},"
            " sheet_digest = {}, land_digest = {} WHERE id = {} AND state = 'under_way'",
            data.ended_at, data.farmer_signature, digest, await plots.seen(visit.plot, farmer),
            data.inspection,
        )  # fmt: skip
        said = await _farmer_said(data, by=by, at=at)
        if visit.carries:
            await applications.mark_inspected(visit.application, by=by, at=at)
        event = InspectionFinished(
            data.inspection, len(signed), data.farmer_signature, log.instant(data.ended_at), digest
        )
        log.append(
            event, (Inspection, data.inspection), *said, subject=data.inspection, by=by, at=at
        )
    return event


async def _farmer_said(
    data: FinishInspection, *, by: str, at: datetime
) -> list[tuple[type[FarmerSaid], str]]:
    reason, statement = (data.reason or "").strip(), (data.statement or "").strip()
    if not (reason or statement):
        return []
    id = new_id()
    await insert(FarmerSaid(
        id=id, inspection=data.inspection, reason=reason or None, statement=statement or None,
        by=by, at=at, salt=secrets.token_bytes(16),
    ))  # fmt: skip
    return [(FarmerSaid, id)]


async def cancel(inspection: str, *, by: str, at: datetime) -> InspectionCancelled:
    """Before it is signed; what was answered stays readable."""
    event = InspectionCancelled(inspection)
    async with transaction():
        cancelled = await in_use().query(
            "UPDATE inspection SET state = 'cancelled' WHERE id = {}"
            " AND state IN ('assigned', 'under_way') RETURNING id",
            inspection,
        )
        if not cancelled:
            raise refusals.NotUnderWay(state=(await queries.inspection(inspection)).state)
        log.append(event, (Inspection, inspection), subject=inspection, by=by, at=at)
    return event


async def _ensure_inspector(inspection: str, person: str) -> None:
    await queries.inspection(inspection)
    if person not in [seat.person for seat in await queries.seats(inspection)]:
        raise refusals.NotAnInspector(inspection=inspection)


async def _ensure_still_independent(inspection: str, at: datetime) -> None:
    """Relations may have been told, and visits assigned the other way, since the assignment."""
    visit = await queries.inspection(inspection)
    settings = (await schemes.version(visit.scheme_version)).content.rules
    asked = await application_queries.application(visit.application)
    farmer = await bound.farmer(asked, carries=visit.carries, on=local_day(at))
    ties = await bound.tied(visit.plot, farmer, settings, on=local_day(at))
    panel.ensure_panel(
        await queries.seats(inspection), ties, settings, await queries.excused(inspection)
    )
    for no in (await bound.standing(visit, at)).values():
        raise no


async def hold(inspection: str) -> InspectionView:
    """The visit, its row held until the end of the deed."""
    await in_use().query("UPDATE inspection SET kind = kind WHERE id = {}", inspection)
    return await queries.inspection(inspection)


async def held(inspection: str, by: str) -> InspectionView:
    """The visit of one who was asked to it, its row held until the end of the deed."""
    if by not in [member.person for member in await queries.members(inspection)]:
        raise refusals.NotAnInspector(inspection=inspection)
    return await hold(inspection)


async def _under_way(inspection: str, late: Sequence[str] = ()) -> tuple[InspectionView, Content]:
    """The visit, held, and its frozen scheme; refused unless it is under way."""
    visit = await hold(inspection)
    states.after("fill_in", visit.state, late)
    return visit, (await schemes.version(visit.scheme_version)).content


async def _not_known_yet(data: GiveAnswers) -> list[answering.AnswerGiven]:
    if len(data.answers) > rules.ANSWERS_MAX:
        raise refusals.TooLong(field="answers", item="")
    once = {one.id: one for one in data.answers}
    rows = await Answer.select().where(Answer.id.is_in(list(once))) if once else []
    for row in rows:
        one = once.pop(row["id"])
        if (row["inspection"], row["item"], row["value"], row["note"]) != (
            data.inspection, one.item, one.value, one.note,
        ):  # fmt: skip
            raise refusals.AnswerDiffers(answer=one.id)
    return list(once.values())


async def _ensure_unsigned(inspection: str, late: Sequence[str]) -> None:
    if late and any(member.signed_at for member in await queries.members(inspection)):
        raise refusals.SignedAlready(late=list(late))


async def _ensure_complete(inspection: str, content: Content) -> None:
    found = [(one.item, one.severity) for one in await queries.findings(inspection)]
    sheet = await sheets.asked(await queries.inspection(inspection), content)
    answering.ensure_complete(sheet, await sheets.values(inspection), found)
    answering.ensure_shown(await sheets.bare(inspection, sheet))


async def _next_seq(inspection: str) -> int:
    [row] = await in_use().query(
        "SELECT coalesce(max(seq), 0) + 1 AS seq FROM inspection_answer WHERE inspection = {}",
        inspection,
    )
    return int(row["seq"])


async def _write_answers(
    inspection: str, new: Sequence[answering.AnswerGiven], first: int, *, by: str, at: datetime
) -> None:
    await insert(*(
        Answer(
            id=one.id, inspection=inspection, item=one.item, value=one.value, note=one.note,
            by=by, answered_at=one.answered_at, received_at=at, seq=first + place,
            salt=secrets.token_bytes(16),
        )
        for place, one in enumerate(new)
    ))  # fmt: skip
