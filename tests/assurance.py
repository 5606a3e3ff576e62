"""`./run test --long` writes what it measured to docs/assurance.md.

A test marked `long` says its figures by `record_property("figure", "…")`; seed, commit, day and
outcome stand beside them. What did not run this time keeps what it said last.
"""

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "assurance.md"
HEAD = """# Assurance
What the long tests measured, as `./run test --long` wrote it: each row with the commit, the seed
and the day on which that test last ran (`MARKET_LONG=SEED ./run test --long PATH` runs one again).
Figures of one machine; compare only within one run.

"""
TABLE = "| test | figures | outcome | seconds | at |\n|---|---|---|---:|---|\n"


def kept() -> dict[str, str]:
    """The rows of tests that still are there."""
    rows = re.findall(r"^\| `([^`]+)` \|.*\|$", PAGE.read_text(), re.MULTILINE)
    lines = dict(zip(rows, re.findall(r"^\| `.*\|$", PAGE.read_text(), re.MULTILINE), strict=True))
    root = PAGE.parents[1]
    return {test: line for test, line in lines.items() if (root / test.split("::")[0]).is_file()}


class Assurance:
    """Every long test that ran, from all the workers."""

    def __init__(self, seed: str) -> None:
        commit = subprocess.run(
            ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
        ).stdout.strip()
        self.about = f"{commit}, seed {seed}, {datetime.now(UTC):%Y-%m-%d}"
        self.rows = kept()
        self.ran = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" or "long" not in report.keywords:
            return
        figures = "; ".join(
            str(value) for name, value in report.user_properties if name == "figure"
        )
        test = report.nodeid.replace("|", "/")
        self.ran = True
        if report.passed and not figures:  # it proves the same as its short form, of more
            self.rows.pop(test, None)
            return
        self.rows[test] = (
            f"| `{test}` | {figures or '–'} | {report.outcome} | {report.duration:.0f} |"
            f" {self.about} |"
        )

    def pytest_sessionfinish(self) -> None:
        if not self.ran:
            return
        about = f"Python {platform.python_version()}, {os.cpu_count()} cores.\n\n"
        rows = "\n".join(self.rows[test] for test in sorted(self.rows))
        PAGE.write_text(HEAD + about + TABLE + rows + "\n")


def pytest_configure(config: pytest.Config) -> None:
    """Only the process that gathers the reports writes."""
    seed = os.environ.get("MARKET_LONG", "")
    if seed and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Assurance(seed))
