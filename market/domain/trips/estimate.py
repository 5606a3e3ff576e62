"""Roads guessed from straight lines: what is known before anybody has measured a way.

A straight line is shorter than the road, and short ways are crookeder than long ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, ceil, cos, radians, sin, sqrt

from market.domain.trips.problem import Matrix

EARTH_M = 6_371_008.8
"""Mean radius, IUGG."""


def straight_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The haversine; a place is its latitude and longitude."""
    (lat_a, lon_a), (lat_b, lon_b) = a, b
    up = sin(radians(lat_b - lat_a) / 2) ** 2
    across = sin(radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(up + cos(radians(lat_a)) * cos(radians(lat_b)) * across))


def metres(spots: Sequence[tuple[float, float]], detour: float) -> Matrix:
    return tuple(
        tuple(0 if a is b else round(straight_m(a, b) * detour) for b in spots) for a in spots
    )


def whole_minutes(ways: Matrix, kmh: float) -> Matrix:
    """Seconds, rounded up to minutes: nobody promises a truck to the second."""
    per_min = kmh * 1000 / 60
    return tuple(tuple(ceil(way / per_min) * 60 for way in row) for row in ways)
