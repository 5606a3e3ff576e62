"""Engines in processes of their own: whatever becomes of them, the last checked plan is kept."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from market.domain.trips import day_file, solve
from market.domain.trips.check import check
from market.domain.trips.ground import Ground
from market.gateways.engines import per_crop
from market.gateways.engines.side_by_side import Better, Ended, best_of
from tests.tidy.sources import ROOT

UNRULY = (sys.executable, str(ROOT / "tests/market/unruly_engine.py"))
FIVE = day_file.read(next((ROOT / "bench/days").glob("GM-s5*")).read_bytes())
SIX = day_file.read(next((ROOT / "bench/days").glob("GM-s6*")).read_bytes())


@pytest.mark.parametrize("how", ["crashes", "killed", "deaf", "babbles", "lies", "overruns"])
def test_whatever_becomes_of_an_engine_there_is_a_checked_plan_in_time(how: str) -> None:
    ends, began = list[Ended](), time.monotonic()
    plan = best_of(SIX, 1.5, 1, lines=(how,), program=UNRULY, ended=ends.append)
    assert time.monotonic() - began < 4
    assert check(SIX, plan).faults == ()
    assert plan.engine == solve.OURS
    if how in ("crashes", "deaf", "babbles"):
        assert [end.line for end in ends] == [how]


def test_one_that_crashes_does_not_stop_the_other() -> None:
    """Both by their own names: the one is ours, the other no engine at all."""
    heard = list[Better]()
    plan = best_of(FIVE, 4.0, 1, lines=("cold", "no such line"), told=heard.append)
    assert check(FIVE, plan).faults == ()
    assert heard[0].seconds < 1
    ranks = [(one.broken, one.satang) for one in heard]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[-1] < ranks[0]
    assert plan.satang == ranks[-1][1]


def test_who_calls_it_off_gets_the_best_so_far_and_nothing_runs_on() -> None:
    began, heard = time.monotonic(), list[Better]()
    plan = best_of(SIX, 60.0, 1, told=heard.append, stop=lambda: time.monotonic() - began > 1.5)
    assert time.monotonic() - began < 6
    assert check(SIX, plan).faults == ()
    children = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True,
        check=False,
    ).stdout  # fmt: skip
    assert "engines.worker" not in children


def test_a_small_day_ends_when_it_is_proved() -> None:
    problem = day_file.read(next((ROOT / "bench/days").glob("GM-s1*")).read_bytes())
    began = time.monotonic()
    plan = best_of(problem, 60.0, 1)
    assert plan.proved
    assert round(plan.cost / 600_000) == 4098
    assert time.monotonic() - began < 15


def test_without_or_tools_the_planner_plans(tmp_path: Path) -> None:
    """A package that cannot be imported stands before the installed one."""
    (tmp_path / "ortools").mkdir()
    (tmp_path / "ortools/__init__.py").write_text("raise ImportError('not here')")
    program = (
        sys.executable, "-c",
        f"import sys; sys.path.insert(0, {str(tmp_path)!r});"
        "from market.gateways.engines.worker import main; main()",
    )  # fmt: skip
    heard, ends = list[Better](), list[Ended]()
    plan = best_of(FIVE, 3.0, 1, program=program, told=heard.append, ended=ends.append)
    assert ends == []
    assert {one.engine for one in heard} == {solve.OURS}
    assert check(FIVE, plan).faults == ()


def test_or_tools_understands_the_day_as_the_checker_does() -> None:
    """Its own routes, as it said them: nobody late, nothing short."""
    said = list[tuple[tuple[int, ...], ...]]()
    per_crop.solve(Ground(SIX), 2.0, None, said.append)
    assert said
    plan = solve.plan(SIX, said[-1], "or-tools")
    assert check(SIX, plan).faults == ()
    assert plan.broken == ()
