"""Addresses that no browser of ours sends: nobody is led astray by them, and nothing breaks."""

from html import unescape

import pytest

from market.web.page import onward, safe_next
from tests.cast import MALEE, YING
from tests.doors import PIN, Doors


@pytest.mark.parametrize("onto", ["//[", "/\\[", "http://[", "http://[::1", "[", "", "/a\nb"])
async def test_sign_in_goes_home_from_nonsense(doors: Doors, onto: str) -> None:
    assert safe_next(onto) == "/"
    shown = await doors.stranger().get("/sign-in", params={"next": onto})
    assert shown.status_code == 200
    home = "/" if onto else ""  # nowhere in particular: where one works
    assert f'name="next" value="{home}"' in unescape(shown.text)


EVIL = "evil.example"
ELSEWHERE = [
    f"{before}{EVIL}{after}"
    for before in (
        "//", "///", "/\\", "\\\\", "/\\/", "http://", "https:", "https:/", "HTTP://", "//\t",
        "/\t/", "/\n/", "javascript://", "data:", "//user@",
        "http://2130706433@", "//[::ffff:127.0.0.1]@",
        "\u2028//", "\ufeff//", "https://testserver.local@", "https://testserver.local.", " //",
    )
    for after in ("", "/%2e%2e")
]  # fmt: skip


@pytest.mark.parametrize("of", ["next", "referer"])
async def test_nobody_is_led_elsewhere(doors: Doors, of: str) -> None:
    """By the address to go on to, or by the page that the browser says it comes from."""
    malee, wrong = await doors.as_(MALEE), []
    for onto in ELSEWHERE:
        await doors.step_up(MALEE)
        form = {"pin": PIN, "next": onto} if of == "next" else {"pin": PIN}
        headers = {"referer": onto.encode()} if of == "referer" else {}
        said = await malee.post("/step-up", data=form, headers=headers, follow_redirects=False)  # type: ignore[arg-type]  # httpx takes bytes
        if said.status_code != 303 or said.headers["location"] != "/":
            wrong.append((onto, said.status_code, said.headers.get("location")))
        secret = said.cookies.get(doors.app.state.cookie)
        assert secret
        malee.cookies.clear()
        malee.cookies.set(doors.app.state.cookie, secret)
    assert not wrong, wrong
    assert len(ELSEWHERE) >= 40


@pytest.mark.parametrize("path", ["/", "/sign-in", "/registry/public", "/me", "/nowhere"])
async def test_no_header_of_the_asker_stands_in_an_answer(doors: Doors, path: str) -> None:
    """Links, redirects and cookies are made of our own origin."""
    names = ("host", "x-forwarded-host", "x-original-url", "x-rewrite-url", "forwarded", "x-host")
    for name in names:
        said = await doors.stranger().get(path, headers={name: EVIL}, follow_redirects=False)
        assert EVIL not in said.text, (path, name)
        assert EVIL not in str(said.headers), (path, name)
        assert said.status_code in (200, 303, 404)


async def test_after_sign_in_a_thai_address_is_found(doors: Doors) -> None:
    malee = await doors.as_(MALEE)
    await doors.step_up(MALEE)
    said = await malee.post("/step-up", data={"pin": PIN, "next": "/ก?q=ข"}, follow_redirects=False)
    assert (said.status_code, said.headers["location"]) == (303, "/%E0%B8%81?q=%E0%B8%82")


def test_what_is_an_address_already_stays_as_it_is() -> None:
    plain = "/order/AB12?key=a_b-c&x=%E0%B8%81#top"
    assert onward(plain).headers["location"] == plain


@pytest.mark.parametrize("before", ["http://[", "//[", "http://[::1", "\xe0\xb8\x81"])
async def test_a_crooked_referer_leads_home_after_the_pin(doors: Doors, before: str) -> None:
    ying = await doors.as_(YING)
    said = await ying.post(
        f"/admin/people/{MALEE}/roles", data={}, headers={"referer": before.encode("latin-1")},  # type: ignore[dict-item]  # httpx takes bytes
        follow_redirects=False,
    )  # fmt: skip
    assert said.status_code == 307
    assert said.headers["location"].startswith("/step-up/unsent?next=")


async def test_a_crooked_referer_shows_the_page_again(doors: Doors) -> None:
    said = await doors.stranger().post(
        "/enrol", data={"code": "WRONG", "new_pin": PIN}, headers={"referer": "http://["}
    )
    assert said.status_code == 400
