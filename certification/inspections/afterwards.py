"""What may still be said of a signed sheet: corrections, remarks, screening. Nothing changes it.

Pure. A correction is a new answer with a reason, and holds when as many of those who were there
have signed it as the sheet needed; a remark is the reviewer's own layer and changes no value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Refusal
from certification.inspections import panel
from certification.inspections.panel import Assigned
from certification.schemes.rules import Content, RuleSet

Outcome = Literal["accepted", "sent_back"]
OPEN_TO_REMARKS = ("inspected", "decided")


class NotSignedYet(Refusal):
    """The sheet is still being filled in."""

    code = "inspections.not_signed_yet"


class DecidedOn(Refusal):
    """A meeting has decided on this sheet: what is wrong with it asks for a new visit."""

    code = "inspections.decided_on"


class NotASigner(Forbidden):
    """Only who signed the sheet corrects it."""

    code = "inspections.not_a_signer"


class CorrectionMissing(Invalid):
    """Of this visit none has this id."""

    code = "inspections.correction_missing"


class CorrectionSignedAlready(Refusal):
    code = "inspections.correction_signed_already"


class NothingCorrected(Refusal):
    """It says what the sheet says."""

    code = "inspections.nothing_corrected"


class ReviewerWasThere(Refusal):
    """Who inspected has the inspector's layer."""

    code = "inspections.reviewer_was_there"


class ReviewerTooNear(Refusal):
    code = "inspections.reviewer_too_near"


class NoScreening(Refusal):
    """This charter has no screening team."""

    code = "inspections.no_screening"


class NotOfScreening(Forbidden):
    code = "inspections.not_of_screening"


class ScreenedAlready(Refusal):
    code = "inspections.screened_already"


class Correct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    inspection: str
    item: str
    value: str
    reason: str
    note: str | None = None


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    inspection: str
    item: str
    note: str
    value: str | None = None


class Screen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    inspection: str
    outcome: Outcome
    reason: str | None = None


class Corrected(msgspec.Struct, frozen=True, tag="inspections.corrected"):
    """Proposed by one of the signers."""

    inspection: str
    correction: str
    item: str
    complete: int
    """1 where it holds."""


class CorrectionCountersigned(msgspec.Struct, frozen=True, tag="inspections.correction_signed"):
    inspection: str
    correction: str
    person: str
    complete: int
    """1 where it holds."""


class Remarked(msgspec.Struct, frozen=True, tag="inspections.remarked"):
    inspection: str
    remark: str
    item: str
    differs: int
    """1 where another value is said."""


class Screened(msgspec.Struct, frozen=True, tag="inspections.screened"):
    inspection: str
    outcome: str


def ensure_correctable(state: str, *, decided: bool, signer: bool) -> None:
    if state != "signed":
        raise NotSignedYet(state=state)
    if not signer:
        raise NotASigner
    if decided:
        raise DecidedOn


def complete(signers: Iterable[str], seats: Sequence[Assigned], rules: RuleSet) -> bool:
    """As many, and in the seats, that the sheet itself needed."""
    signed = {*signers}
    try:
        panel.ensure_enough([one.seat for one in seats if one.person in signed], rules)
    except Refusal:
        return False
    return True


def completed_at(
    signed: Sequence[tuple[str, datetime]], seats: Sequence[Assigned], rules: RuleSet
) -> datetime | None:
    """When the signature came that made it enough; `signed` in the order in which they came."""
    for count in range(1, len(signed) + 1):
        if complete([person for person, _ in signed[:count]], seats, rules):
            return signed[count - 1][1]
    return None


def ensure_may_review(
    reviewer: str, state: str, *, there: Iterable[str], near: Iterable[str], decided: bool
) -> None:
    if state != "signed":
        raise NotSignedYet(state=state)
    if reviewer in there:
        raise ReviewerWasThere
    if reviewer in near:
        raise ReviewerTooNear
    if decided:
        raise DecidedOn


def ensure_screening(content: Content, *, of_it: bool) -> None:
    if all(stage.organ != "screening" for stage in content.rules.decision_stages):
        raise NoScreening
    if not of_it:
        raise NotOfScreening


def sheet_digest(lines: Iterable[Sequence[str]]) -> str:
    """SHA-256 of what was signed, one line for each answer, finding and photo; words are left to
    the record's commitments, so that they can be forgotten."""
    return hashlib.sha256("\n".join(" ".join(line) for line in lines).encode()).hexdigest()
