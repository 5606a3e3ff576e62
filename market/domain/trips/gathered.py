"""From the rows of a day to the planner's problem: pure, so that every rule of it can be tested.

A visit is named by the id of its place or plot, what lies at a base by `base:LOTCODE`. Goods are
named `crop:LOTCODE`: an order is for one lot, and another lot of the crop is no answer to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from certification.basis.units import THAILAND, Instant
from market.domain.fleet.queries import TruckView
from market.domain.fleet.rules import SetTerms
from market.domain.products.rules import CRATE_GRAMS
from market.domain.trips.cargo import Kept, loose, packed
from market.domain.trips.estimate import Spot
from market.domain.trips.parts import PART
from market.domain.trips.problem import BASE, COLD, Problem, Rest, Truck, Visit, Window
from market.domain.trips.views import DayTruckView, DayView, PreOrder
from market.domain.trips.ways import Ways

PLOT_MINUTES = 10
"""At a plot: find the gate, weigh, load."""
BASE_MINUTES = 5
STALL_MINUTES = 30
"""Of a stop whose terms nobody has set."""
UNKNOWN_VALUE_SATANG = 30_000
"""What passers-by are thought to buy for where nobody has said: who puts a stop on the list
believes that it pays."""
UNKNOWN_PRICE_SATANG_PER_KG = 3_000
"""Of a lot that was offered nowhere yet."""
MINUTE = 60


class WalkUp(msgspec.Struct, frozen=True):
    """A lot that is taken along: how much of it for passers-by, and where it is loaded."""

    lot_code: str
    crop: str
    plot: str
    """Empty where it was packed of several plots: it lies at the base."""
    grams: int
    satang_per_kg: int
    at_base: bool


class Rows(msgspec.Struct, frozen=True):
    day: DayView
    trucks: dict[str, TruckView]
    terms: dict[str, SetTerms]
    orders: tuple[PreOrder, ...]
    walk_up: tuple[WalkUp, ...]
    spots: dict[str, Spot]
    """By the id of each base, stop and plot."""
    kept: dict[str, Kept] = {}
    """By the code of a lot."""

    @property
    def keeps_cold(self) -> bool:
        """One of the day's trucks does."""
        return any(map(self.is_cold, self.day.trucks))

    @property
    def lots(self) -> list[tuple[str, Kept]]:
        """By goods, of all that is ordered or taken along."""
        keys = {goods_key(one.crop, one.lot_code) for one in self.orders}
        keys |= {goods_key(one.crop, one.lot_code) for one in self.walk_up if one.grams}
        return [(key, self.of_lot(lot_of(key))) for key in sorted(keys)]

    def is_cold(self, one: DayTruckView) -> bool:
        return self.trucks[one.truck].cold if one.cold is None else one.cold

    def rides(self, lot_code: str) -> bool:
        """What must be kept cold stays where it is on a day without a truck for it."""
        return self.keeps_cold or not self.of_lot(lot_code).cold

    def of_lot(self, code: str) -> Kept:
        return self.kept.get(code, Kept())


def goods_key(crop: str, lot_code: str) -> str:
    return f"{crop}:{lot_code}"


def crop_of(key: str) -> str:
    return key.partition(":")[0]


def lot_of(key: str) -> str:
    """The lot's code."""
    return key.partition(":")[2]


def spots_of(rows: Rows) -> tuple[Spot, ...]:
    """Of the places of the problem, in their order: whose ways are asked for."""
    first, *others = _bases(rows)
    visited = [spot for _, spot in _visits(rows)]
    return (rows.spots[first], *visited, *(rows.spots[base] for base in others))


def names_of(rows: Rows, names: Sequence[str]) -> dict[str, str]:
    """What those who know roads call the places of `spots_of`: whose visit each is, or BASE."""
    visits = [visit.id for visit, _ in _visits(rows)]
    called = [BASE, *visits, *(BASE for _ in names[len(visits) + 1 :])]
    return dict(zip(reversed(names), reversed(called), strict=True))


def problem_of(rows: Rows, ways: Ways) -> Problem:
    """On the ways of `spots_of`."""
    visits = tuple(visit for visit, _ in _visits(rows))
    places = {base: len(visits) + at if at else 0 for at, base in enumerate(_bases(rows))}
    trucks = tuple(_truck(rows, one, places) for one in rows.day.trucks)
    goods = sorted({crop for visit in visits for crop in (*visit.goods, *visit.walkup)})
    fades = {key: rows.of_lot(lot_of(key)).fades for key in goods}
    return Problem(
        str(rows.day.on), visits, trucks, ways.metres, ways.seconds, ways.told,
        fresh={key: satang for key, satang in fades.items() if satang},
        cold=tuple(key for key in goods if rows.of_lot(lot_of(key)).cold), spots=spots_of(rows),
        crate_grams={key: rows.of_lot(lot_of(key)).crate_grams or CRATE_GRAMS for key in goods},
    )  # fmt: skip


