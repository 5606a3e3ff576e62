"""What a meeting may decide, and what follows from its votes and from the calendar.

Nobody chooses a conversion stage: `conversion` reckons it for each class of crops. Nor does anybody
choose an outcome, but the meeting may defer, send a case back to the body before it, or leave a
crop out, each with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from certification.conversion.rules import Shorten
from certification.conversion.rules import months_after as months_after
from certification.decisions import votes
from certification.decisions.votes import Assembly, Cause, Snapshot, Tally
from certification.inspections.rules import grave as gravity
from certification.schemes.rules import DecisionStage, RuleSet
from certification.schemes.settings import CropClass, StageKind

Outcome = Literal["approved", "rejected", "deferred", "returned"]
Stage = Literal["organic", "in_conversion"]
REASON_LETTERS_MAX = 2_000


class DecisionMissing(Missing):
    code = "decisions.missing"


class OtherOrgan(Refusal):
    """The plot belongs to another group and network than the one that meets."""

    code = "decisions.other_organ"


class OtherBody(Refusal):
    """By the charter this step is another body's."""

    code = "decisions.other_body"


class SheetSentBack(Refusal):
    """The screening team has sent the sheet back, and has not accepted it since."""

    code = "decisions.sheet_sent_back"


class NotInspected(Refusal):
    """Only what was inspected is decided on, and once."""

    code = "decisions.not_inspected"


class InspectedAfterTheMeeting(Refusal):
    code = "decisions.inspected_after_the_meeting"


class LandChanged(Refusal):
    """The plot has another outline, area or tambon than was inspected: drawn anew, or altered."""

    code = "decisions.land_changed"


class FarmerChanged(Refusal):
    """Somebody else farms the plot than when it was inspected."""

    code = "decisions.farmer_changed"


class GroupTooSmall(Refusal):
    """Of fewer households than the charter asks of a group: its plots are not decided on."""

    code = "decisions.group_too_small"


class DecidedAlready(Refusal):
    code = "decisions.decided_already"


class NoVotes(Refusal):
    code = "decisions.no_votes"


class FindingsOpen(Refusal):
    """The votes would approve, and a finding forbids it: close it first, or defer."""

    code = "decisions.findings_open"


class NothingPlanted(Refusal):
    """A certificate is for crops, and none is planted or planned."""

    code = "decisions.nothing_planted"


class StillConventional(Refusal):
    """Conversion has not begun on that day: a certificate would promise what is not so."""

    code = "decisions.still_conventional"


class ShorteningTurnedDown(Refusal):
    """Too few hands for it: conversion takes the time that the charter says."""

    code = "decisions.shortening_turned_down"


class CropUnknown(Invalid):
    """Named, and neither grown there nor passed by the body before."""

    code = "decisions.crop_unknown"


class NothingToReturnTo(Refusal):
    """The first body has none before it: it may defer."""

    code = "decisions.nothing_to_return_to"


class ReasonMissing(Invalid):
    code = "decisions.reason_missing"


class Decide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    meeting: str
    application: str
    defer: bool = False
    reason: str | None = None
    """Needed where it is not approved whole: the farmer has a right to it."""
    back: bool = False
    """To the body before, which decides again."""
    crops: tuple[str, ...] | None = None
    """Fewer than are grown; all of them where none are named."""


class Decided(msgspec.Struct, frozen=True, tag="decisions.decided"):
    """`stage` is empty unless approved; `then`: the body that decides next, none where final."""

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
    body: str = ""
    then: str = ""
    crops: tuple[str, ...] = ()
    """Approved here."""


class Step(msgspec.Struct, frozen=True):
    """Where a case stands in the order of bodies that the charter names."""

    number: int
    """0 for the first."""
    body: str
    before: str = ""
    after: str = ""
    """None for the last."""


class Concluded(msgspec.Struct, frozen=True):
    event: Decided
    left_out: tuple[str, ...]
    snapshot: Snapshot


def step(outcomes: Sequence[str], stages: Sequence[DecisionStage]) -> Step:
    """After the decisions so far: each approval goes one body on, each return one back."""
    number = outcomes.count("approved") - outcomes.count("returned")
    number = min(max(number, 0), len(stages) - 1)
    bodies = ["", *(stage.organ for stage in stages), ""]
    before, body, after = bodies[number : number + 3]
    return Step(number, body, before, after)


