"""When something may be ordered, and at what price; where each baht goes is `splits`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

import msgspec

from certification.basis.units import Instant, local_day
from market.domain.offers.refusals import (
    CapacityWrong,
    ChoosePlace,
    Closed,
    CycleCalledOff,
    DepositWrong,
    HoldWrong,
    NameMissing,
    NoSuchStop,
    NotYetOpen,
    OtherCrop,
    OtherNetwork,
    PieceWrong,
    PlaceClosed,
    PlaceTwice,
    PriceWrong,
    ReadyTooLate,
    StepWrong,
    TimesFarAway,
    TimesWrong,
)

HOLD_MINUTES_MAX = 7 * 24 * 60
SATANG_PER_KG_MAX = 10_000_000
STEP_GRAMS_MAX = 1_000_000
DEPOSIT_PERCENT_MAX = 90
"""More is paying it whole."""
PLACES_MAX = 20
CAPACITY_MAX = 1_000_000_000
PIECE_TIMES_MAX = 3
"""The heaviest piece of an offer, in expected ones."""
SharedBy = Literal["first_come", "pro_rata", "priority"]
SHARED_BY: tuple[SharedBy, ...] = ("first_come", "pro_rata", "priority")
"""How it is shared when less is harvested than was ordered (`shortage`): said before it is sold."""
A_YEAR = timedelta(days=366)


def price(grams: int, satang_per_kg: int) -> int:
    """In satang, the odd part of one left to the buyer."""
    return grams * satang_per_kg // 1000


class PickUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where and when orders are fetched, and how many fit; None: as many as come."""

    place: str
    pickup_from: Instant
    pickup_until: Instant
    capacity_orders: int | None = None
    capacity_grams: int | None = None


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
    capacity_orders: int | None = None
    capacity_grams: int | None = None
    """Of `place`."""
    more: Annotated[tuple[PickUp, ...], msgspec.Meta(max_length=PLACES_MAX - 1)] = ()
    """Further places, or further hours of the same place."""
    deposit_percent: int | None = None
    """What of the price is paid ahead by PromptPay, the rest at the pick-up; None: no deposit."""

    @property
    def stops(self) -> tuple[PickUp, ...]:
        first = PickUp(
            self.place, self.pickup_from, self.pickup_until, self.capacity_orders,
            self.capacity_grams,
        )  # fmt: skip
        return (first, *self.more)


class MakeOffer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    cycle: str
    stock: str
    product: str
    satang_per_kg: int
    step_grams: int
    piece_grams: int | None = None
    """What one piece is expected to weigh; None: as the product says, by weight where it is."""
    piece_grams_max: int | None = None
    """What one piece weighs at most: so much is kept, and paid at most; None: as expected."""
    shared_by: SharedBy = "first_come"


class OfferAhead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`id` becomes the forecast's; `grams` are what is promised, of which a part can be ordered."""

    id: str
    planting: str
    cycle: str
    product: str
    ready_on: date
    grams: int
    satang_per_kg: int
    step_grams: int


class LowerAhead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    forecast: str
    grams: int


class TakeBackAhead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    forecast: str


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


class CycleStop(msgspec.Struct, frozen=True):
    """A place of a cycle as it stands."""

    id: str
    place: str
    pickup_from: datetime
    pickup_until: datetime
    capacity_orders: int | None
    capacity_grams: int | None
    closed_at: datetime | None

    def as_asked(self, later: timedelta = timedelta()) -> PickUp:
        return PickUp(
            self.place, self.pickup_from + later, self.pickup_until + later, self.capacity_orders,
            self.capacity_grams,
        )  # fmt: skip


class Harvested(msgspec.Struct, frozen=True, tag="offers.harvested"):
    """What was expected has become this lot; what is left of it can be ordered."""

    offer: str
    lot: str
    stock: str


class Times(msgspec.Struct, frozen=True):
    opens_at: datetime
    closes_at: datetime
    called_off: bool = False


class Terms(msgspec.Struct, frozen=True):
    """What an order needs to know of an offer."""

    id: str
    cycle: str
    stock: str
    satang_per_kg: int
    step_grams: int
    withdrawn_at: datetime | None
    piece_grams: int | None = None
    piece_grams_max: int | None = None


class Goods(msgspec.Struct, frozen=True):
    """What is known of a stock that is to be offered, and of the merchant and the product."""

    lot: str | None
    """None of what is still to be harvested."""
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


