"""Maps without tiles: server-made SVG of the real tambons, neighbours drawn as land too.

What is marked is where the public may know it: a place, or a plot snapped to a grid.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from certification.areas import queries

WIDTH = 400
MARGIN_DEGREES = 0.02
POINTS_APART = 0.0015
"""Degrees (about 160 m): finer than a screen of 400 points shows of a district."""
POINT_APART_PX = 1.0
"""Of a province: what is nearer falls on the same point."""

SHADES = ("#f6f3e7", "#e4f1e4", "#cfe5c6", "#9cc5a0", "#5d9c66", "#14532d")


class Mark(NamedTuple):
    lat: float
    lon: float
    blurred: bool
    """Drawn as a broken circle: somewhere hereabouts."""


class _Window(NamedTuple):
    west: float
    north: float
    scale: float
    squeeze: float
    height: int

    def at(self, lon: float, lat: float) -> tuple[int, int]:
        x = (lon - self.west) * self.squeeze * self.scale
        return round(x), round((self.north - lat) * self.scale)


@lru_cache(maxsize=256)
def district(tambon: str, title: str, language: str, mark: Mark | None = None) -> str:
    """The amphoe of `tambon` (4 or 6 digits) with its neighbours; the tambon itself stands out."""
    return _svg(_drawn(tambon[:4], tambon, language), title, tambon[:4], mark)


def province(code: str, title: str, language: str, counts: Mapping[str, int]) -> str:
    """All tambons shaded by `counts`; a table beside it says the figures."""
    window, land, _ = _drawn(code[:2], "", language)
    most = max(counts.values(), default=0)
    shaded = "".join(
        f'<path d="{_path(queries.polygon(tambon), window)}" fill="{_shade(count, most)}"'
        f' stroke="#2f6b3c" stroke-width=".7"/>'
        for tambon, count in sorted(counts.items())
        if queries.polygon(tambon) is not None
    )
    return _svg((window, land + shaded, ""), title, code[:2], None)


def _svg(drawn: tuple[_Window, str, str], title: str, of: str, mark: Mark | None) -> str:
    window, land, names = drawn
    spot = _spot(window, mark) if mark else ""
    return (
        f'<svg class="map" viewBox="0 0 {WIDTH} {window.height}" role="img"'
        f' aria-label="{escape(title)}" data-area="{of}">{land}{names}{spot}</svg>'
    )


def _spot(window: _Window, mark: Mark) -> str:
    x, y = window.at(mark.lon, mark.lat)
    if mark.blurred:
        return (
            f'<circle cx="{x}" cy="{y}" r="20" fill="#f2b632" fill-opacity=".45"'
            ' stroke="#6b4300" stroke-width="2" stroke-dasharray="4 4"/>'
        )
    return f'<circle cx="{x}" cy="{y}" r="8" fill="#9c2b1b" stroke="#fff" stroke-width="2"/>'


@lru_cache(maxsize=128)
def _drawn(whole: str, tambon: str, language: str) -> tuple[_Window, str, str]:
    window = _window(queries.polygon(whole))
    land = ""
    for code, shape in _near(window):
        inside = code.startswith(whole)
        chosen = bool(tambon) and code == tambon
        fill = "#cfe5c6" if chosen else "#e4f1e4" if inside else "#f6f3e7"
        edge = "#2f6b3c" if inside else "#a9b3a2"
        land += f'<path d="{_path(shape, window)}" fill="{fill}" stroke="{edge}"/>'
    named = queries.children(whole) if len(whole) == 4 else ()
    return window, land, "".join(_name(a.code, a.name.in_language(language), window) for a in named)


def _near(window: _Window) -> Iterable[tuple[str, Any]]:
    """What lies in the window, whichever province it belongs to."""
    import shapely  # noqa: PLC0415  (with numpy 0.2 s: only who draws waits for it)

    east = window.west + WIDTH / window.scale / window.squeeze
    south = window.north - window.height / window.scale
    frame = shapely.box(window.west, south, east, window.north)
    for code in queries.tambons_touching(frame):
        yield code, queries.polygon(code)


def _window(shape: Any) -> _Window:
    west, south, east, north = shape.bounds
    west, south = west - MARGIN_DEGREES, south - MARGIN_DEGREES
    east, north = east + MARGIN_DEGREES, north + MARGIN_DEGREES
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * squeeze)
    return _Window(west, north, scale, squeeze, round((north - south) * scale))


def _path(shape: Any, window: _Window) -> str:
    simple = shape.simplify(max(POINTS_APART, POINT_APART_PX / window.scale))
    rings = [part.exterior for part in getattr(simple, "geoms", [simple])]
    return "".join(_ring(ring.coords, window) for ring in rings)


def _ring(points: Iterable[tuple[float, float]], window: _Window) -> str:
    drawn: list[tuple[int, int]] = []
    for lon, lat in points:
        here = window.at(lon, lat)
        if not drawn or drawn[-1] != here:
            drawn.append(here)
    return "M" + "L".join(f"{x} {y}" for x, y in drawn) + "z"


def _name(code: str, name: str, window: _Window) -> str:
    shape = queries.polygon(code)
    if shape is None:
        return ""
    inside = shape.representative_point()
    x, y = window.at(inside.x, inside.y)
    return (
        f'<text x="{x}" y="{y}" text-anchor="middle" font-size="13" fill="#17231b"'
        f' stroke="#e4f1e4" stroke-width="3" paint-order="stroke">{escape(name)}</text>'
    )


def _shade(count: int, most: int) -> str:
    """Even steps from nothing to the most."""
    if not count or not most:
        return SHADES[0]
    return SHADES[1 + min(4, (count * 5 - 1) // most)]
