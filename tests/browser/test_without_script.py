"""The main jobs of each, done on a phone of 360 px with script switched off."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from market.answers.words import words
from tests.browser.checks import PHONE, opened
from tests.browser.site import Site

pytestmark = pytest.mark.browser

Phone = Callable[..., Page]


@pytest.fixture
def phone(browser: Browser, demo: Site) -> Phone:
    return lambda who, language="en": opened(browser, demo, who, language, script=False).new_page()


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=False).first.click()


def said(page: Page) -> str:
    return page.inner_text("main")


@pytest.mark.parametrize("language", ["th", "en"])
def test_an_order_goes_through_three_pairs_of_hands(phone: Phone, language: str) -> None:
    """A guest orders and sees the code to pay, Prasert sees the money, Dao weighs and gives, and
    what weighed less stands on the order as credit."""
    say = words(language)
    guest = phone("", language)
    guest.goto("/")
    guest.locator(".good input").first.fill("1")
    press(guest, say("Put in the basket"))
    guest.fill("input[name=name]", "ผู้ซื้อ ตัวอย่าง")
    guest.fill("input[name=phone]", "0812345678")
    fits(guest)
    press(guest, say("Order these goods"))
    assert urlsplit(guest.url).path.endswith("/pay"), said(guest)
    assert guest.locator(".pay svg").count() == 1
    fits(guest)
    satang = guest.inner_text(".pay .big")
    [code] = re.findall(r"/order/(\w{8})/", guest.url)

    prasert = phone("prasert", language)
    prasert.goto("/till")
    prasert.locator("a", has_text=code).click()
    prasert.fill("input[name=came]", re.sub(r"[^\d.]", "", satang))
    press(prasert, say("The money is there"))
    assert plain(say("Confirmed. The goods are kept for the buyer.")) in plain(said(prasert))
    guest.goto(guest.url.replace("/pay", ""))
    assert plain(say("Paid. Your goods are kept.")) in plain(said(guest))
    fits(guest)

    dao = phone("dao", language)
    dao.goto("/stall")
    dao.fill("input[name=q]", "5678")
    press(dao, say("Find"))
    dao.locator("a", has_text=code).click()
    for weight in dao.locator("input[name^=g-]").all():
        weight.fill("0.9")
    press(dao, say("Work out the sum"))
    press(dao, say("Goods given"))
    assert plain(say("Handed over.")) in plain(said(dao))
    guest.reload()
    assert plain(say("Back as credit, to order with")) in plain(said(guest))
    fits(guest)


def fits(page: Page) -> None:
    """On 360 px, without a bar to push it sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE, (page.url, wide)


def plain(text: str) -> str:
    """Without what the pages put between words so that lines break well."""
    return re.sub(r"[\s\u200b\u2060\u00a0]+", "", text)


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
