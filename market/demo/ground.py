"""What a plot of the demo is: an invented field at a fixed place inside a real tambon."""

from __future__ import annotations

import math
from typing import Any, Literal

import msgspec

from market.demo.days import named
from market.demo.people import who

METRES_PER_DEGREE = 111_195
RAI_M2 = 1_600
Kind = Literal["field", "orchard", "paddy", "rubber", "city_garden"]
UnderWay = Literal["", "submitted", "returned", "withdrawn", "accepted", "assigned", "inspected"]


class Season(msgspec.Struct, frozen=True):
    """A year's certification, in days before the demo's day."""

    key: str
    registered: int
    applied: int
    accepted: int
    assigned: int
    visited: int
    """The first visit; the others follow within twelve days."""
    met: int


PILOT = Season("pilot", -500, -495, -492, -488, -480, -462)
FIRST = Season("first", -372, -360, -356, -352, -346, -330)
SECOND = Season("second", -120, -115, -113, -110, -104, -90)
SEASONS = (PILOT, FIRST, SECOND)
BEGUN = -12
"""When those applied whose application is still under way."""


class Crop(msgspec.Struct, frozen=True):
    crop: str
    sown: int
    """Days before (negative) or after the demo's day."""


class Land(msgspec.Struct, frozen=True):
    key: str
    farmer: str
    group: str
    name: str
    kind: Kind
    lat: float
    lon: float
    rai: float
    moo: int
    crops: tuple[Crop, ...]
    seasons: tuple[Season, ...] = ()
    """In which a meeting decided on it."""
    under_way: UnderWay = ""
    """How far an application of this month has come."""
    inspectors: tuple[str, str, str] | None = None
    """Two producers and a consumer."""
    clean_since: int = -2_000
    """Days since the last use of anything prohibited."""
    turn: int = 0
    """Degrees by which the outline is turned, and how much longer than wide it is."""
    long: float = 1.0

    @property
    def id(self) -> str:
        return named("plot", self.key)

    @property
    def farmer_id(self) -> str:
        return who(self.farmer)

    @property
    def registered(self) -> int:
        return min((season.registered for season in self.seasons), default=SECOND.registered)

    @property
    def outline(self) -> dict[str, Any]:
        return outline(self.lat, self.lon, self.rai, self.turn, self.long)


def outline(lat: float, lon: float, rai: float, turn: int = 0, long: float = 1.0) -> dict[str, Any]:
    """GeoJSON of a leaning four-sided field of about so many rai around the point."""
    side = math.sqrt(rai * RAI_M2) / METRES_PER_DEGREE
    corners = ((-0.52, -0.47), (0.46, -0.55), (0.55, 0.45), (-0.48, 0.53), (-0.52, -0.47))
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    ring = []
    for along, across in corners:
        x, y = along * math.sqrt(long), across / math.sqrt(long)
        east, north = (x * cos - y * sin) * side, (x * sin + y * cos) * side
        ring.append([round(lon + east / math.cos(math.radians(lat)), 6), round(lat + north, 6)])
    return {"type": "Polygon", "coordinates": [ring]}
