"""`/verify` in Chromium: from the first visit on it judges without the internet."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.browser.checks import PHONE, opened
from tests.browser.site import STRANGER, Site

pytestmark = pytest.mark.browser

FLIPS = 60
PAPER = (
    "SELECT p.code FROM certificate c JOIN public_code p ON p.subject = c.id"
    " JOIN certificate_event e ON e.certificate = c.id WHERE e.kind = 'suspended'"
)
JUDGED = """async (texts) => {
  const market = JSON.parse(document.getElementById("market").textContent);
  const ask = async (path) => (await fetch(path)).text();
  const found = [];
  for (const text of texts) {
    found.push((await judge(text, { ...market, ask, now: Date.now() })).all);
  }
  return found;
}"""


def test_a_sceptic_checks_a_certificate_with_the_network_cut(browser: Browser, demo: Site) -> None:
    stranger = demo.people[STRANGER]
    code, lot = demo.rows(PAPER)[0], demo.rows("SELECT code FROM lot WHERE deed IS NULL")[0]
    vc, file = (stranger.get(path) for path in (f"/C/{code}/vc.json", f"/L/{lot}/proof.html"))
    context = opened(browser, demo, STRANGER, "en")
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))

    page.goto(f"/C/{code}")
    page.get_by_role("link", name="Check it on your own device").click()
    last = page.locator(".judged").first
    last.get_by_text("The certificate is suspended").or_(
        last.get_by_text("The certificate was revoked")
    ).wait_for()
    page.locator("#stays").wait_for()
    assert not troubles
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE

    context.set_offline(True)
    page.goto("/verify")
    assert "Check a signed file" in page.inner_text("h1"), "in the language it was read in"
    assert page.evaluate("document.fonts.check('16px Sarabun')")
    assert "DOES NOT HOLD" in pasted(page, vc.text).upper()
    page.locator("input[type=file]").set_input_files(
        {"name": "proof.html", "mimeType": "text/html", "buffer": file.content}
    )
    page.locator("#results").get_by_text("Whether the record of today goes on from it").wait_for()
    assert "NOT GENUINE" in pasted(page, vc.text.replace("SGS-90-", "SGS-91-", 1))
    draw, altered = random.Random(6), []
    for _ in range(FLIPS):
        whole = bytearray(vc.content)
        whole[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
        altered.append(whole.decode(errors="replace"))
    assert set(page.evaluate(JUDGED, altered)) <= {"bad", "unread"}
    page.goto("/verify?lang=th")
    assert "ตรวจไฟล์ที่ลงลายเซ็น" in page.inner_text("h1")
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto("/log")  # the worker answers for its own page and nothing else
    context.close()


def pasted(page: Page, text: str) -> str:
    before = page.locator(".judged").count()
    page.fill("#verify textarea", text)
    page.get_by_role("button", name="Check it").click()
    page.locator(".judged").nth(before).wait_for()
    return page.locator(".judged").first.inner_text()
