"""What is wrong with a page in Chromium: for eyes, thumbs, screen readers and a slow line."""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Request

from tests.browser.site import Site, Visit

HERE = Path(__file__).parent
AXE = (HERE.parent / "vendor/axe.min.js").read_text(encoding="utf-8")
LOOKED_AT = (HERE / "looked_at.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
JUDGED = """async ([alike, how]) => {
  const nodes = [...document.querySelectorAll(alike)]
  const apart = nodes.map((node) => [node, document.createComment('')])
  for (const [node, mark] of apart) node.replaceWith(mark)
  ;(0, eval)(localStorage.axe)
  const found = await axe.run(document, how)
  for (const [node, mark] of apart) mark.replaceWith(node)
  return found.violations
}"""
ALIKE = "nothing" if "MARKET_LONG" in os.environ else "main > details:nth-of-type(n + 40)"
"""Of parts that one loop makes, as of the API's 1,300, axe judges the first."""
NARROWEST, PHONE, DESK = 320, 360, 1280
THUMB = 44
HTML_BYTES, VIEW_BYTES = 15_000, 60_000
"""Compressed, as a phone on a slow line waits for them: a page; with style sheet and fonts."""
WRITTEN = """() => {
  const own = (node) => [...node.childNodes].map((child) => child.nodeType === 3 ? child.data : '')
  window.written = [...document.querySelectorAll('body *:not(code, pre, script, option)')].filter(
    (node) => own(node).some((text) => text.trim())
      && !node.querySelector('code') && node.checkVisibility())
  return window.written.map((node) => {
    const drawn = getComputedStyle(node)
    return [[drawn.fontFamily, drawn.fontWeight, drawn.fontStyle].join(' '), own(node).join(' ')]
  })
}"""
"""Every element with text of its own: how it is drawn and what it says."""
MARK = "chosen => { for (const at of chosen) window.written[at].dataset.written = '' }"
LETTERS = re.compile(r".[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0300-\u036f\u200d\ufe0f]*", re.DOTALL)
"""A letter with what stands above and below it: a font draws it as one, whatever is beside it."""
HEAVY = {
    "/api/docs": 80_000, "/cycles/{id}": 20_000, "/registry": 20_000, "/verify": 20_000,
}  # fmt: skip
"""Read at a desk, by programmers and by officers, who get a map and a list; what bears its whole
script within it, so that one hash stands for all that may run."""

Drawn = set[tuple[str, str]]
"""Letters that were looked at, each in its font; of one language."""


class Desk:
    """A browser window of one person; keeps what the browser complained of."""

    def __init__(
        self, browser: Browser, site: Site, who: str, language: str,
        drawn: Drawn | None = None, **more: Any,
    ) -> None:  # fmt: skip
        self.site = site
        self.context = opened(browser, site, who, language, **more)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.sheets: set[str] = set()
        self.drawn: Drawn = set() if drawn is None else drawn
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.said.append(f"script: {error}"))
        self.page.on("request", self._request)
        self.fonts = self.context.new_cdp_session(self.page)
        self.fonts.send("DOM.enable")
        self.fonts.send("CSS.enable")

    def _console(self, told: ConsoleMessage) -> None:
        if told.type in ("error", "warning"):
            self.said.append(f"console: {told.text[:200]}")

    def _request(self, asked: Request) -> None:
        if urlsplit(asked.url).scheme not in ("data", "blob") and not asked.url.startswith(
            self.site.origin
        ):
            self.said.append(f"asks elsewhere: {asked.url[:100]}")

    def troubles(self, visit: Visit, widths: Sequence[int], *, deeply: bool) -> Iterator[str]:
        """Opened and looked at. `deeply`: with axe and by the letter."""
        self.said.clear()
        answer = self.page.goto(visit.path)
        if answer is None or answer.status != visit.status:
            yield f"answers {answer and answer.status}"
            return
        if visit.status != 200:
            self.said = [said for said in self.said if f"status of {visit.status}" not in said]
        sent = len(gzip.compress(answer.body(), 6))
        if sent > HEAVY.get(visit.route, HTML_BYTES):
            yield f"is {sent} bytes of HTML, compressed"
        yield from self.faults(widths, deeply=deeply)

    def faults(self, widths: Sequence[int], *, deeply: bool) -> Iterator[str]:
        """Of the page that is open, first as wide as the last page was left; deeply on a phone."""
        for width in widths if self._width() == widths[0] else reversed(widths):
            if width != self._width():
                self.page.set_viewport_size({"width": width, "height": 760})
            if deeply and width == PHONE:
                yield from self._axe()
                yield from self._glyphs()
            yield from self.page.evaluate(LOOKED_AT, THUMB if width == NARROWEST else 0)
        yield from self.said

    def _width(self) -> int:
        size = self.page.viewport_size
        assert size
        return size["width"]

    def _axe(self) -> Iterator[str]:
        """A style sheet, which many pages share, is fetched and judged once for each window."""
        if self.page.evaluate("!localStorage.axe"):  # half a megabyte is sent once
            self.page.evaluate("source => { localStorage.axe = source }", AXE)
        sheets = {*self.page.evaluate("[...document.styleSheets].map((sheet) => sheet.href)")}
        how = {
            "runOnly": TAGS, "resultTypes": ["violations"], "selectors": False,
            "preload": not sheets <= self.sheets,
        }  # fmt: skip
        self.sheets |= sheets
        for fault in self.page.evaluate(JUDGED, [ALIKE, how]):
            where = [node["html"][:120] for node in fault["nodes"][:2]]
            yield f"axe {fault['id']} ({len(fault['nodes'])}): {' | '.join(where)}"

    def _glyphs(self) -> Iterator[str]:
        """Of every element with text of its own, the fonts it was really drawn with.

        One whose every letter was looked at in the same font on another page is passed by.
        """
        chosen = []
        for at, (font, text) in enumerate(self.page.evaluate(WRITTEN)):
            letters = {(font, letter) for letter in LETTERS.findall(text)}
            if not letters <= self.drawn:
                chosen.append(at)
                self.drawn |= letters
        if not chosen:
            return
        self.page.evaluate(MARK, chosen)
        root = self.fonts.send("DOM.getDocument")["root"]["nodeId"]
        asked = {"nodeId": root, "selector": "[data-written]"}
        strange: dict[str, str] = {}
        for node in self.fonts.send("DOM.querySelectorAll", asked)["nodeIds"]:
            used = self.fonts.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            for family in {font["familyName"] for font in used if not font["isCustomFont"]}:
                html = self.fonts.send("DOM.getOuterHTML", {"nodeId": node})["outerHTML"]
                strange.setdefault(family, html[:80])
        for family, html in strange.items():
            yield f"drawn with {family}: {html}"

    def close(self) -> None:
        self.context.close()


def opened(
    browser: Browser, site: Site, who: str, language: str, *, script: bool = True, **more: Any
) -> BrowserContext:
    """A browser in which `who` is signed in and reads `language`."""
    context = browser.new_context(
        base_url=site.origin, java_script_enabled=script,
        locale={"th": "th-TH", "en": "en-GB", "ms": "ms-MY"}[language],
        **{"viewport": {"width": PHONE, "height": 760}, **more},
    )  # fmt: skip
    context.set_default_timeout(15_000)
    for cookie in site.people[who].cookies.jar:
        context.add_cookies([
            {"name": cookie.name, "value": cookie.value or "", "url": site.origin}
        ])  # fmt: skip
    return context
