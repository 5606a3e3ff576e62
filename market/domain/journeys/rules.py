"""One truck's way through one day, with all that is done at each visit: what its papers say.

Times are seconds after midnight in Bangkok, exactly those of the published plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from certification.basis.units import THAILAND, Instant
from market.domain.orders.rules import HandOver
from market.domain.products.rules import CRATE_GRAMS
from market.domain.truck_day.rules import Cause, Close, Cost, DecideNoShow, Load, Pieces
from market.domain.walkup.rules import Sell

E7 = 10_000_000
THAI_CONSONANTS = ("\u0e01", "\u0e2e")


class NoPaper(Missing):
    """No such paper, or a truck that does not go out in the published plan."""

    code = "journeys.no_paper"


class NotPublished(Refusal):
    """A plan that nobody published yet is printed by nobody."""

    code = "journeys.not_published"


class NotYet(Invalid):
    """Nothing that is still to come stands on paper."""

    code = "journeys.not_yet"


class TypedAlready(Refusal):
    """By somebody else, meanwhile; nothing of what comes second is kept."""

    code = "journeys.typed_already"


class LeftBefore(Invalid):
    code = "journeys.left_before"


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a line of the load list is short."""

    goes_to: str
    lot: str
    cause: Cause


class Morning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Minutes after midnight of the day, Bangkok; so everywhere on paper."""

    id: str
    truck: str
    departed_minute: int
    loads: tuple[Load, ...] = ()
    cash: tuple[Pieces, ...] = ()
    """The float."""
    why: tuple[LeftOut, ...] = ()
    """Of lines that are short; of others it says nothing."""

    @property
    def minutes(self) -> tuple[int, ...]:
        return (self.departed_minute,)


class StopOnPaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    truck: str
    place: str
    arrived_minute: int
    left_minute: int
    given: tuple[HandOver, ...] = ()
    absent: tuple[DecideNoShow, ...] = ()
    sales: tuple[Sell, ...] = ()

    @property
    def minutes(self) -> tuple[int, ...]:
        return self.arrived_minute, self.left_minute


class Evening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    truck: str
    closed_minute: int
    close: Close
    costs: tuple[Cost, ...] = ()

    @property
    def minutes(self) -> tuple[int, ...]:
        return (self.closed_minute,)


class TypedIn(msgspec.Struct, frozen=True, tag="journeys.typed_in"):
    truck: str
    part: str
    paper_from: str
    paper_until: str


def ensure_past(said: datetime, now: datetime) -> None:
    if said > now:
        raise NotYet(field="time")


def ensure_later(arrived_minute: int, left_minute: int) -> None:
    if left_minute < arrived_minute:
        raise LeftBefore(field="left")


class Spot(msgspec.Struct, frozen=True):
    """Ten-millionths of a degree (WGS 84)."""

    name_th: str
    name_en: str
    where_th: str
    where_en: str
    lat_e7: int
    lon_e7: int

    @property
    def lat(self) -> float:
        return self.lat_e7 / E7

    @property
    def lon(self) -> float:
        return self.lon_e7 / E7


class Goods(msgspec.Struct, frozen=True):
    lot_code: str
    name_th: str
    name_en: str
    grams: int
    crates: int
    satang_per_kg: int | None = None
    """What passers-by pay; None where nobody has said."""
    crate_grams: int = CRATE_GRAMS


class OrderLine(msgspec.Struct, frozen=True):
    lot_code: str
    name_th: str
    name_en: str
    grams: int
    satang: int


class Pickup(msgspec.Struct, frozen=True):
    """An order as the stall asks for it: never by a whole name or number."""

    code: str
    initial: str
    last4: str
    paid: bool
    done: bool
    """Handed over already."""
    lines: tuple[OrderLine, ...]
    due_satang: int
    """At most: less is weighed, never more is paid."""

    @property
    def grams(self) -> int:
        return sum(line.grams for line in self.lines)


class Terms(msgspec.Struct, frozen=True):
    """Of a stop; for whoever drives there alone."""

    host_name: str = ""
    host_phone: str = ""
    parking: str = ""
    fee_satang: int = 0


class Visit(msgspec.Struct, frozen=True):
    id: str
    """The place's or plot's; what lies at the base: `base`, or `base:LOTCODE`."""
    seq: int
    kind: str
    """plot, stop, base"""
    spot: Spot
    arrive_s: int
    start_s: int
    leave_s: int
    windows: tuple[tuple[int, int], ...]
    """Seconds in which service may begin; of a stop alone."""
    goods: tuple[Goods, ...]
    """By the plan: collected at a plot, handed over at a stop."""
    crates: int
    load: dict[str, int]
    """Grams by lot, when leaving, should nobody walk up."""
    grower: str = ""
    """Who hands over at a plot."""
    terms: Terms = msgspec.field(default_factory=Terms)
    pickups: tuple[Pickup, ...] = ()
    """Of a stop, as the orders are now."""
    cancelled: bool = False

    @property
    def grams(self) -> int:
        return sum(one.grams for one in self.goods)

    @property
    def due_satang(self) -> int:
        return sum(one.due_satang for one in self.pickups)

    @property
    def since_grams(self) -> int:
        """What the orders became more or less since the plan was made."""
        return sum(one.grams for one in self.pickups) - self.grams if self.kind == "stop" else 0


class Journey(msgspec.Struct, frozen=True):
    id: str
    """The day truck's."""
    day: str
    on: date
    truck: str
    name: str
    plate: str | None
    operator_th: str
    operator_en: str
    version: int
    published_at: Instant
    cancelled: bool
    roads: str
    base: Spot
    leaves_s: int
    back_s: int
    metres: int
    visits: tuple[Visit, ...]
    spare: tuple[Goods, ...]
    """What is aboard for passers-by."""

    @property
    def stops(self) -> tuple[Visit, ...]:
        return tuple(one for one in self.visits if one.kind == "stop")

    @property
    def loadings(self) -> tuple[Visit, ...]:
        return tuple(one for one in self.visits if one.kind != "stop")

    @property
    def points(self) -> tuple[Spot, ...]:
        """From the base to the base."""
        return (self.base, *(one.spot for one in self.visits), self.base)

    @property
    def estimated(self) -> bool:
        """Whether the ways were reckoned from straight lines."""
        return self.roads.startswith("estimate")

    @property
    def due_satang(self) -> int:
        return sum(one.due_satang for one in self.stops)

    @property
    def grams(self) -> int:
        """Loaded over the whole day."""
        return sum(one.grams for one in self.loadings)


def bangkok(at: datetime) -> datetime:
    return at.astimezone(THAILAND)


def moment(on: date, second: int) -> datetime:
    """Seconds after midnight as an instant, Bangkok."""
    return datetime(on.year, on.month, on.day, tzinfo=THAILAND) + timedelta(seconds=second)


def initial(name: str) -> str:
    """The letter under which a Thai list has a name: `เกศ` stands under ก."""
    letters = [c for c in name.strip() if c.isalpha()]
    first, last = THAI_CONSONANTS
    return next((c for c in letters[:2] if first <= c <= last), "".join(letters[:1]).upper())


def as_asked_for(pickups: Iterable[Pickup]) -> list[Pickup]:
    """As people say who they are: the letter of the name, the last digits of the phone."""
    return sorted(pickups, key=lambda one: (one.initial, one.last4, one.code))
