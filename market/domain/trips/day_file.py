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
from market.domain.trips.problem import NotADay, Plan, Problem, Reload, Rest, Truck, Visit, Window
from market.domain.trips.sound import ensure_sound
from market.domain.trips.ways import Ways, sound

Minutes = Annotated[int, msgspec.Meta(ge=0, le=2_880)]
Kilos = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Lat = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Lon = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Factor = Annotated[float, msgspec.Meta(gt=0, le=1_000)]
Baht = Annotated[float, msgspec.Meta(ge=0, le=100_000)]
Span = tuple[Minutes, Minutes]


class _Spot(msgspec.Struct, frozen=True):
    lat: Lat
    lon: Lon


class _Place(_Spot, frozen=True, kw_only=True):
    """What plots and stops have in common; all of it may be left out."""

    id: str
    service: Minutes
    windows: tuple[Span, ...] = ()
    """Several instead of the one."""
    crates: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    needs: tuple[str, ...] = ()
    truck: str | None = None
    off: str = ""
    priority: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 1
    inside: bool = False


class _Plot(_Place, frozen=True, kw_only=True):
    lots: dict[str, Kilos]
    ready: Span
    packed: Minutes = 0
    use_by: Minutes | None = None


class _Stop(_Place, frozen=True, kw_only=True):
    tw: Span
    preorder: dict[str, Kilos]
    walkup_value: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]
    required: bool = False
    promised: Span | None = None
    walkup: dict[str, Kilos] = {}
    price: dict[str, Baht] = {}


class _Rest(msgspec.Struct, frozen=True):
    minutes: Annotated[int, msgspec.Meta(ge=1, le=600)]
    window: Span


class _Reload(msgspec.Struct, frozen=True):
    trips: Annotated[int, msgspec.Meta(ge=1, le=20)]
    minutes: Minutes
    open: Span


class _Truck(msgspec.Struct, frozen=True):
    id: str
    capacity_kg: Kilos
    shift: Span
    crates: Annotated[int, msgspec.Meta(ge=0, le=10_000)] | None = None
    has: tuple[str, ...] = ()
    rest: _Rest | None = None
    reload: _Reload | None = None
    overtime: Minutes = 0
    cost_overtime_min: Baht = 0
    first: tuple[str, ...] = ()


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
    fresh: dict[str, Baht] = {}
    """Baht for each kilogram and hour that a crop is aboard."""


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
    problem = Problem(
        day.name, visits, trucks, ways.metres, ways.seconds, ways.told,
        fresh={crop: round(baht * 100) for crop, baht in day.fresh.items()}, spots=_spots(day),
    )  # fmt: skip
    ensure_sound(problem)
    return problem, ways


def _ways(day: _Day, roads: Roads) -> Ways:
    spots = _spots(day)
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


def _spots(day: _Day) -> tuple[Spot, ...]:
    return tuple((spot.lat, spot.lon) for spot in (day.depot, *day.plots, *day.stops))


def answer(plan: Plan, roads: str = "estimate") -> bytes:
    """One line of JSON; `cost` in tenths of a baht."""
    said = {
        "routes": plan.routes,
        "cost": round(plan.cost / 600_000),
        "unserved": [
            {
                "id": one.id,
                "reason": one.reason,
                **dict(sorted(one.facts.items())),
                **({"promised": True} if one.promised else {}),
                **({"change": one.change} if one.change else {}),
            }
            for one in plan.unserved
        ],
        **(
            {
                "broken": {
                    "many": len(plan.broken),
                    "least": plan.broken_least,
                    "fewest": plan.fewest,
                }
            }
            if plan.broken
            else {}
        ),
        "engine": plan.engine,
        "proved": plan.proved,
        "roads": roads,
    }
    return msgspec.json.encode(said)


def _plot(plot: _Plot) -> Visit:
    """Every plot is collected from: the goods are promised."""
    return Visit(
        plot.id, "plot", _windows(plot, plot.ready), plot.service * 60, _grams(plot.lots),
        required=True, priority=plot.priority, crates=plot.crates, needs=plot.needs,
        ready_s=plot.packed * 60, inside=plot.inside, truck=plot.truck, off=plot.off,
        use_by_s=None if plot.use_by is None else plot.use_by * 60,
    )  # fmt: skip


def _stop(stop: _Stop) -> Visit:
    return Visit(
        stop.id, "stop", _windows(stop, stop.tw), stop.service * 60, _grams(stop.preorder),
        round(stop.walkup_value * 100), stop.required, stop.priority, stop.crates, stop.needs,
        promised=_seconds(stop.promised) if stop.promised else None, inside=stop.inside,
        walkup=_grams(stop.walkup), truck=stop.truck, off=stop.off,
        satang_per_kg={crop: round(baht * 100) for crop, baht in stop.price.items()},
    )  # fmt: skip


def _truck(day: _Day, truck: _Truck) -> Truck:
    per_km, per_min = round(day.cost_km * 100), round(day.cost_min * 100)
    rest, reload = truck.rest, truck.reload
    return Truck(
        truck.id, truck.capacity_kg * 1_000, _seconds(truck.shift), per_km, per_min,
        crates=truck.crates, has=truck.has, first=truck.first,
        rest=Rest(rest.minutes * 60, _seconds(rest.window)) if rest else None,
        reload=Reload(reload.trips, reload.minutes * 60, _seconds(reload.open)) if reload else None,
        overtime_s=truck.overtime * 60,
        satang_per_overtime_min=round(truck.cost_overtime_min * 100),
    )  # fmt: skip


def _windows(place: _Place, only: Span) -> tuple[Window, ...]:
    return tuple(map(_seconds, place.windows or (only,)))


def _grams(kilos: dict[str, int]) -> dict[str, int]:
    return {crop: n * 1_000 for crop, n in kilos.items()}


def _seconds(span: Span) -> Window:
    return span[0] * 60, span[1] * 60
