"""What a meeting may rule of a certificate, and when it may be appealed against. Pure.

Whoever may lose something is heard first, votes are by name, and an appeal is heard by others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Literal

import msgspec

from certification.certificates.history import Kind, State
from certification.certificates.refusals import NotFromThisState, UnknownReason
from certification.certificates.rules import BECAUSE, FROM
from certification.decisions import votes
from certification.decisions.rules import NoVotes
from certification.decisions.votes import Assembly, Cause, Snapshot, Tally, Value
from certification.hearings.refusals import (
    DayOutOfRange,
    GroundsMissing,
    JudgedBefore,
    NotHeard,
    NotInvited,
    ReasonMissing,
)
from certification.schemes.rules import RuleSet
from certification.schemes.settings import Part

Matter = Literal["suspend", "confirm", "reinstate", "revoke", "scope", "appeal"]
Outcome = Literal["granted", "refused", "modified", "lapsed"]
Step = Literal["invited", "heard", "absent"]
Against = Literal["refused", "suspended", "revoked"]
ASKED: dict[str, frozenset[State]] = {
    "suspend": frozenset({"active"}),
    "confirm": frozenset({"suspended"}),
    "reinstate": FROM["reinstated"],
    "revoke": FROM["revoked"],
    "scope": frozenset({"active"}),
}
"""In which state of the certificate each may be brought before a meeting."""
BY_HAND: dict[str, Kind] = {
    "suspend": "suspended", "reinstate": "reinstated", "revoke": "revoked", "scope": "superseded",
}  # fmt: skip
"""What somebody brings; a confirmation and an appeal come by themselves, each with its object."""
HEARD = ("revoke", "appeal")
"""Before these are ruled the farmer is heard, or was invited and did not come."""
TEXT_LETTERS_MAX = 4_000
CLOCK = "clock"


class OpenHearing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    certificate: str
    matter: Matter
    because: str
    from_on: date | None = None
    crops: tuple[str, ...] = ()
    note: str | None = None


class NoteStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    hearing: str
    kind: Step
    day_on: date
    note: str | None = None


class CastVote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    meeting: str
    hearing: str
    person: str
    value: Value


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the votes say. `modify`: of an appeal that passes, only in part."""

    id: str
    meeting: str
    hearing: str
    reason: str = ""
    modify: bool = False
    from_on: date | None = None


class FileAppeal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    against: str
    """A decision that refused, or an event of a certificate."""
    grounds: str
    on_behalf_of: str | None = None


class HearingOpened(msgspec.Struct, frozen=True, tag="hearings.opened"):
    hearing: str
    matter: str
    application: str
    certificate: str
    group: str
    holder: str


class StepNoted(msgspec.Struct, frozen=True, tag="hearings.step_noted"):
    hearing: str
    kind: str
    day_on: str


class HearingVoted(msgspec.Struct, frozen=True, tag="hearings.voted"):
    meeting: str
    hearing: str
    person: str
    value: str


class Ruled(msgspec.Struct, frozen=True, tag="hearings.ruled"):
    hearing: str
    meeting: str
    matter: str
    outcome: Outcome
    application: str
    certificate: str
    from_on: str
    present: int
    quorum_needed: int
    votes_for: int
    votes_against: int
    abstained: int
    recused: int


class AppealFiled(msgspec.Struct, frozen=True, tag="hearings.appeal_filed"):
    """`state`: admitted; or rejected_late, after the charter's days: it is kept, and not heard."""

    appeal: str
    against: str
    kind: str
    application: str
    certificate: str
    last_on: str
    state: str


class Concluded(msgspec.Struct, frozen=True):
    outcome: Outcome
    count: Tally
    present: int
    needed: int
    share: Part
    snapshot: Snapshot


