"""To call a visit, to send who is free to go, or to take the call back. Each claims a row first."""

from __future__ import annotations

import secrets
from datetime import datetime

from certification.applications import commands as applications
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.calls import queries, rules
from certification.calls.rules import (
    CallTakenBack,
    CallVisit,
    SendCalled,
    TakeBack,
    VisitWasCalled,
)
from certification.calls.tables import VisitCall
from certification.inspections import assigning, kinds
from certification.inspections import queries as visits
from certification.inspections.rules import AssignInspection, InspectionAssigned
from certification.plots import queries as plots


async def call(data: CallVisit, *, by: str, at: datetime) -> VisitWasCalled:
    """By somebody of the committee; one of a kind waits at a time."""
    async with transaction():
        asked = await applications.hold(data.application)
        rules.ensure_foreign(by, await queries.concerned(asked.id, local_day(at)))
        found = await visits.open_findings(asked.plot)
        rules.ensure_call(data, asked.state, found_open=bool(found))
        if await queries.waiting(asked.id, data.kind):
            raise rules.CalledAlready
        await insert(VisitCall(
            id=data.id, application=asked.id, kind=data.kind, reason=data.reason.strip(),
            inspection=None, taken_back_by=None, taken_back_at=None, taken_back_because=None,
            by=by, at=at, salt=secrets.token_bytes(16),
        ))  # fmt: skip
        told = not kinds.hidden(data.kind, None)
        event = VisitWasCalled(
            data.id, data.kind, (await plots.plot(asked.plot)).group, asked.id if told else "",
            asked.plot if told else "",
        )  # fmt: skip
        log.append(event, (VisitCall, data.id), subject=data.id, by=by, at=at)
    return event


async def send(data: SendCalled, *, by: str, at: datetime) -> InspectionAssigned:
    """By all rules of a visit; a call whose visit was called off is answered anew."""
    async with transaction():
        found = await queries.call(data.call)
        wanted = AssignInspection(
            data.id, found.application, data.members, data.planned_on, found.kind, data.about,  # type: ignore[arg-type]  # one of KINDS
            found.reason if found.kind in kinds.NARROW else None,
        )  # fmt: skip
        await _claim(data.call)
        event = await assigning.assign(wanted, by=by, at=at)
        await in_use().query(
            "UPDATE visit_call SET inspection = {} WHERE id = {}", data.id, data.call
        )
        answered = rules.CallAnswered(data.call)
        log.append(answered, (VisitCall, data.call), subject=data.call, by=by, at=at)
    return event


async def take_back(data: TakeBack, *, by: str, at: datetime) -> CallTakenBack:
    rules.ensure_reason(data.reason)
    async with transaction():
        found = await queries.call(data.call)
        rules.ensure_foreign(by, await queries.concerned(found.application, local_day(at)))
        await _claim(data.call)
        await in_use().query(
            "UPDATE visit_call SET taken_back_by = {}, taken_back_at = {},"
            " taken_back_because = {} WHERE id = {}",
            by, at, data.reason.strip(), data.call,
        )  # fmt: skip
        event = CallTakenBack(data.call)
        log.append(event, (VisitCall, data.call), subject=data.call, by=by, at=at)
    return event


async def _claim(call: str) -> None:
    claimed = await in_use().query(
        "UPDATE visit_call SET kind = kind WHERE id = {} AND taken_back_at IS NULL"
        " AND (inspection IS NULL OR inspection IN"
        " (SELECT id FROM inspection WHERE state = 'cancelled')) RETURNING id",
        call,
    )
    if not claimed:
        raise rules.CallOver
