"""The outline of a plot: read from GeoJSON, tried, measured, and compared with its neighbours.

Pure. Degrees are WGS 84, longitude before latitude as in RFC 7946, rounded to 7 decimals (1 cm).
"""

from __future__ import annotations

import math
import re
from itertools import pairwise
from operator import mul
from typing import Any

import msgspec

from certification.basis.refusal import Invalid

DECIMALS = 7
CORNERS_MAX = 2_000
AREA_M2_MIN, AREA_M2_MAX = 4, 4_000 * 1_600
SPREAD_DEG_MAX = 0.2
"""About 22 km: what is wider is no plot, and would fill the grid."""
CELLS_PER_DEGREE = 100
LONGITUDES, LATITUDES = (97.3, 105.7), (5.6, 20.5)
"""Thailand lies within; no longitude of it could be one of its latitudes."""
SEMI_MAJOR_M, ECCENTRICITY2 = 6_378_137.0, 0.006_694_379_990_14
"""WGS 84."""

Position = tuple[float, float]
"""Longitude, latitude."""
Ring = tuple[Position, ...]
"""Closed: the last corner is the first."""


class NotAShape(Invalid):
    """Not GeoJSON of one Polygon, or not a pair of numbers."""

    code = "plots.not_a_shape"


class RingOpen(Invalid):
    code = "plots.ring_open"


class TooFewCorners(Invalid):
    code = "plots.too_few_corners"


class TooManyCorners(Invalid):
    code = "plots.too_many_corners"


class SwappedCoordinates(Invalid):
    """Outside Thailand as written, inside it with latitude and longitude exchanged."""

    code = "plots.swapped_coordinates"


class OutsideThailand(Invalid):
    code = "plots.outside_thailand"


class CrossesItself(Invalid):
    """`why` is GEOS's word for it, `lat` and `lon` the place."""

    code = "plots.crosses_itself"


class TooSmall(Invalid):
    code = "plots.too_small"


class TooLarge(Invalid):
    code = "plots.too_large"


class Shape(msgspec.Struct, frozen=True):
    """The outer ring first, then holes (a pond, a house) that do not count."""

    rings: tuple[Ring, ...]


def read(given: str | dict[str, Any], *, field: str = "shape") -> Shape:
    """A Polygon, a Feature of one, or a collection of one such Feature; heights are dropped.

    Refused with the reason: an open ring, fewer than three corners, exchanged coordinates, a place
    outside Thailand, a line that crosses itself, less than 4 m² or more than 4,000 rai.
    """
    rings = tuple(_ring(ring, field) for ring in _coordinates(_decoded(given, field), field))
    if not rings:
        raise NotAShape(field=field)
    shape = Shape(rings)
    _ensure_in_thailand([at for ring in rings for at in ring], field)
    _ensure_sound(shape, field)
    return shape


def read_point(lat: float, lon: float, *, field: str = "point") -> Position:
    at = _position([lon, lat], field)
    _ensure_in_thailand([at], field)
    return at


def geojson(shape: Shape) -> str:
    return msgspec.json.encode({"type": "Polygon", "coordinates": shape.rings}).decode()


