"""`./run test --long` writes what it measured to docs/assurance.md.

A test marked `long` says its figures by `record_property("figure", "…")`; seed, commit, machine
and outcome stand beside them.
"""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "assurance.md"
HEAD = """# Assurance
What the long tests measured, as `./run test --long` wrote it. Figures of one machine; compare only
within one run.

"""


class Assurance:
    """Every long test that ran, from all the workers."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.rows: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" or "long" not in report.keywords:
            return
        figures = "; ".join(
            str(value) for name, value in report.user_properties if name == "figure"
        )
        test = report.nodeid.replace("|", "/")
        self.rows.append(
            f"| `{test}` | {figures or '–'} | {report.outcome} | {report.duration:.0f} |"
        )

    def pytest_sessionfinish(self) -> None:
        if not self.rows:
            return
        commit = subprocess.run(
            ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
        ).stdout.strip()
        about = (
            f"Commit {commit}, seed {self.seed}, {datetime.now(UTC):%Y-%m-%d},"
            f" Python {platform.python_version()}, {os.cpu_count()} cores.\n\n"
        )
        table = "| test | figures | outcome | seconds |\n|---|---|---|---:|\n"
        PAGE.write_text(HEAD + about + table + "\n".join(sorted(self.rows)) + "\n")


def pytest_configure(config: pytest.Config) -> None:
    """Only the process that gathers the reports writes."""
    seed = os.environ.get("MARKET_LONG", "")
    if seed and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Assurance(seed))
