"""One truck's day: what may be loaded, when it may leave, what every kilo and every baht became."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

from market.domain.ledger import rules as ledger
from market.domain.ledger.rules import Posting, postings
from market.domain.truck_day.refusals import (
    NoSuchMoney,
    OneReceiver,
    ReasonNeeded,
)

WALKUP = "walkup"
"""Where what is for sale on the way goes to; every other lot goes to a stop."""
CASH_KINDS = (100_000, 50_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25)
"""Notes and coins of Thailand, in satang."""
REASON_ABOVE_SATANG = 2_000
"""A drawer that differs by more must be explained."""
SHORT_PART = 50
"""A line counts as loaded when not more than one part in fifty is missing: scales differ."""
PIECES_MAX = 100_000
LEFTOVERS_MAX = 200

Decision = Literal["short", "call_off"]
NoShowDecision = Literal["hold", "move", "sell", "refund", "donate"]
Cause = Literal["short", "spoilt", "refused", "forgotten"]
"""The plot gave less; it went bad; it was not good enough to take; nobody brought it."""
CAUSES: tuple[Cause, ...] = ("short", "spoilt", "refused", "forgotten")
MishapKind = Literal["delay", "stop_cancelled", "plot_short", "order_added", "breakdown"]
CostKind = Literal["fuel", "ice", "wages", "fee", "other"]
Purse = Literal["drawer", "bank"]
Grams = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
Satang = Annotated[int, msgspec.Meta(ge=0, le=10**11)]


class Load(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Without a price that of the round in which the lot is offered."""

    id: str
    truck: str
    lot: str
    goes_to: str
    grams: Annotated[int, msgspec.Meta(ge=1, le=10**9)]
    satang_per_kg: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] | None = None
    product: str | None = None
    pack: Literal["bag", "bunch"] | None = None
    pack_grams: Annotated[int, msgspec.Meta(ge=1, le=10**9)] | None = None
    pack_satang: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] | None = None


class LeaveBehind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    truck: str
    place: str
    lot: str
    decision: Decision
    cause: Cause = "short"


