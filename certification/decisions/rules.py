"""What a meeting may decide, and what follows from its votes and from the calendar.

Nobody chooses a stage: it is reckoned from the last use of anything prohibited and from the class
of the crops. Nobody chooses an outcome either, but the meeting may defer.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Literal

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal
from certification.schemes.rules import RuleSet, Seat

Value = Literal["for", "against", "abstain", "recused"]
Outcome = Literal["approved", "rejected", "deferred"]
Stage = Literal["organic", "in_conversion"]
CropClass = Literal["annual", "perennial"]
OPEN_LATE_DAYS_MAX = 366
PLACE_LETTERS_MAX, REASON_LETTERS_MAX = 120, 2_000


class MeetingMissing(Missing):
    code = "decisions.meeting_missing"


class DecisionMissing(Missing):
    code = "decisions.missing"


class HeldOutOfTime(Invalid):
    """In the future, or entered too long after it was held."""

    code = "decisions.held_out_of_time"


class PlaceMissing(Invalid):
    code = "decisions.place_missing"


class MeetingClosed(Refusal):
    code = "decisions.meeting_closed"


class OtherOrgan(Refusal):
    """The plot belongs to another group and network than the one that meets."""

    code = "decisions.other_organ"


class NotOfThisOrgan(Refusal):
    """A producer's seat is for the organ's own people."""

    code = "decisions.not_of_this_organ"


class NotPresent(Refusal):
    code = "decisions.not_present"


class VotedAlready(Refusal):
    code = "decisions.voted_already"


class JudgeInOwnCause(Forbidden):
    """The farmer of the plot, or somebody too near: such a person is recused."""

    code = "decisions.judge_in_own_cause"


class NotInspected(Refusal):
    """Only what was inspected is decided on, and once."""

    code = "decisions.not_inspected"


class InspectedAfterTheMeeting(Refusal):
    code = "decisions.inspected_after_the_meeting"


class DecidedAlready(Refusal):
    code = "decisions.decided_already"


class NoQuorum(Refusal):
    """Too few present who are not recused."""

    code = "decisions.no_quorum"


class NoQuorumShare(Refusal):
    """Too few of the organ's own people."""

    code = "decisions.no_quorum_share"


class ReviewersAbsent(Refusal):
    code = "decisions.reviewers_absent"


class FarmerAbsent(Refusal):
    code = "decisions.farmer_absent"


class NoVotes(Refusal):
    code = "decisions.no_votes"


class FindingsOpen(Refusal):
    """The votes would approve, and a finding forbids it: close it first, or defer."""

    code = "decisions.findings_open"


class NothingPlanted(Refusal):
    """A certificate is for crops, and none is planted or planned."""

    code = "decisions.nothing_planted"


class ReasonMissing(Invalid):
    code = "decisions.reason_missing"


class OpenMeeting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    organ: str
    """A group or network."""
    held_on: date
    place: str


class Attend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    meeting: str
    person: str
    seat: Seat


class CastVote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    meeting: str
    application: str
    person: str
    value: Value


class Decide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    meeting: str
    application: str
    defer: bool = False
    reason: str | None = None
    """Needed where it is deferred or rejected: the farmer has a right to it."""


class MeetingOpened(msgspec.Struct, frozen=True, tag="decisions.meeting_opened"):
    meeting: str
    organ: str
    held_on: str


class Attended(msgspec.Struct, frozen=True, tag="decisions.attended"):
    meeting: str
    person: str
    seat: str


class Voted(msgspec.Struct, frozen=True, tag="decisions.voted"):
    meeting: str
    application: str
    person: str
    value: str


class Decided(msgspec.Struct, frozen=True, tag="decisions.decided"):
    """`stage` is empty unless approved."""

    decision: str
    meeting: str
    application: str
    outcome: Outcome
    stage: str
    present: int
    quorum_needed: int
    votes_for: int
    votes_against: int
    abstained: int
    recused: int


class MeetingEnded(msgspec.Struct, frozen=True, tag="decisions.meeting_closed"):
    meeting: str


class Cause(msgspec.Struct, frozen=True):
    """What is decided on, and by whom it may be."""

    application: str
    farmers: frozenset[str]
    """Who applied and who farms the plot."""
    recused: frozenset[str]
    """They, and all who are too near to them."""
    inspectors: frozenset[str]
    """Who signed the visit."""
    open_findings: Mapping[str, int]
    """By severity."""
    clean_since: date
    crop_classes: frozenset[CropClass]


class Assembly(msgspec.Struct, frozen=True):
    held_on: date
    present: frozenset[str]
    organ: frozenset[str]
    """The organ's own people on that day, present or not."""
    votes: Mapping[str, Value]
    """By person."""


