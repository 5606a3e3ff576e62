"""A week at once: who was not visited for long comes first, and no wish is forgotten in silence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from market.cli import main
from market.domain.trips import day_file, solve, week_file
from market.domain.trips.improve import improved
from market.domain.trips.problem import NotADay, Plan, Problem, Truck, Visit
from market.domain.trips.week import Planned, Week, Wish, planned
from tests.market.trips import ways
from tests.tidy.sources import ROOT

DAY = day_file.read((ROOT / "bench/days/GM-s2-p8-m6-t1.json").read_bytes())
SPOTS = [(0, 0), (20, 0), (0, 20)]
"""The base, and two stops in two directions; 2 km, 200 s."""


def day(stops: Sequence[str], minutes: int = 60, **value: int) -> Problem:
    """These stops may be visited, for who walks by, by a truck that has so many minutes."""
    visits = tuple(
        Visit(id, "stop", ((0, 80_000),), 600, {}, value.get(id, 60_000),
              off="" if id in stops else "closed")
        for id in ("S1", "S2")
    )  # fmt: skip
    metres = ways(SPOTS)
    seconds = tuple(tuple(way // 10 for way in row) for row in metres)
    truck = Truck("T1", 100_000, (0, minutes * 60), 400, 150)
    return Problem("day", visits, (truck,), metres, seconds)


def quickly(problem: Problem) -> Plan:
    return solve.plan(problem, improved(problem, 1, lambda done: done / 20), "ours")


def planned_by_us(wishes: dict[str, Wish], *days: Problem) -> Planned:
    return planned(Week(tuple(f"day {n}" for n in range(len(days))), days, wishes), quickly)


def test_a_stop_that_wishes_two_visits_gets_them_apart() -> None:
    made = planned_by_us({"S1": Wish(times=2, every=3, since=3)}, *[day(["S1"])] * 5)
    first, second = made.visits["S1"]
    assert second - first >= 2
    assert made.lacking == {}


@pytest.mark.parametrize(("first", "second"), [("S1", "S2"), ("S2", "S1")])
def test_who_waited_longest_comes_first_where_a_day_has_room_for_one(
    first: str, second: str
) -> None:
    one = day(["S1", "S2"], minutes=20)
    wishes = {first: Wish(since=14), second: Wish(since=4)}
    assert planned_by_us(wishes, one).visits == {first: (0,), second: ()}
    alone = planned_by_us({second: Wish(since=4)}, day([second], minutes=20))
    assert alone.visits == {second: (0,)}


def test_a_stop_is_visited_only_where_it_may_and_what_lacks_is_named() -> None:
    wishes = {"S1": Wish(times=1), "S2": Wish(times=3, every=1, since=1)}
    made = planned_by_us(wishes, day(["S2"]), day(["S1"]), day([]))
    assert made.visits == {"S1": (1,), "S2": (0,)}
    assert made.lacking == {"S2": 2}
    assert {one.reason for plan in made.plans for one in plan.unserved} == {"off"}


def test_a_day_with_orders_is_kept_whatever_else_the_week_wishes() -> None:
    stops = [visit.id for visit in DAY.visits if visit.kind == "stop"]
    made = planned_by_us({stop: Wish(times=1, since=0, every=30) for stop in stops}, DAY)
    served = {id for ids in made.plans[0].routes for id in ids}
    assert {v.id for v in DAY.visits if v.kind == "stop" and v.required} <= served


def test_what_a_day_leaves_out_is_had_by_a_later_one() -> None:
    """Each day's own plan decides: here the first says no to everybody."""
    week = Week(("a", "b"), (day(["S1"], S1=90_000), day(["S1"])), {"S1": Wish()})
    empty = lambda day: solve.plan(day, ((),), "nobody")  # noqa: E731
    plans = iter([empty, quickly])
    assert planned(week, lambda day: next(plans)(day)).visits == {"S1": (1,)}


def file(**changed: Any) -> dict[str, Any]:
    one = json.loads((ROOT / "bench/days/GM-s1-p6-m4-t1.json").read_text())
    dated = [{"date": f"2026-12-0{n}", "day": one} for n in (1, 2)]
    return {"days": dated, "wishes": {"S1": {"times": 1}}} | changed


def test_the_command_prints_a_plan_for_each_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "week.json"
    path.write_text(json.dumps(file()))
    said = []
    for _ in range(2):
        assert main(["routes", "week", "--problem", str(path), "--iterations", "5"]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    answer = json.loads(said[0])
    assert [day["date"] for day in answer["days"]] == ["2026-12-01", "2026-12-02"]
    assert answer["days"][0]["plan"]["proved"] in (True, False)
    assert answer["visits"]["S1"]


@pytest.mark.parametrize(
    "changed",
    [
        {"days": []}, {"wishes": {"S99": {}}}, {"wishes": {"S1": {"every": 0}}},
        {"days": file()["days"][::-1]}, {"wishes": {"S1": {"time": 1}}},
    ],
)  # fmt: skip
def test_a_week_that_makes_no_sense_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(NotADay):
        week_file.read(json.dumps(file(**changed)).encode())
