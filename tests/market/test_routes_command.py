"""`market routes plan` as the outside calls it."""

import json
from pathlib import Path

import pytest

from market.cli import main
from tests.tidy.sources import ROOT

DAY = ROOT / "bench/days/GM-s4-p12-m10-t2.json"


def test_a_day_is_planned_and_the_same_seed_says_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["routes", "plan", "--problem", str(DAY), "--iterations", "40", "--seed", "5"]
    assert [main(words), main(words)] == [0, 0]
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    plan = json.loads(first)
    assert set(plan) == {"routes", "cost", "unserved", "engine", "proved", "roads"}
    day = json.loads(DAY.read_text())
    served = [id for route in plan["routes"] for id in route]
    named = [one["id"] for one in plan["unserved"]]
    assert sorted(served + named) == sorted(v["id"] for v in day["plots"] + day["stops"])


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b'{"name":1}', b"[" * 100_000])
def test_what_is_no_day_is_said_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: bytes
) -> None:
    file = tmp_path / "day.json"
    file.write_bytes(text)
    assert main(["routes", "plan", "--problem", str(file), "--seconds", "1"]) == 1
    said = capsys.readouterr()
    assert "วางไม่ได้" in said.err
    assert "cannot be planned" in said.err
    assert said.out == ""


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "plan", "--problem", "nowhere.json", "--iterations", "1"]) == 1
    assert "nowhere.json" in capsys.readouterr().err
