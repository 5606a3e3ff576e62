"""What a test needs beyond Python, said by `@pytest.mark.browser`, `node`, …

Where the program is missing the test is skipped and named at the end; under CI=true it fails.
"""

import os
import shutil
from pathlib import Path

import pytest

PROGRAMS = {
    "browser": ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
    "node": ("node",),
    "zbar": ("zbarimg",),
    "poppler": ("pdftoppm",),
    "caddy": ("caddy",),
}
PACKAGES = Path(__file__).with_name("node") / "node_modules"
"""`./run test` installs them there, as their lock says."""
MISSING = "missing on this machine: "


def program(need: str) -> str | None:
    """The path of the first program that answers the need."""
    return next(filter(None, map(shutil.which, PROGRAMS[need])), None)


def pytest_configure(config: pytest.Config) -> None:
    for need, programs in PROGRAMS.items():
        config.addinivalue_line("markers", f"{need}: needs {' or '.join(programs)}")
    config.addinivalue_line("markers", "node_packages: needs node and `npm ci` in tests/node")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("node_packages") and program("node") and not PACKAGES.is_dir():
        pytest.skip(f"{MISSING}packages of node (they could not be fetched)")
    missing = [
        programs[0]
        for need, programs in PROGRAMS.items()
        if item.get_closest_marker(need) and program(need) is None
    ]
    if item.get_closest_marker("node_packages") and not program("node"):
        missing.append("node")
    if missing:
        answer = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        answer(f"{MISSING}{missing[0]}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = [
        (report.longrepr[2].partition(MISSING)[2], report.nodeid)
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and MISSING in report.longrepr[2]
    ]
    if told:
        terminalreporter.section("skipped for want of a program")
    for missing, test in sorted(told):
        terminalreporter.line(f"{missing}: {test}")
