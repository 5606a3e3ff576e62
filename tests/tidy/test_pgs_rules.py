"""docs/model/pgs-rules.md speaks of every setting once, and of nothing that is not there."""

import re

from certification.schemes.settings import RuleSet
from tests.tidy.sources import ROOT
from tests.tidy.test_refusals import REFUSALS

PAGE = (ROOT / "docs/model/pgs-rules.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| `")
]


def test_every_setting_has_one_row_that_is_true() -> None:
    assert [row[0].strip("`") for row in ROWS] == list(RuleSet.__struct_fields__)
    codes = {kind.code for kind in REFUSALS}
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    for setting, _, level, rule, refusals, test in ROWS:
        name = setting.strip("`")
        assert level in ("sourced", "known", "confirm"), name
        assert f".{name}" in (ROOT / rule.strip("`")).read_text(), f"{rule} reads no {name}"
        assert "`test_" in test, f"nothing holds the rule that reads {name}"
        assert set(re.findall(r"`([^`]+)`", refusals)) <= codes, name
        for one in re.findall(r"`([^`]+)`", test):
            assert f"def {one}(" in tests, one


def test_the_codes_of_a_version_are_there() -> None:
    named = set(re.findall(r"`((?:schemes|meetings)\.\w+)`", PAGE))
    assert len(named) > 8
    assert named <= {kind.code for kind in REFUSALS}


def test_the_tests_that_the_page_names_are_there() -> None:
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 40
    assert [one for one in named if f"def {one}(" not in tests] == []
