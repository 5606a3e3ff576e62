"""Addresses that open a map: the whole way, cut as map apps take it, and each place by itself."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from market.domain.journeys.rules import Spot

APP_MAX, BROWSER_MAX = 9, 3
"""Waypoints between start and end that Google Maps takes, in its app and in a phone's browser."""
DIRECTIONS = "https://www.google.com/maps/dir/?"


def directions(points: Sequence[Spot], waypoints_max: int) -> list[str]:
    """In the order of driving; each begins where the one before ended."""
    step = waypoints_max + 1
    apart = [one for at, one in enumerate(points) if not at or not _same(one, points[at - 1])]
    return [_leg(apart[at : at + step + 1]) for at in range(0, len(apart) - 1, step)]


def _same(one: Spot, other: Spot) -> bool:
    return (one.lat_e7, one.lon_e7) == (other.lat_e7, other.lon_e7)


def _leg(points: Sequence[Spot]) -> str:
    asked = {"api": "1", "origin": _pair(points[0]), "destination": _pair(points[-1])}
    if between := "|".join(_pair(one) for one in points[1:-1]):
        asked["waypoints"] = between
    return DIRECTIONS + urlencode({**asked, "travelmode": "driving"})


def there(spot: Spot) -> str:
    """From wherever one is; for the map's own app or the browser."""
    return DIRECTIONS + urlencode({"api": "1", "destination": _pair(spot), "travelmode": "driving"})


def geo(spot: Spot) -> str:
    """RFC 5870."""
    return f"geo:{_pair(spot)}"


def _pair(spot: Spot) -> str:
    return f"{_degrees(spot.lat_e7)},{_degrees(spot.lon_e7)}"


def _degrees(e7: int) -> str:
    return f"{e7 / 10_000_000:.7f}".rstrip("0").rstrip(".")