class Tally(msgspec.Struct, frozen=True):
    votes_for: int
    votes_against: int
    abstained: int
    recused: int

    @property
    def cast(self) -> int:
        return self.votes_for + self.votes_against


def ensure_may_open(data: OpenMeeting, *, today: date) -> None:
    ensure_in_time(data.held_on, today, days=OPEN_LATE_DAYS_MAX)
    if not data.place.strip() or len(data.place) > PLACE_LETTERS_MAX:
        raise PlaceMissing(field="place")


def ensure_in_time(held_on: date, entered_on: date, *, days: int) -> None:
    """The scheme's `meeting_typed_late_days` are asked at the decision, when it is known."""
    if not 0 <= (entered_on - held_on).days <= days:
        raise HeldOutOfTime(field="held_on", days=days)


def ensure_may_vote(vote: CastVote, present: Collection[str], recused: Collection[str]) -> None:
    if vote.person not in present:
        raise NotPresent(person=vote.person)
    if vote.person in recused and vote.value != "recused":
        raise JudgeInOwnCause(person=vote.person)


def decide(data: Decide, cause: Cause, assembly: Assembly, rules: RuleSet) -> Decided:
    """The decision that follows, or the refusal that names what is missing.

    Whoever is recused counts neither for the quorum nor in the votes, whatever they cast.
    """
    needed = ensure_quorum(cause, assembly, rules)
    count = tally(cause, assembly)
    result = "deferred" if data.defer else outcome(count, cause, rules)
    if result != "approved" and not (data.reason or "").strip():
        raise ReasonMissing(field="reason")
    if len(data.reason or "") > REASON_LETTERS_MAX:
        raise ReasonMissing(field="reason")
    reached = stage(cause.clean_since, cause.crop_classes, assembly.held_on, rules)
    return Decided(
        data.id, data.meeting, data.application, result,
        reached if result == "approved" else "",
        len(assembly.present - cause.recused), needed,
        count.votes_for, count.votes_against, count.abstained, count.recused,
    )  # fmt: skip


def ensure_quorum(cause: Cause, assembly: Assembly, rules: RuleSet) -> int:
    """How many had to be present and not recused; refused where they, the reviewers or the farmer
    are missing."""
    judges = assembly.present - cause.recused
    own = assembly.organ - cause.recused
    if len(judges) < rules.quorum_count:
        raise NoQuorum(needed=rules.quorum_count, present=len(judges))
    if not rules.quorum_share.met(len(judges & own), len(own)):
        raise NoQuorumShare(present=len(judges & own), members=len(own))
    reviewers = len(cause.inspectors & assembly.present)
    if reviewers < min(rules.reviewers_present, len(cause.inspectors)):
        raise ReviewersAbsent(needed=rules.reviewers_present, present=reviewers)
    if rules.farmer_present and not cause.farmers & assembly.present:
        raise FarmerAbsent
    return rules.quorum_count


def tally(cause: Cause, assembly: Assembly) -> Tally:
    cast = {
        person: value for person, value in assembly.votes.items() if person not in cause.recused
    }
    values = [value for person, value in cast.items() if person in assembly.present]
    stood_back = {person for person, value in cast.items() if value == "recused"}
    return Tally(
        values.count("for"),
        values.count("against"),
        values.count("abstain"),
        len(stood_back | (cause.recused & assembly.present)),
    )


def outcome(count: Tally, cause: Cause, rules: RuleSet) -> Outcome:
    """Approved by `pass_share` of the votes for and against, when no finding forbids it."""
    if not count.cast:
        raise NoVotes
    if not rules.pass_share.met(count.votes_for, count.cast):
        return "rejected"
    found = cause.open_findings
    grave = found.get("critical", 0) + found.get("major", 0)
    if grave or found.get("minor", 0) > rules.max_open_minor:
        raise FindingsOpen(grave=grave, minor=found.get("minor", 0))
    if not cause.crop_classes:
        raise NothingPlanted
    return "approved"


def stage(clean_since: date, classes: Iterable[CropClass], on: date, rules: RuleSet) -> Stage:
    """Organic only when the time of conversion has passed for every class of crop covered; one
    certificate has one stage, so a young orchard keeps its vegetables in conversion with it."""
    over = [months_after(clean_since, rules.conversion_months[of]) <= on for of in classes]
    return "organic" if all(over) else "in_conversion"


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def ensure_seat(data: Attend, producers: Collection[str]) -> None:
    """A producer comes from the group that meets, or from any group of a network that meets."""
    if data.seat == "producer" and data.person not in producers:
        raise NotOfThisOrgan(person=data.person)