def decide(
    data: Decide, cause: Cause, assembly: Assembly, rules: RuleSet, where: Step | None = None
) -> Concluded:
    """The decision that follows, or the refusal that names what is missing."""
    where = where or step((), rules.decision_stages)
    needed = votes.ensure_quorum(cause, assembly, rules)
    if data.back and where.number == 0:
        raise NothingToReturnTo
    put_off = data.defer or data.back
    chosen = () if put_off else scope(data.crops, cause)
    count = _counted(cause, assembly) if put_off else votes.tally(cause, assembly)
    result: Outcome = "returned" if data.back else "deferred"
    if not put_off:
        result = outcome(count, cause, rules)
    approved = chosen if result == "approved" and not put_off else ()
    left_out = tuple(sorted(set(cause.crops) - set(approved))) if approved else ()
    if result != "approved" or left_out:
        ensure_reason(data.reason)
    classes = [cause.crops[crop] for crop in approved]
    return Concluded(
        Decided(
            data.id, data.meeting, data.application, result,
            stage(cause.stages, classes) if approved else "",
            len(votes.judges(cause, assembly)), needed,
            count.votes_for, count.votes_against, count.abstained, count.recused,
            where.body, then(result, where), approved,
        ),
        left_out,
        votes.snapshot(cause, assembly, needed),
    )  # fmt: skip


def ensure_large_enough(households: int, rules: RuleSet) -> None:
    if households < rules.group_min_members:
        raise GroupTooSmall(have=households, need=rules.group_min_members)


def ensure_shortens(
    data: Shorten, cause: Cause, assembly: Assembly, rules: RuleSet, where: Step
) -> None:
    """Hands counted for and against, by who may judge the case, and enough of them for it."""
    if where.after:
        raise OtherBody(body=rules.decision_stages[-1].organ)
    votes.ensure_quorum(cause, assembly, rules)
    may = votes.judges(cause, assembly)
    counted = votes.Hands(data.votes_for, data.votes_against, 0, votes.digest(may))
    votes.ensure_hands(counted, may)
    cast = data.votes_for + data.votes_against
    if not cast:
        raise NoVotes
    if not rules.pass_share.met(data.votes_for, cast):
        raise ShorteningTurnedDown(votes_for=data.votes_for, cast=cast)


def then(result: Outcome, where: Step) -> str:
    """Whose turn it is afterwards."""
    follows = {"approved": where.after, "rejected": "", "returned": where.before}
    return follows.get(result, where.body)


def _counted(cause: Cause, assembly: Assembly) -> Tally:
    """What was voted before it was put off; a count that no longer holds is none."""
    try:
        return votes.tally(cause, assembly)
    except votes.HandsOutdated:
        return votes.tally(cause, msgspec.structs.replace(assembly, hands=None))


def ensure_reason(reason: str | None) -> None:
    if not (reason or "").strip() or len(reason or "") > REASON_LETTERS_MAX:
        raise ReasonMissing(field="reason")


def scope(wanted: Sequence[str] | None, cause: Cause) -> tuple[str, ...]:
    chosen = set(cause.crops) if wanted is None else set(wanted)
    if not chosen <= set(cause.crops):
        raise CropUnknown(field="crops", crop=min(chosen - set(cause.crops)))
    if wanted is not None and not chosen:
        raise CropUnknown(field="crops", crop="")
    return tuple(sorted(chosen))


def outcome(count: Tally, cause: Cause, rules: RuleSet) -> Outcome:
    """Approved by `pass_share` of the votes for and against, when no finding forbids it."""
    if not count.cast:
        raise NoVotes
    if not rules.pass_share.met(count.votes_for, count.cast):
        return "rejected"
    found = cause.open_findings
    grave = gravity(found, rules)
    if grave or found.get("minor", 0) > rules.max_open_minor:
        raise FindingsOpen(grave=grave, minor=found.get("minor", 0))
    if not cause.crops:
        raise NothingPlanted
    return "approved"


def stage(stages: Mapping[CropClass, StageKind], classes: Iterable[CropClass]) -> Stage:
    """What one paper says: organic only when every class of crop covered is. What is harvested
    under it goes by its own crop and day."""
    found = {stages[of] for of in classes}
    if "conventional" in found:
        raise StillConventional
    return "organic" if found <= {"organic"} else "in_conversion"
