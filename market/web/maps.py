"""Maps without tiles: server-made SVG of the real tambons, neighbours drawn as land too.

What is marked is where the public may know it: a place, or a plot snapped to a grid. Paths are
relative and the styles stand on groups: a map of a district is 4 kB, not 13.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
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
KM_PER_DEGREE = 111.2
SCALE_BARS_KM = (1, 2, 5, 10, 20, 50)

SHADES = ("#f6f3e7", "#e4f1e4", "#cfe5c6", "#9cc5a0", "#5d9c66", "#14532d")
BEYOND = 'fill="#f6f3e7" stroke="#c4c7b6"'
WITHIN = 'fill="#e4f1e4" stroke="#2f6b3c"'
CHOSEN = 'fill="#b9d9b4" stroke="#14532d" stroke-width="2"'
LETTERS, LETTER_WIDTH = 17, 8.6
"""Size of names, and what a letter takes at that size: 14 px on a phone."""
BLUR = 20
BOLD = ' font-weight="600"'


class Mark(NamedTuple):
    lat: float
    lon: float
    blurred: bool
    """Drawn as a broken circle: somewhere hereabouts."""


class Window(NamedTuple):
    west: float
    north: float
    scale: float
    squeeze: float
    height: int

    def at(self, lon: float, lat: float) -> tuple[int, int]:
        x = (lon - self.west) * self.squeeze * self.scale
        return round(x), round((self.north - lat) * self.scale)


class _Name(NamedTuple):
    """A name that wants its place, the first before the others; the empty keeps it for a mark."""

    x: int
    y: int
    said: str
    strong: bool = False

    @property
    def half(self) -> float:
        return sum(map(_is_letter, self.said)) * LETTER_WIDTH / 2 + 4 if self.said else BLUR

    def meets(self, other: _Name) -> bool:
        beside = abs(self.x - other.x) < self.half + other.half
        return beside and abs(self.y - other.y) < LETTERS + 5

    def fits(self, window: Window) -> bool:
        beside = self.half < self.x < WIDTH - self.half
        return beside and LETTERS + 4 < self.y < window.height - 6


@lru_cache(maxsize=256)
def district(tambon: str, title: str, language: str, mark: Mark | None = None) -> str:
    """The amphoe of `tambon` (4 or 6 digits) with its neighbours; the tambon itself stands out."""
    whole = tambon[:4]
    window, land = _land((whole,), tambon)
    others = [one.code for one in queries.children(whole) if one.code != tambon]
    wanted = [_named(code, language, window) for code in (tambon, *others)]
    spot = ""
    if mark:
        x, y = window.at(mark.lon, mark.lat)
        spot = _spot(x, y, blurred=mark.blurred)
        below = _Name(x, y + BLUR + LETTERS, _called(tambon, language), strong=True)
        wanted = [_Name(x, y + 6, ""), below, *wanted[1:]]
    return svg(window, land, _names(wanted, window) + spot, title, language, whole)


def province(code: str, title: str, language: str, counts: Mapping[str, int]) -> str:
    """All tambons shaded by `counts`, districts with any named; a table beside says the figures."""
    window, land = _land((code[:2],), "")
    most = max(counts.values(), default=0)
    shaded = "".join(
        f'<path d="{_path(queries.polygon(tambon), window)}" fill="{_shade(count, most)}"/>'
        for tambon, count in sorted(counts.items())
        if queries.polygon(tambon) is not None
    )
    held: dict[str, int] = {}
    for tambon, count in counts.items():
        held[tambon[:4]] = held.get(tambon[:4], 0) + count
    most_first = sorted(held, key=lambda amphoe: -held[amphoe])
    named = [_named(amphoe, language, window) for amphoe in most_first]
    land += f'<g stroke="#2f6b3c" stroke-width=".7">{shaded}</g>'
    return svg(window, land, _names(named, window), title, language, code[:2])


def places(title: str, language: str, marks: Sequence[tuple[str, Mark]]) -> str:
    """Places with their numbers, on the districts they lie in; `marks`: tambon and place."""
    wholes = tuple(sorted({tambon[:4] for tambon, _ in marks if queries.polygon(tambon[:4])}))
    if not wholes:
        return ""
    window, land = _land(wholes, "")
    spots = [(number, *window.at(m.lon, m.lat)) for number, (_, m) in enumerate(marks, 1)]
    taken = [_Name(x, y + 6, "") for _, x, y in spots]
    names = _names([*taken, *(_named(whole, language, window) for whole in wholes)], window)
    pins = "".join(_spot(x, y, number=number) for number, x, y in spots)
    return svg(window, land, names + pins, title, language, wholes[0])


def ground(
    tambons: Iterable[str], spots: Sequence[tuple[float, float]], language: str
) -> tuple[Window, str, str, str] | None:
    """For what others draw on it: window, land, names that keep clear of the spots, first amphoe.

    `spots` are latitude and longitude. None where no outline is known.
    """
    wholes = tuple(sorted({code[:4] for code in tambons if queries.polygon(code[:4])}))
    if not wholes:
        return None
    window, land = _land(wholes, "")
    taken = [_Name(*window.at(lon, lat), "") for lat, lon in spots]
    names = (_named(whole, language, window) for whole in wholes)
    return window, land, _names([*taken, *names], window), wholes[0]


def svg(window: Window, land: str, over: str, title: str, language: str, of: str) -> str:
    bar = _scale_bar(window, "กม." if language == "th" else "km")
    return (
        f'<svg class="map" viewBox="0 0 {WIDTH} {window.height}" role="img"'
        f' aria-label="{escape(title)}" data-area="{of}">{land}{over}{bar}</svg>'
    )


def _spot(x: int, y: int, *, blurred: bool = False, number: int = 0) -> str:
    if blurred:
        return (
            f'<circle cx="{x}" cy="{y}" r="{BLUR}" fill="#f2b632" fill-opacity=".5"'
            ' stroke="#6b4300" stroke-width="2" stroke-dasharray="4 4"/>'
        )
    if not number:
        return f'<circle cx="{x}" cy="{y}" r="8" fill="#9c2b1b" stroke="#fff" stroke-width="2"/>'
    return (
        f'<circle cx="{x}" cy="{y}" r="14" fill="#9c2b1b" stroke="#fff" stroke-width="2"/>'
        f'<text x="{x}" y="{y + 6}" text-anchor="middle" font-size="{LETTERS}" font-weight="600"'
        f' fill="#fff">{number}</text>'
    )


def _scale_bar(window: Window, unit: str) -> str:
    """The longest that takes at most a quarter of the width."""
    per_km = window.scale / KM_PER_DEGREE
    km = max((k for k in SCALE_BARS_KM if k * per_km <= WIDTH / 4), default=SCALE_BARS_KM[0])
    y, end = window.height - 10, 10 + round(km * per_km)
    return (
        f'<path d="M10 {y - 5}v5H{end}v-5" fill="none" stroke="#17231b" stroke-width="1.5"/>'
        f'<text x="{end + 6}" y="{y}" font-size="13" fill="#17231b">{km} {unit}</text>'
    )


@lru_cache(maxsize=128)
def _land(wholes: tuple[str, ...], tambon: str) -> tuple[Window, str]:
    """What lies in the window, whichever province it belongs to; what is meant is drawn last."""
    import shapely  # noqa: PLC0415  (with numpy 0.2 s: only who draws waits for it)

    window = _window(shapely.union_all([queries.polygon(whole) for whole in wholes]))
    east = window.west + WIDTH / window.scale / window.squeeze
    south = window.north - window.height / window.scale
    frame = shapely.box(window.west, south, east, window.north).buffer(MARGIN_DEGREES / 4)
    groups = {BEYOND: "", WITHIN: "", CHOSEN: ""}
    for code in queries.tambons_touching(frame):
        inside = code.startswith(wholes)
        style = CHOSEN if code == tambon else WITHIN if inside else BEYOND
        groups[style] += _path(queries.polygon(code), window, None if inside else frame)
    return window, "".join(f'<path {style} d="{d}"/>' for style, d in groups.items() if d)


def _window(shape: Any) -> Window:
    west, south, east, north = shape.bounds
    west, south = west - MARGIN_DEGREES, south - MARGIN_DEGREES
    east, north = east + MARGIN_DEGREES, north + MARGIN_DEGREES
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * squeeze)
    return Window(west, north, scale, squeeze, round((north - south) * scale))


def _path(shape: Any, window: Window, frame: Any = None) -> str:
    simple = shape.simplify(max(POINTS_APART, POINT_APART_PX / window.scale))
    if frame is not None:
        simple = simple.intersection(frame)
    parts = [part for part in getattr(simple, "geoms", [simple]) if part.geom_type == "Polygon"]
    return "".join(_ring(part.exterior.coords, window) for part in parts)


def _ring(points: Iterable[tuple[float, float]], window: Window) -> str:
    """`M12 40l3-2-5 7z`: each point from the one before; a minus needs no space."""
    said, before = "", (0, 0)
    for lon, lat in points:
        here = window.at(lon, lat)
        if not said:
            said = f"M{here[0]} {here[1]}l"
        elif here != before:
            said += _next(here[0] - before[0]) + _next(here[1] - before[1])
        before = here
    return f"{said}z".replace("l ", "l") if said[-1:] != "l" else ""


def _next(step: int) -> str:
    return f"{step}" if step < 0 else f" {step}"


def _named(code: str, language: str, window: Window) -> _Name:
    shape = queries.polygon(code)
    if shape is None:
        return _Name(0, 0, "?")  # it fits nowhere
    inside = shape.representative_point()
    return _Name(*window.at(inside.x, inside.y), _called(code, language), len(code) == 4)


def _called(code: str, language: str) -> str:
    return queries.area(code).name.in_language(language)


def _names(wanted: Iterable[_Name], window: Window) -> str:
    """Those that find room, first come."""
    placed: list[_Name] = []
    for name in wanted:
        if not name.said or (name.fits(window) and not any(map(name.meets, placed))):
            placed.append(name)
    written = "".join(
        f'<text x="{name.x}" y="{name.y}"{BOLD if name.strong else ""}>{escape(name.said)}</text>'
        for name in placed
        if name.said
    )
    return (
        f'<g text-anchor="middle" font-size="{LETTERS}" fill="#17231b" stroke="#f4f8f0"'
        f' stroke-width="3.5" stroke-linejoin="round" paint-order="stroke">{written}</g>'
    )


def _is_letter(letter: str) -> bool:
    """Marks above and below take no width."""
    return not ("\u0e31" <= letter <= "\u0e3a" and letter not in "\u0e32\u0e33") and not (
        "\u0e47" <= letter <= "\u0e4e"
    )


def _shade(count: int, most: int) -> str:
    """Even steps from nothing to the most."""
    if not count or not most:
        return SHADES[0]
    return SHADES[1 + min(4, (count * 5 - 1) // most)]
