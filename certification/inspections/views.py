"""What is told of a visit: its sheet, its panel, its findings."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from certification.applications.queries import SelfView
from certification.inspections.layers import (
    CorrectionView,
    DissentView,
    FarmerSaidView,
    LateView,
    RemarkView,
    ScreeningView,
)
from certification.schemes.rules import Severity


class InspectionView(msgspec.Struct, frozen=True):
    id: str
    application: str
    plot: str
    scheme_version: str
    kind: str
    state: str
    planned_on: date
    started_at: datetime | None
    ended_at: datetime | None
    farmer_signature: str | None
    sheet_digest: str | None
    land_digest: str | None
    carries: bool
    """Its end carries the application from accepted to inspected."""
    assigned_by: str
    at: datetime


class AboutView(msgspec.Struct, frozen=True):
    what: str
    """finding, complaint, item, reason"""
    of: str | None
    words: str | None


class Yearly(msgspec.Struct, frozen=True):
    plot: str
    scheme: str
    state: str
    planned_on: date


class MemberView(msgspec.Struct, frozen=True):
    person: str
    seat: str
    signed_at: datetime | None
    excused: bool
    """What stands against this person was overridden, by two and in public."""
    left_at: datetime | None
    """Replaced by another."""


class ExcuseView(msgspec.Struct, frozen=True):
    id: str
    inspection: str
    person: str
    why: str
    reason: str
    by: str
    at: datetime
    signed_by: str | None
    signed_at: datetime | None


class PaperView(msgspec.Struct, frozen=True):
    started_at: datetime
    ended_at: datetime
    photo: str
    by: str
    at: datetime


class AnswerView(msgspec.Struct, frozen=True):
    id: str
    item: str
    value: str
    note: str | None
    by: str
    answered_at: datetime
    received_at: datetime
    seq: int
    signed_as: str | None = None
    """What the sheet says, where a correction holds."""


class Layered(msgspec.Struct, frozen=True):
    """One question in its three layers, with who and when."""

    item: str
    farmer: SelfView | None
    inspector: AnswerView | None
    reviewer: tuple[RemarkView, ...]
    differs: bool
    """The last reviewer who gave a value gave another than the inspectors."""


class FindingView(msgspec.Struct, frozen=True):
    id: str
    source: str
    """visit, use, test, complaint"""
    about: str
    inspection: str | None
    """None where no visit made it."""
    use: str | None
    plot: str
    farmer: str
    scheme_version: str
    item: str
    severity: Severity
    what: str
    action: str | None
    due_on: date
    by: str
    at: datetime
    closed_by: str | None
    closed_at: datetime | None
    closing_note: str | None


class PhotoView(msgspec.Struct, frozen=True):
    id: str
    item: str | None
    blob: str
    by: str
    at: datetime


class Record(msgspec.Struct, frozen=True):
    """The whole sheet; `answers` are those that hold, one for each item."""

    inspection: InspectionView
    members: tuple[MemberView, ...]
    answers: tuple[AnswerView, ...]
    findings: tuple[FindingView, ...]
    photos: tuple[PhotoView, ...]
    about: tuple[AboutView, ...] = ()
    dissents: tuple[DissentView, ...] = ()
    farmer_said: FarmerSaidView | None = None
    corrections: tuple[CorrectionView, ...] = ()
    screenings: tuple[ScreeningView, ...] = ()
    late: tuple[LateView, ...] = ()
    """Answers that came when the sheet was closed: no part of it."""
    excuses: tuple[ExcuseView, ...] = ()
    paper: PaperView | None = None
    """Filled in on paper and typed afterwards."""
    layers: tuple[Layered, ...] = ()
    as_signed: bool = True
    """Its rows still give the digest that was written at the last signature."""


class Progress(msgspec.Struct, frozen=True):
    answered: int
    items: int
    missing: tuple[str, ...]
    """Critical and major items without an answer."""
    without_finding: tuple[str, ...]
    signatures: int
    members: int
    without_evidence: tuple[str, ...] = ()
    """Photo or paper asked for, none there and no word why."""