class ExplainElsewhere(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`cash_here`: what the buyer paid in cash lies in this truck's drawer."""

    id: str
    truck: str
    order: str
    from_truck: bool
    cash_here: bool = False


class DecideNoShow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    truck: str
    place: str
    order: str
    decision: NoShowDecision
    to_place: str | None = None
    by_promise: bool = False
    """As the seller promised: then what was to be kept of the price is kept, else nothing is."""


class LotCollected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lot: str
    grams: Grams
    """By the scales, all that is aboard of it now."""


class Collect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    truck: str
    plot: str
    lots: Annotated[tuple[LotCollected, ...], msgspec.Meta(min_length=1, max_length=50)]


class HandOn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that is still aboard."""

    id: str
    truck: str
    to_truck: str | None = None
    to_person: str | None = None
    cause: Literal["breakdown", "other"] = "breakdown"


class GoWrong(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`visit`: the stop that is called off, or the plot that gives `grams` in all."""

    id: str
    truck: str
    kind: MishapKind
    minutes: Annotated[int, msgspec.Meta(ge=-720, le=720)] | None = None
    visit: str | None = None
    grams: Annotated[int, msgspec.Meta(ge=0, le=10**9)] | None = None


class Pieces(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    satang_each: int
    pieces: Annotated[int, msgspec.Meta(ge=0, le=PIECES_MAX)]


class Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    truck: str
    kind: CostKind
    satang: Annotated[int, msgspec.Meta(ge=1, le=10**9)]
    paid_from: Purse = "drawer"


class LotLeft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By the scales; `shrink_grams` is what nobody can find, below zero where more came back."""

    lot: str
    returned_grams: Grams = 0
    donated_grams: Grams = 0
    wasted_grams: Grams = 0
    shrink_grams: Annotated[int, msgspec.Meta(ge=-(10**9), le=10**9)] = 0

    @property
    def told_grams(self) -> int:
        return self.returned_grams + self.donated_grams + self.wasted_grams + self.shrink_grams


class Close(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    truck: str
    cash: Annotated[tuple[Pieces, ...], msgspec.Meta(max_length=len(CASH_KINDS))]
    promptpay_seen_satang: Satang
    leftovers: Annotated[tuple[LotLeft, ...], msgspec.Meta(max_length=LEFTOVERS_MAX)] = ()
    reason: Annotated[str, msgspec.Meta(max_length=300)] = ""


class Loaded(msgspec.Struct, frozen=True, tag="truck_day.loaded"):
    loading: str
    truck: str
    lot: str
    goes_to: str
    grams: int


class Unloaded(msgspec.Struct, frozen=True, tag="truck_day.unloaded"):
    loading: str
    truck: str
    lot: str


class LeftWithout(msgspec.Struct, frozen=True, tag="truck_day.left_without"):
    truck: str
    place: str
    lot: str
    decision: str
    orders: list[str]
    """That ended by it."""
    cause: str = "short"


class Departed(msgspec.Struct, frozen=True, tag="truck_day.departed"):
    truck: str
    grams: int


class Arrived(msgspec.Struct, frozen=True, tag="truck_day.arrived"):
    visit: str
    truck: str
    place: str


class ArrivedAtPlot(msgspec.Struct, frozen=True, tag="truck_day.arrived_at_plot"):
    truck: str
    plot: str


class Collected(msgspec.Struct, frozen=True, tag="truck_day.collected"):
    truck: str
    plot: str
    lots: int
    grams: int


class LeftPlot(msgspec.Struct, frozen=True, tag="truck_day.left_plot"):
    truck: str
    plot: str
    grams: int
    """Of its lots aboard."""


class HandedOverThere(msgspec.Struct, frozen=True, tag="truck_day.handed_over"):
    truck: str
    place: str
    order: str
    cash_satang: int


class Elsewhere(msgspec.Struct, frozen=True, tag="truck_day.handed_elsewhere"):
    truck: str
    order: str
    goods: str
    """truck, other"""
    grams: int
    cash_satang: int


class NoShowDecided(msgspec.Struct, frozen=True, tag="truck_day.no_show_decided"):
    truck: str
    place: str
    order: str
    code: str
    buyer: str
    decision: str
    to_place: str
    """Where it waits now; empty but for `move`."""
    then: str = ""
    """As the buyer is told: the decision, `hold_days` with so many days as the seller promised."""
    days: int = 0


class Left(msgspec.Struct, frozen=True, tag="truck_day.left"):
    visit: str
    truck: str
    place: str


class WentOn(msgspec.Struct, frozen=True, tag="truck_day.handed_on"):
    truck: str
    to_truck: str
    to_person: str
    """One of them is empty."""
    lots: int
    grams: int


class CashCounted(msgspec.Struct, frozen=True, tag="truck_day.cash_counted"):
    truck: str
    moment: str
    satang: int


class CostTold(msgspec.Struct, frozen=True, tag="truck_day.cost_told"):
    cost: str
    truck: str
    kind: str
    satang: int


class Closed(msgspec.Struct, frozen=True, tag="truck_day.closed"):
    truck: str
    expected_satang: int
    counted_satang: int
    promptpay_satang: int
    promptpay_seen_satang: int
    credit_satang: int
    cost_satang: int


class WentWrong(msgspec.Struct, frozen=True, tag="truck_day.went_wrong"):
    mishap: str
    truck: str
    kind: str
    minutes: int
    version: int
    """The plan that was made of it; 0 where none could be."""


class StopMoved(msgspec.Struct, frozen=True, tag="truck_day.stop_moved"):
    """A stop whose buyers are told another time."""

    day: str
    place: str
    place_th: str
    place_en: str
    buyers: list[str]
    minutes: int
    earliest: str
    latest: str
    """Hours and minutes, Bangkok."""
    then: str = ""
    """What the seller promised these buyers, for `days` where it is kept; empty: nothing."""
    days: int = 0


class StopDropped(msgspec.Struct, frozen=True, tag="truck_day.stop_dropped"):
    """The truck does not come there any more; the orders stay until somebody decides on them."""

    day: str
    place: str
    place_th: str
    place_en: str
    buyers: list[str]
    then: str = ""
    days: int = 0


class EnteredLate(msgspec.Struct, frozen=True, tag="truck_day.entered_late"):
    truck: str
    sale: str
    satang: int


def is_short(wanted_grams: int, loaded_grams: int) -> bool:
    return (wanted_grams - loaded_grams) * SHORT_PART > wanted_grams


def counted(cash: Iterable[Pieces]) -> int:
    """Satang; each kind of note or coin is one that there is, and stands once."""
    kinds = [one.satang_each for one in cash]
    if not set(kinds) <= set(CASH_KINDS) or len(kinds) != len(set(kinds)):
        raise NoSuchMoney(field="cash")
    return sum(one.satang_each * one.pieces for one in cash)


def ensure_receiver(asked: HandOn) -> None:
    if (asked.to_truck is None) == (asked.to_person is None) or asked.to_truck == asked.truck:
        raise OneReceiver(field="to_truck")


def ensure_explained(difference_satang: int, reason: str) -> None:
    if abs(difference_satang) > REASON_ABOVE_SATANG and not reason.strip():
        raise ReasonNeeded(field="reason", satang=difference_satang)


def difference_postings(merchant: str, cash_satang: int, bank_satang: int) -> list[Posting]:
    """Above zero: more was there than was expected. Never hidden: it has an account of its own."""
    apart = ledger.own("till_difference", merchant)
    found: list[Posting] = []
    for kind, satang in (("cash", cash_satang), ("bank", bank_satang)):
        purse = ledger.own(kind, merchant)
        way = (purse, apart) if satang > 0 else (apart, purse)
        found += postings((*way, abs(satang)))
    return found


def cost_postings(merchant: str, cost: Cost) -> list[Posting]:
    purse = ledger.own("cash" if cost.paid_from == "drawer" else "bank", merchant)
    return postings((ledger.own("truck_cost", merchant), purse, cost.satang))
