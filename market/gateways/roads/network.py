"""Roads as arrays: stretches between junctions, each a run of points, with seconds either way."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from market.domain.trips.estimate import EARTH_M, Spot

VERSION = 1
"""Of the file and of how it is made; another one is built anew."""
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
METRES_PER_DEGREE = EARTH_M * np.pi / 180


class Box(msgspec.Struct, frozen=True):
    south: float
    west: float
    north: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lon <= self.east


class Network(msgspec.Struct, frozen=True, eq=False):
    """Stretch `e` runs over the points `first[e]` to `last[e]`, from junction `tail` to `head`."""

    digest: str
    """SHA-256 of the extract it was read from."""
    asked: str
    """How: which box, with tracks or not, by which version of the program."""
    as_of: str
    credit: str
    lat: Any
    lon: Any
    along: Any
    """Metres from the first of all points: only differences within a stretch mean anything."""
    first: Any
    last: Any
    tail: Any
    head: Any
    forward_s: Any
    """Infinite where it may not be driven."""
    backward_s: Any

    def cropped(self, box: Box) -> Network:
        """The stretches with a point in the box; points stay where they are."""
        inside = (self.lat >= box.south) & (self.lat <= box.north)
        inside &= (self.lon >= box.west) & (self.lon <= box.east)
        until = np.concatenate([[0], np.cumsum(inside)])
        return self.of(until[self.last + 1] > until[self.first])

    def of(self, chosen: Bools) -> Network:
        parts = ("first", "last", "tail", "head", "forward_s", "backward_s")
        return msgspec.structs.replace(
            self, **{name: getattr(self, name)[chosen] for name in parts}
        )


def around(spots: Sequence[Spot], margin_m: float) -> Box:
    lats, lons = [lat for lat, _ in spots], [lon for _, lon in spots]
    up = margin_m / METRES_PER_DEGREE
    across = up / np.cos(np.radians(max(map(abs, lats))))
    return Box(min(lats) - up, min(lons) - across, max(lats) + up, max(lons) + across)


def lengths(lat: Floats, lon: Floats) -> Floats:
    """Metres from each point to the next: the haversine."""
    up, across = np.radians(np.diff(lat)), np.radians(np.diff(lon))
    a = np.sin(up / 2) ** 2
    a += np.cos(np.radians(lat[:-1])) * np.cos(np.radians(lat[1:])) * np.sin(across / 2) ** 2
    found: Floats = 2 * EARTH_M * np.arcsin(np.sqrt(a))
    return found


def save(network: Network, file: Path) -> None:
    """Whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with beside.open("wb") as opened:
        np.savez(opened, version=VERSION, **msgspec.structs.asdict(network))
    beside.replace(file)


def load(file: Path) -> Network | None:
    """None where there is none, or one that another version of the program made."""
    if not file.is_file():
        return None
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
        if int(kept["version"]) != VERSION:
            return None
        said = {name: str(kept[name]) for name in ("digest", "asked", "as_of", "credit")}
        return Network(**said, **{n: kept[n] for n in Network.__struct_fields__ if n not in said})
