"""A truck's way on the real tambons: for its operators only, for plots stand where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from market.domain.trips.estimate import Spot
from market.web import maps

COLOURS = ("#14532d", "#0f5866", "#9c2b1b", "#6b4300")
DASHED = ' stroke-dasharray="7 5"'
"""A straight line is no road, and looks like none."""


class Pin(NamedTuple):
    spot: Spot
    said: str
    """A number, or nothing for a plot that is only passed."""
    kind: str
    """stop, plot, base"""


class Way(NamedTuple):
    lines: Sequence[Sequence[Spot]]
    dashed: bool


def drawn(
    title: str, language: str, tambons: Sequence[str], pins: Sequence[Pin], ways: Sequence[Way]
) -> str:
    """Ways under pins; each truck in a colour of its own."""
    ground = maps.ground(tambons, [pin.spot for pin in pins], language)
    if ground is None:
        return ""
    window, land, names, of = ground
    paths = "".join(
        _path(window, way, COLOURS[number % len(COLOURS)]) for number, way in enumerate(ways)
    )
    marks = "".join(_pin(window, pin) for pin in pins)
    return maps.svg(window, land + names, paths + marks, title, language, of)


def _path(window: maps.Window, way: Way, colour: str) -> str:
    said = ""
    for line in way.lines:
        points = [window.at(lon, lat) for lat, lon in line]
        said += "M" + "L".join(f"{x} {y}" for x, y in points)
    look = f'stroke="{colour}" stroke-width="3" stroke-linejoin="round"'
    return f'<path d="{said}" fill="none" {look}{DASHED if way.dashed else ""}/>'


def _pin(window: maps.Window, pin: Pin) -> str:
    x, y = window.at(pin.spot[1], pin.spot[0])
    if pin.kind == "base":
        return (
            f'<rect x="{x - 9}" y="{y - 9}" width="18" height="18" rx="4" fill="#17231b"'
            ' stroke="#fff" stroke-width="2"/>'
        )
    if pin.kind == "plot":
        return (
            f'<circle cx="{x}" cy="{y}" r="12" fill="#14532d" stroke="#fff" stroke-width="2"/>'
            f"{_said(x, y, pin.said)}"
        )
    return (
        f'<circle cx="{x}" cy="{y}" r="14" fill="#9c2b1b" stroke="#fff" stroke-width="2"/>'
        f"{_said(x, y, pin.said)}"
    )


def _said(x: int, y: int, said: str) -> str:
    return (
        f'<text x="{x}" y="{y + 5}" text-anchor="middle" font-size="15" font-weight="600"'
        f' fill="#fff">{said}</text>'
    )
