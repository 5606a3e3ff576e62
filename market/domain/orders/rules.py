"""From placed to handed over, and how much of the money stays where.

placed by promptpay   held ──paid──> confirmed ──> handed_over
                      held ──late──> expired ──money after all, goods still there──> confirmed
placed by cash, credit               confirmed ──> handed_over
placed by deposit     as by promptpay; what is left is paid at the handover
before handover       held, confirmed ──> cancelled
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

from market.domain.bundles.rules import Wanted
from market.domain.ledger import rules as ledger
from market.domain.ledger.rules import Posting, postings
from market.domain.offers.refusals import NoSuchOffer
from market.domain.offers.rules import Terms, Times, ensure_open, price
from market.domain.orders.refusals import (
    AlreadyHandedOver,
    AnotherCycle,
    EmptyBasket,
    Ended,
    GuestsPayFirst,
    LeastWrong,
    MoreThanOrdered,
    NotAStep,
    NotByThePiece,
    NothingToPay,
    NotPaid,
    NotWeighed,
    OfferWithdrawn,
    SubstituteWrong,
    TooLateToCancel,
)

Rail = Literal["promptpay", "cash", "credit", "deposit"]
DueBy = Literal["cash", "promptpay", "credit"]
DUE_BY: tuple[DueBy, ...] = ("cash", "promptpay", "credit")
IfShort = Literal["less", "substitute", "leave_out"]
"""What a buyer wants of a line where less comes: less of it, other goods for what is missing, or
nothing of it."""
PROMPTPAY: Rail = "promptpay"
CASH: Rail = "cash"
CREDIT: Rail = "credit"
DEPOSIT: Rail = "deposit"
PAID_FIRST = (PROMPTPAY, DEPOSIT)
"""Goods are held until money came."""
LINES_MAX = 50
GUEST_KEY = r"^[A-Za-z0-9_-]{22,200}$(?!\n)"
"""128 bits or more, and nothing that a link or a header cannot carry."""


class Guest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    phone: str
    key_hash: str
    """SHA-256 of the secret in the link to this one order."""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    offer: str
    grams: int = 0
    pieces: int | None = None
    """Instead of grams, of what is sold by the piece: each is reserved, and paid at most, at the
    weight of the heaviest."""
    if_short: IfShort = "less"
    least_grams: int | None = None
    """Less than this is not wanted, should less come."""
    instead: str | None = None
    """The offer of which the missing part is wanted, for `substitute`."""


class PlaceOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`buyer` is a person's id; a guest's is made by the asker together with the order's."""

    id: str
    cycle: str
    buyer: str
    rail: Rail
    lines: Annotated[tuple[Line, ...], msgspec.Meta(max_length=LINES_MAX)]
    guest: Guest | None = None
    stop: str | None = None
    """The cycle's place where it will be fetched; may be left out where there is one only."""
    bundles: Annotated[tuple[Wanted, ...], msgspec.Meta(max_length=LINES_MAX)] = ()


class CancelOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order: str
    merchant: str | None = None
    """For whom a member of its staff cancels; None: the buyer does."""


class Weighed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    line: str
    grams: int


class HandOver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    order: str
    merchant: str
    lines: tuple[Weighed, ...]
    due_by: DueBy = "cash"
    """How the buyer pays what was not paid before."""


class OrderPlaced(msgspec.Struct, frozen=True, tag="orders.placed"):
    order: str
    code: str
    cycle: str
    merchant: str
    rail: str
    satang: int
    due_satang: int = 0
    """Of it what is paid at the pick-up."""


class OrderConfirmed(msgspec.Struct, frozen=True, tag="orders.confirmed"):
    """Paid, or to be paid at the stall: its grams are sold."""

    order: str
    rail: str


class OrderExpired(msgspec.Struct, frozen=True, tag="orders.expired"):
    order: str


class OrderCancelled(msgspec.Struct, frozen=True, tag="orders.cancelled"):
    order: str
    credited_satang: int
    kept_satang: int = 0
    """For who grew it: nobody came, and so it was said before it was ordered."""