def _visits(rows: Rows) -> list[tuple[Visit, Spot]]:
    """Stops in the order of the day, then plots, then what lies at the base."""
    lines = [(one.place, one.lot_code, one.grams) for one in rows.orders]
    by_stop, by_lot = packed(lines, rows.kept)
    stops = [(_stop(rows, place, by_stop[place]), rows.spots[place]) for place in rows.day.places]
    return [*stops, *_plots(rows, by_lot), *_at_base(rows, by_lot)]


def _bases(rows: Rows) -> list[str]:
    return list(dict.fromkeys(rows.trucks[one.truck].base for one in rows.day.trucks))


def _truck(rows: Rows, one: DayTruckView, places: dict[str, int]) -> Truck:
    truck, rest = rows.trucks[one.truck], None
    if one.break_minutes and one.break_from_minute is not None and one.break_until_minute:
        begun_by = one.break_until_minute - one.break_minutes
        rest = Rest(one.break_minutes * MINUTE, _seconds(one.break_from_minute, begun_by))
    return Truck(
        one.truck, truck.capacity_grams, _seconds(one.starts_minute, one.ends_minute),
        truck.satang_per_km, truck.satang_per_min, start=places[truck.base],
        end=places[truck.base], crates=truck.crates, rest=rest,
        has=(COLD,) if rows.is_cold(one) else (),
    )  # fmt: skip


def _stop(rows: Rows, place: str, crates: int) -> Visit:
    mine = [one for one in rows.day.stops if one.place == place and one.state == "planned"]
    orders = [one for one in rows.orders if one.place == place]
    terms = rows.terms.get(place)
    goods = Counter[str]()
    for one in orders:
        goods[goods_key(one.crop, one.lot_code)] += one.grams
    locked = {one.on_truck for one in mine if one.on_truck}
    walkup, prices, lump = _expected(rows, terms)
    fee = terms.fee_satang if terms else 0
    return Visit(
        place, "stop", merged([(one.opens_minute, one.closes_minute) for one in mine]),
        (terms.stall_minutes if terms else STALL_MINUTES) * MINUTE, dict(sorted(goods.items())),
        max(lump - fee, 0), required=bool(orders) or any(one.required for one in mine),
        priority=1 + sum(one.satang for one in orders) // 10_000, crates=crates,
        promised=_promised(rows, orders), inside=True, walkup=walkup, satang_per_kg=prices,
        truck=next(iter(sorted(locked)), None), needs=_needs(rows, goods),
    )  # fmt: skip


def merged(windows: Sequence[tuple[int, int]]) -> tuple[Window, ...]:
    """Minutes to seconds; what touches or overlaps is one window."""
    found: list[tuple[int, int]] = []
    for opens, closes in sorted(windows):
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], closes))
        else:
            found.append((opens, closes))
    return tuple(_seconds(*window) for window in found)


