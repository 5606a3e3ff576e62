"""Agreeing on an action, answering, looking again: each deed is a step. A meeting's own word is in
`ruled`."""

from __future__ import annotations

import secrets
from datetime import date, datetime

import msgspec

from certification.basis import blobs, log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.findings import queries, rules
from certification.findings.queries import Story
from certification.findings.rules import (
    ActionAgreed,
    Agree,
    Answer,
    Answered,
    ClaimSentBack,
    DisputeSettledBy,
    DueSoon,
    Escalated,
    FindingDisputed,
    NowOverdue,
    SeenMended,
    SendBack,
)
from certification.findings.standings import Kind, Told, to_tell
from certification.findings.tables import FindingStep
from certification.groups import queries as groups
from certification.inspections import bound, panel
from certification.inspections import commands as inspections
from certification.inspections import queries as visits
from certification.inspections.panel import Assigned
from certification.inspections.refusals import NotByTheFarmer
from certification.inspections.rules import CloseFinding, FindingVerifiedClosed
from certification.inspections.views import FindingView
from certification.plots import queries as plots


class Row(msgspec.Struct, frozen=True):
    id: str
    kind: Kind
    words: str | None = None
    due_on: date | None = None
    photo: str | None = None
    decided_on: date | None = None
    meeting_ref: str | None = None
    meeting: str | None = None


async def agree(data: Agree, *, by: str, at: datetime) -> ActionAgreed:
    """Later than the visit, or anew; never beyond the charter's day without the committee."""
    rules.ensure_reason(data.action, "action")
    today = local_day(at)
    async with transaction():
        told = await queries.story(data.finding, today)
        await _ensure_not_the_farmer(told.finding, by, today)
        due = rules.ensure_agrees(told.standing, data.due_on, today=today)
        event = ActionAgreed(data.finding, await queries.answerable(told.finding, today), str(due))
        row = Row(data.id, "agreed", data.action.strip(), due)
        await write(told, row, event, by=by, at=at)
    return event


async def answer(data: Answer, *, by: str, at: datetime) -> Answered:
    """By who farms the land now; typed by a helper it waits for that person's word as well."""
    today = local_day(at)
    async with transaction():
        told = await queries.story(data.finding, today)
        farmer = await queries.answerable(told.finding, today)
        group = await groups.group((await plots.plot(told.finding.plot)).group)
        same = by != farmer and await groups.belongs(by, group.id, at)
        rules.ensure_speaks(farmer, data.on_behalf_of, by=by, same_group=same)
        rules.ensure_answers(told.standing, data)
        if data.photo and not await blobs.Blob.exists().where(blobs.Blob.digest == data.photo):
            raise blobs.BlobMissing(digest=data.photo)
        event = Answered(data.finding, data.kind, group.id)
        row = Row(data.id, data.kind, data.words.strip() or None, None, data.photo)
        await write(told, row, event, by=by, at=at)
        if data.kind == "disputed":
            plot, network = told.finding.plot, group.network or group.id
            log.append(FindingDisputed(data.finding, network), subject=plot, by=by, at=at)
    return event


async def verify(data: CloseFinding, *, by: str, at: datetime) -> FindingVerifiedClosed:
    """By somebody else who went to see, and whom nothing binds to the farmer."""
    today = local_day(at)
    async with transaction():
        told = await queries.story(data.finding, today)
        await ensure_independent(told.finding, by, today)
        rules.ensure_verifies(told.standing, by=by)
        event = await inspections.close_finding(data, by=by, at=at)
        row = Row(following(data.id, "verified"), "verified")
        await write(told, row, SeenMended(data.finding), by=by, at=at)
    return event


async def send_back(data: SendBack, *, by: str, at: datetime) -> ClaimSentBack:
    """It is open again, and what was said stays."""
    today = local_day(at)
    async with transaction():
        told = await queries.story(data.finding, today)
        await ensure_independent(told.finding, by, today)
        rules.ensure_sends_back(told.standing, data.reason, by=by)
        farmer = await queries.answerable(told.finding, today)
        event = ClaimSentBack(data.finding, farmer, str(told.standing.due_on))
        await write(told, Row(data.id, "sent_back", data.reason.strip()), event, by=by, at=at)
    return event