class HandedOver(msgspec.Struct, frozen=True, tag="orders.handed_over"):
    order: str
    final_satang: int
    credited_satang: int
    cash_satang: int
    """To be taken at the stall; 0 where it was paid before, or is paid otherwise."""
    bank_satang: int = 0
    """Paid at the stall by PromptPay."""
    spent_satang: int = 0
    """Paid at the stall from the buyer's credit."""

    @property
    def due_satang(self) -> int:
        return self.cash_satang + self.bank_satang + self.spent_satang


class Bound(msgspec.Struct, frozen=True, tag="orders.bound"):
    """What was ordered of an expected harvest is ordered of this lot from now on."""

    offer: str
    lot: str
    lines: int
    grams: int


class OrderLessened(msgspec.Struct, frozen=True, tag="orders.lessened"):
    """Less came than was ordered: what is given, and what went back at once."""

    order: str
    total_satang: int
    credited_satang: int


class Added(msgspec.Struct, frozen=True):
    """Other goods for what is missing."""

    id: str
    offer: str
    stock: str
    grams: int
    satang_per_kg: int


class Lessened(msgspec.Struct, frozen=True):
    line: str
    grams: int
    added: Added | None = None


class PricedLine(msgspec.Struct, frozen=True):
    id: str
    offer: str
    stock: str
    grams: int
    satang_per_kg: int
    satang: int
    pieces: int | None = None
    if_short: IfShort = "less"
    least_grams: int | None = None
    instead: str | None = None
    bundle: str | None = None
    bundles: int | None = None


class OrderedLine(msgspec.Struct, frozen=True):
    """A line of a stored order, with what is reserved for it."""

    id: str
    group: str
    grams: int
    satang_per_kg: int
    reservation: str
    stock: str
    satang: int = 0
    """Agreed for all of it; of a part of a bundle no product of grams and price."""
    bundle: str | None = None


class WeighedLine(msgspec.Struct, frozen=True):
    line: OrderedLine
    grams: int
    satang: int


def priced(
    order: PlaceOrder, offers: Mapping[str, Terms], times: Times, at: datetime
) -> list[PricedLine]:
    """One line for each offer, those asked twice summed under the first one's id."""
    ensure_basket(order)
    ensure_open(times, at)
    first = {line.offer: line.id for line in reversed(order.lines)}
    lines = [_priced(order, id, offer, offers) for offer, id in reversed(first.items())]
    if sum(line.satang for line in lines) == 0 and not order.bundles:
        raise NothingToPay()
    return lines


def ensure_basket(order: PlaceOrder) -> None:
    if not order.lines and not order.bundles:
        raise EmptyBasket(field="lines")
    if order.guest and order.rail == CREDIT:
        raise GuestsPayFirst()


def grams_of(order: PlaceOrder, terms: Terms) -> int:
    """The most that all its lines of an offer can weigh."""
    return sum(_grams(line, terms) for line in order.lines if line.offer == terms.id)


def _grams(line: Line, terms: Terms) -> int:
    if line.pieces is None:
        return line.grams
    if terms.piece_grams_max is None or line.grams:
        raise NotByThePiece(offer=terms.id)
    return line.pieces * terms.piece_grams_max


def _priced(order: PlaceOrder, id: str, offer: str, offers: Mapping[str, Terms]) -> PricedLine:
    terms = offers.get(offer)
    if terms is None:
        raise NoSuchOffer()
    if terms.cycle != order.cycle:
        raise AnotherCycle(offer=offer)
    if terms.withdrawn_at is not None:
        raise OfferWithdrawn(offer=offer)
    grams = grams_of(order, terms)
    if grams <= 0 or grams % terms.step_grams:
        raise NotAStep(offer=offer, step_grams=terms.step_grams)
    satang = price(grams, terms.satang_per_kg)
    pieces = grams // terms.piece_grams_max if terms.piece_grams_max else None
    said = next(line for line in order.lines if line.id == id)
    _ensure_if_short(said, grams, terms, offers)
    return PricedLine(
        id, offer, terms.stock, grams, terms.satang_per_kg, satang, pieces, said.if_short,
        said.least_grams, said.instead,
    )  # fmt: skip


