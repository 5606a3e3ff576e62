"""Dao puts a published day in another order: by dragging, and by buttons where no script runs."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.checks import opened
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def plan_of_next(demo: Site) -> str:
    [day, *_] = demo.rows('SELECT id FROM truck_day ORDER BY "on" DESC LIMIT 1')
    return f"/truck/{day}/plan"


def order(page: Page) -> list[str]:
    return page.eval_on_selector_all(".visit", "all => all.map(one => one.dataset.id)")


def test_a_visit_is_dragged_and_what_breaks_is_said_at_once(browser: Browser, demo: Site) -> None:
    page = opened(browser, demo, "dao", "th").new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda why: troubles.append(str(why)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto(plan_of_next(demo))
    before = order(page)
    assert "ถูกกติกาทุกข้อ" in page.inner_text("#arranged")
    stop = str(page.locator(".visit.is-stop").first.get_attribute("data-id"))
    plot = before[before.index(stop) - 1]
    page.locator(f'[data-id="{stop}"]').scroll_into_view_if_needed()
    page.drag_and_drop(f'[data-id="{plot}"] .pin', f'[data-id="{stop}"] .visit-head b')
    expect(page.locator("#arranged .banner.bad")).to_contain_text("ผิดกติกา")
    after = order(page)
    assert (after.index(plot), sorted(after)) == (before.index(stop), sorted(before))
    page.click(f'button[value="up:{plot}"]')
    expect(page.locator("#arranged .banner.ok")).to_be_visible()
    assert (order(page), page.url.endswith("/plan")) == (before, True)
    assert not troubles, troubles
    page.context.close()


def test_the_same_goes_without_script(browser: Browser, demo: Site) -> None:
    page = opened(browser, demo, "dao", "th", script=False).new_page()
    page.goto(plan_of_next(demo))
    inside = page.content()
    first, second = re.findall(r'class="visit [^"]*" data-id="([^"]+)"', inside)[:2]
    page.click(f'button[value="down:{first}"]')
    moved = re.findall(r'class="visit [^"]*" data-id="([^"]+)"', page.content())
    assert moved[:2] == [second, first]
    assert "ยังไม่ได้บันทึก" in page.inner_text("main")
    page.click('button[value="keep"]')
    assert "ฉบับที่ 2" in page.inner_text("main")
    page.context.close()
