"""What may be done with a crate in which state, and what becomes of the money left for it.

        fill, empty          lend               return          wash
ready <────────────> filled ──────> away ──────────────> back ──────> ready
   └──── send ────────┴──> moving ── arrive ──> filled, or back when it came empty
lose: ready, back; forfeit: away and overdue; miss: moving and not counted ──> lost ─ find ─> back
retire: ready, back, lost ──> retired
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from market.domain.custody import refusals
from market.domain.ledger import rules as ledger
from market.domain.ledger.rules import Posting

GO: dict[str, tuple[tuple[str, ...], str]] = {
    "fill": (("ready", "filled"), "filled"),
    "empty": (("filled",), "ready"),
    "send": (("ready", "filled", "back"), "moving"),
    "arrive": (("moving",), "back"),
    "lend": (("ready", "filled"), "away"),
    "return": (("away",), "back"),
    "wash": (("back",), "ready"),
    "lose": (("ready", "back"), "lost"),
    "forfeit": (("away",), "lost"),
    "miss": (("moving",), "lost"),
    "find": (("lost",), "back"),
    "retire": (("ready", "back", "lost"), "retired"),
}
"""Deed: from which states, to which. What arrives with goods in it is `filled`."""
STATES = ("ready", "filled", "moving", "away", "back", "lost", "retired")
CHANGES = ("wash", "lose", "find", "retire")
"""Which need nothing beside the crate."""
RAILS = ("cash", "bank")
COUNT_MAX, DAYS_MAX = 200, 365
GRAMS_MAX, SATANG_MAX = 10**6, 10**7


class DefineKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    owner: str
    name_th: str
    name_en: str
    holds_grams: int
    tare_grams: int
    deposit_satang: int
    kept_satang: int
    """Of the deposit, when the crate is lost."""
    days: int
    """Within which it is brought back."""


class SetTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of crates lent from now on; a loan keeps the terms on which it was made."""

    id: str
    kind: str
    deposit_satang: int
    kept_satang: int
    days: int


class MakeCrates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    kind: str
    count: int
    place: str | None = None


class Fill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    crate: str
    lot: str
    grams: int


class OfCrate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To empty, wash, find or retire it."""

    id: str
    crate: str


class Lend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To the buyer of an order, a person, a place, or a buyer whom nobody names."""

    id: str
    crate: str
    rail: str
    order: str | None = None
    person: str | None = None
    place: str | None = None


class GiveBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The crate is here again, and how the deposit is paid back."""

    id: str
    crate: str
    rail: str


class Swap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One comes back and another goes to the same borrower, in one deed."""

    id: str
    back: str
    out: str
    rail: str


class KindDefined(msgspec.Struct, frozen=True, tag="custody.kind_defined"):
    kind: str
    owner: str
    deposit_satang: int


class TermsSet(msgspec.Struct, frozen=True, tag="custody.terms_set"):
    kind: str
    seq: int
    deposit_satang: int
    kept_satang: int
    days: int


class CratesMade(msgspec.Struct, frozen=True, tag="custody.crates_made"):
    kind: str
    codes: tuple[str, ...]


class Filled(msgspec.Struct, frozen=True, tag="custody.filled"):
    crate: str
    lot: str
    grams: int


class Emptied(msgspec.Struct, frozen=True, tag="custody.emptied"):
    crate: str
    grams: int


class CrateMoved(msgspec.Struct, frozen=True, tag="custody.crate_changed"):
    """Washed, found, lost without a loan, retired."""

    crate: str
    deed: str
    state: str


class Lent(msgspec.Struct, frozen=True, tag="custody.lent"):
    loan: str
    crate: str
    deposit_satang: int
    due_on: str


class LoanEnded(msgspec.Struct, frozen=True, tag="custody.loan_ended"):
    loan: str
    crate: str
    state: str
    """back, lost"""
    refunded_satang: int
    kept_satang: int


class Swapped(msgspec.Struct, frozen=True, tag="custody.swapped"):
    back: str
    out: str
    loan: str


def ensure_kind(asked: DefineKind) -> None:
    if not asked.name_th.strip() or not asked.name_en.strip():
        raise refusals.NameMissing(field="name_en" if asked.name_th.strip() else "name_th")
    if not 0 < asked.holds_grams <= GRAMS_MAX or not 0 <= asked.tare_grams < asked.holds_grams:
        raise refusals.SizeWrong(field="holds_grams")
    ensure_terms(asked)


def ensure_terms(asked: DefineKind | SetTerms) -> None:
    if not 0 <= asked.kept_satang <= asked.deposit_satang <= SATANG_MAX:
        raise refusals.TermsWrong(field="kept_satang")
    if not 0 < asked.days <= DAYS_MAX:
        raise refusals.TermsWrong(field="days")


def ensure_count(count: int) -> None:
    if not 0 < count <= COUNT_MAX:
        raise refusals.CountWrong(field="count", most=COUNT_MAX)


def ensure_rail(rail: str) -> None:
    if rail not in RAILS:
        raise refusals.RailUnknown(field="rail")


def ensure_holds(holds_grams: int, inside: int, grams: int) -> None:
    if not 0 < grams <= holds_grams - inside:
        raise refusals.CrateTooSmall(field="grams", grams_left=holds_grams - inside)


def ensure_there(there: int, crated: int, moving: int, grams: int, lot: str) -> None:
    """What lies in crates and what is under way beside them is never more than there is."""
    left = there - crated - moving
    if not 0 < grams <= left:
        raise refusals.NotSoMuchThere(field="grams", lot=lot, grams_left=max(left, 0))


def due_on(lent_on: date, days: int) -> date:
    return lent_on + timedelta(days=days)


def ensure_overdue(due: date, today: date) -> None:
    if today <= due:
        raise refusals.NotOverdue(due_on=due.isoformat())


def left_for(owner: str, crate: str, rail: str, satang: int) -> list[Posting]:
    """The deposit comes in and is owed to who brings the crate back."""
    money = ledger.own(rail, owner)
    return ledger.postings((money, ledger.deposit(owner, crate), satang))


def given_back(owner: str, crate: str, rail: str, satang: int) -> list[Posting]:
    return ledger.turned(left_for(owner, crate, rail, satang))


def kept(owner: str, crate: str, rail: str, deposit: int, keeps: int) -> list[Posting]:
    """What the terms let the owner keep of a lost crate; the rest goes back."""
    claim = ledger.deposit(owner, crate)
    return ledger.postings(
        (claim, ledger.own("deposit_kept", owner), keeps),
        (claim, ledger.own(rail, owner), deposit - keeps),
    )


def ensure_once(things: Sequence[str]) -> None:
    if len(set(things)) != len(things):
        raise refusals.SentTwice(field="lines")
