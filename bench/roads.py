"""Ways of our own graph and of the estimate, held against those of OSRM; and how long they take.

    python -m bench.roads FOLDER                    where NAME.osm.pbf lie
    python -m bench.roads FOLDER NAME=URL ...       first asks servers of OSRM anew

Regret: the best tour through 20 places by the ways in question, driven on OSRM's, against the best
tour by OSRM's own. OSRM's answers for 120 places each lie in bench/osrm (OpenStreetMap, ODbL).
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from random import Random

import httpx
import msgspec
import numpy as np

from market import settings
from market.domain.trips.estimate import Spot, banded
from market.gateways.roads import extract, network, ways
from market.gateways.roads.own_graph import Graph

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "roads.json"
NAMES = ("liechtenstein-latest", "baltimore")
PLACES, TOUR, SAMPLES, STARTS, TIMED = 120, 20, 40, 8, 60
TILES = 24
"""South Thailand, clipped, is some 20 to 25 times as large a file as Liechtenstein's."""
JITTER = 0.0005
Rows = list[list[float]]


class Known(msgspec.Struct):
    """What OSRM said of an extract."""

    extract: str
    digest: str
    engine: str
    credit: str
    spots: list[Spot]
    seconds: list[list[int]]


def ask(file: Path, url: str) -> None:
    """Places beside the roads, those that OSRM reaches from everywhere."""
    roads, random = extract.read(file), Random(2026)
    at = [random.randrange(len(roads.lat)) for _ in range(2 * PLACES)]
    off = [random.uniform(-JITTER, JITTER) for _ in range(4 * PLACES)]
    spots = [
        (round(float(roads.lat[n]) + off.pop(), 5), round(float(roads.lon[n]) + off.pop(), 5))
        for n in at
    ]
    path = ";".join(f"{lon},{lat}" for lat, lon in spots)
    said = httpx.get(f"{url}/table/v1/driving/{path}", timeout=60).json()["durations"]
    usual = [n for n in range(len(spots)) if sum(row[n] is None for row in said) < PLACES]
    good = [n for n in usual if all(said[n][m] is not None for m in usual)][:PLACES]
    seconds = [[round(said[a][b]) for b in good] for a in good]
    known = Known(
        file.name, roads.digest, "OSRM 26.10, car.lua, MLD", roads.credit,
        [spots[n] for n in good], seconds,
    )  # fmt: skip
    kept(file).write_bytes(msgspec.json.encode(known))


def kept(file: Path) -> Path:
    return HERE / "osrm" / f"{file.name.partition('.')[0]}.json"


def measured(file: Path) -> dict[str, object]:
    known = msgspec.json.decode(kept(file).read_bytes(), type=Known)
    roads = extract.read(file)
    assert roads.digest == known.digest, "OSRM was asked about another extract"
    found = Graph(roads, known.spots).ways()
    own = [[0 if lasts is None else lasts for lasts in row] for row in found.seconds]
    guessed = banded(known.spots)[1]
    regrets = {"own": [], "estimate": []}  # type: dict[str, list[float]]
    for sample in range(SAMPLES):
        chosen = Random(sample).sample(range(len(known.spots)), TOUR)
        true, *others = (
            [[float(rows[a][b]) for b in chosen] for a in chosen]
            for rows in (known.seconds, own, guessed)
        )
        tours = [tour(rows, Random(0)) for rows in (true, *others)]
        best = min(driven(improved(one, true), true) for one in tours)
        for name, one in zip(regrets, tours[1:], strict=True):
            regrets[name].append(100 * (driven(one, true) / best - 1))
    return {
        "extract": file.name, "stretches": len(roads.first),
        "regret_percent": {name: _spread(one) for name, one in regrets.items()},
        "seconds_off_percent": {
            name: _off(rows, known.seconds) for name, rows in (("own", own), ("estimate", guessed))
        },
        **timed(file, known.spots[:TIMED]),
    }  # fmt: skip


def _spread(regrets: list[float]) -> dict[str, float]:
    return {"mean": round(statistics.mean(regrets), 2), "worst": round(max(regrets), 2)}


def _off(rows: object, true: object) -> float:
    """Mean absolute error after one factor, ways of more than a minute."""
    one, other = np.array(rows, float), np.array(true, float)
    long = other > 60
    one = one[long] * (other[long].sum() / one[long].sum())
    return round(100 * float(np.mean(np.abs(one - other[long]) / other[long])), 1)