def ensure_may_open(data: OpenHearing, state: State) -> None:
    if data.matter not in BY_HAND or state not in ASKED[data.matter]:
        raise NotFromThisState(state=state)
    if data.matter != "scope" and data.because not in BECAUSE[BY_HAND[data.matter]]:
        raise UnknownReason(field="because", because=data.because[:40])
    if len(data.note or "") > TEXT_LETTERS_MAX:
        raise ReasonMissing(field="note", most=TEXT_LETTERS_MAX)


def ensure_step(data: NoteStep, noted: Mapping[str, date], asked_on: date, today: date) -> None:
    first = noted.get("invited", asked_on)
    if not first <= data.day_on <= today:
        raise DayOutOfRange(field="day_on", earliest=str(first), latest=str(today))
    if data.kind == "absent" and "invited" not in noted:
        raise NotInvited
    if len(data.note or "") > TEXT_LETTERS_MAX:
        raise ReasonMissing(field="note", most=TEXT_LETTERS_MAX)


def ensure_heard(matter: str, noted: Mapping[str, date], held_on: date) -> None:
    """Heard by the day of the meeting; or not come, though invited on a day before."""
    if matter not in HEARD:
        return
    heard = noted.get("heard", date.max) <= held_on
    stayed_away = "absent" in noted and noted.get("invited", date.max) < held_on
    if not (heard or stayed_away):
        raise NotHeard(invited_on=str(noted.get("invited", "")))


def ensure_may_vote(
    vote: CastVote, present: Collection[str], too_near: Collection[str], judged: Collection[str]
) -> None:
    if vote.person not in present:
        raise votes.NotPresent(person=vote.person)
    if vote.value == "recused":
        return
    if vote.person in too_near:
        raise votes.JudgeInOwnCause(person=vote.person)
    if vote.person in judged:
        raise JudgedBefore(person=vote.person)


def share_of(matter: str, rules: RuleSet) -> Part:
    return rules.revoke_pass_share if matter == "revoke" else rules.pass_share


def plain(rules: RuleSet) -> RuleSet:
    """The inspectors of a visit long ago need not be there, and the farmer may stay away."""
    return msgspec.structs.replace(rules, reviewers_present=0, farmer_present=False)


def conclude(
    data: Rule, matter: str, cause: Cause, assembly: Assembly, rules: RuleSet
) -> Concluded:
    """By the votes alone; whether the farmer was heard is asked apart (`ensure_heard`)."""
    needed = votes.ensure_quorum(cause, assembly, plain(rules))
    count, share = votes.tally(cause, assembly), share_of(matter, rules)
    if not count.cast:
        raise NoVotes
    passed = share.met(count.votes_for, count.cast)
    outcome: Outcome = "refused" if not passed else "modified" if data.modify else "granted"
    if (outcome != "granted" or matter == "revoke") and not data.reason.strip():
        raise ReasonMissing(field="reason", most=TEXT_LETTERS_MAX)
    if len(data.reason) > TEXT_LETTERS_MAX:
        raise ReasonMissing(field="reason", most=TEXT_LETTERS_MAX)
    return Concluded(
        outcome, count, len(votes.judges(cause, assembly)), needed, share,
        votes.snapshot(cause, assembly, needed),
    )  # fmt: skip


def last_day(decided_on: date, rules: RuleSet) -> date:
    return decided_on + timedelta(days=rules.appeal_days)


def ensure_grounds(grounds: str) -> None:
    if not grounds.strip() or len(grounds) > TEXT_LETTERS_MAX:
        raise GroundsMissing(field="grounds", most=TEXT_LETTERS_MAX)


def state_of_appeal(late: bool, heard: bool, outcome: str | None) -> str:  # noqa: FBT001  (facts)
    """filed in time is admitted: rejected_late, admitted, heard, upheld, dismissed, modified."""
    if late:
        return "rejected_late"
    told = {"granted": "upheld", "refused": "dismissed", "modified": "modified"}
    return told.get(outcome or "", "heard" if heard else "admitted")
