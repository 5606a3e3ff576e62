"""Getting in by printed code and PIN, and what everybody meets on the way."""

import re

import pytest
from litestar.testing import AsyncTestClient

from certification.basis.transaction import run
from market.answers.language import LanguagePrefix
from market.domain.accounts import commands as accounts
from tests.cast import ADMIN, MALEE, NOK, SOMCHAI, WAN
from tests.doors import PIN, Doors


async def test_a_printed_code_lets_malee_in_and_the_pin_next_time(doors: Doors) -> None:
    code = await run(accounts.issue_code, MALEE, by=ADMIN, at=doors.now)
    phone = doors.stranger()
    shown = await phone.get("/sign-in?next=/healthz")
    assert "รหัส" in shown.text
    said = await phone.post(
        "/enrol",
        data={"code": code.lower(), "new_pin": PIN, "next": "/healthz"},
        follow_redirects=False,
    )
    assert (said.status_code, said.headers["location"]) == (303, "/healthz")
    out = await phone.post("/sign-out", follow_redirects=False)
    assert (out.status_code, out.headers["clear-site-data"]) == (303, '"cache", "storage"')
    assert "สวัสดี มาลี" in (await phone.get("/sign-in")).text
    wrong = await phone.post("/sign-in", data={"pin": "918273"}, follow_redirects=False)
    assert wrong.status_code == 409
    assert "PIN" in wrong.text or "รหัส" in wrong.text
    right = await phone.post("/sign-in", data={"pin": PIN}, follow_redirects=False)
    assert (right.status_code, right.headers["location"]) == (303, "/farm")


async def test_everybody_begins_where_they_work(doors: Doors) -> None:
    """A buyer in the shop; who has two jobs at the desk that this browser saw last."""
    for person, cookie, onto in (
        (NOK, "", "/"), (WAN, "", "/board"), (SOMCHAI, "", "/farm"),
        (SOMCHAI, "inspector", "/inspect"),
    ):  # fmt: skip
        phone = doors.stranger()
        phone.cookies.set("desk", cookie)
        code = await run(accounts.issue_code, person, by=person, at=doors.now)
        form = {"code": code, "new_pin": PIN, "next": ""}
        said = await phone.post("/enrol", data=form, follow_redirects=False)
        assert said.headers["location"] == onto, person


async def test_two_people_on_one_phone_say_who_they_are(doors: Doors) -> None:
    phone = doors.stranger()
    for person, pin in ((MALEE, PIN), (SOMCHAI, "840275")):
        code = await run(accounts.issue_code, person, by=ADMIN, at=doors.now)
        assert (await phone.post("/enrol", data={"code": code, "new_pin": pin})).status_code == 200
    asked = (await phone.get("/sign-in")).text
    assert 'name="who"' in asked
    assert "มาลี" not in asked
    nobody = await phone.post("/sign-in", data={"pin": "840275", "who": "0899999999"})
    wrong = await phone.post("/sign-in", data={"pin": "840275", "who": "สข-0001"})
    assert (nobody.status_code, wrong.status_code) == (409, 409)
    told = [re.sub(r'name="id" value="[^"]+"', "", said.text) for said in (nobody, wrong)]
    assert told[0].replace("0899999999", "สข-0001") == told[1]
    right = await phone.post("/sign-in", data={"pin": "840275", "who": "0812345602"})
    assert "สมชาย" in (await phone.get("/me")).text, right.text


async def test_pages_of_who_is_signed_in_are_kept_nowhere(doors: Doors) -> None:
    malee = await doors.as_(MALEE)
    for path in ("/", "/farm", "/me", "/log", "/registry/public", "/nowhere"):
        assert (await malee.get(path)).headers["cache-control"] == "no-store", path


@pytest.mark.parametrize("onto", ["https://evil.example/", "//evil.example", "/\\evil.example"])
async def test_sign_in_sends_nobody_to_another_site(doors: Doors, onto: str) -> None:
    code = await run(accounts.issue_code, MALEE, by=ADMIN, at=doors.now)
    said = await doors.stranger().post(
        "/enrol", data={"code": code, "new_pin": PIN, "next": onto}, follow_redirects=False
    )
    assert said.headers["location"] == "/"


async def test_a_mistyped_code_keeps_the_page_and_says_what_to_do(doors: Doors) -> None:
    said = await doors.stranger("en").post("/enrol", data={"code": "WRONG", "new_pin": PIN})
    assert said.status_code == 400
    assert "refusal." not in said.text
    assert "WRONG" not in said.text  # a code is never sent back


async def test_a_post_from_another_site_is_refused(doors: Doors) -> None:
    malee = await doors.as_(MALEE)
    said = await malee.post("/sign-out", headers={"sec-fetch-site": "cross-site"})
    assert said.status_code == 403


async def test_staff_are_refused_on_plain_http_from_elsewhere(doors: Doors) -> None:
    wan = await doors.as_(WAN)
    assert (await wan.get("/about")).status_code == 200
    said = await wan.get("http://192.0.2.7/about", headers={"cookie": _cookies(wan)})
    assert said.status_code == 403


def _cookies(client) -> str:
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/nowhere"])
async def test_every_answer_has_the_security_headers(doors: Doors, path: str) -> None:
    said = await doors.stranger().get(path)
    assert said.status_code == 404
    assert "default-src 'none'" in said.headers["content-security-policy"]
    assert said.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("address", "word"), [("/en/sign-in", "Sign in"), ("/th/sign-in", "เข้า")])
async def test_the_address_chooses_the_language(doors: Doors, address: str, word: str) -> None:
    client = AsyncTestClient(LanguagePrefix(doors.app), base_url="http://testserver.local")
    said = await client.get(address)
    assert said.status_code == 200
    assert word in said.text
