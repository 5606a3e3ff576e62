"""What a scan costs and shows first, as a phone meets it: measured in Chromium, not reckoned."""

from __future__ import annotations

from itertools import islice

import pytest
from playwright.sync_api import Browser

from tests.browser.checks import PHONE
from tests.browser.site import STRANGER, Site, Visit

pytestmark = pytest.mark.browser

SENT_MAX, FIRST_BYTES, FOLD_PX = 60_000, 14_000, 740
"""All that is sent for the page, what a first flight of packets holds, and a phone's height."""


def test_a_scan_is_light_and_says_first_what_counts(browser: Browser, demo: Site) -> None:
    lots = (Visit("/L/{typed}", path, STRANGER) for path in demo.addresses("/L/{typed}"))
    scans = [visit.path for visit in islice(filter(demo.opens, lots), 3)]
    assert scans
    wrong = []
    for path in scans:
        html = demo.people[STRANGER].get(path).text.encode()[:FIRST_BYTES].decode(errors="ignore")
        if "</dl>" not in html.partition('class="verdict')[2]:
            wrong.append(f"{path}: verdict and days do not stand in the first {FIRST_BYTES} bytes")
        sent, fold, scripts = _met(browser, demo.origin + path)
        if sent > SENT_MAX or fold > FOLD_PX or scripts:
            wrong.append(f"{path}: {sent} bytes, verdict ends at {fold} px, {scripts} scripts")
    assert not wrong, wrong


def _met(browser: Browser, address: str) -> tuple[int, float, int]:
    """Bytes as they came over the line with everything the page asked for."""
    sent: dict[str, int] = {}
    phone = browser.new_context(viewport={"width": PHONE, "height": FOLD_PX}, locale="th-TH")
    page = phone.new_page()
    line = phone.new_cdp_session(page)
    line.send("Network.enable")
    line.on(
        "Network.loadingFinished",
        lambda end: sent.__setitem__(end["requestId"], int(end["encodedDataLength"])),
    )
    page.goto(address, wait_until="networkidle")
    fold = page.evaluate("document.querySelector('.verdict').getBoundingClientRect().bottom")
    scripts = page.evaluate("document.scripts.length")
    phone.close()
    assert len(sent) >= 6, "page, style sheet and four fonts"
    return sum(sent.values()), fold, scripts
