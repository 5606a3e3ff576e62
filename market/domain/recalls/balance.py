"""Whether every gram of a recall is accounted for: where its goods are, added up from what tells of
each pile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from certification.basis.units import Instant


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