def timed(file: Path, spots: list[Spot]) -> dict[str, float]:
    """Milliseconds for 60 places: the estimate; reading the extract; first asked, asked again."""
    names = [str(n) for n in range(len(spots))]
    with tempfile.TemporaryDirectory() as folder:
        said = settings.read({"MARKET_DATA": folder})
        steps = [time.perf_counter()]
        banded(spots)
        steps.append(time.perf_counter())
        network.save(extract.read(file), ways.network_file(said))
        steps.append(time.perf_counter())
        for _ in range(2):
            assert asyncio.run(ways.ways(said, spots, names)).source == "own_graph"
            steps.append(time.perf_counter())
    took = [round(1000 * (b - a), 1) for a, b in pairwise(steps)]
    return dict(zip(("estimate_ms", "read_ms", "first_ms", "kept_ms"), took, strict=True))


def large(file: Path) -> dict[str, float]:
    """Milliseconds of CPU for places all over a network as large as the south's: the extract many
    times over side by side, the first junction of each joined to the next one's."""
    one = extract.read(file)
    points, junctions = len(one.lat), int(max(one.tail.max(), one.head.max())) + 1
    copies = range(TILES)
    ends = np.array([[a, a + 1] for a in copies[:-1]])
    whole = msgspec.structs.replace(
        one,
        lat=np.concatenate([one.lat + n // 6 * 0.27 for n in copies]),
        lon=np.concatenate([one.lon + n % 6 * 0.18 for n in copies]),
        along=np.concatenate([one.along + n * one.along[-1] for n in copies]),
        first=_many(one.first, points, one.first[0] + points * ends[:, 0]),
        last=_many(one.last, points, one.last[0] + points * ends[:, 0]),
        tail=_many(one.tail, junctions, one.tail[0] + junctions * ends[:, 0]),
        head=_many(one.head, junctions, one.head[0] + junctions * ends[:, 1]),
        forward_s=_many(one.forward_s, 0, np.full(len(ends), 600.0)),
        backward_s=_many(one.backward_s, 0, np.full(len(ends), 600.0)),
    )
    random, took = Random(1), {"stretches": float(len(whole.first))}
    with tempfile.TemporaryDirectory() as folder:
        kept_at = Path(folder) / "network.npz"
        network.save(whole, kept_at)
        for many in (TIMED, 200):
            at = [random.randrange(len(whole.lat)) for _ in range(many)]
            began = time.process_time()
            loaded = network.load(kept_at)
            assert loaded
            found = Graph(loaded, [(float(whole.lat[n]), float(whole.lon[n])) for n in at]).ways()
            assert sum(one is not None for one in found.seconds[0]) > many * 0.9
            took[f"{many}_places_ms"] = round(1000 * (time.process_time() - began), 1)
    return took


def _many(one: np.ndarray, step: int, joints: np.ndarray) -> np.ndarray:
    return np.concatenate([*(one + n * step for n in range(TILES)), joints])


def driven(one: list[int], rows: Rows) -> float:
    return sum(rows[a][b] for a, b in pairwise([*one, one[0]]))


def tour(rows: Rows, random: Random) -> list[int]:
    """The best of some starts by near neighbours, each improved as far as it goes."""
    return min(
        (improved(_near(rows, random, start), rows) for start in range(STARTS)),
        key=lambda one: driven(one, rows),
    )


def _near(rows: Rows, random: Random, start: int) -> list[int]:
    one, left = [start], set(range(len(rows))) - {start}
    while left:
        nearest = sorted(left, key=lambda place: rows[one[-1]][place])[:2]
        one.append(nearest[-1] if random.random() < 0.2 else nearest[0])
        left.remove(one[-1])
    return one


def improved(one: list[int], rows: Rows) -> list[int]:
    """Runs of up to three are moved and turned, stretches turned round, while that helps."""
    best = driven(one, rows)
    while True:
        found = min(_changed(one), key=lambda other: driven(other, rows))
        if (cost := driven(found, rows)) >= best - 1e-9:
            return one
        one, best = found, cost


def _changed(one: list[int]) -> list[list[int]]:
    changed = []
    for at in range(len(one)):
        for many in (1, 2, 3):
            run = (one + one)[at : at + many]
            rest = [place for place in one if place not in run]
            for way in (run, run[::-1]):
                changed += [[*rest[:to], *way, *rest[to:]] for to in range(len(rest))]
        changed += [one[:at] + one[at:to][::-1] + one[to:] for to in range(at + 2, len(one) + 1)]
    return changed


def main() -> None:
    if len(sys.argv) < 2:
        print("roads: skipped, no folder with liechtenstein-latest.osm.pbf and baltimore.osm.pbf")
        return
    folder = Path(sys.argv[1])
    for said in sys.argv[2:]:
        name, _, url = said.partition("=")
        ask(folder / f"{name}.osm.pbf", url)
    there = [file for name in NAMES if (file := folder / f"{name}.osm.pbf").is_file()]
    areas = [measured(file) for file in there]
    report = {"load": os.getloadavg()[0], "areas": areas, "large": large(there[0])}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1))
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
