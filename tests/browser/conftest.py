"""`demo`: one server for the session; `browser`: Chromium, nothing but it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.site import Site, site
from tests.skips import program

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--in-process-gpu", "--js-flags=--no-opt --no-maglev",
]  # fmt: skip
"""The last: no page stays long enough for what V8 would make of it in other threads meanwhile."""


@pytest.fixture(scope="session")
def demo(seeded_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(seeded_demo, folder, dirs_exist_ok=True)
    with site(folder) as there:
        yield there


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Anew for each test: while it is open no test with a loop of its own can run here."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program("browser"), args=FLAGS)
        yield chromium
        chromium.close()
