"""A season's plan as a deed: what is asked, what is refused, what is told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec

from certification.assignment.explain import Excluded
from certification.assignment.rules import COST, Place
from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal

SEASONS = range(2020, 2200)
REASON_LETTERS_MAX = 500
SEATS_LETTERS_MAX, PLOTS_MOST = 400, 500


class PlanMissing(Missing):
    code = "assignment.plan_missing"


class SeatMissing(Missing):
    code = "assignment.seat_missing"


class NotACard(Invalid):
    """Too many plots, or an address that is too long."""

    code = "assignment.not_a_card"


class NotASeason(Invalid):
    code = "assignment.not_a_season"


class NothingDue(Refusal):
    """No plot of these groups waits for a visit."""

    code = "assignment.nothing_due"


class ChangedMeanwhile(Refusal):
    """Somebody changed or adopted this plan since it was read."""

    code = "assignment.changed_meanwhile"


class AdoptedAlready(Refusal):
    code = "assignment.adopted_already"


class NotAdopted(Refusal):
    code = "assignment.not_adopted"


class Barred(Refusal):
    """`why`: all that stands against this person on that seat."""

    code = "assignment.barred"


class NeverOverridden(Refusal):
    code = "assignment.never_overridden"


class NothingToOverride(Refusal):
    code = "assignment.nothing_to_override"


class ReasonMissing(Invalid):
    code = "assignment.reason_missing"


class SecondSignature(Refusal):
    """By another person than who asked, who was asked for, or who observes."""

    code = "assignment.second_signature"


class ObserverToo(Invalid):
    """The observer is neither the inspector, nor the farmer, nor of the panel."""

    code = "assignment.observer_too"


class SignedAlready(Refusal):
    code = "assignment.signed_already"


class NotAsked(Forbidden):
    """Only who is asked to that seat, and as long as that is so."""

    code = "assignment.not_asked"


class SwapGone(Refusal):
    """One of the two does not sit there any more, or it was answered."""

    code = "assignment.swap_gone"


class NotAllAgreed(Refusal):
    """A day is set once every seat of the panel is filled and its inspector has agreed."""

    code = "assignment.not_all_agreed"


class Adopted(msgspec.Struct, frozen=True, tag="assignment.adopted"):
    plan: str
    season: int
    digest: str
    seats: int
    empty: int
    members: tuple[str, ...]
    """Who is asked; each is told once."""


class Proposed(msgspec.Struct, frozen=True, tag="assignment.proposed"):
    plan: str
    season: int
    digest: str
    seats: int
    empty: int


class SeatMoved(msgspec.Struct, frozen=True, tag="assignment.seat_moved"):
    """`person` is empty where nobody sits there now; `was`, where nobody did."""

    seat: str
    person: str
    was: str


class Arranged(msgspec.Struct, frozen=True, tag="assignment.arranged"):
    plan: str
    plot: str
    inspection: str


class SeatAccepted(msgspec.Struct, frozen=True, tag="assignment.seat_accepted"):
    seat: str
    person: str


class SeatDeclined(msgspec.Struct, frozen=True, tag="assignment.seat_declined"):
    seat: str
    person: str
    organ: str


class SwapOffered(msgspec.Struct, frozen=True, tag="assignment.swap_offered"):
    swap: str
    other: str


class SwapAnswered(msgspec.Struct, frozen=True, tag="assignment.swap_answered"):
    swap: str
    by: str
    state: str


class OverrideAsked(msgspec.Struct, frozen=True, tag="assignment.override_asked"):
    override: str
    seat: str
    why: str


class OverrideSigned(msgspec.Struct, frozen=True, tag="assignment.override_signed"):
    override: str
    seat: str
    person: str
    observer: str


class CardKept(msgspec.Struct, frozen=True, tag="assignment.card_kept"):
    person: str


class KeepCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    person: str
    seats: tuple[str, ...]
    """Codes of the charter's seats; none: as role and membership say."""
    most: int | None
    employer: str


class KeepPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    organ: str
    season: int
    scheme_version: str
    seed: int
    places: tuple[Place, ...]
    applications: dict[str, str]
    """By plot."""


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seat: str
    person: str
    """Empty: nobody."""
    revision: int


class AskOverride(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    seat: str
    person: str
    reason: str
    observer: str


class Decline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seat: str
    reason: str


class OfferSwap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    mine: str
    theirs: str


class Arrange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`id` becomes the visit's."""

    id: str
    plan: str
    plot: str
    planned_on: date
    kind: Literal["initial", "annual"]


def written(places: Iterable[tuple[str, str, str | None]]) -> str:
    """SHA-256 of one line a seat: plot, seat, person; in their order."""
    lines = "".join(f"{plot} {seat} {person or '-'}\n" for plot, seat, person in places)
    return hashlib.sha256(lines.encode()).hexdigest()


def ensure_season(season: int) -> None:
    if season not in SEASONS:
        raise NotASeason(field="season")


def ensure_card(card: KeepCard) -> None:
    if card.most is not None and not 0 <= card.most <= PLOTS_MOST:
        raise NotACard(field="most")
    if len(card.employer) > REASON_LETTERS_MAX:
        raise NotACard(field="employer")
    if len(" ".join(card.seats)) > SEATS_LETTERS_MAX:
        raise NotACard(field="seats")


def ensure_free(excluded: Excluded) -> None:
    if excluded.why:
        raise Barred(person=excluded.person, why=list(excluded.why))


def ensure_overridable(excluded: Excluded) -> None:
    if not excluded.why:
        raise NothingToOverride(person=excluded.person)
    never = [why for why in excluded.why if why not in COST]
    if never:
        raise NeverOverridden(person=excluded.person, why=list(never))


def ensure_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > REASON_LETTERS_MAX:
        raise ReasonMissing(field="reason", most=REASON_LETTERS_MAX)
