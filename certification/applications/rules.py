"""Asking to be certified: who may, with what, and which step follows which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from certification.applications.refusals import (
    AnswerTooLong,
    DateInTheFuture,
    DiaryDiffers,
    Incomplete,
    LandIncomplete,
    NotNow,
    NotTheTierAbove,
    NotYourPlot,
    OnlyTheApplicant,
    PlanMissing,
    PledgeChanged,
    ReasonMissing,
    UnknownItem,
)
from certification.land.complete import Lack
from certification.schemes.content import Content, Item
from certification.schemes.settings import RuleSet

State = Literal[
    "submitted", "returned", "accepted", "inspected", "decided", "withdrawn", "lapsed"
]  # fmt: skip
FROM: dict[str, tuple[State, ...]] = {
    "returned": ("submitted",),
    "submitted": ("returned",),
    "accepted": ("submitted",),
    "withdrawn": ("submitted", "returned", "accepted", "inspected"),
    "inspected": ("accepted",),
    "decided": ("inspected",),
    "lapsed": ("returned", "accepted"),
    "reopened": ("decided",),
}
"""For each state, those from which it is reached."""
CLOSED: tuple[State, ...] = ("decided", "withdrawn", "lapsed")
LEFT: tuple[State, ...] = ("withdrawn", "lapsed")
"""Given up: nothing that it said counts."""
LAPSES: tuple[State, ...] = FROM["lapsed"]
"""Where somebody else is to move: the farmer mends, the group sends inspectors."""
VISIT_DAYS = 30
"""So long after the day of a visit that did not take place nothing lapses: it is planned anew."""
LOOKS_THROUGH = {"group": ("leader", "secretariat"), "network": ("secretariat", "committee")}
"""Roles that look applications through, in a group and in the network above it."""
OPEN: tuple[State, ...] = ("submitted", "returned")
"""Not looked through yet, or sent back."""
PLAN_LETTERS_MAX, REASON_LETTERS_MAX = 8_000, 2_000
VALUE_MAX, NOTE_MAX = 80, 2_000
VISIT = "4_inspection"
"""The checklist's chapter about the visit itself."""


