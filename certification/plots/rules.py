"""What may be registered as a plot, and what a planting on it promises."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal

import msgspec

from certification.areas.rules import MOO_MAX, NoSuchVillage
from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal
from certification.plots import shape
from certification.plots.shape import Position, Shape

Kind = Literal["field", "orchard", "paddy", "rubber", "city_garden"]
DECLARED_DIFFERS_PERCENT = 20
OVERLAP_PERMILLE = 10
"""More than 1 % of the smaller is told; walked boundaries always differ by a step."""
LETTERS_MAX = 80
POTS_MAX, POTS_PER_M2 = 10_000, 9
BLUR_E3 = 10
"""Public places are snapped to the middle of a hundredth of a degree, about 1.1 km."""


class PlotMissing(Missing):
    code = "plots.missing"


class NotAMember(Refusal):
    """The farmer does not belong to the group on that day."""

    code = "plots.not_a_member"


class NoPlace(Invalid):
    """Neither an outline nor a point, or both; a point needs its declared area."""

    code = "plots.no_place"


class AreaOutOfRange(Invalid):
    code = "plots.area_out_of_range"


class PotsOutOfPlace(Invalid):
    """Pots are counted in city gardens only, from one on."""

    code = "plots.pots_out_of_place"


class TambonUnknown(Invalid):
    """No known tambon covers the place, and none may be given by hand there."""

    code = "plots.tambon_unknown"


class NameTooLong(Invalid):
    code = "plots.name_too_long"


class NotYourPlot(Forbidden):
    code = "plots.not_yours"


class LargerThanThePlot(Invalid):
    code = "plots.larger_than_the_plot"


class SownInTheFuture(Invalid):
    """A date later than a year ahead; sowing may be planned, not dreamt."""

    code = "plots.sown_in_the_future"


class ReplacedAlready(Refusal):
    """Another plot has taken this one's place."""

    code = "plots.replaced_already"


class RegisterPlot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """By an outline (GeoJSON text or object), or by a point with its declared area."""

    id: str
    group: str
    farmer: str
    name: str
    kind: Kind
    outline: str | dict[str, Any] | None = None
    lat: float | None = None
    lon: float | None = None
    area_m2: int | None = None
    """As the farmer or the land paper says."""
    pots: int | None = None
    """Of a city garden, where nobody knows its square metres."""
    tambon: str | None = None
    """Needed only where no tambon's shape is known; otherwise compared."""
    moo: int | None = None
    replaces: str | None = None
    farmed_since: date | None = None


class PlantCrop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    plot: str
    crop: str
    area_m2: int
    sown_on: date
    variety: str | None = None
    on_behalf_of: str | None = None
    """Whose phone it is not: the farmer, where a helper of the same group types."""


class Land(msgspec.Struct, frozen=True):
    area_m2: int
    source: Literal["polygon", "point"]
    at: Position
    outline: Shape | None
    cells: tuple[tuple[int, int], ...]
    warnings: tuple[str, ...] = ()

    @property
    def geojson(self) -> str:
        if self.outline:
            return shape.geojson(self.outline)
        return msgspec.json.encode({"type": "Point", "coordinates": self.at}).decode()


class Overlap(msgspec.Struct, frozen=True):
    plot: str
    permille: int
    """Of the smaller; 1000 where one of the two is known by a point only."""


class PlotRegistered(msgspec.Struct, frozen=True, tag="plots.registered"):
    """`warnings`: area_differs, tambon_differs, overlaps."""

    plot: str
    code: str
    group: str
    tambon: str
    area_m2: int
    warnings: tuple[str, ...]
    overlaps: tuple[Overlap, ...]


class CropPlanted(msgspec.Struct, frozen=True, tag="plots.planted"):
    """`expected_grams` is -1 where nobody knows the yield. `warnings`: more_than_the_plot,
    yield_unknown, yield_guessed."""

    planting: str
    plot: str
    crop: str
    area_m2: int
    harvest_from: str
    harvest_until: str
    expected_grams: int
    warnings: tuple[str, ...]


def measured(data: RegisterPlot) -> Land:
    """The land by its outline or its point; a declared area far from the measured is warned of."""
    if data.pots is not None and (data.kind != "city_garden" or not 0 < data.pots <= POTS_MAX):
        raise PotsOutOfPlace(field="pots", most=POTS_MAX)
    if len(data.name) > LETTERS_MAX:
        raise NameTooLong(field="name", most=LETTERS_MAX)
    if data.moo is not None and not 1 <= data.moo <= MOO_MAX:
        raise NoSuchVillage(field="moo", moo=data.moo)
    if data.outline is not None and data.lat is None and data.lon is None:
        return _outlined(shape.read(data.outline, field="outline"), data.area_m2)
    if data.outline is None and None not in (data.lat, data.lon, data.area_m2):
        return _pointed(data.lat or 0.0, data.lon or 0.0, data.area_m2 or 0, least_m2(data.kind))
    if data.outline is None and data.pots and None not in (data.lat, data.lon):
        return _pointed(data.lat or 0.0, data.lon or 0.0, pots_m2(data.pots), 1)
    raise NoPlace(field="outline")


