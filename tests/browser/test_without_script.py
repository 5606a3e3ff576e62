"""The main jobs of each, done on a phone of 360 px with script switched off."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.checks import opened
from tests.browser.site import Site

pytestmark = pytest.mark.browser

Phone = Callable[[str], Page]


@pytest.fixture
def phone(browser: Browser, demo: Site) -> Phone:
    return lambda who: opened(browser, demo, who, "en", script=False).new_page()


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=False).first.click()


def said(page: Page) -> str:
    return page.inner_text("main")


def test_an_order_goes_through_three_pairs_of_hands(phone: Phone) -> None:
    """A guest orders, Prasert sees the money, Dao weighs and gives."""
    guest = phone("")
    guest.goto("/")
    guest.locator(".good input").first.fill("1")
    press(guest, "Put in the basket")
    guest.fill("input[name=name]", "ผู้ซื้อ ตัวอย่าง")
    guest.fill("input[name=phone]", "0812345678")
    press(guest, "Order these goods")
    assert urlsplit(guest.url).path.endswith("/pay"), said(guest)
    assert guest.locator(".pay svg").count() == 1
    satang = guest.inner_text(".pay .big")
    [code] = re.findall(r"/order/(\w{8})/", guest.url)

    prasert = phone("prasert")
    prasert.goto("/till")
    prasert.locator("a", has_text=code).click()
    prasert.fill("input[name=came]", re.sub(r"[^\d.]", "", satang))
    press(prasert, "The money is there")
    assert "Confirmed" in said(prasert)

    dao = phone("dao")
    dao.goto("/stall")
    dao.fill("input[name=q]", "5678")
    press(dao, "Find")
    dao.locator("a", has_text=code).click()
    for weight in dao.locator("input[name^=g-]").all():
        weight.fill("0.9")
    press(dao, "Work out the sum")
    press(dao, "Goods given")
    assert "Handed over" in said(dao)


def test_malee_records_what_she_picked(phone: Phone) -> None:
    malee = phone("malee")
    malee.goto("/farm/harvest/new")
    malee.locator("input[name=what]").first.check()
    malee.locator("input[name=day][value=today]").check()
    malee.fill("input[name=weight]", "1.5")
    press(malee, "Save the harvest")
    assert urlsplit(malee.url).path.startswith("/farm/lots/"), said(malee)


def test_somchai_saves_a_chapter_of_his_visit(phone: Phone) -> None:
    somchai = phone("somchai")
    somchai.goto("/inspect")
    somchai.locator("main a.btn").first.click()
    if somchai.locator("form[action$=begin]").count():
        press(somchai, "We are there")
    somchai.locator("a", has_text="Go on").first.click()
    somchai.locator("input[type=radio]").first.check()
    press(somchai, "Save")
    assert urlsplit(somchai.url).path.startswith("/inspect/"), said(somchai)
    assert somchai.locator(".banner.bad").count() == 0, said(somchai)


def test_ying_registers_a_person_and_what_is_wrong_keeps_what_was_typed(phone: Phone) -> None:
    ying = phone("ying")
    ying.goto("/admin/people/new")
    ying.fill("input[name=name]", "คนใหม่ ตัวอย่าง")
    ying.fill("input[name=phone]", "12")
    press(ying, "Register")
    assert ying.input_value("input[name=name]") == "คนใหม่ ตัวอย่าง"
    ying.fill("input[name=phone]", "0899999999")
    press(ying, "Register")
    assert "/admin/people/" in ying.url, said(ying)


def test_wan_begins_a_meeting_and_suda_finds_the_plots_of_a_crop(phone: Phone) -> None:
    wan = phone("wan")
    wan.goto("/meetings/new")
    wan.locator("main form button").last.click()
    assert urlsplit(wan.url).path.startswith("/meetings"), said(wan)
    suda = phone("suda")
    suda.goto("/registry")
    suda.locator("select[name=crop]").select_option(index=1)
    press(suda, "Find plots")
    assert suda.locator("tbody tr").count() >= 1, said(suda)
