"""When something may be ordered, at what price, and where each baht of it goes.

The parts of a kilo are computed once, from the frozen split rule, and settlement computes the same
(`Parts.of_sale`): what is shown is what is paid. Every part but the farmer's is rounded down, so
the odd satang is the farmer's.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from certification.basis.units import Instant

BASIS_POINTS = 10_000
HOLD_MINUTES_MAX = 7 * 24 * 60
SATANG_PER_KG_MAX = 10_000_000
STEP_GRAMS_MAX = 1_000_000
A_YEAR = timedelta(days=366)


class NoSuchCycle(Missing):
    code = "offers.no_such_cycle"


class NoSuchOffer(Missing):
    code = "offers.no_such_offer"


class NoSuchRule(Missing):
    code = "offers.no_such_rule"


class NoSuchStock(Missing):
    code = "offers.no_such_stock"


class SharesWrong(Invalid):
    """Negative parts, or more than the whole."""

    code = "offers.shares_wrong"


class TimesWrong(Invalid):
    """`field` names the time that comes too early."""

    code = "offers.times_wrong"


class TimesFarAway(Invalid):
    """Opened more than a year ago, or fetched more than a year from now."""

    code = "offers.times_far_away"


class HoldWrong(Invalid):
    code = "offers.hold_wrong"


class NameMissing(Invalid):
    code = "offers.name_missing"


class PriceWrong(Invalid):
    code = "offers.price_wrong"


class StepWrong(Invalid):
    """Not positive, or no whole number of pieces."""

    code = "offers.step_wrong"


class OtherPlace(Refusal):
    """The place belongs to another network."""

    code = "offers.other_place"


class OtherNetwork(Refusal):
    """A merchant sells what its own groups grow."""

    code = "offers.other_network"


class OtherCrop(Refusal):
    code = "offers.other_crop"


class Closed(Refusal):
    code = "offers.closed"


class NotYetOpen(Refusal):
    code = "offers.not_yet_open"


class AlreadyOffered(Refusal):
    """One lot has one price in a cycle."""

    code = "offers.already_offered"


class DefineRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In basis points of the sale; the rest is the farmers'."""

    id: str
    merchant: str
    merchant_bp: int
    truck_bp: int
    fund_bp: int
    group_bp: int


class Parts(msgspec.Struct, frozen=True):
    """Satang of one kilo, or of one sale: what each gets; together the price."""

    farmer: int
    group: int
    truck: int
    fund: int
    merchant: int

    @property
    def whole(self) -> int:
        return self.farmer + self.group + self.truck + self.fund + self.merchant

    def plus(self, other: Parts) -> Parts:
        return Parts(
            self.farmer + other.farmer, self.group + other.group, self.truck + other.truck,
            self.fund + other.fund, self.merchant + other.merchant,
        )  # fmt: skip

    def of_sale(self, grams: int, satang: int) -> Parts:
        """The parts of one sale, `self` being those of a kilo; `satang` is what was paid for it.

        Whole kilos give exactly what was shown, other weights the farmer never a satang less than
        the exact part rounded down.
        """
        group, truck, fund, merchant = (
            part * grams // 1000 for part in (self.group, self.truck, self.fund, self.merchant)
        )
        return Parts(satang - group - truck - fund - merchant, group, truck, fund, merchant)


NOTHING = Parts(0, 0, 0, 0, 0)


def parts_of_kilo(satang_per_kg: int, rule: DefineRule) -> Parts:
    group, truck, fund, merchant = (
        satang_per_kg * bp // BASIS_POINTS
        for bp in (rule.group_bp, rule.truck_bp, rule.fund_bp, rule.merchant_bp)
    )
    farmer = satang_per_kg - group - truck - fund - merchant
    return Parts(farmer, group, truck, fund, merchant)


def price(grams: int, satang_per_kg: int) -> int:
    """In satang, the odd part of one left to the buyer."""
    return grams * satang_per_kg // 1000