def area_m2(shape: Shape) -> int:
    """On the ellipsoid, by its two radii at the plot's centre: within 4e-8 of the true area for a
    plot of a hectare, within 1e-6 for the largest allowed."""
    outer, *holes = shape.rings
    per_lon, per_lat = metres_per_degree(_centre_lat(outer))
    degrees2 = abs(sum(_crosses(outer))) - sum(abs(sum(_crosses(hole))) for hole in holes)
    return round(degrees2 / 2 * per_lon * per_lat)


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Of longitude and of latitude, there."""
    bend = math.sqrt(1 - ECCENTRICITY2 * math.sin(math.radians(lat)) ** 2)
    per_lon = math.radians(SEMI_MAJOR_M / bend * math.cos(math.radians(lat)))
    return per_lon, math.radians(SEMI_MAJOR_M * (1 - ECCENTRICITY2) / bend**3)


def inside(shape: Shape) -> Position:
    """A point on the land, also of a plot bent like a hook."""
    point = _geometry(shape).representative_point()
    return (round(point.x, DECIMALS), round(point.y, DECIMALS))


def cells(shape: Shape) -> list[tuple[int, int]]:
    """The hundredths of a degree, as (x, y), which the plot's frame touches."""
    lons, lats = zip(*shape.rings[0], strict=True)
    (x0, y0), (x1, y1) = cell((min(lons), min(lats))), cell((max(lons), max(lats)))
    return [(x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]


def cell(at: Position) -> tuple[int, int]:
    return (math.floor(at[0] * CELLS_PER_DEGREE), math.floor(at[1] * CELLS_PER_DEGREE))


def overlap_permille(one: Shape, other: Shape) -> int:
    """How much of the smaller lies in the larger, in thousandths, rounded down."""
    a, b = _geometry(one), _geometry(other)
    smaller = min(a.area, b.area)
    return int(a.intersection(b).area / smaller * 1000) if smaller else 0


def covers(shape: Shape, at: Position) -> bool:
    from shapely import Point  # noqa: PLC0415  (as in _geometry)

    return bool(_geometry(shape).covers(Point(at)))


def touching(shape: Shape) -> Any:
    """As a shapely Polygon, for the areas it may lie in."""
    return _geometry(shape)


def _decoded(given: str | dict[str, Any], field: str) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return msgspec.json.decode(given)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise NotAShape(field=field) from None


def _coordinates(found: Any, field: str) -> list[Any]:
    for _ in range(3):  # a collection holds features, a feature holds a geometry
        match found:
            case {"type": "FeatureCollection", "features": [only]}:
                found = only
            case {"type": "Feature", "geometry": geometry}:
                found = geometry
            case {"type": "MultiPolygon", "coordinates": [only]}:
                found = {"type": "Polygon", "coordinates": only}
            case {"type": "Polygon", "coordinates": list(rings) | tuple(rings)}:
                return list(rings)
            case _:
                break
    raise NotAShape(field=field)


def _ring(given: Any, field: str) -> Ring:
    if not isinstance(given, list | tuple):
        raise NotAShape(field=field)
    if len(given) > CORNERS_MAX:
        raise TooManyCorners(field=field, most=CORNERS_MAX)
    corners = [_position(at, field) for at in given]
    if len(set(corners)) < 3:
        raise TooFewCorners(field=field)
    if corners[0] != corners[-1]:
        raise RingOpen(field=field)
    return (corners[0], *(after for before, after in pairwise(corners) if before != after))


def _position(given: Any, field: str) -> Position:
    match given:
        case [float() | int() as lon, float() | int() as lat, *_] if not (
            isinstance(lon, bool) or isinstance(lat, bool)
        ):
            if abs(lon) <= 1e6 and abs(lat) <= 1e6:  # also false of NaN
                return (round(float(lon), DECIMALS), round(float(lat), DECIMALS))
    raise NotAShape(field=field)


def _ensure_in_thailand(corners: list[Position], field: str) -> None:
    if all(_in_thailand(lon, lat) for lon, lat in corners):
        return
    if all(_in_thailand(lat, lon) for lon, lat in corners):
        raise SwappedCoordinates(field=field)
    raise OutsideThailand(field=field)


def _in_thailand(lon: float, lat: float) -> bool:
    return LONGITUDES[0] <= lon <= LONGITUDES[1] and LATITUDES[0] <= lat <= LATITUDES[1]


def _ensure_sound(shape: Shape, field: str) -> None:
    for axis in (0, 1):
        along = [at[axis] for ring in shape.rings for at in ring]
        if max(along) - min(along) > SPREAD_DEG_MAX:
            raise TooLarge(field=field, rai_max=AREA_M2_MAX // 1_600)
    _ensure_valid(shape, field)
    m2 = area_m2(shape)
    if m2 < AREA_M2_MIN:
        raise TooSmall(field=field, m2_min=AREA_M2_MIN)
    if m2 > AREA_M2_MAX:
        raise TooLarge(field=field, rai_max=AREA_M2_MAX // 1_600)


def _ensure_valid(shape: Shape, field: str) -> None:
    from shapely.validation import explain_validity  # noqa: PLC0415  (as in _geometry)

    said = explain_validity(_geometry(shape))
    if said != "Valid Geometry":
        why, place = re.fullmatch(r"([^\[]*)(?:\[(.*)\])?", said).groups()  # type: ignore[union-attr]  # matches any text
        lon, lat = (place or "? ?").split()[:2]
        raise CrossesItself(field=field, why=why, lat=lat, lon=lon)


def _geometry(shape: Shape) -> Any:
    from shapely import Polygon  # noqa: PLC0415  (with numpy 0.2 s: only who maps waits for it)

    return Polygon(shape.rings[0], shape.rings[1:])


def _crosses(ring: Ring) -> list[float]:
    """Counted from the first corner: far from zero the products would lose their last digits."""
    x0, y0 = ring[0]
    moved = [(x - x0, y - y0) for x, y in ring]
    return [x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(moved)]


def _centre_lat(ring: Ring) -> float:
    """Of the surface, not of the corners: these may crowd at one end."""
    crosses = _crosses(ring)
    base, whole = ring[0][1], sum(crosses)
    heights = [lat1 + lat2 - 2 * base for (_, lat1), (_, lat2) in pairwise(ring)]
    return base + (sum(map(mul, heights, crosses)) / (3 * whole) if whole else 0)
