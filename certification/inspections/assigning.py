"""A visit is planned: which, by whom, about what."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

import msgspec

from certification.applications import queries as application_queries
from certification.basis import log
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.inspections import (
    bound,
    kinds,
    panel,
    queries,
    rules,
)
from certification.inspections.rules import (
    AssignInspection,
    InspectionAssigned,
)
from certification.inspections.tables import (
    Inspection,
    InspectionMember,
    VisitAbout,
)
from certification.schemes import queries as schemes
from certification.schemes.rules import Content


async def assign(
    data: AssignInspection, *, by: str, at: datetime, excused: frozenset[str] = frozenset()
) -> InspectionAssigned:
    """Refused with the name of what stands against one of them, or of what is missing."""
    rules.ensure_planned(data.planned_on, today=local_day(at))
    async with transaction():
        asked = await application_queries.application(data.application)
        kinds.ensure_ready(data.kind, asked.state)
        carries = asked.state == "accepted"
        content = (await schemes.version(asked.scheme_version)).content
        if data.kind == "annual" and not carries:
            kinds.ensure_wanted(await queries.yearly(asked, data.planned_on.year), content.rules)
        about = await _about(data, asked.plot, content)
        farmer = await bound.farmer(asked, carries=carries, on=local_day(at))
        ties = await bound.tied(asked.plot, farmer, content.rules, on=data.planned_on)
        panel.ensure_panel(data.members, ties, content.rules, excused)
        await insert(Inspection(
            id=data.id, application=asked.id, plot=asked.plot, scheme_version=asked.scheme_version,
            kind=data.kind, state="assigned", planned_on=data.planned_on, carries=carries,
            assigned_by=by, at=at,
        ))  # fmt: skip
        seats = [
            InspectionMember(
                id=new_id(), inspection=data.id, person=m.person, seat=m.seat,
                excused=m.person in excused,
            )
            for m in data.members
        ]  # fmt: skip
        await insert(*seats)
        event = InspectionAssigned(
            data.id, asked.id, asked.plot, data.kind, str(data.planned_on), data.members
        )
        if kinds.hidden(data.kind, None):
            event = msgspec.structs.replace(event, application="", plot="")
        told = [(InspectionMember, seat.id) for seat in seats]
        why = await _write_about(data, about, by=by, at=at)
        log.append(event, (Inspection, data.id), *told, *why, subject=data.id, by=by, at=at)
    return event


async def _about(data: AssignInspection, plot: str, content: Content) -> tuple[kinds.About, ...]:
    every = await queries.findings_of(plot)
    return kinds.about(
        data.kind, data.about, data.reason or "",
        findings=[one.id for one in every],
        opened=[one.id for one in every if one.closed_at is None], content=content,
    )  # fmt: skip


async def _write_about(
    data: AssignInspection, about: Sequence[kinds.About], *, by: str, at: datetime
) -> list[tuple[type[VisitAbout], str]]:
    told: list[tuple[str, str | None, str | None]] = [(one.what, one.of, None) for one in about]
    if data.kind in kinds.NARROW and (data.reason or "").strip():
        told.append(("reason", None, (data.reason or "").strip()))
    rows = [
        VisitAbout(
            id=new_id(), inspection=data.id, what=what, of=of, words=words, by=by, at=at,
            salt=secrets.token_bytes(16),
        )
        for what, of, words in told
    ]  # fmt: skip
    if rows:
        await insert(*rows)
    return [(VisitAbout, row.id) for row in rows]
