"""The one place to ask for ways: OSRM where it is set, else our own graph, else the estimate.

What could not be used and why is told by the notes. Asked outside every transaction.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import httpx
import msgspec

from certification.basis.refusal import Refusal
from market.domain.trips.estimate import Spot, banded
from market.domain.trips.problem import Note
from market.domain.trips.ways import Source, Ways, ensure_places
from market.gateways.roads.found import CREDIT, Found, RoadsAway, reached
from market.gateways.roads.osrm import Osrm, away
from market.settings import Settings

if TYPE_CHECKING:
    from market.gateways.roads.network import Network
    from market.gateways.roads.own_graph import Graph

FOLDER, NETWORK, KEPT = "roads", "network.npz", "kept"
KEPT_MAX = 200
SEEN_DEGREES = 5e-5
"""Some five metres."""
DRAWN_WITHIN_S = 3.0
"""Somebody waits for a page."""
ELSEWHERE = "The roads on this machine are not those of these places."
OLD = timedelta(days=400)
COVERED_MIN = 0.5
"""Less of the places on the network: it is another country's."""


class Lines(msgspec.Struct, frozen=True):
    """For each leg its points: two where only the straight line is known, none where none leads."""

    lines: list[list[Spot]]
    source: Source
    credit: str = ""
    notes: tuple[Note, ...] = ()


async def ways(
    said: Settings, spots: Sequence[Spot], names: Sequence[str],
    transport: httpx.AsyncBaseTransport | None = None,
) -> Ways:  # fmt: skip
    """Between all places; a Refusal where there are too many."""
    ensure_places(len(spots))
    notes: list[Note] = []
    if said.osrm_url and len(spots) > 1:
        try:
            found = await Osrm(said.osrm_url, transport).table(spots)
            return _with(notes, reached(found, spots, names, "osrm"))
        except RoadsAway as no:
            notes.append(no.note)
        except Refusal as no:
            notes.append(away(no.code).note)
    if network_file(said).is_file() and len(spots) > 1:
        try:
            found = await asyncio.to_thread(_own, said, spots)
            return _with(notes, reached(found, spots, names, "own_graph"))
        except RoadsAway as no:
            notes.append(no.note)
    return _with(notes, Ways(*banded(spots), "estimate"))


async def lines(
    said: Settings, spots: Sequence[Spot], legs: Sequence[tuple[int, int]],
    transport: httpx.AsyncBaseTransport | None = None,
) -> Lines:  # fmt: skip
    """How a plan is drawn: along the roads where they are known."""
    notes: list[Note] = []
    if said.osrm_url and legs:
        try:
            drawn = await Osrm(said.osrm_url, transport, DRAWN_WITHIN_S).lines(spots, legs)
            return Lines(_thinned(drawn), "osrm", CREDIT)
        except RoadsAway as no:
            notes.append(no.note)
    if network_file(said).is_file() and legs:
        try:
            drawn = await asyncio.to_thread(_own_lines, said, spots, legs)
            return Lines(drawn, "own_graph", CREDIT, tuple(notes))
        except RoadsAway as no:
            notes.append(no.note)
    return Lines([[spots[a], spots[b]] for a, b in legs], "estimate", notes=tuple(notes))


def _thinned(drawn: Sequence[list[Spot]]) -> list[list[Spot]]:
    """Without the points that nobody sees: a quarter remains."""
    import shapely  # noqa: PLC0415  (with numpy 0.2 s: only who draws waits for it)

    return [
        list(shapely.LineString(line).simplify(SEEN_DEGREES).coords) if len(line) > 2 else line
        for line in drawn
    ]


def network_file(said: Settings) -> Path:
    return said.data / FOLDER / NETWORK


def best(said: Settings) -> Source:
    """What is asked first."""
    if said.osrm_url:
        return "osrm"
    return "own_graph" if network_file(said).is_file() else "estimate"


def wrong(said: Settings, on: date) -> Note | None:
    """With the roads on this machine; None also where there are none."""
    if not network_file(said).is_file():
        return None
    try:
        network, _ = _network(said)
    except RoadsAway as no:
        return no.note
    if network.as_of and on - date.fromisoformat(network.as_of) > OLD:
        key = "The roads are as they were {as_of_day}: build them from a newer extract."
        return Note(key, {"as_of_day": network.as_of})
    return None


def forget(said: Settings) -> None:
    """What was kept of ways: after another network has been built."""
    for file in (said.data / FOLDER / KEPT).glob("*.json"):
        file.unlink(missing_ok=True)


def _with(notes: Sequence[Note], found: Ways) -> Ways:
    return msgspec.structs.replace(found, notes=(*notes, *found.notes))


def _own(said: Settings, spots: Sequence[Spot]) -> Found:
    """Kept for the same places on the same network."""
    network, graph_of = _network(said)
    places = [(round(lat, 5), round(lon, 5)) for lat, lon in spots]
    asked = hashlib.sha256(f"{network.digest} {network.asked} {places}".encode()).hexdigest()[:32]
    file = said.data / FOLDER / KEPT / f"{asked}.json"
    try:
        return msgspec.json.decode(file.read_bytes(), type=Found)
    except (OSError, ValueError):
        found: Found = graph_of(network, spots).ways()
    if sum(off is not None for off in found.off_m) < len(spots) * COVERED_MIN:
        raise RoadsAway(Note(ELSEWHERE))
    _keep(file, msgspec.json.encode(found))
    return found


def _own_lines(
    said: Settings, spots: Sequence[Spot], legs: Sequence[tuple[int, int]]
) -> list[list[Spot]]:
    network, _ = _network(said)
    drawn = _drawn(network, tuple(spots), tuple(legs))
    if not any(drawn):
        raise RoadsAway(Note(ELSEWHERE))
    return drawn


@lru_cache(maxsize=64)
def _drawn(
    network: Network, spots: tuple[Spot, ...], legs: tuple[tuple[int, int], ...]
) -> list[list[Spot]]:
    """In memory only: a line tells where somebody's plot lies."""
    from market.gateways.roads.own_graph import Graph  # noqa: PLC0415  (as in _network)

    return _thinned(Graph(network, spots).lines(legs))


def _network(said: Settings) -> tuple[Network, type[Graph]]:
    """The network and what finds ways in it; numpy and scipy wait until somebody asks."""
    try:
        from market.gateways.roads.own_graph import Graph  # noqa: PLC0415
    except ImportError:
        key = "Roads are on this machine, but not the packages that read them: install `roads`."
        raise RoadsAway(Note(key)) from None
    file = network_file(said)
    try:
        network = _loaded(file, file.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        network = None
    if network is None:
        key = "The roads on this machine cannot be read: build them again (`market roads build`)."
        raise RoadsAway(Note(key))
    return network, Graph


@lru_cache(maxsize=1)
def _loaded(file: Path, _: int) -> Network | None:
    from market.gateways.roads import network  # noqa: PLC0415  (as above)

    return network.load(file)


def _keep(file: Path, body: bytes) -> None:
    """Whole or not at all, and not for ever; a full disk loses time, not the answer."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(body)
        beside.replace(file)
        kept = sorted(file.parent.glob("*.json"), key=lambda one: one.stat().st_mtime)
        for old in kept[:-KEPT_MAX]:
            old.unlink(missing_ok=True)
