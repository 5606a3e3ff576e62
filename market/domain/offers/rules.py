"""When something may be ordered, and at what price; where each baht goes is `splits`."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from certification.basis.units import Instant

HOLD_MINUTES_MAX = 7 * 24 * 60
SATANG_PER_KG_MAX = 10_000_000
STEP_GRAMS_MAX = 1_000_000
A_YEAR = timedelta(days=366)


class NoSuchCycle(Missing):
    code = "offers.no_such_cycle"


class NoSuchOffer(Missing):
    code = "offers.no_such_offer"


class NoSuchStock(Missing):
    code = "offers.no_such_stock"


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
    """The one the asker counts on; none, or that which is in force on the first day."""


class MakeOffer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    cycle: str
    stock: str
    product: str
    satang_per_kg: int
    step_grams: int


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
    farmer: str | None
    merchant: str
    merchant_network: str | None
    """None where the merchant is a network itself."""
    product_crop: str
    product_network: str
    piece_grams: int | None


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
