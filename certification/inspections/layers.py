"""What stands beside the inspectors' answers: corrections, remarks, what came late, who did not
sign, and what the farmer said. Below `queries`, which reads the answers that hold."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.ids import following
from certification.basis.rows import as_view
from certification.inspections import afterwards
from certification.inspections.panel import Assigned
from certification.inspections.tables import (
    Answer,
    Correction,
    CorrectionSigned,
    Dissent,
    FarmerSaid,
    Finding,
    InspectionMember,
    LateAnswer,
    Photo,
    Remark,
    Screening,
)
from certification.schemes.rules import RuleSet


class FarmerSaidView(msgspec.Struct, frozen=True):
    reason: str | None
    statement: str | None
    by: str
    at: datetime


class DissentView(msgspec.Struct, frozen=True):
    person: str
    reason: str
    at: datetime


class LateView(msgspec.Struct, frozen=True):
    id: str
    item: str
    value: str
    note: str | None
    by: str
    answered_at: datetime
    received_at: datetime


class CorrectionView(msgspec.Struct, frozen=True):
    id: str
    item: str
    value: str
    note: str | None
    reason: str
    by: str
    at: datetime
    signed: tuple[str, ...]
    """In the order in which they came."""
    holds_since: datetime | None
    """None while too few have signed it: then the sheet says what it said."""


class RemarkView(msgspec.Struct, frozen=True):
    id: str
    item: str
    value: str | None
    note: str
    by: str
    at: datetime


class ScreeningView(msgspec.Struct, frozen=True):
    outcome: str
    reason: str | None
    by: str
    at: datetime


async def signed_seats(inspection: str) -> list[Assigned]:
    rows = await InspectionMember.select().where(
        InspectionMember.inspection == inspection, InspectionMember.signed_at.is_not_null()
    )
    return [Assigned(row["person"], row["seat"]) for row in rows]


async def farmer_said(inspection: str) -> FarmerSaidView | None:
    row = await FarmerSaid.select().where(FarmerSaid.inspection == inspection).first()
    return as_view(FarmerSaidView, row) if row else None


async def dissents(inspection: str) -> tuple[DissentView, ...]:
    rows = await Dissent.select().where(Dissent.inspection == inspection).order_by(Dissent.at)
    return tuple(as_view(DissentView, row) for row in rows)


async def late(inspection: str) -> tuple[LateView, ...]:
    rows = await (
        LateAnswer.select()
        .where(LateAnswer.inspection == inspection)
        .order_by(LateAnswer.received_at, LateAnswer.id)
    )
    return tuple(as_view(LateView, row) for row in rows)


async def corrections(inspection: str, rules: RuleSet) -> tuple[CorrectionView, ...]:
    """In the order in which they were written."""
    rows = await (
        Correction.select()
        .where(Correction.inspection == inspection)
        .order_by(Correction.at, Correction.id)
    )
    if not rows:
        return ()
    signatures = await (
        CorrectionSigned.select()
        .where(CorrectionSigned.correction.is_in([row["id"] for row in rows]))
        .order_by(CorrectionSigned.at, CorrectionSigned.id)
    )
    seats, found = await signed_seats(inspection), []
    for row in rows:
        signed = [(s["person"], s["at"]) for s in signatures if s["correction"] == row["id"]]
        since = afterwards.completed_at(signed, seats, rules)
        more = {"signed": tuple(person for person, _ in signed), "holds_since": since}
        found.append(as_view(CorrectionView, {**row, **more}))
    return tuple(found)


async def remarks(inspection: str) -> tuple[RemarkView, ...]:
    rows = await (
        Remark.select().where(Remark.inspection == inspection).order_by(Remark.at, Remark.id)
    )
    return tuple(as_view(RemarkView, row) for row in rows)


async def screenings(inspection: str) -> tuple[ScreeningView, ...]:
    """The last one holds."""
    rows = await (
        Screening.select()
        .where(Screening.inspection == inspection)
        .order_by(Screening.at, Screening.id)
    )
    return tuple(as_view(ScreeningView, row) for row in rows)


async def screened(inspection: str) -> str:
    """accepted, sent_back, or nothing."""
    found = await screenings(inspection)
    return found[-1].outcome if found else ""


async def sheet_digest(inspection: str) -> str:
    """Anew from the rows; it is the one that was written at the last signature, or a row is not."""
    answers = await Answer.select().where(Answer.inspection == inspection).order_by(Answer.seq)
    seen = await Finding.select().where(Finding.inspection == inspection).order_by(Finding.id)
    photos = await Photo.select().where(Photo.inspection == inspection).order_by(Photo.id)
    written = await Correction.select(Correction.id).where(Correction.inspection == inspection)
    corrected = {finding_of(row["id"]) for row in written}
    return afterwards.sheet_digest([
        *(["answer", str(a["seq"]), a["item"], a["value"], a["by"]] for a in answers),
        *(["finding", f["id"], f["item"], f["severity"]] for f in seen if f["id"] not in corrected),
        *(["photo", p["id"], p["item"] or "-", p["blob"]] for p in photos),
    ])  # fmt: skip


def finding_of(correction: str) -> str:
    """Of the finding that a correction makes, after the sheet was signed."""
    return following(correction, "finding")
