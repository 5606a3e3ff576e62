"""What is said of a signed sheet, written: corrections, remarks, screening, and what came late."""

from __future__ import annotations

import secrets
from datetime import datetime

from certification.applications import queries as applications
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import run, transaction
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.inspections import (
    afterwards,
    answering,
    bound,
    commands,
    found,
    layers,
    queries,
    refusals,
    rules,
    sheets,
)
from certification.inspections.afterwards import (
    Correct,
    Corrected,
    CorrectionCountersigned,
    Remarked,
    Review,
    Screen,
    Screened,
)
from certification.inspections.answering import GiveAnswers
from certification.inspections.found import Found
from certification.inspections.layers import CorrectionView
from certification.inspections.rules import AnswersGiven, CameLate
from certification.inspections.tables import (
    Correction,
    CorrectionSigned,
    Finding,
    LateAnswer,
    Remark,
    Screening,
)
from certification.inspections.views import InspectionView
from certification.organs import queries as organs
from certification.schemes import queries as schemes
from certification.schemes.rules import Content


async def receive(data: GiveAnswers, *, by: str, at: datetime) -> AnswersGiven:
    """Answers of a phone. Signed or called off meanwhile, they are kept beside the sheet and the
    refusal says so: nothing typed is lost. In transactions of its own."""
    try:
        return await run(commands.answer, data, by=by, at=at)
    except refusals.SignedAlready as no:
        late = no.facts.get("late")
    except refusals.NotAnInspector:  # who was replaced meanwhile; others are refused once more
        late = list(dict.fromkeys(one.item for one in data.answers))
    except refusals.NotUnderWay as no:
        if no.facts.get("state") != "cancelled":
            raise
        late = list(dict.fromkeys(one.item for one in data.answers))
    await run(keep_late, data, by=by, at=at)
    raise refusals.CameTooLate(late=late)


async def keep_late(data: GiveAnswers, *, by: str, at: datetime) -> CameLate:
    """Those that would have been answers; sent twice they are kept once."""
    async with transaction():
        visit = await commands.held(data.inspection, by)
        content = (await schemes.version(visit.scheme_version)).content
        kept = []
        for one in data.answers:
            answering.ensure_answer(one, content, at=at)
            kept += await in_use().query(
                "INSERT INTO inspection_late_answer (id, inspection, item, value, note, by,"
                " answered_at, received_at, salt) SELECT {}, {}, {}, {}, {}, {}, {}, {}, {}"
                " WHERE NOT EXISTS (SELECT 1 FROM inspection_answer a WHERE a.id = {})"
                " ON CONFLICT (id) DO NOTHING RETURNING id, item",
                one.id, visit.id, one.item, one.value, one.note, by, one.answered_at, at,
                secrets.token_bytes(16), one.id,
            )  # fmt: skip
        event = CameLate(visit.id, tuple(row["item"] for row in kept))
        if kept:
            rows = [(LateAnswer, row["id"]) for row in kept]
            log.append(event, *rows, subject=visit.id, by=by, at=at)
    return event


async def correct(data: Correct, *, by: str, at: datetime) -> Corrected:
    """By one of those who signed; it is signed with it, and holds when enough have."""
    rules.ensure_words(data.reason, "reason")
    async with transaction():
        visit, content = await _correctable(data.inspection, by)
        said = answering.AnswerGiven(data.id, data.item, data.value, at, data.note)
        answering.ensure_answer(said, content, at=at)
        if (await sheets.values(visit.id)).get(data.item) == data.value:
            raise afterwards.NothingCorrected(item=data.item)
        await insert(Correction(
            id=data.id, inspection=visit.id, item=data.item, value=data.value,
            note=(data.note or "").strip() or None, reason=data.reason.strip(), by=by, at=at,
            salt=secrets.token_bytes(16),
        ))  # fmt: skip
        signature = await _sign(data.id, by, at)
        one = await _correction(visit, data.id, content)
        event = Corrected(visit.id, data.id, data.item, int(one.holds_since is not None))
        rows = [(Correction, data.id), (CorrectionSigned, signature)]
        log.append(event, *rows, subject=visit.id, by=by, at=at)
        await _follow(visit, one, content, by=by, at=at)
    return event


async def countersign(
    inspection: str, correction: str, *, by: str, at: datetime
) -> CorrectionCountersigned:
    async with transaction():
        visit, content = await _correctable(inspection, by)
        before = await _correction(visit, correction, content)
        if by in before.signed:
            raise afterwards.CorrectionSignedAlready
        signature = await _sign(correction, by, at)
        one = await _correction(visit, correction, content)
        holds = one.holds_since is not None
        event = CorrectionCountersigned(visit.id, correction, by, int(holds))
        log.append(event, (CorrectionSigned, signature), subject=visit.id, by=by, at=at)
        if before.holds_since is None:
            await _follow(visit, one, content, by=by, at=at)
    return event


