"""Maps at the scale of a plot: tambons and outlines in metres around a point, without tiles.

Exact places: only for who may see the plots. North is up; x grows east, y south.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from typing import Any, NamedTuple

import msgspec

from certification.areas import queries as areas
from certification.plots.queries import PlotView
from certification.plots.shape import metres_per_degree

REACH_M = 15_000
"""How far around the middle the land is drawn for somebody who looks for a place."""
AROUND = 1.6
"""How much wider than the plot its map is."""
LEAST_M = 120

Position = tuple[float, float]


class Ground(NamedTuple):
    lon: float
    lat: float

    def at(self, lon: float, lat: float) -> Position:
        per_lon, per_lat = metres_per_degree(self.lat)
        return (lon - self.lon) * per_lon, (self.lat - lat) * per_lat

    def path(self, ring: Iterable[Position]) -> str:
        points = (self.at(lon, lat) for lon, lat in ring)
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "z"


class Frame(NamedTuple):
    """In metres; `x` and `y` are its middle."""

    x: float
    y: float
    wide: float


class Drawn(NamedTuple):
    plot: PlotView
    name: str
    look: str
    """this, mine, near"""


def of_plots(middle: Ground, plots: Iterable[PlotView]) -> Frame:
    """The square that shows all of these and something around."""
    points = [middle.at(*corner) for plot in plots for corner in corners(plot)]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    wide = max(max(xs) - min(xs), max(ys) - min(ys), LEAST_M / AROUND) * AROUND
    return Frame((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2, wide)


def corners(plot: PlotView) -> list[Position]:
    """Of its outer ring, or the one point."""
    of = msgspec.json.decode(plot.shape or "{}")
    if of.get("type") == "Polygon":
        return [(lon, lat) for lon, lat in of["coordinates"][0]]
    return [(plot.lon_e7 / 1e7, plot.lat_e7 / 1e7)]


def metres_apart(middle: Ground, one: PlotView, other: PlotView) -> int:
    """Between the outlines; 0 where they touch or overlap."""
    import shapely  # noqa: PLC0415  (as in _land)

    def shape(plot: PlotView) -> Any:
        points = [middle.at(*corner) for corner in corners(plot)]
        return shapely.Polygon(points) if len(points) > 2 else shapely.Point(points[0])

    metres: float = shape(one).distance(shape(other))
    return round(metres)


def whereabouts(plots: list[PlotView], tambon: str) -> tuple[Ground, Frame]:
    """Where to begin drawing: near the plots one already has, else over the group's amphoe."""
    if plots:
        first = plots[0]
        middle = Ground(first.lon_e7 / 1e7, first.lat_e7 / 1e7)
        near = [p for p in plots if math.dist(middle.at(*corners(p)[0]), (0, 0)) < REACH_M]
        return middle, of_plots(middle, near)
    shape = areas.polygon(tambon) or areas.polygon(tambon[:4]) or areas.polygon(tambon[:2])
    if shape is None:
        return Ground(100.45, 7.0), Frame(0, 0, 100_000)
    west, south, east, north = shape.bounds
    middle = Ground((west + east) / 2, (south + north) / 2)
    (left, bottom), (right, top) = middle.at(west, south), middle.at(east, north)
    return middle, Frame(0, 0, max(right - left, bottom - top))


def svg(
    middle: Ground,
    frame: Frame,
    drawn: Iterable[Drawn],
    title: str,
    language: str,
    reach: float = 0,
) -> str:
    """The land, at least `reach` metres around, and the plots; `title` says what it shows."""
    x, y, wide = frame.x - frame.wide / 2, frame.y - frame.wide / 2, frame.wide
    around = Frame(frame.x, frame.y, max(wide, reach))
    marks = "".join(_plot(middle, one, wide) for one in drawn)
    return (
        f'<svg class="map ground" viewBox="{x:.0f} {y:.0f} {wide:.0f} {wide:.0f}" role="img"'
        f' aria-label="{escape(title)}">{_land(middle, around, language)}{marks}</svg>'
    )


def ruler(frame: Frame) -> tuple[str, int]:
    """A bar of a round length, about a quarter of the width, and its metres."""
    most = frame.wide / 4
    power = 10 ** math.floor(math.log10(most))
    metres = next(times * power for times in (5, 2, 1) if times * power <= most)
    x, y = frame.x - frame.wide * 0.46, frame.y + frame.wide * 0.46
    tick = frame.wide / 60
    return (
        f'<path class="rule" d="M{x:.1f} {y - tick:.1f}v{tick:.1f}h{metres}v-{tick:.1f}"/>',
        metres,
    )


def _land(middle: Ground, around: Frame, language: str) -> str:
    import shapely  # noqa: PLC0415  (with numpy 0.2 s: only who draws waits for it)

    per_lon, per_lat = metres_per_degree(middle.lat)
    lon, lat = middle.lon + around.x / per_lon, middle.lat - around.y / per_lat
    east, north = around.wide / per_lon, around.wide / per_lat
    box = shapely.box(lon - east, lat - north, lon + east, lat + north)
    shapes = [(code, areas.polygon(code)) for code in areas.tambons_touching(box)]
    return "".join(
        _tambon(middle, code, shape.intersection(box), around.wide / 26, language)
        for code, shape in shapes
        if shape is not None
    )


def _tambon(middle: Ground, code: str, shape: Any, letters_m: float, language: str) -> str:
    parts = [part for part in getattr(shape, "geoms", [shape]) if hasattr(part, "exterior")]
    paths = "".join(middle.path(part.exterior.coords) for part in parts)
    if not paths:
        return ""
    name = escape(areas.area(code).name.in_language(language))
    inside = shape.representative_point()
    x, y = middle.at(inside.x, inside.y)
    where = f'x="{x:.0f}" y="{y:.0f}" font-size="{letters_m:.0f}"'
    return f'<path class="tambon" d="{paths}"/><text class="tambon-name" {where}>{name}</text>'


def _plot(middle: Ground, one: Drawn, wide: float) -> str:
    ring, title = corners(one.plot), f"<title>{escape(one.name)}</title>"
    if len(ring) > 1:
        return f'<path class="land-{one.look}" d="{middle.path(ring)}">{title}</path>'
    x, y = middle.at(*ring[0])
    return (
        f'<circle class="land-{one.look}" cx="{x:.1f}" cy="{y:.1f}" r="{wide / 60:.1f}">{title}'
        "</circle>"
    )
