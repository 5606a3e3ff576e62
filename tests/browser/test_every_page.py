"""Every page the app has, as one who may open it, in a real Chromium.

Pages are taken from the app's routes: a new one is looked at from the day it stands.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Sequence
from contextlib import closing
from html import unescape
from itertools import groupby
from operator import attrgetter

import httpx
import pytest
from playwright.sync_api import Browser

from market.answers.language import spoken
from market.answers.words import MALAY
from tests.browser.checks import DESK, NARROWEST, PHONE, VIEW_BYTES, Desk, Drawn
from tests.browser.site import STRANGER, Site, Visit

pytestmark = pytest.mark.browser

GUESTS = (STRANGER, "nok")
"""Who comes from afar is one of them; of all others English is looked at by `--long`."""
FIRST = [
    Visit("/find", "/find?code=KALE", STRANGER),
    Visit("/basket", "/basket", "nok"), Visit("not found", "/nowhere", STRANGER, 404),
    Visit("not mine", "/till", "nok", 403), Visit("unknown lot", "/L/2222222Z", STRANGER, 404),
]  # fmt: skip
"""Pages in a state that no row makes: filled, refused, not found."""


NOT_IN_THE_DEMO = {
    "/draws/{id}", "/season/draws/{id}", "/season/draws/{id}/plots/{code}",
    "/sign-in/line", "/sign-in/line/back",
}  # fmt: skip
"""A draw waits for the record to be signed, which the demo leaves to whoever serves it: these are
walked in tests/web/test_draws.py. Nobody signs in by LINE without a channel there:
tests/web/test_line_login.py."""


WIDEST = {"/", "/shop/{cycle}", "/orders", "/order/{code}/pay", "/certs/{id}"}
"""With a day and its hours, or a number, that stay in one line where there is room."""


Pages = tuple[list[Visit], list[str]]


@pytest.fixture(scope="module")
def pages(demo: Site) -> Pages:
    return demo.pages()


def test_each_page_can_be_opened_by_somebody(pages: Pages) -> None:
    found, closed = pages
    assert set(closed) - NOT_IN_THE_DEMO <= {visit.route for visit in FIRST}, closed
    assert len({visit.route for visit in found}) > 70


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_page_is_easy_to_read_to_touch_and_to_hear(
    browser: Browser, demo: Site, pages: Pages, language: str
) -> None:
    """In Thai all of it; in English what longer or shorter words can spoil where guests come."""
    visits = [visit for visit in (*FIRST, *pages[0]) if language == "th" or visit.who in GUESTS]
    wrong = all_troubles(browser, demo, language, visits, deeply=language == "th")
    assert not wrong, "\n".join(["", *wrong])


def test_what_is_also_in_malay_is_as_easy(browser: Browser, demo: Site, pages: Pages) -> None:
    found = [visit for visit in (*FIRST, *pages[0]) if MALAY in spoken(visit.path)]
    assert len(found) > 6
    wrong = all_troubles(browser, demo, MALAY, found, deeply=True)
    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.parametrize("language", ["th", "en"])
def test_before_its_letters_have_come_no_page_is_wider_than_the_phone(
    browser: Browser, demo: Site, pages: Pages, language: str
) -> None:
    """On a slow line, or on a machine whose own fonts are wider; all pages by `--long`."""
    every = "MARKET_LONG" in os.environ
    visits = [visit for visit in pages[0] if every or visit.route in WIDEST]
    assert {visit.route for visit in visits} >= WIDEST
    wrong = all_troubles(browser, demo, language, visits, deeply=False, without="**/*.woff2")
    wide = [one for one in wrong if "too wide" in one]
    assert len(wrong) > len(wide), "the fonts came"
    assert not wide, "\n".join(["", *wide])


@pytest.mark.long
@pytest.mark.parametrize("language", ["th", "en"])
def test_every_page_of_several_things_and_people(
    browser: Browser, demo: Site, language: str
) -> None:
    """The same of up to four things of each kind, and as everybody who may open it."""
    visits = demo.many(4)
    assert len(visits) > 200
    wrong = all_troubles(browser, demo, language, visits, deeply=True)
    assert not wrong, "\n".join(["", *wrong])


def all_troubles(
    browser: Browser, demo: Site, language: str, visits: Sequence[Visit], *, deeply: bool,
    without: str = "",
) -> list[str]:  # fmt: skip
    """One person after another: beside another's window each page is a process of its own."""
    widths = (NARROWEST, PHONE, DESK) if deeply else (NARROWEST,)
    wrong: list[str] = []
    drawn: Drawn = set()
    for who, theirs in groupby(sorted(visits, key=attrgetter("who")), attrgetter("who")):
        with closing(Desk(browser, demo, who, language, drawn=drawn)) as desk:
            if without:
                desk.page.route(without, lambda asked: asked.abort())
            for visit in theirs:
                troubles = desk.troubles(visit, widths, deeply=deeply)
                wrong += [f"{visit.path} ({who or 'a stranger'}): {one}" for one in troubles]
    return wrong


def test_a_page_with_faults_is_found_out(browser: Browser, demo: Site) -> None:
    """Or the test above could not fail."""
    desk = Desk(browser, demo, STRANGER, "th")
    desk.page.goto("/sign-in")
    desk.page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', `<h1>กู้</h1><h3>ญี่ปุ่น</h3>"
        "<img src='/none.png'><a href='/'>✓</a><div id=w>.</div><p>refusal.none</p>`);"
        "document.querySelector('#w').style.width = '2000px'"
    )
    desk.page.wait_for_timeout(50)
    found = "\n".join(desk.faults((NARROWEST, PHONE), deeply=True))
    for fault in (
        "axe image-alt", "too wide at 320", "not 24", "2 first headings", "heading 3 comes after",
        "shows refusal.none", "drawn with", "console:",
    ):  # fmt: skip
        assert fault in found, found


def test_the_first_view_on_a_slow_line_is_light(demo: Site, pages: Pages) -> None:
    """HTML, style sheet and the four fonts, as a phone loads them once."""
    stranger = demo.people[STRANGER]
    style = stranger.get(address_in(stranger.get("/").text, "href", ".css"))
    fonts = [part.split(")")[0] for part in style.text.split("url(")[1:] if ".woff2)" in part[:80]]
    once = compressed(style) + sum(len(stranger.get(font).content) for font in fonts)
    assert len(fonts) == 4
    lot = next(visit.path for visit in pages[0] if visit.route == "/L/{typed}")
    heavy = {
        path: once + sent
        for path in ("/", lot)
        if (sent := compressed(stranger.get(path))) + once > VIEW_BYTES
    }
    assert not heavy, (once, heavy)


def address_in(html: str, attribute: str, ending: str) -> str:
    return next(
        unescape(part.split('"')[0])
        for part in html.split(f'{attribute}="')
        if ending in part.split('"')[0]
    )


def compressed(answer: httpx.Response) -> int:
    return len(gzip.compress(answer.content, 6))
