"""What a test needs beyond Python, said by `@pytest.mark.browser`, `node` or `zbar`.

Where the program is missing the test is skipped and named at the end; under CI=true it fails.
"""

import os
import shutil

import pytest

PROGRAMS = {
    "browser": ("chromium", "chromium-browser", "google-chrome"),
    "node": ("node",),
    "zbar": ("zbarimg",),
    "caddy": ("caddy",),
}
MISSING = "missing on this machine: "


def program(need: str) -> str | None:
    """The path of the first program that answers the need."""
    return next(filter(None, map(shutil.which, PROGRAMS[need])), None)


def pytest_configure(config: pytest.Config) -> None:
    for need, programs in PROGRAMS.items():
        config.addinivalue_line("markers", f"{need}: needs {' or '.join(programs)}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for need, programs in PROGRAMS.items():
        if item.get_closest_marker(need) and program(need) is None:
            answer = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            answer(f"{MISSING}{programs[0]}")


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
