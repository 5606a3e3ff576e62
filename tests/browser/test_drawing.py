"""Krit draws plots with a finger on a phone; the server measures what he saw."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Position

from tests.browser.checks import opened
from tests.browser.site import Site

pytestmark = pytest.mark.browser

MAP, SAID = ".draw-lines", "[data-said]"
FIELD = ((60, 120), (150, 130), (230, 320), (70, 310))
BOW = ((60, 120), (230, 320), (150, 130), (70, 310))
WHERE = {"latitude": 7.0893, "longitude": 100.2721, "accuracy": 6.0}


@pytest.fixture
def phone(browser: Browser, demo: Site) -> Page:
    where: dict[str, Any] = {
        "has_touch": True,
        "permissions": ["geolocation"],
        "geolocation": WHERE,
    }
    return opened(browser, demo, "krit", "th", **where).new_page()


def begin(page: Page, name: str) -> None:
    """The map, near the place where the phone is."""
    page.goto("/farm/plots/new")
    page.fill("#f-name", name)
    page.click("[data-do=here]")
    page.wait_for_selector(".fix")
    page.click("[data-do=here]")
    assert "6 เมตร" in page.inner_text("[data-fix]")
    page.click("[data-do=undo]")


def tap(page: Page, places: tuple[tuple[int, int], ...]) -> None:
    for x, y in places:
        page.locator(MAP).tap(position=Position(x=x, y=y))


def send(page: Page) -> str:
    page.click("form[action='/farm/plots/new'] button.btn:not([type=button])")
    return page.inner_text("main").replace("\u00a0", " ")


def test_what_is_drawn_is_measured_kept_when_refused_and_warned_of_where_it_overlaps(
    phone: Page, browser: Browser, demo: Site
) -> None:
    troubles: list[str] = []
    phone.on("pageerror", lambda why: troubles.append(str(why)))

    begin(phone, "แปลงวาดครั้งแรก")
    tap(phone, BOW)
    assert "เส้นทับกัน" in phone.inner_text(SAID)
    refused = send(phone)
    assert "ตัดกัน" in refused or "ทับกัน" in refused
    assert phone.locator(".corner").count() == 4, "the drawing came back"
    assert phone.input_value("#f-name") == "แปลงวาดครั้งแรก"

    for _ in range(2):  # the second corner of the bow, chosen and taken away; then the last
        phone.locator(".corner").nth(1).tap(force=True)
        phone.click("[data-do=undo]")
    assert phone.locator(".corner").count() == 2
    phone.reload()
    assert phone.locator(".corner").count() == 2, "kept in the tab, though not yet a shape"

    begin(phone, "แปลงวาดครั้งแรก")
    while phone.locator(".corner").count():
        phone.click("[data-do=undo]")
    tap(phone, FIELD)
    seen = phone.inner_text(SAID)
    area = re.match(r"[^(]+", seen)
    assert area, seen
    assert "ตร.ม." in seen
    assert phone.locator(".metres").count() >= 5, "four sides and the ruler"
    registered = send(phone)
    assert area[0].strip() in registered
    assert "วัดจากขอบเขต" in registered
    assert "ซ้อนกับแปลงอื่น" not in registered

    begin(phone, "แปลงวาดทับ")
    tap(phone, FIELD)
    assert "ซ้อนกับแปลงอื่น 1 แปลง" in send(phone)
    a_keyboard_draws_too(phone)
    without_script_the_page_takes_a_point(browser, demo)
    assert not troubles


def a_keyboard_draws_too(phone: Page) -> None:
    begin(phone, "แปลงแป้นพิมพ์")
    phone.focus(MAP)
    for key in ("Enter", *["ArrowRight"] * 3, "Enter", *["ArrowDown"] * 3, "Enter"):
        phone.keyboard.press(key)
    assert "ตร.ม." in phone.inner_text(SAID)
    phone.keyboard.press("Delete")
    assert phone.locator(".corner").count() == 2


def without_script_the_page_takes_a_point(browser: Browser, demo: Site) -> None:
    plain = opened(browser, demo, "krit", "th", script=False).new_page()
    plain.goto("/farm/plots/new")
    assert not plain.locator("[data-draw]").is_visible()
    assert plain.locator("#f-point").is_visible()
