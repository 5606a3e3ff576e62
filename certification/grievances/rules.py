"""A complaint of anybody, from the day it comes in to its answer. It bars nothing by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal, get_args

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from certification.basis.units import local_day
from certification.schemes.settings import RuleSet, Severity

Kind = Literal["quality", "not_organic", "label", "conduct", "other"]
Conduct = Literal["farmer", "leader", "seller", "inspector", "other"]
State = Literal[
    "received", "looked_at", "visit_ordered", "with_group", "dismissed", "answered", "withdrawn",
    "closed",
]  # fmt: skip
Step = Literal[
    "look", "visit", "group", "reply", "agenda", "find", "concern", "tell", "dismiss", "answer",
    "close", "add", "withdraw",
]  # fmt: skip
Outcome = Literal["confirmed", "not_confirmed", "dismissed"]
Why = Literal["farmer", "leader", "named"]
Language = Literal["th", "en"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CONDUCTS: tuple[Conduct, ...] = get_args(Conduct)
STATES: tuple[State, ...] = get_args(State)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

OPEN = frozenset[State]({"received", "looked_at", "visit_ordered", "with_group"})
TAKEN_ON = OPEN - {"received"}
FLOW: dict[Step, tuple[frozenset[State], State | None]] = {
    "look": (frozenset({"received"}), "looked_at"),
    "visit": (TAKEN_ON, "visit_ordered"),
    "group": (TAKEN_ON - {"with_group"}, "with_group"),
    "reply": (frozenset({"with_group"}), "looked_at"),
    "agenda": (TAKEN_ON, None),
    "find": (TAKEN_ON, None),
    "concern": (TAKEN_ON, None),
    "tell": (TAKEN_ON | {"dismissed", "answered"}, None),
    "dismiss": (TAKEN_ON, "dismissed"),
    "answer": (TAKEN_ON | {"dismissed", "answered"}, "answered"),
    "close": (frozenset({"answered", "withdrawn"}), "closed"),
    "add": (OPEN | {"dismissed", "answered"}, None),
    "withdraw": (OPEN, "withdrawn"),
}
"""From which states a step is taken, and the state after it; None leaves it as it is."""
COMPLAINANTS: frozenset[Step] = frozenset({"add", "withdraw"})
GROUPS: frozenset[Step] = frozenset({"reply"})
SPOKEN: frozenset[Step] = frozenset({"group", "reply", "tell", "dismiss", "answer", "add"})
"""Steps that say something in words."""
SHOWN: frozenset[Step] = frozenset(
    {"look", "visit", "group", "reply", "agenda", "tell", "dismiss", "answer", "close", "add",
     "withdraw"}
)  # fmt: skip
"""Steps that the complainant reads of."""
WORDS_SHOWN: frozenset[Step] = frozenset({"dismiss", "answer", "add"})
"""Whose words as well."""
WORDS_MAX, WHERE_MAX, REACH_MAX, NAME_MAX, SCANNED_MAX = 4_000, 200, 120, 120, 40
PHOTOS_MAX = 3
QUEUE_MAX = 500
"""Unread ones of one network: more are not taken in, paper and telephone are."""
BOUGHT_DAYS_MAX = 366


class GrievanceMissing(Missing):
    code = "grievances.missing"


class WordsMissing(Invalid):
    code = "grievances.words_missing"


class TooLong(Invalid):
    code = "grievances.too_long"


class TooManyPhotos(Invalid):
    code = "grievances.too_many_photos"


class BoughtOutOfTime(Invalid):
    """Still to come, or more than a year ago."""

    code = "grievances.bought_out_of_time"


class WhoseConduct(Invalid):
    """Of whose behaviour it speaks."""

    code = "grievances.whose_conduct"


class QueueFull(Refusal):
    code, status = "grievances.queue_full", 503


class TooOften(Refusal):
    """From one address, or about one code."""

    code, status = "grievances.too_often", 429


class NotInThisState(Refusal):
    """The step is not taken from where the complaint stands; `state` says where."""

    code = "grievances.not_in_this_state"


class ChangedMeanwhile(Refusal):
    """Somebody else, or the complainant, was quicker; `state` is how it stands now."""

    code = "grievances.changed_meanwhile"


class AboutTheLeader(Refusal):
    """It is not handed to whom it is about."""

    code = "grievances.about_the_leader"


class NoGroup(Refusal):
    """Nobody is named by the code, so it cannot be sent to a group or told to a farmer."""

    code = "grievances.no_group"


class OutcomeMissing(Invalid):
    code = "grievances.outcome_missing"


class NotOfIt(Invalid):
    """A visit, meeting, finding or person that has nothing to do with it."""

    code = "grievances.not_of_it"


class Concern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    person: str
    why: Why


class Complain(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`letter` to `concerns` are what the scanned code was found to name."""

    id: str
    kind: Kind
    words: str
    language: Language
    scanned: str = ""
    letter: Literal["", "L", "C", "P", "G", "S"] = ""
    plot: str | None = None
    organ: str | None = None
    scheme_version: str | None = None
    concerns: tuple[Concern, ...] = ()
    conduct_of: Conduct | None = None
    bought_where: str = ""
    bought_on: date | None = None
    photos: tuple[str, ...] = ()
    """Digests, as they were kept."""
    name: str = ""
    reach: str = ""
    """A telephone number, a LINE name, an e-mail address."""
    person: str | None = None
    """Who is signed in and wants to be told there."""
    may_name: bool = False


class TakeStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    grievance: str
    kind: Step
    seen: int | None = None
    """So many steps stood on the page; None of the complainant, who sees but a part of them."""
    words: str = ""
    about: str | None = None
    outcome: Outcome | None = None
    organ: str | None = None
    """Who takes on what names nobody."""
    item: str | None = None
    severity: Severity | None = None
    """Of a finding that is made by this step, with `words`; none of an open one that is named."""


class Complained(msgspec.Struct, frozen=True, tag="grievances.made"):
    grievance: str


class StepTaken(msgspec.Struct, frozen=True, tag="grievances.step_taken"):
    grievance: str
    step: str
    seq: int


class FarmerTold(msgspec.Struct, frozen=True, tag="grievances.farmer_told"):
    grievance: str
    person: str


class Answered(msgspec.Struct, frozen=True, tag="grievances.answered"):
    grievance: str
    outcome: str


def ensure_sound(data: Complain, *, today: date) -> None:
    ensure_words(data.words)
    long = (
        ("bought_where", data.bought_where, WHERE_MAX), ("reach", data.reach, REACH_MAX),
        ("name", data.name, NAME_MAX), ("code", data.scanned, SCANNED_MAX),
    )  # fmt: skip
    for field, said, most in long:
        if len(said) > most:
            raise TooLong(field=field, most=most)
    if len(data.photos) > PHOTOS_MAX:
        raise TooManyPhotos(field="photos", most=PHOTOS_MAX)
    if data.kind == "conduct" and data.conduct_of is None:
        raise WhoseConduct(field="conduct_of")
    on = data.bought_on
    if on is not None and not timedelta() <= today - on <= timedelta(days=BOUGHT_DAYS_MAX):
        raise BoughtOutOfTime(field="bought_on", days=BOUGHT_DAYS_MAX)


def ensure_words(words: str) -> None:
    if not words.strip():
        raise WordsMissing(field="words")
    if len(words) > WORDS_MAX:
        raise TooLong(field="words", most=WORDS_MAX)


def ensure_room(unread: int) -> None:
    if unread >= QUEUE_MAX:
        raise QueueFull(count=unread)


def due_on(received: date, settings: RuleSet) -> date:
    return received + timedelta(days=settings.complaint_days)


def year_of(at: datetime) -> int:
    return local_day(at).year


def after(state: State, data: TakeStep) -> State:
    """The state that the step leads to; refused where it is not to be taken."""
    before, then = FLOW[data.kind]
    if state not in before:
        raise NotInThisState(state=state, step=data.kind)
    if data.kind in SPOKEN:
        ensure_words(data.words)
    elif len(data.words) > WORDS_MAX:
        raise TooLong(field="words", most=WORDS_MAX)
    if data.kind == "answer":
        _ensure_outcome(state, data.outcome)
    return then or state


def _ensure_outcome(state: State, outcome: Outcome | None) -> None:
    """What was dismissed, with its reason, is answered as such, and nothing else is."""
    dismissed = (outcome == "dismissed") == (state == "dismissed")
    if outcome is None or not (dismissed or state == "answered"):
        raise OutcomeMissing(field="outcome")


def may_take(state: State) -> list[Step]:
    """In the order of `FLOW`."""
    return [step for step, (before, _) in FLOW.items() if state in before]


def ensure_to_group(concerns: Sequence[Concern], leaders: Sequence[str]) -> None:
    """A leader who is concerned, as such or by the own plot, is not handed it."""
    if {one.person for one in concerns} & set(leaders):
        raise AboutTheLeader()
