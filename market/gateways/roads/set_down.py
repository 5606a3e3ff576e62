"""Where a place touches the road: the nearest point of the nearest stretch."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from market.domain.trips.estimate import Spot
from market.gateways.roads.network import METRES_PER_DEGREE, Ints, Network, around

REACHES_M = (500.0, 10_000.0)
"""Looked for within the one, then the other; farther off there is no road."""

AT_THE_JUNCTION_M = 5.0
"""So near one stands at the junction, and nobody drives round a block for it."""


class On(msgspec.Struct, frozen=True):
    """So many metres along the stretch, so many off it."""

    stretch: int
    along: float
    off_m: float


def set_down(roads: Network, spots: Sequence[Spot]) -> list[On | None]:
    count = roads.last - roads.first
    stretch = np.repeat(np.arange(len(count)), count)
    begin = np.arange(len(stretch)) + np.repeat(roads.first - (np.cumsum(count) - count), count)
    south, north = np.sort([roads.lat[begin], roads.lat[begin + 1]], axis=0)
    west, east = np.sort([roads.lon[begin], roads.lon[begin + 1]], axis=0)

    def within(spot: Spot, reach: float) -> On | None:
        box = around([spot], reach)
        near = (south <= box.north) & (north >= box.south) & (west <= box.east) & (east >= box.west)
        return _nearest(roads, stretch[near], begin[near], spot, reach)

    return [
        next(filter(None, (within(spot, reach) for reach in REACHES_M)), None) for spot in spots
    ]


def _nearest(roads: Network, stretch: Ints, begin: Ints, spot: Spot, reach: float) -> On | None:
    """On a plane around the spot: over a few kilometres the earth is one."""
    if not len(begin):
        return None
    lat, lon = spot
    scale = METRES_PER_DEGREE * np.array([np.cos(np.radians(lat)), 1.0])
    start, end = (
        (np.column_stack([roads.lon[at], roads.lat[at]]) - (lon, lat)) * scale
        for at in (begin, begin + 1)
    )
    way = end - start
    square = (way**2).sum(axis=1)
    share = np.divide(-(start * way).sum(axis=1), square, out=np.zeros(len(way)), where=square > 0)
    share = np.clip(share, 0.0, 1.0)
    off = np.hypot(*(start + way * share[:, None]).T)
    best = int(off.argmin())
    if off[best] > reach:
        return None
    one, at = int(stretch[best]), begin[best]
    first, last = roads.along[[roads.first[one], roads.last[one]]]
    along = roads.along[at] + share[best] * (roads.along[at + 1] - roads.along[at])
    if along - first < AT_THE_JUNCTION_M:
        along = first
    elif last - along < AT_THE_JUNCTION_M:
        along = last
    return On(one, float(along - first), float(off[best]))
