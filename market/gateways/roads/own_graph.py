"""The quickest ways between places over a network of roads (scipy's Dijkstra), without turn costs.

A place is set down on the nearest stretch of the largest part of the network in which everything
can be reached from everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from market.domain.trips.estimate import Spot
from market.gateways.roads.found import Found, Row
from market.gateways.roads.network import Bools, Floats, Ints, Network, around
from market.gateways.roads.set_down import set_down

MARGIN_M = 15_000.0
"""So far around the day's places roads are looked at."""
AT_ONCE = 8
"""Starts in one call: other threads wait for it."""
_TIME = float(1 << 24)
"""Centiseconds and decimetres in one exact number: the quickest way, and of those the shortest."""


class Graph:
    """The network around one day's places.

    A piece of a stretch is (from, to, stretch, metres along it at the one end and at the other).
    """

    def __init__(self, network: Network, spots: Sequence[Spot]) -> None:
        self.network, self.spots = network, list(spots)
        self.roads = roads = _main_part(network.cropped(around(self.spots, MARGIN_M)))
        self.on = set_down(roads, self.spots)
        junctions, ends = np.unique(np.concatenate([roads.tail, roads.head]), return_inverse=True)
        self.size = len(junctions) + len(self.spots)
        self.places = np.arange(len(junctions), self.size)
        self._join(self._pieces(*np.split(ends, 2)))

    def _pieces(self, tail: Ints, head: Ints) -> Floats:
        """All stretches whole, and those on which places are set down also cut there."""
        length = self.roads.along[self.roads.last] - self.roads.along[self.roads.first]
        on: dict[int, list[tuple[float, int]]] = {}
        for place, spot in zip(self.places.tolist(), self.on, strict=True):
            if spot is not None:
                on.setdefault(spot.stretch, []).append((spot.along, place))
        cut = [
            (start, end, stretch, a, max(a, b))
            for stretch, places in on.items()
            for (a, start), (b, end) in pairwise([
                (0.0, int(tail[stretch])), *sorted(places),
                (float(length[stretch]), int(head[stretch])),
            ])
        ]  # fmt: skip
        every = np.arange(len(length))
        whole = np.column_stack([tail, head, every, np.zeros(len(length)), length])
        return np.concatenate([whole, np.reshape(cut, (-1, 5))])

    def _join(self, pieces: Floats) -> None:
        """Of several pieces from one node to another the quickest."""
        there, there_s = self._open(pieces, self.roads.forward_s)
        back, back_s = self._open(pieces[:, [1, 0, 2, 4, 3]], self.roads.backward_s)
        arcs, seconds = np.concatenate([there, back]), np.concatenate([there_s, back_s])
        metres = np.abs(arcs[:, 4] - arcs[:, 3])
        weight = np.round(seconds * 100) * _TIME + np.maximum(np.ceil(metres * 10), 1)
        key = arcs[:, 0].astype(np.int64) * self.size + arcs[:, 1].astype(np.int64)
        order = np.lexsort((weight, key))
        self.key, first = np.unique(key[order], return_index=True)
        self.arcs = arcs[order[first]]
        links = (weight[order[first]], np.divmod(self.key, self.size))
        self.matrix = csr_matrix(links, shape=(self.size, self.size))

    def _open(self, pieces: Floats, seconds: Floats) -> tuple[Floats, Floats]:
        """Those that may be driven from their one end to the other, and how long it takes."""
        stretch = pieces[:, 2].astype(np.int64)
        length = (self.roads.along[self.roads.last] - self.roads.along[self.roads.first])[stretch]
        part = np.abs(pieces[:, 4] - pieces[:, 3])
        share = np.divide(part, length, out=np.zeros(len(part)), where=length > 0)
        may = np.isfinite(seconds[stretch]) | (part == 0)  # at a junction: no way, either way
        lasts = np.where(share[may] > 0, seconds[stretch[may]], 0.0) * share[may]
        return pieces[may], lasts

    def ways(self) -> Found:
        far = np.concatenate([
            dijkstra(self.matrix, indices=self.places[begin:begin + AT_ONCE])[:, self.places]
            for begin in range(0, len(self.places), AT_ONCE)
        ])  # fmt: skip
        leads = np.isfinite(far)
        far[~leads] = 0.0
        return Found(
            _rows(np.ceil(far % _TIME / 10), leads), _rows(np.round(far // _TIME / 100), leads),
            [spot.off_m if spot else None for spot in self.on], self.network.as_of,
        )  # fmt: skip

    def lines(self, legs: Sequence[tuple[int, int]]) -> list[list[Spot]]:
        """For each leg the points along the roads, both places included; empty where none leads."""
        starts = sorted({start for start, _ in legs})
        rows: dict[int, Ints] = {}
        for begin in range(0, len(starts), AT_ONCE):
            some = starts[begin : begin + AT_ONCE]
            _, before = dijkstra(self.matrix, indices=self.places[some], return_predecessors=True)
            rows |= dict(zip(some, before, strict=True))
        return [self._line(rows[start], start, end) for start, end in legs]

    def _line(self, before: Ints, start: int, end: int) -> list[Spot]:
        nodes = [int(self.places[end])]
        while nodes[-1] != self.places[start]:
            nodes.append(int(before[nodes[-1]]))
            if nodes[-1] < 0:
                return []
        points = [self.spots[start]]
        for a, b in pairwise(reversed(nodes)):
            points += self._piece(self.arcs[np.searchsorted(self.key, a * self.size + b)])
        points.append(self.spots[end])
        rounded = [(round(lat, 5), round(lon, 5)) for lat, lon in points]
        return [rounded[0], *(b for a, b in pairwise(rounded) if a != b)]

    def _piece(self, arc: Floats) -> list[Spot]:
        roads, stretch = self.roads, int(arc[2])
        at = slice(roads.first[stretch], roads.last[stretch] + 1)
        along = roads.along[at] - roads.along[at][0]
        low, high = min(arc[3], arc[4]), max(arc[3], arc[4])
        stations = np.concatenate([[low], along[(along > low) & (along < high)], [high]])
        lats, lons = (np.interp(stations, along, line[at]) for line in (roads.lat, roads.lon))
        piece = list(zip(lats.tolist(), lons.tolist(), strict=True))
        return piece if arc[3] <= arc[4] else piece[::-1]


def _main_part(roads: Network) -> Network:
    """The largest in which everything can be reached from everywhere."""
    if not len(roads.tail):
        return roads
    _, ends = np.unique(np.concatenate([roads.tail, roads.head]), return_inverse=True)
    tail, head = np.split(ends, 2)
    size = int(ends.max()) + 1
    there, back = np.isfinite(roads.forward_s), np.isfinite(roads.backward_s)
    rows = np.concatenate([tail[there], head[back]])
    columns = np.concatenate([head[there], tail[back]])
    links = csr_matrix((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(size, size))
    _, part = connected_components(links, directed=True, connection="strong")
    main = np.bincount(part).argmax()
    return roads.of((part[tail] == main) & (part[head] == main) & (there | back))


def _rows(numbers: Floats, leads: Bools) -> list[Row]:
    whole: list[list[int]] = numbers.astype(np.int64).tolist()
    return [
        [value if there else None for value, there in zip(row, row_leads, strict=True)]
        for row, row_leads in zip(whole, leads.tolist(), strict=True)
    ]
