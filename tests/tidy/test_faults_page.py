"""docs/faults.md names the test of each fault; those tests exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_each_fault_has_its_test() -> None:
    page = (ROOT / "docs/faults.md").read_text()
    named = re.findall(r"`(tests/\S+\.py)::(\w+)`", page)
    assert len(named) > 20
    assert [
        f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / file).read_text()
    ] == []
