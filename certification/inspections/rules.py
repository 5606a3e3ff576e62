"""Peers look at a plot: what is an answer, what a finding, when the sheet may be signed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal
from certification.basis.units import Instant
from certification.inspections.kinds import About, Kind
from certification.inspections.panel import Assigned
from certification.schemes.rules import Content, Item, RuleSet, Severity

GRAVE: tuple[Severity, ...] = ("critical", "major", "minor")
"""The gravest first."""
NOTE_LETTERS_MAX, VALUE_LETTERS_MAX, ANSWERS_MAX = 4_000, 80, 500
DAYS_AHEAD_MAX, DAYS_LATE_MAX = 366, 366
NOTED = ("text", "table", "people_list", "time_range")
"""Answer types whose content is the note; their value is `noted`."""
PAPERS = frozenset({"document", "receipt", "lab_report"})
"""Evidence that a picture of it shows, as a photo is one of itself. Measures are the answer, a
place is the plot's, a signature the sheet's."""
FORMS = {
    "yes_no_na": r"yes|no",
    "score_0_2": r"[012]",
    "number_percent": r"100|[0-9]{1,2}",
    "number_m": r"[0-9]{1,4}(\.[0-9]{1,2})?",
    "number_days": r"[0-9]{1,4}",
    "integer": r"[0-9]{1,6}",
    "area_rai": r"[0-9]{1,5}(\.[0-9]{1,4})?",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    **dict.fromkeys(NOTED, "noted"),
}


class InspectionMissing(Missing):
    code = "inspections.missing"


class NotAnInspector(Forbidden):
    """Only who was assigned to this visit."""

    code = "inspections.not_an_inspector"


class NotUnderWay(Refusal):
    code = "inspections.not_under_way"


class SignedAlready(Refusal):
    """The sheet bears a signature: what comes later is for a new visit. `late` names the items."""

    code = "inspections.signed_already"


class UnknownItem(Invalid):
    code = "inspections.unknown_item"


class NotAnAnswer(Invalid):
    """Not a value the item's answer type knows."""

    code = "inspections.not_an_answer"


class NoteMissing(Invalid):
    """ "Does not apply" to an important item, and whatever cannot be ticked, needs words."""

    code = "inspections.note_missing"


class TooLong(Invalid):
    code = "inspections.too_long"


class AnswerDiffers(Refusal):
    """This id already stands for another answer."""

    code = "inspections.answer_differs"


class NotAnsweredYet(Refusal):
    code = "inspections.not_answered_yet"


class FindingMissing(Refusal):
    """A no to an important item is a finding, with what is to be done about it."""

    code = "inspections.finding_missing"


class EvidenceMissing(Refusal):
    """A photo or paper that the question asks for, and no word on why there is none."""

    code = "inspections.evidence_missing"


class Dissented(Refusal):
    """Who has said why not to sign does not sign this sheet any more."""

    code = "inspections.dissented"


class CameTooLate(Refusal):
    """Signed or called off meanwhile: what was typed, `late`, is kept beside the sheet."""

    code = "inspections.came_too_late"


class NoSuchFinding(Missing):
    code = "inspections.no_such_finding"


class DueTooLate(Invalid):
    code = "inspections.due_too_late"


class FindingClosedAlready(Refusal):
    code = "inspections.finding_closed_already"


class NotByTheFarmer(Forbidden):
    """Who was inspected does not say that it is mended."""

    code = "inspections.not_by_the_farmer"


class PlannedFarAway(Invalid):
    """Before yesterday, or more than a year ahead."""

    code = "inspections.planned_far_away"


class TimesOutOfOrder(Invalid):
    """Begun after it ended, later than now, or told more than a year late."""

    code = "inspections.times_out_of_order"


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


class AnswerGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    item: str
    value: str
    answered_at: Instant
    note: str | None = None


class GiveAnswers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    inspection: str
    answers: tuple[AnswerGiven, ...]


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


def ensure_answer(answer: AnswerGiven, content: Content, *, at: datetime) -> None:
    item = content.item(answer.item)
    if item is None:
        raise UnknownItem(field="item", item=answer.item[:20])
    note = (answer.note or "").strip()
    if len(answer.value) > VALUE_LETTERS_MAX or len(note) > NOTE_LETTERS_MAX:
        raise TooLong(field="answer", item=item.code)
    if not is_answer(item, answer.value):
        raise NotAnAnswer(field="value", item=item.code, value=answer.value)
    if not note and (item.answer_type in NOTED or (answer.value == "na" and item.must_be_answered)):
        raise NoteMissing(field="note", item=item.code)
    ensure_recent(answer.answered_at, "answered_at", at=at + timedelta(hours=1))  # a fast clock


def is_answer(item: Item, value: str) -> bool:
    """`na` (does not apply) is an answer to every item."""
    if value == "na":
        return True
    chosen = value.split(",")
    match item.answer_type:
        case "select":
            return value in item.options
        case "multi_select":
            return len(chosen) == len(set(chosen)) and set(chosen) <= set(item.options)
        case "date":
            return _is_date(value)
    return re.fullmatch(FORMS[item.answer_type], value) is not None


def _is_date(value: str) -> bool:
    try:
        return bool(re.fullmatch(FORMS["date"], value) and date.fromisoformat(value))
    except ValueError:
        return False


def unanswered(content: Content, answers: Mapping[str, str]) -> list[str]:
    """Critical and major items without an answer, in the order of the sheet."""
    return [i.code for i in content.checklist if i.must_be_answered and i.code not in answers]


def without_finding(
    content: Content, answers: Mapping[str, str], found: Iterable[tuple[str, str]]
) -> list[str]:
    """Critical and major items that were denied and have no finding as grave as the scheme says:
    inspectors may take it harder, not lighter. `found`: item and severity."""
    told = set(found)
    gravest = {item: s for s in reversed(GRAVE) for item, severity in told if severity == s}
    return [
        item.code
        for item in content.checklist
        if item.must_be_answered and answers.get(item.code) == "no"
        if item.code not in gravest or GRAVE.index(gravest[item.code]) > GRAVE.index(item.severity)
    ]


def without_evidence(
    content: Content, answers: Mapping[str, str], noted: Collection[str], shown: Collection[str]
) -> list[str]:
    """Answered items that ask for a photo or a paper, have no picture (`shown`) and no word on why
    (`noted`). What does not apply has nothing to show, and what is not there has no paper."""
    return [
        item.code
        for item in content.checklist
        if (value := answers.get(item.code)) not in (None, "na")
        if item.code not in shown and item.code not in noted
        if "photo" in item.evidence or (value != "no" and PAPERS & {*item.evidence})
    ]


def ensure_complete(
    content: Content, answers: Mapping[str, str], found: Iterable[tuple[str, str]]
) -> None:
    if missing := unanswered(content, answers):
        raise NotAnsweredYet(items=missing)
    if denied := without_finding(content, answers, found):
        raise FindingMissing(items=denied)


def ensure_shown(bare: list[str]) -> None:
    if bare:
        raise EvidenceMissing(items=bare)


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
