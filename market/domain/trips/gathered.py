"""From the rows of a day to the planner's problem: pure, so that every rule of it can be tested.

A visit is named by the id of its place or plot, what lies at a base by `base:LOTCODE`. Goods are
named `crop:LOTCODE`: an order is for one lot, and another lot of the crop is no answer to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from certification.basis.units import THAILAND, Instant
from market.domain.fleet.queries import TruckView
from market.domain.fleet.rules import SetTerms
from market.domain.trips.estimate import Spot
from market.domain.trips.problem import BASE, Problem, Rest, Truck, Visit, Window
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
CRATE_GRAMS = 10_000
MINUTE = 60


class WalkUp(msgspec.Struct, frozen=True):
    """A lot that is taken along: how much of it for passers-by, and where it is loaded."""

    lot_code: str
    crop: str
    plot: str
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
    trucks = tuple(_truck(one, rows.trucks[one.truck], places) for one in rows.day.trucks)
    return Problem(
        str(rows.day.on), visits, trucks, ways.metres, ways.seconds, ways.told,
        spots=spots_of(rows),
    )  # fmt: skip


def _visits(rows: Rows) -> list[tuple[Visit, Spot]]:
    """Stops in the order of the day, then plots, then what lies at the base."""
    stops = [(_stop(rows, place), rows.spots[place]) for place in rows.day.places]
    return [*stops, *_plots(rows), *_at_base(rows)]


def _bases(rows: Rows) -> list[str]:
    return list(dict.fromkeys(rows.trucks[one.truck].base for one in rows.day.trucks))


def _truck(one: DayTruckView, truck: TruckView, places: dict[str, int]) -> Truck:
    rest = None
    if one.break_minutes and one.break_from_minute is not None and one.break_until_minute:
        begun_by = one.break_until_minute - one.break_minutes
        rest = Rest(one.break_minutes * MINUTE, _seconds(one.break_from_minute, begun_by))
    return Truck(
        one.truck, truck.capacity_grams, _seconds(one.starts_minute, one.ends_minute),
        truck.satang_per_km, truck.satang_per_min, start=places[truck.base],
        end=places[truck.base], crates=truck.crates, has=("cold",) if truck.cold else (), rest=rest,
    )  # fmt: skip


def _stop(rows: Rows, place: str) -> Visit:
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
        priority=1 + sum(one.satang for one in orders) // 10_000, crates=_crates(goods.total()),
        promised=_promised(rows, orders), inside=True, walkup=walkup, satang_per_kg=prices,
        truck=next(iter(sorted(locked)), None),
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
    lots = [one for one in rows.walk_up if one.grams and one.satang_per_kg]
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


def _plots(rows: Rows) -> list[tuple[Visit, Spot]]:
    """What is ordered of their lots, and what is taken along, unless it lies at the base."""
    goods: dict[str, Counter[str]] = {}
    for key, plot, grams in _loaded(rows, at_base=False):
        goods.setdefault(plot, Counter())[key] += grams
    return [
        (_loading(plot, goods[plot], _hours(rows), PLOT_MINUTES), rows.spots[plot])
        for plot in sorted(goods)
    ]


def _at_base(rows: Rows) -> list[tuple[Visit, Spot]]:
    """One visit for each truck's base would tie all lots to one truck; so one for each lot."""
    base = rows.spots[rows.trucks[rows.day.trucks[0].truck].base]
    goods = Counter[str]()
    for key, _, grams in _loaded(rows, at_base=True):
        goods[key] += grams
    if goods and len(rows.day.trucks) == 1:
        return [(_loading("base", goods, _hours(rows), BASE_MINUTES), base)]
    return [
        (_loading(f"base:{lot_of(key)}", Counter({key: grams}), _hours(rows), 1), base)
        for key, grams in sorted(goods.items())
    ]


def _loaded(rows: Rows, *, at_base: bool) -> list[tuple[str, str, int]]:
    lies = {one.lot_code for one in rows.walk_up if one.at_base}
    wanted = [(one.crop, one.lot_code, one.plot, one.grams) for one in rows.orders]
    wanted += [(one.crop, one.lot_code, one.plot, one.grams) for one in rows.walk_up if one.grams]
    return [
        (goods_key(crop, code), plot, grams)
        for crop, code, plot, grams in wanted
        if (code in lies) == at_base
    ]


def _loading(id: str, goods: Counter[str], hours: Window, minutes: int) -> Visit:
    said = dict(sorted(goods.items()))
    return Visit(id, "plot", (hours,), minutes * MINUTE, said, crates=_crates(goods.total()))


def _hours(rows: Rows) -> Window:
    """Growers hand over whenever a truck is on its way."""
    trucks = rows.day.trucks
    return _seconds(min(t.starts_minute for t in trucks), max(t.ends_minute for t in trucks))


def _crates(grams: int) -> int:
    return -(-grams // CRATE_GRAMS)


def _seconds(begins: int, ends: int) -> Window:
    return begins * MINUTE, ends * MINUTE