class SubmitApplication(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    plot: str
    scheme: str
    farm_plan: str
    no_prohibited_since: date
    """The last use of anything prohibited was before this day."""
    pledge_digest: str
    """`schemes.rules.Pledge.digest` of what the farmer was shown and confirmed."""
    on_behalf_of: str | None = None
    """Whose phone it is not: the farmer, where a helper types."""


class Resubmit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    application: str
    farm_plan: str
    no_prohibited_since: date
    on_behalf_of: str | None = None
    """The applicant, when a helper types."""


class Withdraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    application: str
    on_behalf_of: str | None = None


class ReturnApplication(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    application: str
    reason: str


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A farmer's own answer to an item of the checklist."""

    value: str
    note: str = ""


class SaveDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is not named stays as it was; an answer without a value is taken back."""

    plot: str
    scheme: str
    farm_plan: str | None = None
    no_prohibited_since: date | None = None
    answers: dict[str, Said] = {}
    on_behalf_of: str | None = None


class DraftView(msgspec.Struct, frozen=True):
    farm_plan: str
    no_prohibited_since: date | None
    answers: dict[str, Said]
    copied: bool = False
    """Nothing is saved yet: these are last year's."""


class ApplicationSubmitted(msgspec.Struct, frozen=True, tag="applications.submitted"):
    application: str
    plot: str
    group: str
    applicant: str
    scheme_version: str
    no_prohibited_since: str


class ApplicationResubmitted(msgspec.Struct, frozen=True, tag="applications.resubmitted"):
    application: str
    no_prohibited_since: str


class ApplicationReturned(msgspec.Struct, frozen=True, tag="applications.returned"):
    application: str


class ApplicationAccepted(msgspec.Struct, frozen=True, tag="applications.accepted"):
    application: str


class ApplicationWithdrawn(msgspec.Struct, frozen=True, tag="applications.withdrawn"):
    application: str


class ApplicationLapsed(msgspec.Struct, frozen=True, tag="applications.lapsed"):
    application: str
    group: str
    was: str
    """returned, accepted: what nobody followed."""


class ApplicationInspected(msgspec.Struct, frozen=True, tag="applications.inspected"):
    application: str


class ApplicationDecided(msgspec.Struct, frozen=True, tag="applications.decided"):
    application: str


class ApplicationReopened(msgspec.Struct, frozen=True, tag="applications.reopened"):
    application: str


def applicant(
    holder: str | None, on_behalf_of: str | None, *, by: str, same_group: bool, plot: str
) -> str:
    """Always who farms the plot; a helper of the same group may type for that person."""
    types_for_holder = on_behalf_of == holder and same_group
    if holder is None or not (by == holder or types_for_holder):
        raise NotYourPlot(plot=plot)
    return holder


def ensure_speaks(
    applicant: str, on_behalf_of: str | None, *, by: str, same_group: bool, application: str
) -> None:
    """The applicant, or a helper of the same group who says for whom."""
    if by != applicant and not (on_behalf_of == applicant and same_group):
        raise OnlyTheApplicant(application=application)


def ensure_land(lacks: Iterable[Lack]) -> None:
    missing = [one.what for one in lacks if one.step == "submit"]
    if missing:
        raise LandIncomplete(count=len(missing), lacks=missing)


def ensure_now(to: str, state: str, application: str) -> None:
    if state not in FROM[to]:
        raise NotNow(application=application, state=state)


def ensure_checked(lacks: Sequence[Lack], despite: str) -> None:
    if lacks and not despite.strip():
        raise Incomplete(count=len(lacks), lacks=[named(one) for one in lacks])
    if len(despite) > REASON_LETTERS_MAX:
        raise ReasonMissing(field="despite", most=REASON_LETTERS_MAX)


def named(lack: Lack) -> str:
    return f"{lack.what}:{lack.about}" if lack.about else lack.what


def ensure_above(
    held: Iterable[tuple[str, str]], group: str, network: str | None, settings: RuleSet
) -> None:
    """`held`: roles with their places. The network, unless the charter's first step is the group's
    own meeting, or there is no network."""
    own = network is None or settings.decision_stages[0].organ == "group"
    may = {(role, network) for role in LOOKS_THROUGH["network"] if network}
    may |= {(role, group) for role in LOOKS_THROUGH["group"] if own}
    if not may & set(held):
        raise NotTheTierAbove(tier="group" if own else "network", setting="decision_stages")


def too_few(households: int, settings: RuleSet) -> list[Lack]:
    """Of a group that is smaller than the charter asks for."""
    need = settings.group_min_members
    if households >= need:
        return []
    return [Lack("group_members", "group_min_members", "accept", households, need)]


def absent(attended: int, held: int, settings: RuleSet) -> list[Lack]:
    """From the group's meetings of the last twelve months; where none was held, nobody was away."""
    share = settings.meeting_attendance_share
    if share.met(attended, held):
        return []
    return [
        Lack("attendance", "meeting_attendance_share", "accept", attended, share.of_count(held))
    ]


def untrained(hours: int, settings: RuleSet) -> list[Lack]:
    need = settings.training_hours_min
    return [] if hours >= need else [Lack("training", "training_hours_min", "accept", hours, need)]


def farmers(content: Content) -> list[Item]:
    """The questions that a farmer answers too; of the visit itself speak those who went."""
    return [item for item in content.checklist if item.chapter != VISIT]


def unanswered(content: Content, answers: Mapping[str, Said]) -> list[Lack]:
    """Of the questions that nobody may leave out."""
    asked = [item.code for item in farmers(content) if item.must_be_answered]
    have = sum(code in answers for code in asked)
    return [] if have == len(asked) else [Lack("self_review", "", "accept", have, len(asked))]


def merged(
    before: Mapping[str, Said], new: Mapping[str, Said], content: Content
) -> dict[str, Said]:
    for item, said in new.items():
        if content.item(item) is None:
            raise UnknownItem(field="answers", item=item[:20])
        if len(said.value) > VALUE_MAX or len(said.note) > NOTE_MAX:
            raise AnswerTooLong(field="answers", item=item)
    both = {**before, **new}
    return {item: said for item, said in both.items() if said.value}


def changed(now: Mapping[str, Said], before: Mapping[str, Said]) -> list[str]:
    """Items answered otherwise than last time."""
    return [item for item, said in now.items() if before.get(item) != said]


def ensure_complete(farm_plan: str, no_prohibited_since: date, *, today: date) -> None:
    if not farm_plan.strip() or len(farm_plan) > PLAN_LETTERS_MAX:
        raise PlanMissing(field="farm_plan", most=PLAN_LETTERS_MAX)
    if no_prohibited_since > today:
        raise DateInTheFuture(field="no_prohibited_since")


def ensure_clean(said: date, diary: date | None) -> None:
    if diary is not None and said < diary:
        raise DiaryDiffers(field="no_prohibited_since", since_on=str(diary))


def ensure_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > REASON_LETTERS_MAX:
        raise ReasonMissing(field="reason", most=REASON_LETTERS_MAX)


def ensure_pledged(given: str, in_force: str) -> None:
    if given != in_force:
        raise PledgeChanged(scheme_pledge=in_force)
