"""Who may call goods back, and who must say yes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Literal

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal

Kind = Literal["lot", "plot", "farmer", "input", "stop"]
KINDS: tuple[Kind, ...] = ("lot", "plot", "farmer", "input", "stop")
Because = Literal["illness", "residue", "foreign_body", "allergen", "input", "label", "quality"]
BECAUSE: tuple[Because, ...] = (
    "illness", "residue", "foreign_body", "allergen", "input", "label", "quality",
)  # fmt: skip
HEALTH: frozenset[Because] = frozenset({"illness", "residue", "foreign_body", "allergen", "input"})
"""For these it holds at once and the second person confirms afterwards; for the rest before."""
Advice = Literal["do_not_eat", "bring_back", "throw_away"]
ADVICE: tuple[Advice, ...] = ("do_not_eat", "bring_back", "throw_away")
State = Literal["asked", "in_force", "refused", "over", "drilled"]

NOTE_LETTERS_MAX = 500
SUBJECT_LETTERS_MAX = 80
LOTS_MAX = 20_000


class NoRecall(Missing):
    code = "recalls.missing"


class NothingFound(Refusal):
    """No lot within reach is of it."""

    code = "recalls.nothing_found"


class NoSubject(Invalid):
    code = "recalls.no_subject"


class DaysTurned(Invalid):
    """The first day is after the last."""

    code = "recalls.days_turned"


class NoteTooLong(Invalid):
    code = "recalls.note_too_long"


class ReasonMissing(Invalid):
    code = "recalls.reason_missing"


class TooManyLots(Refusal):
    code = "recalls.too_many_lots"


class SamePerson(Forbidden):
    """Who opened it does not confirm, refuse or clear it."""

    code = "recalls.same_person"


class OwnGoods(Forbidden):
    """Nobody says that the own household's goods are fine, or that they are not."""

    code = "recalls.own_goods"


class ConfirmedAlready(Refusal):
    code = "recalls.confirmed_already"


class Ended(Refusal):
    """Refused, over, or a drill."""

    code = "recalls.ended"


class NotInForce(Refusal):
    """A lot is cleared of a recall that holds."""

    code = "recalls.not_in_force"


class NotInIt(Missing):
    code = "recalls.not_in_it"


class ClearedAlready(Refusal):
    code = "recalls.cleared_already"


class Open(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    organ: str
    kind: Kind
    subject: str
    because: Because
    advice: Advice = "do_not_eat"
    from_on: date | None = None
    until_on: date | None = None
    back: bool = False
    drill: bool = False
    note: str | None = None


class Say(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The second person: `yes` confirms it; no refuses it, with a reason."""

    recall: str
    yes: bool
    reason: str | None = None


class Clear(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    recall: str
    lot: str
    reason: str


class Opened(msgspec.Struct, frozen=True, tag="recalls.opened"):
    recall: str
    organ: str
    kind: str
    because: str
    drill: int
    """1: nobody is told of it."""
    lots: int


class LotNamed(msgspec.Struct, frozen=True, tag="recalls.lot_named"):
    recall: str
    lot: str


class Begun(msgspec.Struct, frozen=True, tag="recalls.begun"):
    """From here on it holds: frozen, shown, and all whom it concerns are told."""

    recall: str
    organ: str
    because: str
    advice: str
    lots: int


class LotRecalled(msgspec.Struct, frozen=True, tag="recalls.lot_recalled"):
    recall: str
    lot: str


class LotJoined(msgspec.Struct, frozen=True, tag="recalls.lot_joined"):
    """Reported after the recall began, and of what it names: who has it is told."""

    recall: str
    organ: str
    lot: str
    code: str


class LotCleared(msgspec.Struct, frozen=True, tag="recalls.lot_cleared"):
    recall: str
    lot: str
    code: str
    organ: str


class Confirmed(msgspec.Struct, frozen=True, tag="recalls.confirmed"):
    recall: str
    organ: str
    opened_by: str


class Refused(msgspec.Struct, frozen=True, tag="recalls.refused"):
    recall: str
    organ: str
    opened_by: str


class HeldBack(msgspec.Struct, frozen=True, tag="recalls.held_back"):
    """A sample found too much in it: with what was made of it it stays where it is."""

    lot: str
    code: str
    organ: str
    lots: int


class LetGo(msgspec.Struct, frozen=True, tag="recalls.let_go"):
    """The laboratory's answer was clean, or what was written down was wrong."""

    lot: str
    code: str
    organ: str


class Over(msgspec.Struct, frozen=True, tag="recalls.over"):
    """Its last lot was cleared."""

    recall: str
    organ: str


class Drilled(msgspec.Struct, frozen=True, tag="recalls.drilled"):
    recall: str
    micros: int
    lots: int
    buyers: int
    grams: int


class SoldSince(msgspec.Struct, frozen=True, tag="recalls.sold_since"):
    """Typed in after the recall: the driver is told what was gone already, and the buyer too where
    it was paid by credit, so that somebody is known."""

    sale: str
    lot: str
    code: str
    grams: int
    person: str
    buyer: str | None = None


def check(data: Open) -> None:
    if not 0 < len(data.subject.strip()) <= SUBJECT_LETTERS_MAX:
        raise NoSubject(field="subject")
    if data.from_on and data.until_on and data.from_on > data.until_on:
        raise DaysTurned(field="until_on")
    _check_note("note", data.note)


def check_reason(reason: str | None) -> str:
    if not (reason or "").strip():
        raise ReasonMissing(field="reason")
    _check_note("reason", reason)
    return str(reason)


def _check_note(field: str, note: str | None) -> None:
    if len(note or "") > NOTE_LETTERS_MAX:
        raise NoteTooLong(field=field, most=NOTE_LETTERS_MAX)


def check_lots(count: int) -> None:
    if not count:
        raise NothingFound(field="subject")
    if count > LOTS_MAX:
        raise TooManyLots(field="subject", lots=count, most=LOTS_MAX)


def check_second(by: str, opened_by: str, farmers: Collection[str], near: Collection[str]) -> None:
    """`near`: whom the second person lives with, or is kin or spouse of."""
    if by == opened_by:
        raise SamePerson()
    if {by, *near} & set(farmers):
        raise OwnGoods()


def first_state(data: Open) -> State:
    if data.drill:
        return "drilled"
    return "in_force" if data.because in HEALTH else "asked"