async def review(data: Review, *, by: str, at: datetime) -> Remarked:
    """The reviewer's own layer: it changes no answer."""
    rules.ensure_words(data.note, "note")
    async with transaction():
        visit = await queries.inspection(data.inspection)
        content = (await schemes.version(visit.scheme_version)).content
        item = content.item(data.item)
        if item is None:
            raise refusals.UnknownItem(field="item", item=data.item[:20])
        if data.value is not None and not answering.is_answer(item, data.value):
            raise refusals.NotAnAnswer(field="value", item=item.code, value=data.value[:80])
        await _ensure_reviewer(visit, by, at)
        held = (await sheets.values(visit.id)).get(item.code)
        event = Remarked(visit.id, data.id, item.code, int(data.value not in (None, held)))
        await insert(Remark(
            id=data.id, inspection=visit.id, item=item.code, value=data.value,
            note=data.note.strip(), by=by, at=at, salt=secrets.token_bytes(16),
        ))  # fmt: skip
        log.append(event, (Remark, data.id), subject=visit.id, by=by, at=at)
    return event


async def screen(data: Screen, *, by: str, at: datetime) -> Screened:
    """By the screening team of the network or group, where the charter has one."""
    if data.outcome == "sent_back":
        rules.ensure_words(data.reason or "", "reason")
    async with transaction():
        visit = await commands.hold(data.inspection)
        content = (await schemes.version(visit.scheme_version)).content
        afterwards.ensure_screening(content, of_it=by in await screeners(visit, at))
        await _ensure_reviewer(visit, by, at)
        if await layers.screened(visit.id) == data.outcome:
            raise afterwards.ScreenedAlready(outcome=data.outcome)
        event = Screened(visit.id, data.outcome)
        await insert(Screening(
            id=data.id, inspection=visit.id, outcome=data.outcome,
            reason=(data.reason or "").strip() or None, by=by, at=at, salt=secrets.token_bytes(16),
        ))  # fmt: skip
        log.append(event, (Screening, data.id), subject=visit.id, by=by, at=at)
    return event


async def screeners(visit: InspectionView, at: datetime) -> frozenset[str]:
    asked = await applications.application(visit.application)
    network = (await groups.group(asked.group)).network or asked.group
    return await organs.people_of(network, "screening", local_day(at), at)


async def _ensure_reviewer(visit: InspectionView, by: str, at: datetime) -> None:
    afterwards.ensure_may_review(
        by, visit.state,
        there=[one.person for one in await queries.members(visit.id)],
        near=await bound.near(visit, local_day(at)), decided=await queries.decided(visit),
    )  # fmt: skip


async def _correctable(inspection: str, by: str) -> tuple[InspectionView, Content]:
    visit = await commands.hold(inspection)
    signer = by in [one.person for one in await layers.signed_seats(inspection)]
    decided = await queries.decided(visit)
    afterwards.ensure_correctable(visit.state, decided=decided, signer=signer)
    return visit, (await schemes.version(visit.scheme_version)).content


async def _correction(visit: InspectionView, id: str, content: Content) -> CorrectionView:
    every = await layers.corrections(visit.id, content.rules)
    one = next((one for one in every if one.id == id), None)
    if one is None:
        raise afterwards.CorrectionMissing(field="correction")
    return one


async def _sign(correction: str, by: str, at: datetime) -> str:
    id = new_id()
    await insert(
        CorrectionSigned(id=id, correction=correction, person=by, at=at)
    )  # fmt: skip
    return id


async def _follow(
    visit: InspectionView, one: CorrectionView, content: Content, *, by: str, at: datetime
) -> None:
    """A no to an important question is a finding, also when it is said afterwards."""
    item = content.item(one.item)
    if one.holds_since is None or item is None or one.value != "no" or not item.must_be_answered:
        return
    told = [(f.item, f.severity) for f in await queries.findings(visit.id)]
    if not answering.without_finding(content, {one.item: "no"}, told):
        return
    asked = await applications.application(visit.application)
    farmer = await bound.farmer(asked, carries=visit.carries, on=local_day(at))
    made = Found(
        layers.finding_of(one.id), "visit", visit.id, visit.plot, farmer, visit.scheme_version,
        one.item, item.severity, one.reason, found_by=one.by,
    )  # fmt: skip
    due = await found.write(made, by=by, at=at)
    event = rules.FindingMade(visit.id, made.id, one.item, item.severity, str(due))
    log.append(event, (Finding, made.id), subject=visit.id, by=by, at=at)