def _expected(rows: Rows, terms: SetTerms | None) -> tuple[dict[str, int], dict[str, int], int]:
    """Grams that passers-by ask for and what a kilo brings, the worth of the stop shared over the
    day's lots by their worth; with no lots chosen yet, the worth as one sum."""
    value = UNKNOWN_VALUE_SATANG
    if terms and terms.value_satang is not None:
        value = terms.value_satang
    lots = [
        one for one in rows.walk_up
        if one.grams and one.satang_per_kg and rows.rides(one.lot_code)
    ]  # fmt: skip
    worth = sum(one.grams * one.satang_per_kg for one in lots) // 1000
    if not worth:
        return {}, {}, value
    share = {goods_key(one.crop, one.lot_code): one for one in lots}
    walkup = {key: min(one.grams, one.grams * value // worth) for key, one in share.items()}
    return (
        {key: grams for key, grams in walkup.items() if grams},
        {key: one.satang_per_kg for key, one in share.items() if walkup[key]},
        0,
    )


def _promised(rows: Rows, orders: Sequence[PreOrder]) -> Window | None:
    """What all who ordered were told, as far as it is one time of this day."""
    if not orders:
        return None
    begins = max(_second_of(rows, one.pickup_from) for one in orders)
    ends = min(_second_of(rows, one.pickup_until) for one in orders)
    return (begins, ends) if begins < ends else None


def _second_of(rows: Rows, at: Instant) -> int:
    """Of the day, in Bangkok; 0 and midnight where it lies on another day."""
    local = at.astimezone(THAILAND)
    if local.date() != rows.day.on:
        return 0 if local.date() < rows.day.on else 86_400
    return local.hour * 3600 + local.minute * 60 + local.second


def _plots(rows: Rows, crates: Counter[str]) -> list[tuple[Visit, Spot]]:
    """What is ordered of their lots, and what is taken along, unless it lies at the base."""
    goods = _by_place(rows, [one for one in _loaded(rows) if not one.at_base])
    return [
        (visit, rows.spots[plot])
        for plot in sorted(goods)
        for visit in _parts(rows, plot, goods[plot], PLOT_MINUTES, crates)
    ]


def _at_base(rows: Rows, crates: Counter[str]) -> list[tuple[Visit, Spot]]:
    """One visit for each truck's base would tie all lots to one truck; so one for each lot."""
    base = rows.spots[rows.trucks[rows.day.trucks[0].truck].base]
    lying = [one for one in _loaded(rows) if one.at_base]
    if lying and len(rows.day.trucks) == 1:
        whole = Counter[str]()
        for one in lying:
            whole[one.key] += one.grams
        return [(_loading(rows, "base", whole, BASE_MINUTES, crates), base)]
    goods = _by_place(rows, [one._replace(place=f"base:{lot_of(one.key)}") for one in lying])
    return [
        (visit, base) for id in sorted(goods) for visit in _parts(rows, id, goods[id], 1, crates)
    ]


class _Load(NamedTuple):
    key: str
    place: str
    """Its plot, or the base."""
    stop: str
    """Empty for passers-by."""
    grams: int
    at_base: bool


def _by_place(rows: Rows, loads: Sequence[_Load]) -> dict[str, dict[str, Counter[str]]]:
    """Goods by place and stop; with one truck all stops are one."""
    found: dict[str, dict[str, Counter[str]]] = {}
    one_truck = len(rows.day.trucks) == 1
    for one in loads:
        stop = "" if one_truck else one.stop
        by_stop = found.setdefault(one.place, {})
        by_stop.setdefault(stop, Counter())[one.key] += one.grams
    return found


def _parts(
    rows: Rows, id: str, by_stop: dict[str, Counter[str]], minutes: int, crates: Counter[str]
) -> list[Visit]:
    """The first bears the name of the place. Who loads several at once is there once, so only the
    first takes all the time."""
    if len(by_stop) == 1:
        [goods] = by_stop.values()
        return [_loading(rows, id, goods, minutes, crates)]
    found = []
    for number, stop in enumerate(sorted(by_stop)):
        name = f"{id}{PART}{number}" if number else id
        many = _crates_of(rows, stop, by_stop[stop])
        found.append(_loading(rows, name, by_stop[stop], -(-minutes // (number + 1)), many, stop))
    return found


def _crates_of(rows: Rows, stop: str, goods: Counter[str]) -> Counter[str]:
    """Of that stop alone, as it is packed."""
    lines = [(one.place, one.lot_code, one.grams) for one in rows.orders if one.place == stop]
    _, by_lot = packed(lines, rows.kept)
    return Counter({lot_of(key): by_lot[lot_of(key)] for key in goods})


def _loaded(rows: Rows) -> list[_Load]:
    lies = {one.lot_code for one in rows.walk_up if one.at_base}
    wanted = [(one.crop, one.lot_code, one.plot, one.place, one.grams) for one in rows.orders]
    wanted += [(one.crop, one.lot_code, one.plot, "", one.grams) for one in rows.walk_up]
    return [
        _Load(goods_key(crop, code), plot, stop, grams, code in lies or not plot)
        for crop, code, plot, stop, grams in wanted
        if grams and rows.rides(code)
    ]


def _loading(
    rows: Rows, id: str, goods: Counter[str], minutes: int, crates: Counter[str], stop: str = ""
) -> Visit:
    """The crates of the stops, and those for passers-by, who have no stop."""
    lots = {lot_of(key) for key in goods}
    along = [(one.lot_code, one.grams) for one in rows.walk_up if one.lot_code in lots]
    many = sum(crates[lot] for lot in lots) + (0 if stop else loose(along, rows.kept))
    return Visit(
        id, "plot", (_hours(rows),), minutes * MINUTE, dict(sorted(goods.items())), crates=many,
        needs=_needs(rows, goods),
    )  # fmt: skip


def _needs(rows: Rows, goods: Iterable[str]) -> tuple[str, ...]:
    return (COLD,) if any(rows.of_lot(lot_of(key)).cold for key in goods) else ()


def _hours(rows: Rows) -> Window:
    """Growers hand over whenever a truck is on its way."""
    trucks = rows.day.trucks
    return _seconds(min(t.starts_minute for t in trucks), max(t.ends_minute for t in trucks))


def _seconds(begins: int, ends: int) -> Window:
    return begins * MINUTE, ends * MINUTE
