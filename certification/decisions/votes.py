"""Who may judge this case at this moment, whether they are enough, and how they voted. Pure.

Whoever is recused, by nearness or by own word, counts neither for the quorum nor in the votes. Who
has left by the moment of deciding counts for neither too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import date
from typing import Literal

import msgspec

from certification.basis.refusal import Forbidden, Refusal
from certification.organs.rules import balance
from certification.schemes.rules import RuleSet
from certification.schemes.settings import CropClass, StageKind

Value = Literal["for", "against", "abstain", "recused"]
CONSUMER = "consumer"
"""The seat whose holders `consumers_present` counts."""


class NoQuorum(Refusal):
    """Too few present who are not recused."""

    code = "decisions.no_quorum"


class NoQuorumShare(Refusal):
    """Too few of the body's own people."""

    code = "decisions.no_quorum_share"


class ReviewersAbsent(Refusal):
    code = "decisions.reviewers_absent"


class FarmerAbsent(Refusal):
    code = "decisions.farmer_absent"


class ConsumersAbsent(Refusal):
    code = "decisions.consumers_absent"


class HandsOutdated(Refusal):
    """Somebody came, went or stood back since the hands were counted: count them again."""

    code = "decisions.hands_outdated"


class TooManyHands(Refusal):
    """More hands than people who may vote."""

    code = "decisions.too_many_hands"


class NotPresent(Refusal):
    code = "decisions.not_present"


class VotedAlready(Refusal):
    code = "decisions.voted_already"


class VotedBefore(Refusal):
    """The charter lets nobody vote on one case in two bodies."""

    code = "decisions.voted_before"


class HandsCounted(Refusal):
    """One case is voted on by name or by counted hands, not by both."""

    code = "decisions.hands_counted"


class JudgeInOwnCause(Forbidden):
    """The farmer of the plot, or somebody too near: such a person is recused."""

    code = "decisions.judge_in_own_cause"


class RecusedTooLate(Refusal):
    """The decision is made; an appeal is the way to say that somebody was too near."""

    code = "decisions.recused_too_late"


class CastVote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    meeting: str
    application: str
    person: str
    value: Value


class CountHands(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of raised hands, without names; a later count takes the place of an earlier one."""

    id: str
    meeting: str
    application: str
    votes_for: int
    votes_against: int
    abstained: int


class Voted(msgspec.Struct, frozen=True, tag="decisions.voted"):
    meeting: str
    application: str
    person: str
    value: str


class HandsWereCounted(msgspec.Struct, frozen=True, tag="decisions.hands_counted"):
    meeting: str
    application: str
    votes_for: int
    votes_against: int
    abstained: int


class VoteWasStruck(msgspec.Struct, frozen=True, tag="decisions.vote_struck"):
    meeting: str
    application: str
    person: str


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
    stages: Mapping[CropClass, StageKind]
    """Of the plot on the day of the meeting, for each class of crops."""
    crops: Mapping[str, CropClass]
    """What may be approved: planted or planned, and not refused by an earlier stage."""


class Hands(msgspec.Struct, frozen=True):
    """Raised hands, counted without names."""

    votes_for: int
    votes_against: int
    abstained: int
    judges: str
    """Of whom they were counted: `digest` of who might vote then."""


class Assembly(msgspec.Struct, frozen=True):
    held_on: date
    present: frozenset[str]
    """At this moment."""
    organ: frozenset[str]
    """The body's own people on that day, present or not."""
    votes: Mapping[str, Value]
    """By person."""
    legs: Mapping[str, str] = {}
    """By person."""
    hands: Hands | None = None
    seats: Mapping[str, str] = {}
    """By person."""


class Tally(msgspec.Struct, frozen=True):
    votes_for: int
    votes_against: int
    abstained: int
    recused: int

    @property
    def cast(self) -> int:
        return self.votes_for + self.votes_against


class Snapshot(msgspec.Struct, frozen=True):
    """Kept with the decision: who made it, and by which counts it was one."""

    judges: tuple[str, ...]
    recused: tuple[str, ...]
    legs: dict[str, int]
    own_present: int
    own: int
    needed: int
    reviewers: int
    farmers: int
    hands: bool


def stood_back(cause: Cause, assembly: Assembly) -> frozenset[str]:
    said = {person for person, value in assembly.votes.items() if value == "recused"}
    return cause.recused | said


def judges(cause: Cause, assembly: Assembly) -> frozenset[str]:
    return assembly.present - stood_back(cause, assembly)


def digest(persons: frozenset[str]) -> str:
    return hashlib.sha256("\n".join(sorted(persons)).encode()).hexdigest()


def ensure_quorum(cause: Cause, assembly: Assembly, rules: RuleSet) -> int:
    """How many had to be present and not recused; refused where they, the reviewers or the farmer
    are missing."""
    may, back = judges(cause, assembly), stood_back(cause, assembly)
    own = assembly.organ - back
    if len(may) < rules.quorum_count:
        raise NoQuorum(needed=rules.quorum_count, present=len(may))
    if not rules.quorum_share.met(len(may & own), len(own)):
        raise NoQuorumShare(present=len(may & own), members=len(own))
    consumers = [person for person in may if assembly.seats.get(person) == CONSUMER]
    if len(consumers) < rules.consumers_present:
        raise ConsumersAbsent(needed=rules.consumers_present, present=len(consumers))
    reviewers = len(cause.inspectors & assembly.present)
    if reviewers < min(rules.reviewers_present, len(cause.inspectors)):
        raise ReviewersAbsent(needed=rules.reviewers_present, present=reviewers)
    if rules.farmer_present and not cause.farmers & assembly.present:
        raise FarmerAbsent
    return rules.quorum_count


def ensure_may_vote(
    vote: CastVote,
    present: Collection[str],
    recused: Collection[str],
    voted_before: Collection[str] = (),
) -> None:
    """`voted_before`: in an earlier body, where the charter bars that."""
    if vote.person not in present:
        raise NotPresent(person=vote.person)
    if vote.person in recused and vote.value != "recused":
        raise JudgeInOwnCause(person=vote.person)
    if vote.person in voted_before and vote.value != "recused":
        raise VotedBefore(person=vote.person)


def ensure_hands(count: Hands, may: frozenset[str]) -> None:
    counted = count.votes_for + count.votes_against + count.abstained
    if counted > len(may):
        raise TooManyHands(field="votes_for", counted=counted, present=len(may))


def tally(cause: Cause, assembly: Assembly) -> Tally:
    """Of those who may judge now; of hands counted without names, while nobody came or went."""
    may, back = judges(cause, assembly), stood_back(cause, assembly)
    recused = len(back & assembly.present)
    if assembly.hands is not None:
        if assembly.hands.judges != digest(may):
            raise HandsOutdated
        hands = assembly.hands
        return Tally(hands.votes_for, hands.votes_against, hands.abstained, recused)
    values = [value for person, value in assembly.votes.items() if person in may]
    return Tally(values.count("for"), values.count("against"), values.count("abstain"), recused)


def snapshot(cause: Cause, assembly: Assembly, needed: int) -> Snapshot:
    may, back = judges(cause, assembly), stood_back(cause, assembly)
    own = assembly.organ - back
    return Snapshot(
        tuple(sorted(may)),
        tuple(sorted(back & assembly.present)),
        balance(assembly.legs.get(person, "") for person in may),
        len(may & own),
        len(own),
        needed,
        len(cause.inspectors & assembly.present),
        len(cause.farmers & assembly.present),
        assembly.hands is not None,
    )
