"""An extract of OpenStreetMap, read once into a network of roads (pyosmium)."""

from __future__ import annotations

import hashlib
import re
from array import array
from pathlib import Path

import numpy as np
import osmium

from market.gateways.roads import speeds
from market.gateways.roads.found import CREDIT
from market.gateways.roads.network import VERSION, Box, Network, lengths

BLOCK = 1 << 20


class _Read:
    """What a pass over the file leaves: the ways' nodes one after the other."""

    def __init__(self) -> None:
        self.ref, self.lat, self.lon = array("q"), array("d"), array("d")
        self.start = array("q", [0])
        self.forward, self.backward = array("d"), array("d")
        self.blocked: set[int] = set()
        self.delays: dict[int, float] = {}
        self.newest = ""

    def way(self, way: osmium.osm.Way, box: Box | None, *, tracks: bool) -> None:
        kmh = speeds.speeds(dict(way.tags), tracks=tracks)
        if kmh is None:
            return
        known = [(n.ref, n.lat, n.lon) for n in way.nodes if n.location.valid()]
        if len(known) < 2 or (box and not any(box.holds(lat, lon) for _, lat, lon in known)):
            return
        if way.version:  # else the extract keeps no dates
            self.newest = max(self.newest, f"{way.timestamp:%Y-%m-%d}")
        refs, lats, lons = zip(*known, strict=True)
        self.ref.extend(refs)
        self.lat.extend(lats)
        self.lon.extend(lons)
        self.start.append(len(self.ref))
        self.forward.append(kmh[0])
        self.backward.append(kmh[1])

    def node(self, node: osmium.osm.Node) -> None:
        tags = dict(node.tags)
        if speeds.blocks(tags):
            self.blocked.add(node.id)
        elif delay := speeds.delay_s(tags):
            self.delays[node.id] = delay


def read(file: Path, box: Box | None = None, *, tracks: bool = False) -> Network:
    """All roads of the file, or those with a point in the box; RuntimeError: not such a file."""
    found = _Read()
    wanted = osmium.filter.KeyFilter("highway", "barrier")
    for thing in osmium.FileProcessor(str(file)).with_locations().with_filter(wanted):
        if isinstance(thing, osmium.osm.Way):
            found.way(thing, box, tracks=tracks)
        elif isinstance(thing, osmium.osm.Node):
            found.node(thing)
    asked = f"{VERSION} {box} {tracks}"
    return _network(found, digest(file), asked, as_of(file) or found.newest)


def digest(file: Path) -> str:
    sha = hashlib.sha256()
    with file.open("rb") as opened:
        while block := opened.read(BLOCK):
            sha.update(block)
    return sha.hexdigest()


def as_of(file: Path) -> str:
    """The day to which the extract says it is complete; empty where it does not say."""
    with osmium.io.Reader(str(file), osmium.osm.osm_entity_bits.NOTHING) as reader:
        said = reader.header().get("osmosis_replication_timestamp")
    return said[:10] if re.match(r"\d{4}-\d\d-\d\dT", said) else ""


def _network(found: _Read, digest: str, asked: str, as_of: str) -> Network:
    """Ways are cut where others meet them, and parted where something stands in the way."""
    ref = np.array(found.ref, dtype=np.int64)
    lat, lon = np.array(found.lat), np.array(found.lon)
    start = np.array(found.start, dtype=np.int64)
    _, number, often = np.unique(ref, return_inverse=True, return_counts=True)
    blocked = np.isin(ref, np.fromiter(found.blocked, np.int64, len(found.blocked)))
    cut = (often[number] > 1) | blocked
    cut[start[:-1]] = cut[start[1:] - 1] = True
    number = np.where(blocked, len(ref) + np.arange(len(ref)), number)
    cuts = np.flatnonzero(cut)
    way = np.repeat(np.arange(len(start) - 1), np.diff(start))
    same = way[cuts[:-1]] == way[cuts[1:]]
    first, last = cuts[:-1][same], cuts[1:][same]
    along = lengths(lat, lon)
    along[start[1:-1] - 1] = 0.0  # from one way's end to the next one's beginning is no road
    along = np.concatenate([[0.0], np.cumsum(along)])
    waits = np.array([found.delays.get(one, 0.0) for one in found.ref])
    waited = np.concatenate([[0.0], np.cumsum(waits)])
    metres = along[last] - along[first]
    kmh = np.array([found.forward, found.backward])[:, way[first]]
    with np.errstate(divide="ignore"):
        seconds = np.where(kmh > 0, metres * 3.6 / kmh, np.inf)
    seconds[0] += waited[last + 1] - waited[first + 1]  # what stands at the far end is waited for
    seconds[1] += waited[last] - waited[first]
    return Network(
        digest, asked, as_of, CREDIT, lat, lon, along, first, last, number[first], number[last],
        seconds[0], seconds[1],
    )  # fmt: skip
