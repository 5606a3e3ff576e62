"""Instances of the literature: read as written, judged by ourselves, solved with what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from market.cli import main
from market.domain.trips.ground import Ground
from market.domain.trips.improve import Search
from market.domain.trips.problem import NotADay
from market.gateways.engines import plain
from market.gateways.engines.instances import Instance, judge, read
from tests.tidy.sources import ROOT

HERE = ROOT / "bench/instances"


def instance(name: str) -> Instance:
    return read((HERE / f"{name}.vrp").read_text())


TINY = """NAME: tiny
TYPE: MTVRPTWR
DIMENSION: 4
VEHICLES: 1
CAPACITY: 10
SERVICE_TIME: 5
EDGE_WEIGHT_TYPE: EUC_2D
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
4 0 5
DEMAND_SECTION
1 0
2 6
3 4
4 6
TIME_WINDOW_SECTION
1 0 100
2 0 50
3 0 50
4 0 90
RELEASE_TIME_SECTION
1 0
2 0
3 10
4 0
DEPOT_SECTION
1
-1
EOF
"""


def test_ways_are_rounded_as_the_literature_does() -> None:
    """Known to all who compare: C101 with 25 customers is 191.3, by these three routes."""
    routes = [[5, 3, 7, 8, 10, 11, 9, 6, 4, 2, 1], [13, 17, 18, 19, 15, 16, 14, 12],
              [20, 24, 25, 23, 22, 21]]  # fmt: skip
    assert judge(instance("C101.25"), routes) == (1913, [])
    assert instance("X-n101-k25").metres[0][1] == round(instance("X-n101-k25").metres[0][1])
    assert instance("lr112").scale == 1000


def test_a_trip_waits_for_its_goods_and_loads_anew() -> None:
    tiny = read(TINY)
    # out at 100 (ten minutes), 6-8 at 200, back; then the second trip
    assert judge(tiny, [[1, 2, 0, 3]]) == (50 + 50 + 100 + 50 + 50, [])
    late = judge(replace(tiny, windows=[(0, 1000), (0, 140), (0, 500), (0, 900)]), [[1, 2, 0, 3]])
    assert late == (300, ["route 1: 1 is reached 10 late"])


@pytest.mark.parametrize(
    ("routes", "wrong"),
    [
        ([[1, 2, 3]], "6 over the capacity"), ([[1, 0, 3]], "1 are not visited"),
        ([[1, 2, 0, 3, 0, 1]], "visited twice"), ([[1, 2], [3]], "2 vehicles of 1"),
        ([[1, 2, 0, 3, 9]], "9 is no customer"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(routes: list[list[int]], wrong: str) -> None:
    tiny = read(TINY)
    assert any(wrong in fault for fault in judge(tiny, routes)[1])


def test_a_delivery_comes_after_its_pick_up() -> None:
    pairs = instance("lr112")
    delivery, pickup = next(iter(pairs.pickup_of.items()))
    assert any("before it is picked up" in why for why in judge(pairs, [[delivery, pickup]])[1])


@pytest.mark.parametrize(("name", "best"), [("RC101.25", 4611), ("lrc206", 1_159_033)])
def test_our_own_search_solves_them_too(name: str, best: int) -> None:
    """Without PyVRP: windows and capacity, and pairs as crops of their own."""
    one = instance(name)
    rounds = 400 if name == "RC101.25" else 60
    places = Search(Ground(plain._day(one)), 1).run(lambda done: done / rounds)
    cost, faults = judge(one, [list(route) for route in places if route])
    assert faults == []
    assert best <= cost <= (best * 1.05 if name == "RC101.25" else best * 2)


def test_the_command_prints_routes_and_cost(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "bench", str(HERE / "C101.25.vrp"), "--seconds", "1"]) == 0
    said = capsys.readouterr().out
    assert re.search(r'"cost":1913,', said)


@pytest.mark.parametrize("text", ["", "TYPE: TSP", TINY.replace("4\nVEH", "9\nVEH"), "\x00"])
def test_what_is_no_instance_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(NotADay):
        read(text)
