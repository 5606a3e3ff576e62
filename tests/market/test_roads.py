"""Our own graph of roads: read from an extract, quickest ways, drawn lines, and what goes wrong."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

import bench.roads
from market import settings
from market.answers.words import words
from market.cli import main
from market.domain.trips.estimate import banded, straight_m
from market.domain.trips.ways import NO_WAY, WaysDoNotFit
from market.gateways.roads import extract, network, speeds, ways
from market.gateways.roads.own_graph import Graph
from market.settings import Settings
from tests.market import village_roads
from tests.market.village_roads import Node, Road, spot
from tests.skips import MISSING

PRIMARY, LANE = {"highway": "primary"}, {"highway": "residential"}
ROUND = [(0, 0), (0, 10), (10, 10), (10, 0)]
VILLAGE: list[Road] = [
    (ROUND, PRIMARY),  # three kilometres at 65 km/h
    ([(0, 0), (5, 0), (10, 0)], LANE),  # one at 25: quicker than the long way round
    ([(5, 0), (5, 3)], {**LANE, "oneway": "yes"}),
    ([(5, 3), (0, 3), (0, 0)], LANE),
    ([(10, 0), (12, 0)], LANE),
    ([(12, 0), (14, 0)], LANE),  # behind a bollard
    ([(40, 40), (44, 40)], LANE),  # nowhere joined to the rest
    ([(10, 10), (10, 30)], {"highway": "track"}),
    ([(0, 0), (-3, 0)], {**LANE, "access": "no"}),
]


@pytest.fixture
def said(tmp_path: Path) -> Settings:
    return settings.read({"MARKET_DATA": str(tmp_path / "data")})


def built(said: Settings, roads: list[Road] = VILLAGE, *more: str) -> None:
    file = village_roads.extract(
        said.data.parent / "village.osm", roads, {(12, 0): {"barrier": "bollard"}}
    )
    os.environ["MARKET_DATA"] = str(said.data)
    try:
        assert main(["roads", "build", "--pbf", str(file), *more]) == 0
    finally:
        del os.environ["MARKET_DATA"]


async def asked(said: Settings, *nodes: Node) -> ways.Ways:
    return await ways.ways(said, [spot(node) for node in nodes], [str(node) for node in nodes])


async def test_the_quickest_way_is_found_there_and_back(said: Settings) -> None:
    built(said)
    found = await asked(said, (0, 0), (10, 0), (5, 3), (0, 10))
    assert (found.source, found.as_of) == ("own_graph", "2026-11-20")
    assert found.credit == "© OpenStreetMap contributors"
    by_lane, by_primary = 1_000 * 3.6 / 25, 1_000 * 3.6 / 65
    assert found.seconds[0][1] == pytest.approx(by_lane, abs=2)
    assert found.seconds[0][3] == pytest.approx(by_primary, abs=2)
    assert found.metres[0][1] == pytest.approx(1_000, abs=10)
    assert found.metres[0][2] == pytest.approx(800, abs=10)  # by the one-way street
    assert found.seconds[1][2] == pytest.approx(800 * 3.6 / 25, abs=2)
    assert found.seconds[2][1] == pytest.approx(1_800 * 3.6 / 25, abs=3)  # not against it
    assert found.notes == ()


async def test_what_bars_the_way_bars_it(said: Settings) -> None:
    """A bollard, a road that joins nothing, one that is closed: one walks to a real road."""
    built(said)
    found = await asked(said, (10, 0), (14, 0), (-3, 0), (44, 40))
    away = 10 / 3.6
    assert found.seconds[0][1] == pytest.approx(200 * 3.6 / 25 + 200 / away, abs=3)
    assert found.seconds[0][2] == pytest.approx(1_000 * 3.6 / 25 + 300 / away, abs=3)
    [note] = [note for note in found.notes if "Far from" in note.key]
    assert note.facts == {"places": "(44, 40)"}
    assert all(words("th").knows(note.key) for note in found.notes)
    beyond = await asked(said, (0, 0), (10, 10), (100, 100))
    assert beyond.seconds[0][2] == NO_WAY
    assert [words("th")(note.key, **note.facts) for note in beyond.notes]


async def test_farm_tracks_are_roads_when_asked_for(said: Settings) -> None:
    built(said)
    walked = (await asked(said, (10, 10), (10, 30))).seconds[0][1]
    built(said, VILLAGE, "--tracks")
    [[_, driven], _] = (await asked(said, (10, 10), (10, 30))).seconds
    assert driven == pytest.approx(2_000 * 3.6 / 10, abs=3)
    assert walked == pytest.approx(driven, abs=3)


async def test_a_line_follows_the_roads(said: Settings) -> None:
    built(said)
    nodes = [(5, 3), (10, 0), (0, 10), (3, 0)]
    spots = [spot(node) for node in nodes]
    legs = [(0, 1), (1, 2), (2, 3), (3, 3)]
    found = await ways.ways(said, spots, [str(node) for node in nodes])
    drawn = await ways.lines(said, spots, legs)
    assert (drawn.source, drawn.credit) == ("own_graph", found.credit)
    for (a, b), line in zip(legs, drawn.lines, strict=True):
        assert line[0] == pytest.approx(spots[a], abs=1e-5)
        assert line[-1] == pytest.approx(spots[b], abs=1e-5)
        long = sum(straight_m(one, other) for one, other in pairwise(line))
        assert long == pytest.approx(found.metres[a][b], abs=5)
    assert await ways.lines(said, spots, legs) == drawn
    corners = {tuple(round(x, 5) for x in spot(node)) for node in [(0, 3), (0, 0)]}
    assert corners <= set(drawn.lines[0])


@pytest.mark.parametrize("seed", range(6))
async def test_no_way_is_longer_or_shorter_than_the_quickest(said: Settings, seed: int) -> None:
    """Streets by chance, against following them node by node."""
    random = Random(seed)
    kinds = ["primary", "tertiary", "residential", "service"]
    edge = range(10)
    roads: list[Road] = [
        (line, LANE)
        for end in (0, 9)
        for line in ([(end, y) for y in edge], [(x, end) for x in edge])
    ]
    for n in range(1, 9):
        for line in ([(n, y) for y in edge], [(x, n) for x in edge]):
            tags = {"highway": random.choice(kinds)}
            if random.random() < 0.4:
                tags["oneway"] = random.choice(["yes", "-1"])
            roads.append((line, tags))
    file = village_roads.extract(said.data.parent / "streets.osm", roads)
    nodes = [(random.randrange(10), random.randrange(10)) for _ in range(12)]
    graph = Graph(extract.read(file), [spot(node) for node in nodes])
    found = graph.ways()
    for row, start in enumerate(nodes):
        true = village_roads.quickest(roads, start)
        for column, end in enumerate(nodes):
            assert found.seconds[row][column] == pytest.approx(true[end], abs=2), (start, end)


async def test_places_on_one_stretch_follow_one_another(said: Settings) -> None:
    built(said)
    spots = [(spot((0, 10))[0], spot((0, 10))[1] + village_roads.STEP * x) for x in (1.3, 2.6, 3.9)]
    found = await ways.ways(said, spots, ["P1", "P2", "P3"])
    assert found.seconds[0][1] + found.seconds[1][2] - found.seconds[0][2] in (-1, 0, 1)
    assert found.seconds[0][2] == found.seconds[2][0] == pytest.approx(260 * 3.6 / 65, abs=1)


async def test_a_straight_road_is_not_shorter_than_its_line(said: Settings) -> None:
    """Places are rounded on their way to the roads; the checker measures the unrounded ones."""
    built(said, [([(0, 0), (10, 0)], LANE)])
    lat, lon = spot((0, 0))
    spots = [(lat, lon + x * village_roads.STEP / 7.123) for x in range(40)]
    names = [str(n) for n in range(40)]
    rounded = [(round(lat, 5), round(lon, 5)) for lat, lon in spots]
    await ways.ways(said, rounded, names)
    found = await ways.ways(said, spots, names)  # the same to the metre, so those that were kept
    for a, row in enumerate(found.metres):
        assert all(way >= straight_m(spots[a], spots[b]) for b, way in enumerate(row))


async def test_what_was_found_is_kept_for_the_same_places_and_the_same_roads(
    said: Settings,
) -> None:
    built(said)
    kept = said.data / "roads" / "kept"
    first = await asked(said, (0, 0), (10, 0))
    [file] = kept.glob("*.json")
    assert await asked(said, (0, 0), (10, 0)) == first
    file.write_bytes(file.read_bytes().replace(str(first.seconds[0][1]).encode(), b"155"))
    assert (await asked(said, (0, 0), (10, 0))).seconds[0][1] == 155
    file.write_bytes(b"{")
    assert await asked(said, (0, 0), (10, 0)) == first
    built(said, [([(0, 0), (10, 0)], PRIMARY), (ROUND, PRIMARY)])
    assert (await asked(said, (0, 0), (10, 0))).seconds[0][1] == 55


async def test_without_roads_or_with_spoilt_ones_ways_are_estimated_and_it_is_said(
    said: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = await asked(said, (0, 0), (10, 0))
    assert (bare.source, bare.credit, bare.notes) == ("estimate", "", ())
    built(said)
    elsewhere = await ways.ways(said, [(13.75, 100.5), (13.7, 100.5)], ["Bangkok", "Thon Buri"])
    bangkok = await ways.lines(said, [(13.75, 100.5), (13.7, 100.5)], [(0, 1)])
    assert (bangkok.source, len(bangkok.lines[0]), len(bangkok.notes)) == ("estimate", 2, 1)
    monkeypatch.setitem(sys.modules, "market.gateways.roads.own_graph", None)
    lacking = await asked(said, (0, 0), (10, 0))
    monkeypatch.undo()
    ways.network_file(said).write_bytes(b"PK\x03\x04 spoilt")
    spoilt = await asked(said, (0, 0), (10, 0))
    for found in (elsewhere, lacking, spoilt):
        assert found.source == "estimate"
        [note] = found.notes
        assert words("th").knows(note.key)
    assert spoilt.seconds == bare.seconds
    drawn = await ways.lines(said, [spot((0, 0)), spot((10, 0))], [(0, 1)])
    assert (drawn.source, len(drawn.lines[0]), len(drawn.notes)) == ("estimate", 2, 1)
    with pytest.raises(WaysDoNotFit):
        await ways.ways(said, [(7.0, 100.4)] * 451, ["x"] * 451)


def test_the_doctor_is_told_of_old_roads_and_of_spoilt_ones(said: Settings) -> None:
    assert ways.wrong(said, date(2026, 12, 1)) is None
    built(said)
    assert ways.wrong(said, date(2026, 12, 1)) is None
    old = ways.wrong(said, date(2028, 1, 1))
    ways.network_file(said).write_bytes(b"PK")
    spoilt = ways.wrong(said, date(2026, 12, 1))
    for note in (old, spoilt):
        assert note
        assert words("th").knows(note.key)


def test_what_is_no_extract_is_refused_and_the_roads_stay(
    said: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    built(said)
    before = ways.network_file(said).read_bytes()
    monkeypatch.setenv("MARKET_DATA", str(said.data))
    spoilt, empty = said.data / "spoilt.osm.pbf", said.data / "empty.osm"
    spoilt.write_bytes(b"no map")
    village_roads.extract(empty, [])
    village = said.data.parent / "village.osm"
    for given in ([spoilt], ["nowhere.osm.pbf"], [empty], [village, "--around", "13.7,100.5"]):
        capsys.readouterr()
        assert main(["roads", "build", "--pbf", *map(str, given)]) == 1
        assert len(capsys.readouterr().err.splitlines()) == 2
    monkeypatch.setitem(sys.modules, "osmium", None)
    monkeypatch.delitem(sys.modules, "market.gateways.roads.extract")
    monkeypatch.delattr("market.gateways.roads.extract")
    assert main(["roads", "build", "--pbf", str(village)]) == 1
    assert "osmium" in capsys.readouterr().err
    assert ways.network_file(said).read_bytes() == before


def test_planning_needs_neither_osmium_nor_scipy() -> None:
    """Nor does a start, which waits for nothing that takes long to load and few ask for."""
    code = (
        "import sys; sys.modules['osmium'] = sys.modules['scipy'] = None;"
        "sys.modules['numpy'] = sys.modules['shapely'] = None;"
        "from market.cli import main; import market.gateways.roads.ways;"
        "from market.app import handlers; assert handlers()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_ways_between_points_are_printed(
    said: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    built(said)
    capsys.readouterr()
    monkeypatch.setenv("MARKET_DATA", str(said.data))
    file = said.data / "points.json"
    nodes = [("P1", (0, 0)), ("P2", (10, 0)), ("P3", (44, 40))]
    spots = [{"id": id, "lat": spot(node)[0], "lon": spot(node)[1]} for id, node in nodes]
    file.write_text(json.dumps(spots))
    assert main(["routes", "matrix", "--points", str(file), "--lines"]) == 0
    said_ = capsys.readouterr()
    answer = json.loads(said_.out)
    assert answer["points"] == ["P1", "P2", "P3"]
    assert answer["seconds"][0][1] == pytest.approx(144, abs=2)
    assert len(answer["lines"]) == 2
    assert "P3" in said_.err
    for text in ("[", '[{"id": "P1", "lat": 91, "lon": 0}]', "{}"):
        file.write_text(text)
        assert main(["routes", "matrix", "--points", str(file)]) == 1


@pytest.mark.parametrize(
    ("tags", "kmh"),
    [
        ({"highway": "footway"}, None), ({"highway": "track"}, None), ({}, None),
        ({"highway": "track", "motor_vehicle": "yes", "maxspeed": "60"}, (10, 10)),
        ({"highway": "track", "access": "permissive"}, (10, 10)),
        ({"highway": "track", "access": "yes", "motor_vehicle": "agricultural"}, None),
        ({"highway": "path", "access": "yes"}, None),
        ({"highway": "path", "motor_vehicle": "yes"}, (10, 10)),
        ({"highway": "service", "access": "private"}, None),
        ({"highway": "residential", "access": "private"}, (12.5, 12.5)),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, (25, 25)),
        ({"highway": "primary", "maxspeed": "60"}, (48, 48)),
        ({"highway": "primary", "maxspeed": "40 mph"}, (51.499008, 51.499008)),
        ({"highway": "primary", "maxspeed": "TH:rural"}, (65, 65)),
        ({"highway": "primary", "maxspeed:backward": "50"}, (65, 40)),
        ({"highway": "motorway"}, (85, 0)), ({"highway": "trunk", "oneway": "-1"}, (0, 85)),
        ({"highway": "tertiary", "junction": "roundabout"}, (40, 0)),
        ({"highway": "tertiary", "surface": "laterite"}, (15, 15)),
        ({"highway": "tertiary", "smoothness": "impassable"}, None),
    ],
)  # fmt: skip
def test_tags_tell_the_speed(tags: dict[str, str], kmh: tuple[float, float] | None) -> None:
    assert speeds.speeds(tags) == (kmh and pytest.approx(kmh))


EXTRACTS = os.environ.get("MARKET_EXTRACTS", "")


@pytest.fixture(params=["liechtenstein-latest", "baltimore"])
def real(request: pytest.FixtureRequest) -> Path:
    file = Path(EXTRACTS) / f"{request.param}.osm.pbf"
    if not EXTRACTS or not file.is_file():
        pytest.skip(f"{MISSING}{file.name} (its folder in MARKET_EXTRACTS)")
    return file


def test_a_real_extract_gives_sixty_places_in_time(real: Path, said: Settings) -> None:
    began = time.process_time()
    network.save(extract.read(real), ways.network_file(said))
    roads = network.load(ways.network_file(said))
    assert roads
    random = Random(1)
    at = [random.randrange(len(roads.lat)) for _ in range(60)]
    spots = [(float(roads.lat[n]), float(roads.lon[n])) for n in at]
    found = Graph(roads, spots).ways()
    assert time.process_time() - began < 3
    straight, _ = banded(spots)
    longer = sum(map(sum, found.metres)) / sum(map(sum, straight))  # type: ignore[arg-type]
    assert 0.8 < longer < 1.4


@pytest.mark.long
def test_tours_on_our_own_graph_are_as_good_as_on_osrm_s(
    real: Path, record_property: Callable[[str, object], None]
) -> None:
    found = bench.roads.measured(real)
    regret, off = found["regret_percent"], found["seconds_off_percent"]
    assert isinstance(regret, dict)
    times = {name: found[name] for name in ("estimate_ms", "read_ms", "first_ms", "kept_ms")}
    record_property("figure", f"tours of 20 places longer than by OSRM, %: {regret}")
    record_property("figure", f"durations off after one factor, %: {off}; 60 places: {times}")
    assert regret["own"]["mean"] <= 3
    assert regret["own"]["worst"] <= 8