def _outlined(outline: Shape, declared_m2: int | None) -> Land:
    if declared_m2 is not None:
        _ensure_area(declared_m2)
    m2 = shape.area_m2(outline)
    differs = declared_m2 is not None and abs(declared_m2 - m2) * 100 > (
        m2 * DECLARED_DIFFERS_PERCENT
    )
    warnings = ("area_differs",) if differs else ()
    cells = tuple(shape.cells(outline))
    return Land(m2, "polygon", shape.inside(outline), outline, cells, warnings)


def pots_m2(pots: int) -> int:
    """Our own reckoning, told as such: nine pots of a hand's span and a half stand on one."""
    return -(-pots // POTS_PER_M2)


def least_m2(kind: Kind) -> int:
    return 1 if kind == "city_garden" else shape.AREA_M2_MIN


def _pointed(lat: float, lon: float, declared_m2: int, least: int) -> Land:
    at = shape.read_point(lat, lon)
    _ensure_area(declared_m2, least)
    return Land(declared_m2, "point", at, None, (shape.cell(at),))


def _ensure_area(declared_m2: int, least: int = shape.AREA_M2_MIN) -> None:
    if not least <= declared_m2 <= shape.AREA_M2_MAX:
        raise AreaOutOfRange(field="area_m2", rai_max=shape.AREA_M2_MAX // 1_600)


def tambon(
    declared: str | None, found: str | None, touched: Sequence[str], *, known: bool
) -> tuple[str, tuple[str, ...]]:
    """Its tambon and what to warn of. `found` covers the point inside, `touched` are all the land
    reaches into, `known` says whether the declared tambon's shape is known.

    The shapes are simplified to about 90 m, so at a border the farmer knows better.
    """
    if declared and (declared in touched or (found is None and not known)):
        return declared, ()
    if found is None:
        raise TambonUnknown(field="tambon")
    return found, ("tambon_differs",) if declared else ()


def overlaps(land: Land, others: Iterable[tuple[str, Land]]) -> tuple[Overlap, ...]:
    met = [Overlap(plot, permille(land, other)) for plot, other in others]
    return tuple(sorted((o for o in met if o.permille > OVERLAP_PERMILLE), key=lambda o: o.plot))


def permille(one: Land, other: Land) -> int:
    if one.outline and other.outline:
        return shape.overlap_permille(one.outline, other.outline)
    around, at = (one.outline, other.at) if one.outline else (other.outline, one.at)
    return 1000 if around and shape.covers(around, at) else 0


def blurred(lat_e7: int, lon_e7: int) -> tuple[int, int]:
    """Latitude and longitude in thousandths of a degree: the middle of the cell it lies in."""
    step = BLUR_E3 * 10_000
    return (
        math.floor(lat_e7 / step) * BLUR_E3 + BLUR_E3 // 2,
        math.floor(lon_e7 / step) * BLUR_E3 + BLUR_E3 // 2,
    )


def tenths_of_a_rai(m2: int) -> int:
    return round(m2 / 160)


def ensure_farmer(
    holder: str | None, on_behalf_of: str | None, *, by: str, same_group: bool, plot: str
) -> None:
    """Who farms the plot plants it; a helper of the same group may type for that person."""
    types_for_holder = on_behalf_of == holder and same_group
    if holder is None or not (by == holder or types_for_holder):
        raise NotYourPlot(plot=plot)


def ensure_fits(data: PlantCrop, plot_m2: int, *, today: date) -> None:
    if not 0 < data.area_m2 <= plot_m2:
        raise LargerThanThePlot(field="area_m2", plot_m2=plot_m2)
    if (data.sown_on - today).days > 366:
        raise SownInTheFuture(field="sown_on")
    if data.variety and len(data.variety) > LETTERS_MAX:
        raise NameTooLong(field="variety", most=LETTERS_MAX)


def crowded(plot_m2: int, planted_m2: Iterable[int]) -> tuple[str, ...]:
    """Plantings at the same time may add up to more than the plot: vegetables stand between fruit
    trees in every southern garden. It is told, not refused; each alone must fit."""
    return ("more_than_the_plot",) if sum(planted_m2) > plot_m2 else ()
