"""Who may call goods back, who must say yes, and whether every gram of them is accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Literal

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal
from certification.basis.units import Instant

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


class LotSeen(msgspec.Struct, frozen=True):
    """A lot of it, with where its grams are."""

    lot: str
    code: str
    crop: str
    harvested_on: date
    grams: int
    deed: str | None
    available: int
    held: int
    leased: int
    sold: int
    waste: int
    used: int


class OrderSeen(msgspec.Struct, frozen=True):
    """A lot's part of an order; `state` as of its reservation: held, confirmed, collected."""

    order: str
    code: str
    lot: str
    state: str
    buyer: str
    merchant: str
    grams: int
    satang: int
    place: str
    name_th: str
    name_en: str
    pickup_from: Instant


class Aboard(msgspec.Struct, frozen=True):
    """Of a lot on a truck for sale; `sold` holds what was given away too."""

    lease: str
    lot: str
    truck: str
    name: str
    on: date | None
    left: int
    sold: int


class SoldHere(msgspec.Struct, frozen=True):
    """To passers-by whom nobody knows; `place` null: on the way."""

    lease: str
    lot: str
    place: str | None
    name_th: str | None
    name_en: str | None
    sales: int
    grams: int
    last_at: Instant


class GoneIn(msgspec.Struct, frozen=True):
    """Of any lot into a deed of which recalled lots are part."""

    deed: str
    lot: str
    grams: int


class Crated(msgspec.Struct, frozen=True):
    lot: str
    crate: str
    grams: int
    name_th: str | None
    name_en: str | None


class Found(msgspec.Struct, frozen=True):
    lots: tuple[LotSeen, ...]
    orders: tuple[OrderSeen, ...]
    aboard: tuple[Aboard, ...]
    sold: tuple[SoldHere, ...]
    gone_in: tuple[GoneIn, ...]
    crates: tuple[Crated, ...]


class Totals(msgspec.Struct, frozen=True):
    """What came in, and where all of it is; both sides are equal or `unexplained` says by how much.

    Grams of crates are not added: what lies in a crate is in stock, ordered or aboard.
    """

    came_in: int
    """Harvested, or made of what is not recalled."""
    mixed_in: int
    """Of lots that are not recalled, into mixes that are."""
    in_stock: int
    held: int
    """In orders not yet paid."""
    waiting: int
    """Paid, or to be paid at the stall, and not handed over."""
    handed_over: int
    aboard: int
    sold: int
    """From a truck, to passers-by."""
    given: int
    wasted: int
    lost: int
    """In splitting, mixing and packing."""
    unexplained: int


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


def totals(found: Found) -> Totals:
    """Each pile from the rows that tell of it, and not from the stock's own sums: where the two
    differ, grams are unexplained."""
    inside = {one.lot for one in found.lots}
    made_within = {one.deed for one in found.gone_in if one.lot in inside}
    outcome = sum(one.grams for one in found.lots if one.deed in made_within)
    gone_in = sum(one.grams for one in found.gone_in)
    by_state = Counter[str]()
    for order in found.orders:
        by_state[order.state] += order.grams
    sold = sum(one.grams for one in found.sold)
    counted = Totals(
        came_in=sum(one.grams for one in found.lots if one.deed not in made_within),
        mixed_in=sum(one.grams for one in found.gone_in if one.lot not in inside),
        in_stock=sum(one.available for one in found.lots),
        held=by_state["held"],
        waiting=by_state["confirmed"],
        handed_over=by_state["collected"],
        aboard=sum(one.left for one in found.aboard),
        sold=sold,
        given=sum(one.sold for one in found.aboard) - sold,
        wasted=sum(one.waste for one in found.lots),
        lost=gone_in - outcome,
        unexplained=0,
    )
    return msgspec.structs.replace(counted, unexplained=_in(counted) - _out(counted))


def _in(of: Totals) -> int:
    return of.came_in + of.mixed_in


def _out(of: Totals) -> int:
    return (
        of.in_stock + of.held + of.waiting + of.handed_over + of.aboard + of.sold + of.given
        + of.wasted + of.lost
    )  # fmt: skip


def unlike(found: Found) -> list[str]:
    """Codes of lots whose stock is not what orders, trucks and deeds tell of them."""
    told = Counter[tuple[str, str]]()
    for order in found.orders:
        told[order.lot, "held" if order.state == "held" else "sold"] += order.grams
    for lease in found.aboard:
        told[lease.lot, "leased"] += lease.left
        told[lease.lot, "sold"] += lease.sold
    for into in found.gone_in:
        told[into.lot, "used"] += into.grams
    return [
        one.code for one in found.lots
        if any(told[one.lot, pile] != getattr(one, pile)
               for pile in ("held", "sold", "leased", "used"))
        or one.grams != (one.available + one.held + one.leased + one.sold + one.waste + one.used)
    ]  # fmt: skip


def buyers(orders: Iterable[OrderSeen]) -> dict[str, list[OrderSeen]]:
    """By buyer, in the order in which they are called: who has it at home first."""
    found: dict[str, list[OrderSeen]] = {}
    turn: Sequence[str] = ("collected", "confirmed", "held")
    for one in sorted(orders, key=lambda one: (turn.index(one.state), one.pickup_from, one.code)):
        found.setdefault(one.buyer, []).append(one)
    return found
