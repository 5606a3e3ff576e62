"""What follows a finding: open, an action agreed, done by the farmer's word, seen by another. Pure.

    open -> action_agreed -> done_claimed -> verified_closed

Whoever sends a claim back opens the finding again; the history stays. Overdue is reckoned from the
days and never kept. The settings are those of the version under which the finding was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Refusal
from certification.findings.standings import Standing
from certification.inspections.refusals import FindingClosedAlready

Said = Literal["replied", "claimed", "disputed"]
Verdict = Literal["stands", "withdrawn"]
SAID: tuple[Said, ...] = ("replied", "claimed", "disputed")
VERDICTS: tuple[Verdict, ...] = ("stands", "withdrawn")
EXTENDED_DAYS_MAX = 366
DAYS_BACK_MAX = 366
WORDS_MAX, REF_MAX = 4_000, 120


class NotYours(Forbidden):
    """Answered by who farms the land, or by a helper of the same group for that person."""

    code = "findings.not_yours"


class NothingSaid(Invalid):
    """Words, or for a reply and a claim a photo."""

    code = "findings.nothing_said"


class BeyondDeadline(Invalid):
    """Later than the charter allows: only a meeting extends it."""

    code = "findings.beyond_deadline"


class DuePassed(Invalid):
    code = "findings.due_passed"


class ClaimedAlready(Refusal):
    """It is said to be done, and somebody has to look first."""

    code = "findings.claimed_already"


class NothingClaimed(Refusal):
    code = "findings.nothing_claimed"


class OwnClaim(Forbidden):
    """Who typed that it is done does not say that it was seen."""

    code = "findings.own_claim"


class Disputed(Refusal):
    """The committee has to say first whether it is a finding at all."""

    code = "findings.disputed"


class DisputeSettled(Refusal):
    """The committee has said once that it stands."""

    code = "findings.dispute_settled"


class NoDispute(Refusal):
    code = "findings.no_dispute"


class NotLonger(Invalid):
    """An extension is to a later day, at most a year ahead."""

    code = "findings.not_longer"


class MeetingMissing(Invalid):
    """The committee's word has a meeting and a day that has passed."""

    code = "findings.meeting_missing"


class OtherMeeting(Refusal):
    """Not of the group or network of this land, or held before there was anything to say."""

    code = "findings.other_meeting"


class NotBeforeTheMeeting(Refusal):
    """Neither disputed nor handed to the committee: it stands on no agenda."""

    code = "findings.not_before_the_meeting"


class ChangedMeanwhile(Refusal):
    code = "findings.changed_meanwhile"


class Agree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be done, with the farmer's consent; the day stays where none is named."""

    id: str
    finding: str
    action: str
    due_on: date | None = None


class Extend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    finding: str
    due_on: date
    reason: str
    meeting_ref: str = ""
    decided_on: date | None = None
    meeting: str | None = None
    """One under way; its own day and no reference then."""


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of the farmer; `photo` is the digest of a picture that was kept."""

    id: str
    finding: str
    kind: Said
    words: str = ""
    photo: str | None = None
    on_behalf_of: str | None = None


class SendBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    finding: str
    reason: str


class Settle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A meeting on a dispute: it stands, or it is none."""

    id: str
    finding: str
    verdict: Verdict
    reason: str
    meeting_ref: str = ""
    decided_on: date | None = None
    meeting: str | None = None
    """One under way; its own day and no reference then."""


class ActionAgreed(msgspec.Struct, frozen=True, tag="findings.agreed"):
    finding: str
    farmer: str
    due_on: str


class DeadlineExtended(msgspec.Struct, frozen=True, tag="findings.extended"):
    finding: str
    farmer: str
    due_on: str


class Answered(msgspec.Struct, frozen=True, tag="findings.answered"):
    finding: str
    kind: str
    group: str


class FindingDisputed(msgspec.Struct, frozen=True, tag="findings.disputed"):
    finding: str
    network: str


class ClaimSentBack(msgspec.Struct, frozen=True, tag="findings.sent_back"):
    finding: str
    farmer: str
    due_on: str


