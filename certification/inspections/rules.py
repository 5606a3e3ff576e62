"""Peers look at a plot: what is an answer, what a finding, when the sheet may be signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from certification.basis.units import Instant
from certification.inspections.kinds import About, Kind
from certification.inspections.panel import Assigned
from certification.inspections.refusals import (
    DueTooLate,
    NoteMissing,
    PlannedFarAway,
    TimesOutOfOrder,
    TooLong,
)
from certification.schemes.rules import RuleSet, Severity

GRAVE: tuple[Severity, ...] = ("critical", "major", "minor")
"""The gravest first."""
NOTE_LETTERS_MAX, VALUE_LETTERS_MAX, ANSWERS_MAX = 4_000, 80, 500
DAYS_AHEAD_MAX, DAYS_LATE_MAX = 366, 366


class AssignInspection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    application: str
    members: tuple[Assigned, ...]
    planned_on: date
    kind: Kind = "initial"
    about: tuple[About, ...] = ()
    reason: str | None = None
    """In words, for a complaint or follow-up; personal."""


class BeginInspection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    inspection: str
    started_at: Instant
    """On the device; it may be told later."""


class MakeFinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    inspection: str
    item: str
    severity: Severity
    what: str
    action: str | None = None
    due_on: date | None = None
    """At the latest the scheme's deadline for this severity, which also stands where none is."""


class CloseFinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    finding: str
    note: str


class AttachPhoto(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    inspection: str
    blob: str
    """Digest of the bytes, as `basis.blobs.keep` told it."""
    item: str | None = None


FarmerSignature = Literal["signed", "refused", "absent"]


class FinishInspection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    inspection: str
    farmer_signature: FarmerSignature
    ended_at: Instant
    reason: str | None = None
    """Why it is not there, in the inspectors' words."""
    statement: str | None = None
    """What the farmer says to the sheet."""


class RefuseToSign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    inspection: str
    reason: str


class InspectionAssigned(msgspec.Struct, frozen=True, tag="inspections.assigned"):
    """Of an unannounced visit the record does not say of which plot and application."""

    inspection: str
    application: str
    plot: str
    kind: str
    planned_on: str
    members: tuple[Assigned, ...]


class InspectionBegun(msgspec.Struct, frozen=True, tag="inspections.begun"):
    inspection: str
    started_at: str


class AnswersGiven(msgspec.Struct, frozen=True, tag="inspections.answered"):
    """`items` in the order of their numbers, from `first` on; none where all were known."""

    inspection: str
    first: int
    items: tuple[str, ...]


class FindingMade(msgspec.Struct, frozen=True, tag="inspections.finding_made"):
    inspection: str
    finding: str
    item: str
    severity: str
    due_on: str


class FindingVerifiedClosed(msgspec.Struct, frozen=True, tag="inspections.finding_closed"):
    finding: str
    farmer: str = ""


class PhotoAttached(msgspec.Struct, frozen=True, tag="inspections.photo_attached"):
    inspection: str
    photo: str
    blob: str


class InspectionSigned(msgspec.Struct, frozen=True, tag="inspections.signed"):
    inspection: str
    person: str


class SigningRefused(msgspec.Struct, frozen=True, tag="inspections.signing_refused"):
    inspection: str
    person: str


class CameLate(msgspec.Struct, frozen=True, tag="inspections.came_late"):
    """Kept beside a sheet that was signed or called off."""

    inspection: str
    items: tuple[str, ...]


class InspectionFinished(msgspec.Struct, frozen=True, tag="inspections.finished"):
    inspection: str
    signatures: int
    farmer_signature: str
    ended_at: str
    sheet_digest: str


class InspectionCancelled(msgspec.Struct, frozen=True, tag="inspections.cancelled"):
    inspection: str


def ensure_farmer(data: FinishInspection) -> None:
    """A signature that is not there has a reason."""
    if data.farmer_signature != "signed":
        ensure_words(data.reason or "", "reason")
    for text, field in ((data.reason, "reason"), (data.statement, "statement")):
        if len(text or "") > NOTE_LETTERS_MAX:
            raise TooLong(field=field, item="")


def due_on(wanted: date | None, severity: Severity, rules: RuleSet, *, today: date) -> date:
    latest = today + timedelta(days=rules.severity_deadline_days[severity])
    if wanted is not None and wanted > latest:
        raise DueTooLate(field="due_on", latest=latest.isoformat())
    return wanted or latest


def ripe_for_major(found: Mapping[str, int], rules: RuleSet) -> int:
    """How many open minor findings there are, where the charter counts so many as a major."""
    minor, enough = found.get("minor", 0), rules.minors_to_major
    return minor if enough and minor >= enough else 0


def grave(found: Mapping[str, int], rules: RuleSet) -> int:
    """Open critical and major findings, by severity; `minors_to_major` minor ones are one more."""
    minors = found.get("minor", 0) // rules.minors_to_major if rules.minors_to_major else 0
    return found.get("critical", 0) + found.get("major", 0) + minors


def ensure_planned(planned_on: date, *, today: date) -> None:
    if not -1 <= (planned_on - today).days <= DAYS_AHEAD_MAX:
        raise PlannedFarAway(field="planned_on", days=DAYS_AHEAD_MAX)


def ensure_recent(said: datetime, field: str, *, at: datetime) -> None:
    """Not later than now; a phone is back in the village within a year."""
    if not timedelta() <= at - said <= timedelta(days=DAYS_LATE_MAX):
        raise TimesOutOfOrder(field=field)


def ensure_in_order(started_at: datetime | None, ended_at: datetime, *, at: datetime) -> None:
    if started_at is None or not started_at <= ended_at <= at:
        raise TimesOutOfOrder(field="ended_at")


def ensure_words(text: str, field: str) -> None:
    if not text.strip():
        raise NoteMissing(field=field, item="")
    if len(text) > NOTE_LETTERS_MAX:
        raise TooLong(field=field, item="")
