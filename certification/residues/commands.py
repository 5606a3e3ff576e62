"""Writing a test down, and what follows from it."""

from __future__ import annotations

import secrets
from datetime import date, datetime

import msgspec

from certification.basis import log
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.inspections import commands as inspections
from certification.inspections import found
from certification.inspections import queries as findings
from certification.inspections.found import Found
from certification.inspections.refusals import NoSuchFinding
from certification.inspections.rules import CloseFinding
from certification.plots import queries as plots
from certification.residues import queries, rules
from certification.residues.queries import TestView
from certification.residues.rules import LAB, NoteTest, TestNoted
from certification.residues.tables import ResidueSeen, ResidueTest
from certification.schemes import queries as schemes
from certification.schemes.rules import Severity, Version

ITEMS = ("H11", "N14", "N15", "N18")
"""The questions of the checklist that may speak of it, the nearest first."""
ASKED = "พบสารตกค้างด้วยชุดทดสอบ รอผลห้องปฏิบัติการ"
FOUND = "ผลตรวจพบสารตกค้าง"
ANSWERED = "ห้องปฏิบัติการตอบแล้ว รายงานเลขที่ "


async def note(data: NoteTest, *, by: str, at: datetime) -> TestNoted:
    """A correction takes nothing back here (`findings.retested`, by which doors go)."""
    async with transaction():
        before = await queries.test(data.confirms or data.corrects) if _of_another(data) else None
        if before:
            data = _same_goods(data, before)
        version = await schemes.in_force(data.scheme, data.taken_on)
        charter, today = version.content.rules, local_day(at)
        rules.ensure_sound(data, charter, today=today)
        farmer = await _farmer(data)
        if by == farmer:
            raise rules.OwnLand
        if before:
            _ensure_follows(data, before)
        worst = rules.worst(one.result for one in data.results)
        due = rules.confirm_by(data.means, worst, charter, today=today)
        await _write(data, version, due, by=by, at=at)
        event = TestNoted(
            data.id, data.organ, data.means, str(data.taken_on), worst, data.plot, data.lot,
            data.confirms, data.corrects, str(due or ""), farmer if worst != "not_found" else "",
        )  # fmt: skip
        rows = [(ResidueSeen, following(data.id, one.chemical)) for one in data.results]
        log.append(event, (ResidueTest, data.id), *rows, subject=data.id, by=by, at=at)
        judged = rules.judged(worst, due)
        if data.plot and judged and not (data.corrects and before and before.judged == judged):
            await _find(data, version, event, judged, by=by, at=at)
        if data.confirms and before:
            await _answered(data, before, by=by, at=at)
    return event


def _of_another(data: NoteTest) -> bool:
    return bool(data.confirms or data.corrects)


def _same_goods(data: NoteTest, before: TestView) -> NoteTest:
    return msgspec.structs.replace(
        data, organ=before.organ, plot=before.plot or "", lot=before.lot or "",
        lot_code=before.lot_code or "", place=before.place or "",
        place_name=before.place_name or "", crop=before.crop or "",
        confirms="" if data.corrects else data.confirms,
    )  # fmt: skip


def _ensure_follows(data: NoteTest, before: TestView) -> None:
    if data.corrects and before.corrected_by:
        raise rules.CorrectedAlready
    if data.corrects and before.confirmed_by:
        raise rules.AnsweredAlready
    if data.corrects and before.means == LAB != data.means:
        raise rules.NotALaboratory(field="means")
    if data.confirms and not data.corrects:
        if data.means != LAB:
            raise rules.NotALaboratory(field="means")
        if not before.waits:
            raise rules.NothingToConfirm


async def _farmer(data: NoteTest) -> str:
    """Who farmed it that day; empty where the sample tells of no land."""
    if not data.plot:
        return ""
    return await plots.holder(data.plot, data.taken_on) or (await plots.plot(data.plot)).farmer


async def _write(
    data: NoteTest, version: Version, due: date | None, *, by: str, at: datetime
) -> None:
    row = ResidueTest(
        id=data.id, organ=data.organ, scheme_version=version.id, means=data.means,
        taken_on=data.taken_on, plot=data.plot or None, lot=data.lot or None,
        lot_code=data.lot_code or None, place=data.place or None,
        place_name=data.place_name.strip() or None, crop=data.crop or None,
        sampled_by=data.sampled_by.strip(), tested_by=data.tested_by.strip(),
        report=data.report.strip() or None, scan=data.scan or None, confirm_by=due,
        confirms=data.confirms or None, corrects=data.corrects or None,
        reason=data.reason.strip() or None, by=by, at=at, salt=secrets.token_bytes(16),
    )  # fmt: skip
    if not await ResidueTest.insert(row).on_conflict(action="DO NOTHING"):
        raise rules.CorrectedAlready if data.corrects else rules.NothingToConfirm
    await insert(*[
        ResidueSeen(
            id=following(data.id, one.chemical), test=data.id, chemical=one.chemical,
            result=one.result,
        )
        for one in data.results
    ])  # fmt: skip


async def _find(
    data: NoteTest, version: Version, noted: TestNoted, judged: Severity, *, by: str, at: datetime
) -> None:
    asked = bool(noted.confirm_by)
    item = next(one for one in (*ITEMS, version.content.checklist[0].code)
                if version.content.item(one))  # fmt: skip
    await found.make(
        Found(
            following(data.id, "finding"), "test", data.id, data.plot, noted.farmer, version.id,
            item, judged, ASKED if asked else FOUND,
            due_on=date.fromisoformat(noted.confirm_by) if asked else None,
        ),
        by=by, at=at,
    )  # fmt: skip


async def _answered(data: NoteTest, before: TestView, *, by: str, at: datetime) -> None:
    """The question is answered, whatever the answer is; a bad one is a finding of its own."""
    asked = await queries.rests_on(before)
    if asked is None:
        return
    try:
        open_still = (await findings.finding(asked)).closed_at is None
    except NoSuchFinding:
        return
    if open_still:
        closing = CloseFinding(following(data.id, "answer"), asked, ANSWERED + data.report.strip())
        await inspections.close_finding(closing, by=by, at=at)
