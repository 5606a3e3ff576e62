"""Charts that are a few hundred bytes of SVG; the figures stand beside or under them in words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

COLOURS = ("#14532d", "#f2b632", "#0f5866", "#9c2b1b", "#7d8a7f")
"""Leaf, sun, lake, clay, grey: none next to another of the same lightness."""
WIDE, HIGH = 1000, 44


def bar(value: int, most: int) -> str:
    """One bar of a table's row, as long as its share of the longest; read out by nobody."""
    long = round(WIDE * value / most) if most else 0
    return (
        f'<svg class="bar-h" viewBox="0 0 {WIDE} 12" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{long}" height="12" rx="3" fill="{COLOURS[0]}"/></svg>'
    )


def stacked(parts: Sequence[tuple[str, int]]) -> str:
    """One bar cut into parts, in the order given; each says its name and share when read out."""
    whole = sum(size for _, size in parts)
    if whole <= 0:
        return ""
    at, drawn = 0.0, []
    for colour, (_, size) in zip(COLOURS, parts, strict=False):
        long = WIDE * size / whole
        drawn.append(f'<rect x="{at:.1f}" width="{long:.1f}" height="{HIGH}" fill="{colour}"/>')
        at += long
    said = ", ".join(f"{name} {100 * size / whole:.0f} %" for name, size in parts if size)
    return (
        f'<svg class="split" viewBox="0 0 {WIDE} {HIGH}" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(said)}">{"".join(drawn)}</svg>'
    )


def dot(place: int) -> str:
    """The colour of a part, before its name in the table under the bar."""
    return (
        '<svg class="dot" viewBox="0 0 12 12" aria-hidden="true">'
        f'<rect width="12" height="12" rx="3" fill="{COLOURS[place]}"/></svg>'
    )
