"""Days without collecting by crop: PyVRP takes part where it is installed, checked like the others.

Its own search runs only with the extra `routes`; which days are plain is told without it.
"""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from market.cli import main
from market.domain.trips import day_file, solve
from market.domain.trips.check import check
from market.domain.trips.ground import Ground
from market.domain.trips.problem import Problem, Rest
from market.gateways.engines import deliveries, side_by_side
from market.gateways.engines.side_by_side import Better, best_of
from tests.tidy.sources import ROOT

needs_pyvrp = pytest.mark.skipif(
    not deliveries.installed(), reason="missing on this machine: pyvrp (the extra `routes`)"
)
FIVE = day_file.read(next((ROOT / "bench/days").glob("GM-s5*")).read_bytes())


def collecting() -> Problem:
    """The plots of a day alone: two trucks bring all of it home."""
    raw = json.loads(next((ROOT / "bench/days").glob("GM-s5*")).read_bytes())
    return day_file.read(json.dumps(raw | {"stops": []}).encode())


def delivering(tmp: Path | None = None) -> Problem:
    """The stops of a day alone, all their goods in one load at the base of one truck."""
    raw = json.loads(next((ROOT / "bench/days").glob("GM-s5*")).read_bytes())
    wanted: dict[str, int] = {}
    for stop in raw["stops"]:
        for crop, kilos in stop["preorder"].items():
            wanted[crop] = wanted.get(crop, 0) + kilos
    base = {"id": "base", **raw["depot"], "service": 20, "ready": [0, 1440], "lots": wanted}
    truck = raw["trucks"][0] | {"capacity_kg": 5_000}
    day = raw | {"plots": [base], "trucks": [truck]}
    if tmp:
        tmp.write_text(json.dumps(day))
    return day_file.read(json.dumps(day).encode())


def test_which_days_are_plain_is_told_without_the_extra() -> None:
    for plain in (collecting(), delivering()):
        assert deliveries.fits(Ground(plain))
    by_crop, day = FIVE, delivering()
    truck, base = day.trucks[0], day.visits[0]
    for not_plain in (
        by_crop,
        replace(day, fresh=dict.fromkeys(base.goods, 5)),
        replace(day, trucks=(replace(truck, rest=Rest(900, (0, 40_000))),)),
        replace(day, trucks=(replace(truck, end=None),)),
        replace(day, trucks=(replace(truck, capacity_grams=1_000),)),
        replace(day, trucks=(truck, replace(truck, id="T2"))),
        replace(day, visits=(base, *(replace(v, needs=("cold",)) for v in day.visits[1:]))),
        replace(day, visits=(replace(base, goods={}), *day.visits[1:])),
        replace(day, visits=(base, replace(day.visits[1], windows=((0, 60), (90, 200))))),
    ):
        assert not deliveries.fits(Ground(not_plain))
        assert side_by_side.lines_for(Ground(not_plain)) == side_by_side.LINES


@pytest.mark.skipif(deliveries.installed(), reason="the extra `routes` is installed")
def test_without_the_extra_nothing_changes() -> None:
    ground = Ground(collecting())
    assert side_by_side.lines_for(ground) == side_by_side.LINES
    with pytest.raises(deliveries.NotInstalled):
        deliveries.solve(ground, 1.0, 1)
    plan = best_of(collecting(), 2.0, 1, lines=("plain",))
    assert check(collecting(), plan).faults == ()
    assert plan.engine == solve.OURS


@needs_pyvrp
@pytest.mark.parametrize("day", [collecting(), delivering()], ids=["collecting", "delivering"])
def test_what_pyvrp_finds_is_priced_and_checked_by_us(day: Problem) -> None:
    heard = list[Better]()
    plan = best_of(day, 5.0, 1, lines=("plain",), told=heard.append)
    assert check(day, plan).faults == ()
    assert "pyvrp" in {one.engine for one in heard}, "its plan was better than our first"
    alone = solve.by_iterations(day, 300, 1)
    assert (len(plan.broken), plan.cost) <= (len(alone.broken), alone.cost)


@needs_pyvrp
def test_the_command_asks_it_with_seconds_and_never_with_iterations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "day.json"
    delivering(file)
    words = ["routes", "plan", "--problem", str(file), "--seed", "3"]
    assert [main([*words, "--iterations", "30"]) for _ in range(2)] == [0, 0]
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert json.loads(first)["engine"] in ("ruin-and-recreate", "proved")
    assert main([*words, "--seconds", "4"]) == 0
    timed = json.loads(capsys.readouterr().out)
    assert timed["cost"] <= json.loads(first)["cost"]