async def deny_use(use: str, *, by: str, at: datetime) -> None:
    """The farmer took back the word on a typed use: what came of it is disputed."""
    async with transaction():
        told = await _of_use(use, at)
        if told is None or told.standing.disputed:
            return
        group = await groups.group((await plots.plot(told.finding.plot)).group)
        event = FindingDisputed(told.finding.id, group.network or group.id)
        row = Row(following(told.finding.id, f"denied {len(told.steps)}"), "disputed")
        await write(told, row, event, by=by, at=at)


async def judge_use(use: str, verdict: str, *, by: str, at: datetime) -> None:
    """A meeting's word on the use is its word on the finding too."""
    async with transaction():
        told = await _of_use(use, at)
        if told is None or not told.standing.disputed:
            return
        farmer = await queries.answerable(told.finding, local_day(at))
        kind: rules.Verdict = "withdrawn" if verdict == "dropped" else "stands"
        id = following(told.finding.id, f"judged {len(told.steps)}")
        if kind == "withdrawn":
            shut = CloseFinding(following(id, "closed"), told.finding.id, "–")
            await inspections.close_finding(shut, by=by, at=at)
        event = DisputeSettledBy(told.finding.id, farmer, kind)
        await write(told, Row(id, kind), event, by=by, at=at)


async def _of_use(use: str, at: datetime) -> Story | None:
    """The finding that came of it, while it is open."""
    found = await visits.findings_named([following(use, "finding")])
    told = await queries.stories(found, local_day(at))
    return told[0] if told and told[0].standing.state != "verified_closed" else None


async def tell(finding: str, *, by: str, at: datetime) -> list[Told]:
    """What the clock has to say of it today; once for each day by which it was to be mended."""
    today = local_day(at)
    async with transaction():
        told = await queries.story(finding, today)
        said = [queries.step_of(step) for step in told.steps]
        settings = await queries.settings_of(told.finding)
        new = to_tell(told.standing, said, settings, today=today)
        for kind in new:
            due = told.standing.due_on
            row = Row(following(finding, f"{kind} {due}"), kind, None, due)
            await write(told, row, await _told(told, kind, today), by=by, at=at)
    return new


async def _told(told: Story, kind: Told, today: date) -> DueSoon | NowOverdue | Escalated:
    one, due = told.finding, str(told.standing.due_on)
    farmer = await queries.answerable(one, today)
    group = await groups.group((await plots.plot(one.plot)).group)
    if kind == "reminded":
        return DueSoon(one.id, farmer, due)
    if kind == "overdue":
        return NowOverdue(one.id, farmer, group.id, due)
    return Escalated(one.id, farmer, group.network or group.id, due)


async def _ensure_not_the_farmer(one: FindingView, by: str, today: date) -> None:
    if by in (one.farmer, await plots.holder(one.plot, today)):
        raise NotByTheFarmer(finding=one.id)


async def ensure_independent(one: FindingView, by: str, today: date) -> None:
    """Neither who farms or farmed there, nor anybody whom the charter holds to be too near."""
    await _ensure_not_the_farmer(one, by, today)
    settings = await queries.settings_of(one)
    for farmer in sorted({one.farmer, await queries.answerable(one, today)}):
        ties = await bound.tied(one.plot, farmer, settings, on=today)
        panel.ensure_independent(Assigned(by, "verifier"), ties, kin_degree=settings.kin_degree)


async def write(told: Story, row: Row, event: msgspec.Struct, *, by: str, at: datetime) -> None:
    """The next number of this finding: of two at once the second is refused."""
    new = await in_use().query(
        "INSERT INTO finding_step (id, finding, seq, kind, words, due_on, photo, decided_on,"
        " meeting_ref, meeting, by, at, salt)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})"
        " ON CONFLICT (finding, seq) DO NOTHING RETURNING id",
        row.id, told.finding.id, len(told.steps) + 1, row.kind, row.words, row.due_on, row.photo,
        row.decided_on, row.meeting_ref, row.meeting, by, at, secrets.token_bytes(16),
    )  # fmt: skip
    if not new:
        raise rules.ChangedMeanwhile(finding=told.finding.id)
    log.append(event, (FindingStep, row.id), subject=told.finding.plot, by=by, at=at)
