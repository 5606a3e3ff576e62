"""What an answer is, and when a sheet has enough of them: pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

import msgspec

from certification.basis.units import Instant
from certification.inspections.refusals import (
    EvidenceMissing,
    FindingMissing,
    NotAnAnswer,
    NotAnsweredYet,
    NoteMissing,
    TooLong,
    UnknownItem,
)
from certification.inspections.rules import (
    GRAVE,
    NOTE_LETTERS_MAX,
    VALUE_LETTERS_MAX,
    ensure_recent,
)
from certification.schemes.rules import Content, Item

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


class AnswerGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    item: str
    value: str
    answered_at: Instant
    note: str | None = None


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


def ensure_shown(bare: list[str]) -> None:
    if bare:
        raise EvidenceMissing(items=bare)


class GiveAnswers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    inspection: str
    answers: tuple[AnswerGiven, ...]


def ensure_complete(
    content: Content, answers: Mapping[str, str], found: Iterable[tuple[str, str]]
) -> None:
    if missing := unanswered(content, answers):
        raise NotAnsweredYet(items=missing)
    if denied := without_finding(content, answers, found):
        raise FindingMissing(items=denied)
