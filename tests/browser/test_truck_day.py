"""A whole day of the green truck in Chromium: Dao, with a phone of 360 px and no script."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page

from market.demo.people import BY_KEY
from market.demo.people import phone as phone_of
from tests.browser.checks import opened
from tests.browser.site import NOKS, Site

pytestmark = pytest.mark.browser
TODAY = (
    "SELECT t.id FROM day_truck t JOIN truck_day d ON d.id = t.day WHERE d.state = 'published'"
    ' ORDER BY d."on" LIMIT 1'
)

NOKS_TODAY = (
    f"SELECT p.code FROM preorder p JOIN cycle_place c ON c.id = p.stop WHERE {NOKS}"
    " AND p.state = 'confirmed' ORDER BY c.pickup_from LIMIT 1"
)
RANGE = re.compile(r"\d\d[.:]\d\d.\d\d[.:]\d\d")
PROMISE = "If we move the stop and you cannot come"


def press(page: Page, words: str) -> None:
    """Without script each button leads to a page: on a slow machine the old one stays a while."""
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=False).first.click()


def phone(browser: Browser, demo: Site, who: str) -> Page:
    return opened(browser, demo, who, "en", script=False).new_page()


def said(page: Page) -> str:
    return page.inner_text("main")


def test_a_day_from_loading_to_closing(browser: Browser, demo: Site) -> None:
    with closing(sqlite3.connect(demo.database)) as db:
        [(ride,)] = db.execute(TODAY).fetchall()
    dao, nok = phone(browser, demo, "dao"), phone(browser, demo, "nok")
    [code_of_nok] = demo.rows(NOKS_TODAY)
    dao.goto(f"/truck/{ride}/load")
    while dao.get_by_role("button", name="It is aboard").count():
        press(dao, "It is aboard")
    sell = dao.locator("form", has=dao.locator("input[value=walkup]")).first
    sell.locator("input[name=grams]").fill("3")
    sell.get_by_role("button", name="Load").click()
    dao.goto(f"/truck/{ride}/float")
    dao.fill("input[name=n-2000]", "10")
    press(dao, "Save the float")
    press(dao, "Depart")
    assert dao.url.endswith("/route"), said(dao)

    nok.goto(f"/order/{code_of_nok}")
    # whatever the hour at which the test runs
    [expected] = re.findall("The green truck (?:is|was) expected today.*", said(nok))
    assert RANGE.search(expected), said(nok)
    assert PROMISE in said(nok), said(nok)

    given = 0
    while dao.get_by_role("button", name="We are here").count():
        press(dao, "We are here")
        if "/plot/" in dao.url:
            press(dao, "Weigh it again" if dao.get_by_text("Weigh it again").count() else "aboard")
            press(dao, "Leave this plot")
            continue
        stop = dao.url
        codes = waiting(dao)
        if code_of_nok in codes:
            dao.fill("input[name=q]", phone_of(BY_KEY["nok"])[-4:])
            press(dao, "Find")
            assert waiting(dao) == [code_of_nok]
            dao.locator("li a[href*='/pickup/']").first.click()
            given += hand_over(dao, dao.url)
            codes.remove(code_of_nok)
        for code in codes:
            given += hand_over(dao, f"{stop}?q={code}")
        if given and not said(dao).count("Undone"):
            walk_up(dao, ride)
        dao.goto(stop.replace("/stop/", "/leave/"))
        press(dao, "On to the next stop")
    assert given, "orders of the demo's day are fetched"
    nok.reload()
    assert "weighed" in said(nok), said(nok)
    assert "expected today" not in said(nok)

    dao.goto(f"/truck/{ride}/close")
    for field in dao.locator("input[name^=returned-]").all():
        line = field.locator("xpath=ancestor::li").locator("p", has_text="Must be left")
        field.fill(line.inner_text().partition(":")[2].strip())
    whole = dao.locator(".sum .big").inner_text()
    baht = float(re.sub(r"[^\d.]", "", whole))
    for each in (100_000, 50_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25):
        many, rest = divmod(round(baht * 100), each)
        dao.fill(f"input[name=n-{each}]", str(many))
        baht = rest / 100
    press(dao, "Close the day")
    assert "This day is closed" in said(dao), said(dao)
    assert "It is even" in said(dao)


def hand_over(dao: Page, found: str) -> int:
    dao.goto(found)
    ordered = dao.locator("li .between b").all_inner_texts()
    for line, field in enumerate(dao.locator("input[name^=g-]").all()):
        field.fill(ordered[2 * line + 1])
    press(dao, "Work out the sum")
    press(dao, "goods given" if "Take in cash" in said(dao) else "Goods given")
    assert "Handed over" in said(dao), said(dao)
    return 1


def waiting(dao: Page) -> list[str]:
    return [link.inner_text() for link in dao.locator("li .code").all()]


def test_a_buyer_reads_that_the_day_is_called_off_and_taken_up_again(
    browser: Browser, demo: Site
) -> None:
    """A guest orders for a coming day; Dao calls it off; the order stays, with the promise."""
    dao, guest = phone(browser, demo, "dao"), phone(browser, demo, "")
    guest.goto("/")
    guest.locator(".good input").first.fill("1")
    press(guest, "Put in the basket")
    guest.fill("input[name=name]", "ผู้ซื้อ ตัวอย่าง")
    guest.fill("input[name=phone]", "0812345679")
    press(guest, "Order these goods")
    guest.goto(guest.url.replace("/pay", ""))
    assert PROMISE in said(guest), said(guest)
    [comes] = re.findall("The green truck .*about.*", said(guest))
    assert RANGE.search(comes), said(guest)

    [day] = demo.rows('SELECT id FROM truck_day ORDER BY "on" DESC LIMIT 1')
    dao.goto(f"/truck/{day}")
    dao.get_by_text("Call the whole day off").click()
    press(dao, "Call the day off")
    guest.reload()
    assert "The truck does not come" in said(guest), said(guest)
    assert PROMISE in said(guest)
    press(dao, "Take the day up again")
    guest.reload()
    assert comes in said(guest), said(guest)


def walk_up(dao: Page, ride: str) -> None:
    dao.goto(f"/truck/{ride}/sell")
    dao.locator("input[name^=kg-]").first.fill("0.5")
    press(dao, "Take the money")
    assert "PromptPay" in said(dao)
    press(dao, "Cash taken")
    assert "Sold so far" in said(dao)
