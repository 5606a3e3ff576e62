"""A green-market day as a file: JSON with minutes after midnight, kilograms, latitude, longitude.

The format of the benchmark days `greenmarket/GM-*`; the printed plan is `answer`. Roads are one of
three: `detour` and `kmh` as there, or `metres` and `seconds` from each place to each (base, plots,
stops; null where there is none), or nothing, and they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

import msgspec

from market.domain.trips.estimate import Spot, banded, metres, whole_minutes
from market.domain.trips.problem import NotADay, Plan, Problem, Truck, Visit, ensure_sound
from market.domain.trips.ways import Ways, sound

Minutes = Annotated[int, msgspec.Meta(ge=0, le=2_880)]
Kilos = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Lat = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Lon = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Factor = Annotated[float, msgspec.Meta(gt=0, le=1_000)]
Span = tuple[Minutes, Minutes]


class _Spot(msgspec.Struct, frozen=True):
    lat: Lat
    lon: Lon


class _Plot(_Spot, frozen=True, kw_only=True):
    id: str
    lots: dict[str, Kilos]
    ready: Span
    service: Minutes


class _Stop(_Spot, frozen=True, kw_only=True):
    id: str
    tw: Span
    service: Minutes
    preorder: dict[str, Kilos]
    walkup_value: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]
    required: bool = False


class _Truck(msgspec.Struct, frozen=True):
    id: str
    capacity_kg: Kilos
    shift: Span


class _Day(msgspec.Struct, frozen=True):
    name: str
    depot: _Spot
    plots: tuple[_Plot, ...]
    stops: tuple[_Stop, ...]
    trucks: tuple[_Truck, ...]
    cost_km: Factor
    cost_min: Factor
    detour: Factor | None = None
    kmh: Factor | None = None
    metres: tuple[tuple[int | None, ...], ...] | None = None
    seconds: tuple[tuple[int | None, ...], ...] | None = None


Roads = Callable[[Sequence[Spot], Sequence[str]], Ways]


def estimated(spots: Sequence[Spot], _: Sequence[str]) -> Ways:
    return Ways(*banded(spots), "estimate")


def read(text: bytes, roads: Roads = estimated) -> Problem:
    """NotADay where it is no such file, or makes no sense; `roads` are asked when it has none."""
    return read_with_ways(text, roads)[0]


def read_with_ways(text: bytes, roads: Roads = estimated) -> tuple[Problem, Ways]:
    """Also what is to be said about the roads."""
    try:
        day = msgspec.json.decode(text, type=_Day)
    except (ValueError, RecursionError) as wrong:  # msgspec's errors, and no UTF-8
        raise NotADay(why=str(wrong)) from None
    visits = (*map(_plot, day.plots), *map(_stop, day.stops))
    trucks = tuple(_truck(day, truck) for truck in day.trucks)
    ways = _ways(day, roads)
    problem = Problem(day.name, visits, trucks, ways.metres, ways.seconds, ways.told)
    ensure_sound(problem)
    return problem, ways


def _ways(day: _Day, roads: Roads) -> Ways:
    spots = [(spot.lat, spot.lon) for spot in (day.depot, *day.plots, *day.stops)]
    names = ["depot", *(plot.id for plot in day.plots), *(stop.id for stop in day.stops)]
    match day:
        case _Day(detour=None, kmh=None, metres=None, seconds=None):
            return roads(spots, names)
        case _Day(detour=float(detour), kmh=float(kmh), metres=None, seconds=None):
            ways = metres(spots, detour)
            return Ways(ways, whole_minutes(ways, kmh), "estimate")
        case _Day(detour=None, kmh=None, metres=tuple(given), seconds=tuple(lasts)):
            return sound(given, lasts, spots, names, "given")
    raise NotADay(why="roads are detour and kmh, or metres and seconds, or none of them")


def answer(plan: Plan, roads: str = "estimate") -> bytes:
    """One line of JSON; `cost` in tenths of a baht."""
    said = {
        "routes": plan.routes,
        "cost": round(plan.cost / 600_000),
        "unserved": [
            {"id": one.id, "reason": one.reason, **dict(sorted(one.facts.items()))}
            for one in plan.unserved
        ],
        "engine": plan.engine,
        "proved": plan.proved,
        "roads": roads,
    }
    return msgspec.json.encode(said)


def _plot(plot: _Plot) -> Visit:
    """Every plot is collected from: the goods are promised."""
    goods = {crop: kilos * 1_000 for crop, kilos in plot.lots.items()}
    return Visit(
        plot.id, "plot", (_seconds(plot.ready),), plot.service * 60, goods, 0, required=True
    )


def _stop(stop: _Stop) -> Visit:
    goods = {crop: kilos * 1_000 for crop, kilos in stop.preorder.items()}
    value = round(stop.walkup_value * 100)
    return Visit(
        stop.id, "stop", (_seconds(stop.tw),), stop.service * 60, goods, value, stop.required
    )


def _truck(day: _Day, truck: _Truck) -> Truck:
    per_km, per_min = round(day.cost_km * 100), round(day.cost_min * 100)
    return Truck(truck.id, truck.capacity_kg * 1_000, _seconds(truck.shift), per_km, per_min)


def _seconds(span: Span) -> tuple[int, int]:
    return span[0] * 60, span[1] * 60