def deposit_fits(percent: int | None) -> bool:
    return percent is None or 1 <= percent <= DEPOSIT_PERCENT_MAX


def ensure_cycle(asked: OpenCycle, at: datetime) -> None:
    """Opens, closes in the future, and can be fetched until after it closed."""
    if not asked.name_th.strip() or not asked.name_en.strip():
        raise NameMissing(field="name_en" if asked.name_th.strip() else "name_th")
    last = max(stop.pickup_until for stop in asked.stops)
    if at - asked.opens_at > A_YEAR or last - at > A_YEAR:
        raise TimesFarAway(field="pickup_until", days=A_YEAR.days)
    if asked.closes_at <= max(asked.opens_at, at):
        raise TimesWrong(field="closes_at")
    for stop in asked.stops:
        ensure_stop(stop, asked.opens_at, asked.closes_at)
    if len({(stop.place, stop.pickup_from) for stop in asked.stops}) < len(asked.stops):
        raise PlaceTwice(field="place")
    if not 0 < asked.hold_minutes <= HOLD_MINUTES_MAX:
        raise HoldWrong(field="hold_minutes")
    if not deposit_fits(asked.deposit_percent):
        raise DepositWrong(field="deposit_percent", most=DEPOSIT_PERCENT_MAX)


def ensure_stop(stop: PickUp, opens_at: datetime, closes_at: datetime) -> None:
    if stop.pickup_from < opens_at:
        raise TimesWrong(field="pickup_from")
    if stop.pickup_until <= stop.pickup_from or stop.pickup_until < closes_at:
        raise TimesWrong(field="pickup_until")
    for field in ("capacity_orders", "capacity_grams"):
        room = getattr(stop, field)
        if room is not None and not 0 < room <= CAPACITY_MAX:
            raise CapacityWrong(field=field)


CALLED_OFF = ("cancelling", "cancelled")


def chosen(stops: Collection[CycleStop], wished: str | None) -> CycleStop:
    """The one that an order names; a cycle with one place needs no name."""
    if wished is None and len(stops) != 1:
        raise ChoosePlace(field="stop", places=len(stops))
    for stop in stops:
        if wished in (None, stop.id):
            if stop.closed_at is not None:
                raise PlaceClosed(closed_at=stop.closed_at.isoformat())
            return stop
    raise NoSuchStop()


def ensure_before_closing(times: Times, at: datetime) -> None:
    if times.called_off:
        raise CycleCalledOff()
    if at >= times.closes_at:
        raise Closed(closed_at=times.closes_at.isoformat())


def ensure_open(times: Times, at: datetime) -> None:
    """The moment of closing is no longer open."""
    ensure_before_closing(times, at)
    if at < times.opens_at:
        raise NotYetOpen(opens_at=times.opens_at.isoformat())


def ensure_ready(ready_on: date, pickup_until: datetime) -> None:
    if ready_on > local_day(pickup_until):
        raise ReadyTooLate(pickup_until=pickup_until.isoformat())


def ensure_offer(asked: MakeOffer, goods: Goods) -> None:
    if not 0 < asked.satang_per_kg <= SATANG_PER_KG_MAX:
        raise PriceWrong(field="satang_per_kg")
    if not 0 < asked.step_grams <= STEP_GRAMS_MAX:
        raise StepWrong(field="step_grams")
    _, most = piece_of(asked, goods)
    if most and asked.step_grams % most:
        raise StepWrong(field="step_grams")
    selling = {goods.merchant, goods.merchant_network} - {None}
    if not selling & {goods.group, goods.group_network}:
        raise OtherNetwork(group=goods.group)
    if goods.product_network not in selling:
        raise OtherNetwork(group=goods.group)
    if goods.product_crop != goods.crop:
        raise OtherCrop(crop=goods.crop)


def piece_of(asked: MakeOffer, goods: Goods) -> tuple[int | None, int | None]:
    """Grams of an expected piece and of the heaviest; None of both where it is sold by weight."""
    expected = asked.piece_grams or goods.piece_grams
    if asked.piece_grams is not None and asked.piece_grams <= 0:
        raise PieceWrong(field="piece_grams")
    if expected is None:
        if asked.piece_grams_max is not None:
            raise PieceWrong(field="piece_grams")
        return None, None
    most = expected if asked.piece_grams_max is None else asked.piece_grams_max
    if not expected <= most <= PIECE_TIMES_MAX * expected or most > STEP_GRAMS_MAX:
        raise PieceWrong(field="piece_grams_max")
    return expected, most
