"""A test for residues is written down, and where it corrects another, what came of that one is
judged anew: what does not stand any more is taken back by an entry of its own, nothing is edited.
"""

from __future__ import annotations

from datetime import date, datetime

from certification.basis.ids import following
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.findings import queries
from certification.findings.commands import Row, ensure_independent, write
from certification.findings.rules import FindingRetested
from certification.groups import queries as groups
from certification.inspections import commands as inspections
from certification.inspections.rules import CloseFinding
from certification.plots import queries as plots
from certification.residues import commands as residues
from certification.residues import queries as tests
from certification.residues import rules
from certification.residues.queries import TestView
from certification.residues.rules import NoteTest, TestNoted
from certification.schemes.settings import Severity

WORST_LAST: tuple[Severity | None, ...] = (None, "major", "critical")


async def note(data: NoteTest, *, by: str, at: datetime) -> TestNoted:
    """Judged as before, nothing follows. Else the old finding is taken back and, where something
    was found, there is a new one; to something milder only by who did not write it and is not too
    near. A certificate that was suspended meanwhile stays so until a meeting lifts it."""
    async with transaction():
        before = await tests.test(data.corrects) if data.corrects else None
        asked = await tests.rests_on(before) if before else None
        event = await residues.note(data, by=by, at=at)
        now = (await tests.test(data.id)).judged
        if before and asked and now != before.judged:
            if WORST_LAST.index(now) < WORST_LAST.index(before.judged):
                await _ensure_may_soften(asked, before, by=by, today=local_day(at))
            await _take_back(asked, data, by=by, at=at)
    return event


async def _ensure_may_soften(finding: str, before: TestView, *, by: str, today: date) -> None:
    if by == before.by:
        raise rules.OwnWord
    await ensure_independent((await queries.story(finding, today)).finding, by, today)


async def _take_back(finding: str, data: NoteTest, *, by: str, at: datetime) -> None:
    today = local_day(at)
    told = await queries.story(finding, today)
    if any(step.kind == "withdrawn" for step in told.steps):
        return  # a meeting had said so before
    id, reason = following(data.id, "retested"), data.reason.strip()
    if told.standing.state != "verified_closed":
        shut = CloseFinding(following(id, "closed"), finding, reason)
        await inspections.close_finding(shut, by=by, at=at)
    group = await groups.group((await plots.plot(told.finding.plot)).group)
    farmer = await queries.answerable(told.finding, today)
    event = FindingRetested(finding, farmer, group.network or group.id, told.finding.plot, data.id)
    await write(told, Row(id, "retested", reason), event, by=by, at=at)