class DisputeSettledBy(msgspec.Struct, frozen=True, tag="findings.settled"):
    finding: str
    farmer: str
    outcome: str


class FindingRetested(msgspec.Struct, frozen=True, tag="findings.retested"):
    """The test that it came of was corrected: it is none."""

    finding: str
    farmer: str
    network: str
    plot: str
    test: str


class SeenMended(msgspec.Struct, frozen=True, tag="findings.verified"):
    finding: str


class DueSoon(msgspec.Struct, frozen=True, tag="findings.reminded"):
    finding: str
    farmer: str
    due_on: str


class NowOverdue(msgspec.Struct, frozen=True, tag="findings.overdue"):
    finding: str
    farmer: str
    group: str
    due_on: str


class Escalated(msgspec.Struct, frozen=True, tag="findings.escalated"):
    finding: str
    farmer: str
    network: str
    due_on: str


def ensure_open(now: Standing) -> None:
    if now.state == "verified_closed":
        raise FindingClosedAlready


def ensure_agrees(now: Standing, due_on: date | None, *, today: date) -> date:
    """The day that holds from now on."""
    ensure_open(now)
    if now.disputed:
        raise Disputed
    if now.state == "done_claimed":
        raise ClaimedAlready
    if due_on is None or due_on == now.due_on:
        return now.due_on
    if due_on > now.latest:
        raise BeyondDeadline(field="due_on", latest=str(now.latest))
    if due_on < today:
        raise DuePassed(field="due_on")
    return due_on


def ensure_extends(now: Standing, due_on: date, *, today: date) -> None:
    ensure_open(now)
    if not max(now.due_on, today) < due_on <= today + timedelta(days=EXTENDED_DAYS_MAX):
        raise NotLonger(field="due_on", days=EXTENDED_DAYS_MAX)


def ensure_answers(now: Standing, answer: Answer) -> None:
    ensure_open(now)
    words = answer.words.strip()
    if len(words) > WORDS_MAX or not (words or (answer.photo and answer.kind != "disputed")):
        raise NothingSaid(field="words", most=WORDS_MAX)
    if answer.kind == "replied":
        return
    if now.disputed:
        raise Disputed
    if now.state == "done_claimed":
        raise ClaimedAlready
    if answer.kind == "disputed" and now.settled:
        raise DisputeSettled


def ensure_speaks(farmer: str, on_behalf_of: str | None, *, by: str, same_group: bool) -> None:
    if by != farmer and not (on_behalf_of == farmer and same_group):
        raise NotYours


def ensure_verifies(now: Standing, *, by: str) -> None:
    """Also what nobody claimed: who went to see may say that it is mended."""
    ensure_open(now)
    if now.disputed:
        raise Disputed
    if by == now.claimed_by:
        raise OwnClaim


def ensure_sends_back(now: Standing, reason: str, *, by: str) -> None:
    ensure_verifies(now, by=by)
    if now.state != "done_claimed":
        raise NothingClaimed
    ensure_reason(reason)


def ensure_settles(now: Standing, reason: str) -> None:
    ensure_open(now)
    if not now.disputed:
        raise NoDispute
    ensure_reason(reason)


def ensure_reason(reason: str, field: str = "reason") -> None:
    if not reason.strip() or len(reason) > WORDS_MAX:
        raise NothingSaid(field=field, most=WORDS_MAX)


def ensure_meeting(ref: str, decided_on: date | None, *, today: date) -> date:
    if not ref.strip() or len(ref) > REF_MAX:
        raise MeetingMissing(field="meeting_ref", most=REF_MAX)
    if decided_on is None or not today - timedelta(days=DAYS_BACK_MAX) <= decided_on <= today:
        raise MeetingMissing(field="decided_on", most=REF_MAX)
    return decided_on


def median_days(days: Sequence[int]) -> int | None:
    """Of an even number the lower of the two in the middle."""
    return sorted(days)[(len(days) - 1) // 2] if days else None
