"""Roads of an invented village as an extract of OpenStreetMap, and the plainest search in them.

A grid of 100 m: node (x, y) lies x steps east and y steps north of Khuan Lang.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from market.domain.trips.estimate import Spot, straight_m
from market.gateways.roads import speeds

Node = tuple[int, int]
Road = tuple[Sequence[Node], Mapping[str, str]]
STEP = 0.0009
HEADER = """<?xml version="1.0"?><osm version="0.6" generator="by hand">"""


def spot(node: Node) -> Spot:
    return round(7.0 + node[1] * STEP, 7), round(100.43 + node[0] * STEP, 7)


def number(node: Node) -> int:
    return 1 + (node[0] + 500) * 1_000 + node[1] + 500


def extract(
    file: Path, roads: Sequence[Road], things: Mapping[Node, Mapping[str, str]] | None = None
) -> Path:
    things = things or {}
    nodes = sorted({node for line, _ in roads for node in line} | set(things), key=number)
    lines = [HEADER]
    for node in nodes:
        lat, lon = spot(node)
        when = 'version="1" timestamp="2026-11-20T20:21:02Z"'
        lines.append(f'<node id="{number(node)}" lat="{lat}" lon="{lon}" {when}>')
        lines.append(f"{_tags(things.get(node, {}))}</node>")
    for id, (line, tags) in enumerate(roads, start=1):
        refs = "".join(f'<nd ref="{number(node)}"/>' for node in line)
        lines.append(f'<way id="{id}" {when}>{refs}{_tags(tags)}</way>')
    file.write_text("".join([*lines, "</osm>"]))
    return file


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())


def quickest(roads: Sequence[Road], start: Node) -> dict[Node, float]:
    """Seconds to every node, followed node by node."""
    onward: dict[Node, list[tuple[Node, float]]] = {}
    for line, tags in roads:
        kmh = speeds.speeds(tags)
        for a, b in pairwise(line):
            metres = straight_m(spot(a), spot(b))
            for here, there, speed in ((a, b, kmh and kmh[0]), (b, a, kmh and kmh[1])):
                if speed:
                    onward.setdefault(here, []).append((there, metres * 3.6 / speed))
    found: dict[Node, float] = {}
    waiting = [(0.0, start)]
    while waiting:
        lasts, here = heapq.heappop(waiting)
        if here not in found:
            found[here] = lasts
            for there, more in onward.get(here, []):
                heapq.heappush(waiting, (lasts + more, there))
    return found
