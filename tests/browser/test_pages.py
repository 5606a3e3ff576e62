"""Every page that the cast can reach in the demo, in a real Chromium, without script.

A crawl from each one's own front page: what is checked is what a person on a small phone meets.
"""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from market.demo.server import MARKET
from tests.skips import program

pytestmark = pytest.mark.browser

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]
FLAGS += ["--disable-dev-shm-usage"]
PIN = "508294"
PAGES_EACH = 18
NARROW, WIDE = 360, 1280
STARTS = {
    "": "/", "Malee": "/farm", "Somchai": "/inspect", "Wan": "/board", "Prasert": "/till",
    "Dao": "/stall", "Ying": "/admin", "Suda": "/registry", "Nok": "/me",
}  # fmt: skip


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


def opened(browser: Browser, site: Site, who: str) -> Page:
    """A phone without script on which `who` has used the printed code; nobody's when empty."""
    context = browser.new_context(
        base_url=site.origin, locale="th-TH", java_script_enabled=False,
        viewport={"width": NARROW, "height": 760},
    )  # fmt: skip
    context.set_default_timeout(15_000)
    page = context.new_page()
    if who:
        page.goto("/sign-in")
        page.fill("#f-code", site.codes[who])
        page.fill("form[action='/enrol'] input[name=new_pin]", PIN)
        page.click("form[action='/enrol'] button")
        assert urlsplit(page.url).path == "/", page.inner_text("main")
    return page


@pytest.mark.parametrize("who", STARTS, ids=lambda who: who or "a stranger")
def test_every_page_can_be_read_on_a_phone_and_on_a_desk(
    browser: Browser, site: Site, who: str
) -> None:
    page = opened(browser, site, who)
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    seen, waiting = set[str](), [STARTS[who], *(["/", site.lot] if not who else [])]
    while waiting and len(seen) < PAGES_EACH:
        path = waiting.pop(0)
        if path not in seen:
            seen.add(path)
            wrong += [f"{path}: {trouble}" for trouble in troubles(page, path)]
            waiting += links(page)
    assert not wrong, "\n".join(wrong)
    assert len(seen) >= 2, seen


def troubles(page: Page, path: str) -> Iterator[str]:
    answer = page.goto(path)
    if answer is None or answer.status != 200:
        yield f"answers {answer and answer.status}"
        return
    text = page.inner_text("body")
    if page.locator("h1").count() != 1:
        yield f"has {page.locator('h1').count()} headings"
    if left := re.findall(r"refusal\.\w+|\{\w+\}|undefined|None\b", text):
        yield f"shows {left[:3]}"
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": 760})
        if wide := page.evaluate("document.documentElement.scrollWidth - innerWidth"):
            yield f"is {wide} points too wide at {width}"


def links(page: Page) -> list[str]:
    """Same site, pages only; each kind of page once, so that the crawl sees many kinds."""
    found: dict[str, str] = {}
    for href in page.eval_on_selector_all("main a[href]", "all => all.map(a => a.href)"):
        parts = urlsplit(href)
        page_of_ours = parts.hostname == "127.0.0.1" and not parts.path.startswith("/api/")
        if page_of_ours and not re.search(r"\.(csv|pdf|json|svg)$", parts.path):
            kind = re.sub(r"[0-9a-f-]{36}|[0-9A-Z]{8}", "…", parts.path)
            found.setdefault(kind, f"{parts.path}?{parts.query}".rstrip("?"))
    return list(found.values())


def test_a_guest_orders_with_no_script_and_sees_the_code_to_pay(
    browser: Browser, site: Site
) -> None:
    page = opened(browser, site, "")
    page.goto("/")
    page.locator(".good input[type=text], .good input[type=number], .good input").first.fill("1")
    page.locator("form:has(.good) button, button:has-text('ตะกร้า')").first.click()
    page.fill("input[name=name]", "ผู้ซื้อ ตัวอย่าง")
    page.fill("input[name=phone]", "0812345678")
    page.locator("form:has(input[name=phone]) button.btn").last.click()
    assert urlsplit(page.url).path.startswith("/order/"), page.inner_text("main")
    assert page.locator("main svg").count() or "PromptPay" in page.inner_text("main")
