"""The file that proves a lot, as somebody opens it years later: from disk, with no network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.checks import PHONE
from tests.browser.site import STRANGER, Site

pytestmark = pytest.mark.browser

STATE = "document.querySelector('[data-of={}]').dataset.state"


def test_it_checks_itself_from_disk_with_the_network_cut(
    browser: Browser, demo: Site, tmp_path: Path
) -> None:
    code = demo.rows("SELECT code FROM lot WHERE claim = 'organic' AND deed IS NULL")[0]
    html = demo.people[STRANGER].get(f"/L/{code}/proof.html").text
    phone = browser.new_context(viewport={"width": PHONE, "height": 760}, offline=True)
    page = phone.new_page()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))

    def opened(name: str, content: str) -> str:
        file = tmp_path / name
        file.write_text(content, encoding="utf-8")
        page.goto(file.as_uri())
        page.wait_for_timeout(300)
        return str(page.evaluate(STATE.format("all")))

    assert opened("proof.html", html) in ("ok", "warn")
    assert page.evaluate(STATE.format("seal")) == "ok"
    thai, english = page.locator("main").all()
    assert code[:4] in thai.inner_text()
    assert "Genuine" in english.inner_text()
    assert "ของแท้" in thai.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert opened("altered.html", html.replace('"grams":', '"grams":1', 1)) == "bad"
    assert "ไม่ใช่ของแท้" in thai.inner_text()
    assert code[:4] not in thai.inner_text(), "nothing of an altered file is told as if it held"
    assert opened("other.html", html.replace('"bad";', '"ok";', 1)) == "unread", "script altered"
    assert "did not run" in english.inner_text()
    assert {url.partition(":")[0] for url in asked} == {"file"}
    phone.close()