class OpenCycle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    merchant: str
    name_th: str
    name_en: str
    place: str
    opens_at: Instant
    closes_at: Instant
    pickup_from: Instant
    pickup_until: Instant
    hold_minutes: int = 60
    split_rule: str | None = None
    """None: the merchant's newest."""


class MakeOffer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    cycle: str
    stock: str
    product: str
    satang_per_kg: int
    step_grams: int


class RuleDefined(msgspec.Struct, frozen=True, tag="offers.rule_defined"):
    rule: str
    merchant: str
    version: int


class CycleOpened(msgspec.Struct, frozen=True, tag="offers.cycle_opened"):
    cycle: str
    merchant: str
    split_rule: str


class Offered(msgspec.Struct, frozen=True, tag="offers.offered"):
    offer: str
    cycle: str
    stock: str
    satang_per_kg: int


class Withdrawn(msgspec.Struct, frozen=True, tag="offers.withdrawn"):
    offer: str
    cycle: str


class Times(msgspec.Struct, frozen=True):
    opens_at: datetime
    closes_at: datetime


class Terms(msgspec.Struct, frozen=True):
    """What an order needs to know of an offer."""

    id: str
    cycle: str
    stock: str
    satang_per_kg: int
    step_grams: int
    withdrawn_at: datetime | None


class Goods(msgspec.Struct, frozen=True):
    """What is known of a stock that is to be offered, and of the merchant and the product."""

    lot: str
    crop: str
    group: str
    group_network: str | None
    farmer: str
    merchant: str
    merchant_network: str | None
    """None where the merchant is a network itself."""
    product_crop: str
    product_network: str
    piece_grams: int | None


def ensure_rule(asked: DefineRule) -> None:
    bps = (asked.merchant_bp, asked.truck_bp, asked.fund_bp, asked.group_bp)
    if min(bps) < 0 or sum(bps) > BASIS_POINTS:
        raise SharesWrong(field="merchant_bp")


def ensure_cycle(asked: OpenCycle, at: datetime) -> None:
    """Opens, closes in the future, and can be fetched until after it closed."""
    if not asked.name_th.strip() or not asked.name_en.strip():
        raise NameMissing(field="name_en" if asked.name_th.strip() else "name_th")
    if at - asked.opens_at > A_YEAR or asked.pickup_until - at > A_YEAR:
        raise TimesFarAway(field="pickup_until", days=A_YEAR.days)
    if asked.closes_at <= max(asked.opens_at, at):
        raise TimesWrong(field="closes_at")
    if asked.pickup_from < asked.opens_at:
        raise TimesWrong(field="pickup_from")
    if asked.pickup_until <= asked.pickup_from or asked.pickup_until < asked.closes_at:
        raise TimesWrong(field="pickup_until")
    if not 0 < asked.hold_minutes <= HOLD_MINUTES_MAX:
        raise HoldWrong(field="hold_minutes")


def ensure_before_closing(closes_at: datetime, at: datetime) -> None:
    if at >= closes_at:
        raise Closed(closed_at=closes_at.isoformat())


def ensure_open(times: Times, at: datetime) -> None:
    """The moment of closing is no longer open."""
    ensure_before_closing(times.closes_at, at)
    if at < times.opens_at:
        raise NotYetOpen(opens_at=times.opens_at.isoformat())


def ensure_offer(asked: MakeOffer, goods: Goods) -> None:
    if not 0 < asked.satang_per_kg <= SATANG_PER_KG_MAX:
        raise PriceWrong(field="satang_per_kg")
    if not 0 < asked.step_grams <= STEP_GRAMS_MAX:
        raise StepWrong(field="step_grams")
    if goods.piece_grams and asked.step_grams % goods.piece_grams:
        raise StepWrong(field="step_grams")
    selling = {goods.merchant, goods.merchant_network} - {None}
    if not selling & {goods.group, goods.group_network}:
        raise OtherNetwork(group=goods.group)
    if goods.product_network not in selling:
        raise OtherNetwork(group=goods.group)
    if goods.product_crop != goods.crop:
        raise OtherCrop(crop=goods.crop)
