"""One day of the green truck as data: plots to collect from, stops to serve, trucks, roads.

Whole units throughout: seconds after midnight, metres, grams, satang. What most days do not have
is left at its default.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from certification.basis.refusal import Invalid

Window = tuple[int, int]
Matrix = tuple[tuple[int, ...], ...]
VISITS_MAX, TRUCKS_MAX = 400, 40
SATANG_UNIT = 60_000
"""A cost in parts: metres x satang per km x 60 + seconds x satang per minute x 1000."""
BASE, BREAK, COLD = "@base", "@break", "cold"
"""In a route: the truck unloads at its base and begins another trip; the driver rests. COLD is what
a truck has and goods need."""


class NotADay(Invalid):
    """`why`: what of the problem makes no sense."""

    code = "trips.not_a_day"


class Visit(msgspec.Struct, frozen=True):
    """A plot gives its lots once and whole; a stop takes its pre-orders and sells to passers-by."""

    id: str
    kind: Literal["plot", "stop"]
    windows: tuple[Window, ...]
    """Service begins inside one of them; sorted, none overlaps another."""
    service_s: int
    goods: dict[str, int]
    """Grams by crop: what a plot has ready, what is pre-ordered at a stop."""
    value_satang: int = 0
    """What serving the stop is expected to earn besides its pre-orders, whatever is aboard."""
    required: bool = False
    """It was promised: left out only when no plan keeps all promises."""
    priority: int = 1
    """Of promises that cannot all be kept, those that add up to least are broken."""
    crates: int = 0
    """Filled at a plot, handed over at a stop."""
    needs: tuple[str, ...] = ()
    """What a truck must have to come here: "cold", a permission, a light weight."""
    ready_s: int = 0
    """Not begun before, whatever its windows say: lots are packed by then, people come by then."""
    promised: Window | None = None
    """What buyers were told: service begins inside it, too."""
    inside: bool = False
    """The whole service lies inside the window, not only its beginning."""
    use_by_s: int | None = None
    """Of a plot: its crops are not handed over later than this by the truck that loaded them."""
    walkup: dict[str, int] = {}
    """Grams by crop that passers-by are expected to ask for: sold as far as stock is left."""
    satang_per_kg: dict[str, int] = {}
    """What a kilogram sold to passers-by brings."""
    truck: str | None = None
    """Only this truck comes here."""
    off: str = ""
    """Not visited today, and why: `closed`, `cancelled`, `suspended`."""

    @property
    def is_plot(self) -> bool:
        return self.kind == "plot"


class Rest(msgspec.Struct, frozen=True):
    """One break where the truck stands, begun inside `window`; at the base it needs no plan."""

    seconds: int
    window: Window


class Reload(msgspec.Struct, frozen=True):
    """The truck may come back, unload all and begin another trip, while the base is open."""

    trips: int
    service_s: int
    open: Window


class Position(msgspec.Struct, frozen=True):
    """Where a truck stands when a day is planned anew: it goes on from `at_s`."""

    made: int
    """So many of the truck's `first` are made; it stands where the last of them is, or its base."""
    at_s: int
    aboard: dict[str, int] = {}
    crates: int = 0
    rested: bool = False
    trips: int = 1
    home: bool = False
    """Back at its base, whatever it made last."""


class Truck(msgspec.Struct, frozen=True):
    id: str
    capacity_grams: int
    shift: Window
    satang_per_km: int
    satang_per_min: int
    start: int = 0
    end: int | None = 0
    """Places of the matrices, see Problem; without an end the day ends at its last visit."""
    crates: int | None = None
    has: tuple[str, ...] = ()
    rest: Rest | None = None
    reload: Reload | None = None
    overtime_s: int = 0
    satang_per_overtime_min: int = 0
    """On top of what a minute costs anyway."""
    first: tuple[str, ...] = ()
    """The route begins with these, in this order."""
    position: Position | None = None
    out: bool = False
    """It broke down: what is made is made, and it goes nowhere else."""

    @property
    def made(self) -> tuple[str, ...]:
        """What of the route is driven already."""
        return self.first[: self.position.made] if self.position else ()


