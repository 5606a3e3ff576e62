"""The demo as a newcomer starts it, and a Chromium to look at it with."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from market.demo.server import MARKET
from tests.skips import program

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]
FLAGS += ["--disable-dev-shm-usage"]
PIN = "508294"


class Site(NamedTuple):
    origin: str
    codes: dict[str, str]
    lot: str
    """The address of a lot whose certificate holds."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`market demo` as a newcomer starts it, and the cards it prints."""
    folder = tmp_path_factory.mktemp("site")
    port = 18000 + os.getpid() % 10_000
    said = folder / "said.txt"
    with said.open("w") as out:
        environment = {**os.environ, "MARKET_DATA": str(folder), "PYTHONUNBUFFERED": "1"}
        environment.pop("DATABASE_URL", None)
        server = subprocess.Popen(
            [*MARKET, "demo", "--port", str(port)], env=environment, stdout=out, stderr=out
        )
    origin = f"http://127.0.0.1:{port}"
    try:
        yield _welcomed(origin, said, server)
    finally:
        server.terminate()
        server.wait(20)


def _welcomed(origin: str, said: Path, server: subprocess.Popen[bytes]) -> Site:
    for _ in range(300):
        assert server.poll() is None, said.read_text()
        try:
            if httpx.get(f"{origin}/readyz").status_code == 200:
                break
        except httpx.TransportError:
            time.sleep(0.2)
    text = said.read_text()
    codes = {who: code for code, who in re.findall(r"^  (\w{5}-\w{5})  (\w+)", text, re.MULTILINE)}
    lot = re.search(r"(/L/\w{8})", text)
    assert lot
    return Site(origin, codes, lot[1])


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Anew for each test: while it is open no test with a loop of its own can run here."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program("browser"), args=FLAGS)
        yield chromium
        chromium.close()