def _ensure_if_short(said: Line, grams: int, terms: Terms, offers: Mapping[str, Terms]) -> None:
    """What the buyer would have instead costs no more than what was agreed."""
    if said.least_grams is not None and not 0 < said.least_grams <= grams:
        raise LeastWrong(field="least_grams")
    if said.if_short != "substitute" and said.instead is None:
        return
    other = offers.get(said.instead or "")
    if (
        said.if_short != "substitute"
        or other is None
        or (other.cycle, other.withdrawn_at) != (terms.cycle, None)
        or other.id == terms.id
        or other.satang_per_kg > terms.satang_per_kg
    ):
        raise SubstituteWrong(offer=terms.id)


def expires_at(
    rail: str, hold_minutes: int, pickup_until: datetime, at: datetime
) -> datetime | None:
    """Only who pays at a distance holds goods for a time, and never after the stall has gone."""
    return min(at + timedelta(minutes=hold_minutes), pickup_until) if rail in PAID_FIRST else None


def is_guest_key(said: str) -> bool:
    return re.search(GUEST_KEY, said) is not None


def ensure_open_state(state: str) -> None:
    """Held or confirmed: something can still be done with it."""
    if state == "handed_over":
        raise AlreadyHandedOver()
    if state in ("cancelled", "expired"):
        raise Ended(state=state)


def ensure_can_hand_over(state: str) -> None:
    ensure_open_state(state)
    if state == "held":
        raise NotPaid()


def ensure_in_time_to_cancel(closes_at: datetime, at: datetime, *, shut: bool = False) -> None:
    """`shut`: its place was closed, so that it need not be fetched elsewhere."""
    if at >= closes_at and not shut:
        raise TooLateToCancel(closed_at=closes_at.isoformat())


def weigh(lines: Sequence[OrderedLine], weighed: Sequence[Weighed]) -> list[WeighedLine]:
    """By actual grams at the agreed price: never more than was ordered, never dearer."""
    grams = {weight.line: weight.grams for weight in weighed}
    if grams.keys() != {line.id for line in lines} or len(grams) != len(weighed):
        raise NotWeighed(lines=len(lines))
    for line in lines:
        if not 0 <= grams[line.id] <= line.grams:
            raise MoreThanOrdered(line=line.id, grams_max=line.grams)
    return [WeighedLine(line, grams[line.id], agreed(line, grams[line.id])) for line in lines]


def agreed(line: OrderedLine, grams: int) -> int:
    """All of it is what was agreed for all of it."""
    return line.satang if line.satang and grams == line.grams else price(grams, line.satang_per_kg)


def given_back(total: int, discount: int, final: int) -> tuple[int, int]:
    """(satang to the buyer's credit, satang of discount taken back), once `final` is known.

    The buyer paid `total` less `discount`. Nobody is given money he never paid: what is over of
    the discount when next to nothing was handed over goes back to where it came from.
    """
    assert 0 <= discount <= total
    assert 0 <= final <= total
    to_credit = (total - discount) - max(final - discount, 0)
    return to_credit, total - final - to_credit


def handed(order: str, ahead: int, discount: int, final: int, due_by: DueBy) -> HandedOver:
    """What the handover comes to, of whose price `ahead` was paid before, with its discount."""
    due = max(final - ahead, 0)
    paid = {by: due if by == due_by else 0 for by in DUE_BY}
    to_credit, _ = given_back(ahead, discount, min(final, ahead))
    return HandedOver(order, final, to_credit, paid["cash"], paid["promptpay"], paid["credit"])


def handover_postings(
    order: str, merchant: str, buyer: str, earned: Mapping[ledger.AccountName, int],
    returned: tuple[int, int], due: int, due_by: DueBy = "cash",
) -> list[Posting]:  # fmt: skip
    """`earned`: satang per account of a group's earnings; `due`: what is paid at the stall."""
    held = ledger.held(merchant, order)
    to_credit, discount_back = returned
    return postings(
        (purse(merchant, buyer, due_by), held, due),
        *((held, account, satang) for account, satang in sorted(earned.items())),
        (held, ledger.credit(merchant, buyer), to_credit),
        (held, ledger.discount(merchant, order), discount_back),
    )


def purse(merchant: str, buyer: str, due_by: DueBy) -> ledger.AccountName:
    """Where it comes from, or to: the buyer's credit, the merchant's bank, the box."""
    if due_by == "credit":
        return ledger.credit(merchant, buyer)
    return ledger.own("bank" if due_by == "promptpay" else "cash", merchant)