class Earlier(msgspec.Struct, frozen=True):
    """The plan that people were told, and what it costs to depart from it."""

    begins: dict[str, int]
    """By visit, seconds after midnight."""
    trucks: dict[str, str]
    moved_satang: int = 20_000
    """For a visit that begins more than `moved_s` earlier or later than told."""
    moved_satang_per_min: int = 200
    moved_s: int = 900
    truck_satang: int = 50_000
    order_satang: int = 500
    """For two visits of a truck that follow one another now, and stood the other way round."""
    dropped_satang: int = 100_000


class Note(msgspec.Struct, frozen=True):
    """An English sentence that is the key of the Thai one, and its facts."""

    key: str
    facts: dict[str, str | int] = {}


class Problem(msgspec.Struct, frozen=True):
    """Place 0 of the matrices is the base, place i + 1 that of visit i, then come further bases."""

    name: str
    visits: tuple[Visit, ...]
    trucks: tuple[Truck, ...]
    metres: Matrix
    seconds: Matrix
    roads: str = "estimate"
    """Where the matrices come from; shown beside every plan."""
    road_notes: tuple[Note, ...] = ()
    """What else is to be known of them; places are named by the ids of visits, bases by BASE."""
    fresh: dict[str, int] = {}
    """Satang for each kilogram and hour that a crop is aboard: what perishes is loaded late."""
    cold: tuple[str, ...] = ()
    """Crops that ride on a truck that has COLD, or not at all."""
    crate_grams: dict[str, int] = {}
    """What a full crate of a crop holds; for papers, the visits say their crates."""
    earlier: Earlier | None = None
    spots: tuple[tuple[float, float], ...] = ()
    """Latitude and longitude of each place, where they are known."""

    @property
    def crops(self) -> tuple[str, ...]:
        named = {crop for visit in self.visits for crop in (*visit.goods, *visit.walkup)}
        named.update(crop for t in self.trucks if t.position for crop in t.position.aboard)
        return tuple(sorted(named))


class Change(msgspec.Struct, frozen=True):
    """What would have to be otherwise for a visit to be served; tried, not guessed.

    `window`         the visit `id` may begin `amount` seconds after its last window, or before
    `shift`          the truck `id` is back `amount` seconds later than it may be
    `crop`           the plot `id` gives `amount` grams more, of the crop `what`
    `capacity`       the truck `id` carries `amount` grams more
    `another_truck`  one more like the truck `id`, with what the visit needs, costs `amount` satang
    `value`          the visit `id` is worth `amount` satang more
    """

    kind: Literal["window", "shift", "crop", "capacity", "another_truck", "value"]
    id: str
    amount: int
    what: str = ""


class Unserved(msgspec.Struct, frozen=True):
    id: str
    reason: str
    """off, no_truck, cold, no_road, far, crop, spoken_for, room, time, worth: `reasons` says."""
    facts: dict[str, int] = {}
    promised: bool = False
    """A promise that this plan breaks."""
    change: Change | None = None
    """The cheapest that would serve it."""


class Plan(msgspec.Struct, frozen=True):
    """For each truck the ids in the order of visiting; empty where it stays at the base."""

    routes: tuple[tuple[str, ...], ...]
    cost: int
    """Parts of a satang, see SATANG_UNIT: what driving and duty cost, less what stops earn."""
    engine: str
    unserved: tuple[Unserved, ...] = ()
    proved: bool = False
    """Nothing better exists."""
    bound: int | None = None
    """No plan that keeps as many promises costs less than this."""
    fewest: Literal["", "proved", "found"] = ""
    """Of the promises it breaks: no plan breaks less by what they weigh, or none was found."""
    broken_least: int = 0
    """So many break in any plan."""

    @property
    def satang(self) -> int:
        return round(self.cost / SATANG_UNIT)

    @property
    def broken(self) -> tuple[Unserved, ...]:
        """The promises that no plan could keep along with the others."""
        return tuple(one for one in self.unserved if one.promised)
