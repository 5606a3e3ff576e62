"""The desk where there is no signal: what is typed is kept, sent once, and nothing is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route

from market.demo.small import OFFER
from tests.browser.checks import PHONE, opened
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def typed(page: Page, offer: str, kilos: str, photo: bytes = b"") -> None:
    form = page.locator(f"form:has(input[name=offer][value='{offer}'])")
    form.locator("xpath=ancestor::details[1]/summary").click()
    form.locator("[name=weighed]").fill(kilos)
    if photo:
        form.locator("details summary").click()
        form.locator("[name=photo]").set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo}
        )
    form.get_by_role("button", name="Weighed in").click()


def test_two_loads_are_weighed_without_a_network_and_sent_once(
    browser: Browser, demo: Site
) -> None:
    offer = OFFER
    cycle = demo.rows(f"SELECT cycle FROM offer WHERE id = '{offer}'")[0]
    weighed = f"SELECT COUNT(*) FROM intake WHERE offer = '{offer}'"
    before = demo.rows(weighed)[0]
    context = opened(browser, demo, "dao", "en")
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    desk = f"/cycles/{cycle}/intake"
    page.goto(desk)
    page.locator("#stays").wait_for()
    context.set_offline(True)
    page.goto(desk)  # closed and opened again, with no signal
    photo = page.screenshot(type="jpeg")
    typed(page, offer, "1.5", photo)
    page.locator("#waiting li").wait_for()
    typed(page, offer, "2")
    page.wait_for_function("document.querySelectorAll('#waiting li').length === 2")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    page.goto(desk)
    page.wait_for_function("document.querySelectorAll('#waiting li').length === 2")
    assert demo.rows(weighed)[0] == before

    dropped: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST" or dropped:
            return route.continue_()
        route.fetch()
        dropped.append("x")
        return route.abort()

    page.route(f"**{desk}", lose)
    context.set_offline(False)  # the first answer is lost on its way back, and it is sent again
    for _ in range(2):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    page.locator("#sent a").nth(1).wait_for()
    assert page.locator("#waiting").is_hidden()
    assert (dropped, demo.rows(weighed)[0]) == (["x"], before + 2)  # and it came once
    page.locator("#sent a").first.click()
    page.get_by_role("heading", name="Slip of a weighing").wait_for()
    assert page.locator("img[src$='/photo']").count() == 1

    context.set_offline(True)
    page.goto(desk)
    typed(page, offer, "nothing")  # late, and wrong: kept with its reason
    page.locator("#waiting li").wait_for()
    context.set_offline(False)
    page.reload()
    page.locator("#waiting .why").wait_for()
    page.get_by_role("button", name="Open it and mend it").click()
    field = page.locator(f"form:has(input[name=offer][value='{offer}']) [name=weighed]")
    assert field.input_value() == "nothing"
    field.fill("1")
    page.locator("details[open] > form button.btn").click()
    page.wait_for_url("**/intake/*")
    page.goto(desk)
    assert page.locator("#waiting").is_hidden()
    assert demo.rows(weighed)[0] == before + 3
    assert not troubles
