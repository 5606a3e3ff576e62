"""What is shown of days, of their plans, and of plannings under way."""

from __future__ import annotations

from datetime import date

import msgspec

from certification.basis.units import Instant
from market.domain.trips.rules import GRACE_S


class DayTruckView(msgspec.Struct, frozen=True):
    id: str
    truck: str
    driver: str | None
    starts_minute: int
    ends_minute: int
    break_minutes: int
    break_from_minute: int | None
    break_until_minute: int | None
    state: str
    cold: bool | None = None


class DayStopView(msgspec.Struct, frozen=True):
    id: str
    place: str
    opens_minute: int
    closes_minute: int
    required: bool
    on_truck: str | None
    state: str
    cause: str | None


class DayLotView(msgspec.Struct, frozen=True):
    lot: str
    at_base: bool
    walk_up_grams: int


class DayHead(msgspec.Struct, frozen=True):
    id: str
    operator: str
    on: date
    state: str
    template: str | None


class DayView(DayHead, frozen=True):
    trucks: tuple[DayTruckView, ...]
    stops: tuple[DayStopView, ...]
    lots: tuple[DayLotView, ...]

    @property
    def places(self) -> tuple[str, ...]:
        """Of the stops that are not cancelled, each once."""
        return tuple(dict.fromkeys(s.place for s in self.stops if s.state == "planned"))


class VersionHead(msgspec.Struct, frozen=True):
    id: str
    day: str
    version: int
    engine: str
    seed: int
    roads: str
    cost_satang: int
    proved: bool
    faults: int
    because: str
    by: str
    at: Instant
    published_at: Instant | None


class RunView(msgspec.Struct, frozen=True):
    id: str
    day: str
    seconds: int
    found: int
    cost_satang: int | None
    outcome: str | None
    version: int | None
    by: str
    at: Instant
    ended_at: Instant | None

    def is_under_way(self, at: Instant) -> bool:
        """A planning whose process went with its machine is over when its time is."""
        since = (at - self.at).total_seconds()
        return self.outcome is None and since < self.seconds + 2 * GRACE_S


class PreOrder(msgspec.Struct, frozen=True):
    """One line of an order that is fetched at a stop of the day."""

    place: str
    order: str
    code: str
    buyer: str
    rail: str
    state: str
    line: str
    product: str
    name_th: str
    name_en: str
    lot: str
    lot_code: str
    crop: str
    plot: str
    farmer: str
    """With the plot, empty where it was packed of several."""
    grams: int
    satang: int
    placed_at: Instant
    pickup_from: Instant
    pickup_until: Instant
    cold: bool = False
    crate_grams: int | None = None
    shelf_life_days: int | None = None
    harvested_on: date | None = None
    due_satang: int = 0
    """Of the whole order, still to be paid when it is fetched, at most."""
