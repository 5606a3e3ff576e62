"""The session is over in the middle of a form: what was typed waits and is sent after the PIN."""

import html
import re

from httpx import AsyncClient, Response

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.accounts import commands as accounts
from tests.cast import ADMIN, MALEE, RATTAPHUM, YING
from tests.doors import PIN, Doors

PLOT = {
    "id": new_id(),
    "whom": f"{MALEE}|{RATTAPHUM}",
    "kind": "vegetables",
    "name": 'ข้าง "คลอง" <1>',
    "area": "2-1-0",
}


def waiting(page: Response) -> dict[str, str]:
    """What the page carries along, as a browser would send it."""
    found = re.findall(r'<textarea hidden name="([^"]+)"[^>]*>\n([^<]*)</textarea>', page.text)
    return {name: html.unescape(said) for name, said in found}


def action(page: Response) -> str:
    found = re.search(r'<form class="form" method="post" action="([^"]+)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


async def malees_phone(doors: Doors) -> AsyncClient:
    """Enrolled, and the session is over."""
    phone = doors.stranger()
    code = await run(accounts.issue_code, MALEE, by=ADMIN, at=doors.now)
    assert (await phone.post("/enrol", data={"code": code, "new_pin": PIN})).status_code == 200
    doors.later(days=200)
    return phone


async def test_what_malee_typed_outlives_her_session_and_a_wrong_pin(doors: Doors) -> None:
    phone = await malees_phone(doors)
    headers = {"referer": "http://testserver.local/farm/plots/new"}
    asked = await phone.post("/farm/plots/new", data=PLOT, headers=headers)
    assert (asked.status_code, asked.url.path) == (200, "/sign-in/unsent")
    assert "ยังอยู่ครบ" in asked.text
    wrong = await phone.post("/sign-in", data={**waiting(asked), "pin": "918273"})
    assert wrong.status_code == 409
    right = await phone.post("/sign-in", data={**waiting(wrong), "pin": PIN})
    assert "มาลี" in right.text
    assert 'href="/farm/plots/new"' in html.unescape(right.text)
    assert (action(right), waiting(right)) == ("/farm/plots/new", PLOT)
    told = await phone.post(action(right), data=waiting(right))
    assert (told.status_code, told.url.path) == (400, "/farm/plots/new")  # no point was given
    assert PLOT["name"] in html.unescape(told.text)


async def test_the_pin_that_is_asked_again_loses_nothing_and_is_carried_nowhere(
    doors: Doors,
) -> None:
    ying = await doors.as_(YING)
    there = f"/admin/people/{MALEE}/roles"
    asked = await ying.post(there, data={"role": "inspector", "code": "SECRET", "pin": "918273"})
    assert asked.url.path == "/step-up/unsent"
    assert "SECRET" not in asked.text
    assert "918273" not in asked.text
    done = await ying.post("/step-up", data={**waiting(asked), "pin": PIN})
    assert (action(done), waiting(done)) == (there, {"role": "inspector"})


async def test_a_form_that_waits_leads_to_no_other_site(doors: Doors) -> None:
    phone = await malees_phone(doors)
    for elsewhere in ("https://evil.example/", "//evil.example"):
        form = {"unsent.to": elsewhere, "unsent.back": elsewhere, "pin": PIN}
        assert "evil" not in (await phone.post("/sign-in", data=form)).text


async def test_a_page_keeps_its_question_over_the_sign_in(doors: Doors) -> None:
    asked = await doors.stranger().get(f"/farm?of={MALEE}", follow_redirects=False)
    assert asked.headers["location"] == f"/sign-in?next=/farm%3Fof%3D{MALEE}"
