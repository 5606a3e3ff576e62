"""Roads guessed from straight lines: what is known before anybody has measured a way.

A straight line is shorter than the road, and short ways are crookeder and slower than long ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import asin, ceil, cos, radians, sin, sqrt

from market.domain.trips.problem import Matrix

Spot = tuple[float, float]
"""Latitude and longitude."""
EARTH_M = 6_371_008.8
"""Mean radius, IUGG."""
CROOKED, STRAIGHTER = (8_000.0, 1.42), (25_000.0, 1.30)
"""Road per straight line, up to the one distance and from the other on; in between a slope."""
SPEEDS = ((3_000.0, 28.0), (9_000.0, 38.0), (20_000.0, 50.0))
"""Kilometres an hour on so many metres of road; in between a slope."""
LADEN = 1.10
"""A loaded pick-up takes so much longer."""


def straight_m(a: Spot, b: Spot) -> float:
    """The haversine."""
    (lat_a, lon_a), (lat_b, lon_b) = a, b
    up = sin(radians(lat_b - lat_a) / 2) ** 2
    across = sin(radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(up + cos(radians(lat_a)) * cos(radians(lat_b)) * across))


def metres(spots: Sequence[Spot], detour: float) -> Matrix:
    return tuple(
        tuple(0 if a is b else round(straight_m(a, b) * detour) for b in spots) for a in spots
    )


def whole_minutes(ways: Matrix, kmh: float) -> Matrix:
    """Seconds, rounded up to minutes: nobody promises a truck to the second."""
    per_min = kmh * 1000 / 60
    return tuple(tuple(ceil(way / per_min) * 60 for way in row) for row in ways)


def banded(spots: Sequence[Spot]) -> tuple[Matrix, Matrix]:
    """Metres and seconds by distance.

    The longer a way, the fewer metres and seconds for each metre, and all is rounded up: so going
    round is never shorter, and nothing need be mended afterwards.
    """
    lines = [[straight_m(a, b) for b in spots[:n]] for n, a in enumerate(spots)]
    ways = [[road_m(line) for line in row] for row in lines]
    return _both_ways(ways, ceil), _both_ways(ways, lambda way: ceil(road_s(way)))


def road_m(straight: float) -> float:
    return straight * _between(straight, (CROOKED, STRAIGHTER))


def road_s(road: float) -> float:
    return road * 3.6 / _between(road, SPEEDS) * LADEN


def _between(at: float, knots: Sequence[tuple[float, float]]) -> float:
    before, known = knots[0]
    for here, value in knots:
        if at <= here:
            return (
                value
                if here == before
                else known + (value - known) * (at - before) / (here - before)
            )
        before, known = here, value
    return known


def _both_ways(lower: Sequence[Sequence[float]], whole: Callable[[float], int]) -> Matrix:
    rows = [[whole(value) for value in row] for row in lower]
    return tuple(
        tuple(0 if a == b else rows[max(a, b)][min(a, b)] for b in range(len(rows)))
        for a in range(len(rows))
    )
