"""A whole day of the green truck in Chromium: Dao, with a phone of 360 px and no script."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.checks import opened
from tests.browser.site import Site

pytestmark = pytest.mark.browser
TODAY = (
    "SELECT t.id FROM day_truck t JOIN truck_day d ON d.id = t.day WHERE d.state = 'published'"
    ' ORDER BY d."on" LIMIT 1'
)


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=False).first.click()


def said(page: Page) -> str:
    return page.inner_text("main")


def test_a_day_from_loading_to_closing(browser: Browser, demo: Site) -> None:
    with closing(sqlite3.connect(demo.database)) as db:
        [(ride,)] = db.execute(TODAY).fetchall()
    dao = opened(browser, demo, "dao", "en", script=False).new_page()
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

    given = 0
    while dao.get_by_role("button", name="We are here").count():
        press(dao, "We are here")
        if "/plot/" in dao.url:
            press(dao, "Weigh it again" if dao.get_by_text("Weigh it again").count() else "aboard")
            press(dao, "Leave this plot")
            continue
        stop = dao.url
        for code in [link.inner_text() for link in dao.locator("li .code").all()]:
            given += hand_over(dao, stop, code)
        if given and not said(dao).count("Undone"):
            walk_up(dao, ride)
        dao.goto(stop.replace("/stop/", "/leave/"))
        press(dao, "On to the next stop")
    assert given, "orders of the demo's day are fetched"

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


def hand_over(dao: Page, stop: str, code: str) -> int:
    dao.goto(f"{stop}?q={code}")
    ordered = dao.locator("li .between b").all_inner_texts()
    for line, field in enumerate(dao.locator("input[name^=g-]").all()):
        field.fill(ordered[2 * line + 1])
    press(dao, "Work out the sum")
    press(dao, "goods given" if "Take in cash" in said(dao) else "Goods given")
    assert "Handed over" in said(dao), said(dao)
    return 1


def walk_up(dao: Page, ride: str) -> None:
    dao.goto(f"/truck/{ride}/sell")
    dao.locator("input[name^=kg-]").first.fill("0.5")
    press(dao, "Take the money")
    assert "PromptPay" in said(dao)
    press(dao, "Cash taken")
    assert "Sold so far" in said(dao)
