"""What is told to whoever is signed in, and to nobody else."""

import re

from httpx import AsyncClient

from market.domain.accounts.queries import devices_of
from market.domain.notices import queries as notices
from market.jobs import readers
from tests.cast import KRIT, MALEE, NOK, SOMCHAI
from tests.doors import PIN, Doors
from tests.market.stall import stall_in_village


async def test_a_stranger_is_sent_to_sign_in(doors: Doors) -> None:
    said = await doors.stranger().get("/me", follow_redirects=False)
    assert (said.status_code, said.headers["location"]) == (303, "/sign-in?next=/me")


async def test_nok_sees_her_orders_and_her_credit_and_krit_his_own_page(doors: Doors) -> None:
    there = await stall_in_village()
    kept, back = await there.paid(1_000), await there.paid(2_000)
    await there.cancel(back.order)
    for language, credit in (("th", "เครดิตกับ"), ("en", "Credit with")):
        shown = (await (await doors.as_(NOK, language)).get("/me")).text
        assert kept.code in shown
        assert back.code in shown
        assert credit in shown
        assert "79.9" in shown
    krits = (await (await doors.as_(KRIT)).get("/me")).text
    assert kept.code not in krits
    assert "นก รักสุขภาพ" not in krits


async def test_notices_are_new_until_she_says_she_read_them(doors: Doors) -> None:
    there = await stall_in_village()
    await there.paid(1_000)
    nok = await doors.as_(NOK)
    await readers.read_on(doors.now)
    assert "อ่านแล้วทั้งหมด" in (await nok.get("/me")).text
    for _ in range(2):
        assert (await nok.post("/me/notices", follow_redirects=False)).status_code == 303
    assert "อ่านแล้วทั้งหมด" not in (await nok.get("/me")).text
    assert all(notice.read for notice in await notices.of_person(NOK))


async def test_a_lost_phone_is_shut_out_and_krit_cannot_shut_it_out(doors: Doors) -> None:
    nok, krit = await doors.as_(NOK), await doors.as_(KRIT)
    other = await another_phone(doors, NOK)
    [here, there] = sorted(await devices_of(NOK, doors.now), key=lambda one: one.sessions)
    assert (here.sessions, there.sessions) == (0, 1)
    gone = f"/me/devices/{there.id}/revoke"
    assert (await krit.post(gone)).status_code == 404
    unsent = await nok.post(gone, follow_redirects=False)  # signed out by the PIN chosen there
    assert unsent.status_code == 307
    assert "ตัดออก" in (await other.get("/me/devices")).text
    for phone, still in ((there.id, 303), (here.id, 307)):  # by then signed out
        said = await other.post(f"/me/devices/{phone}/revoke", follow_redirects=False)
        assert said.status_code == still
    assert (await other.get("/me", follow_redirects=False)).headers["location"].startswith("/sign")


async def another_phone(doors: Doors, person: str) -> AsyncClient:
    """By a code that the person made; the PIN that is chosen anew ends the older session."""
    first = await doors.as_(person)
    await doors.step_up(person)
    card = await first.post("/me/devices/code")
    assert card.headers["cache-control"] == "no-store"
    found = re.search(r'class="code">([0-9A-Z-]{11})<', card.text)
    assert found
    phone = doors.stranger()
    phone.headers["user-agent"] = "Mozilla/5.0 (Linux; Android 9; vivo 1904)"
    assert (await phone.post("/enrol", data={"code": found[1], "new_pin": PIN})).status_code == 200
    return phone


async def test_the_page_tells_this_phone_and_the_others_in_words(doors: Doors) -> None:
    phone = await another_phone(doors, NOK)
    shown = (await phone.get("/me/devices", headers={"accept-language": "en"})).text
    assert "Android phone" in shown
    assert shown.count("This phone") == 1
    assert "used today" in shown
    assert "Not signed in there now" in shown


async def test_signing_out_there_and_everywhere(doors: Doors) -> None:
    malee, first = await doors.as_(MALEE), doors.stranger()
    [device] = await devices_of(MALEE, doors.now)
    [secret] = [c.value for c in malee.cookies.jar if c.name == doors.app.state.cookie]
    doors.later(minutes=1)
    assert (await malee.post(f"/me/devices/{device.id}/sign-out")).status_code == 200
    assert (await malee.get("/farm", follow_redirects=False)).status_code == 303
    first.cookies.set(doors.app.state.cookie, secret)  # replayed
    assert (await first.get("/farm", follow_redirects=False)).status_code == 303
    somchai = await doors.as_(SOMCHAI)
    said = await somchai.post("/me/sessions/end", follow_redirects=False)
    assert said.headers["location"] == "/sign-in"
    assert said.headers["clear-site-data"] == '"cache", "storage"'
    assert (await somchai.get("/farm", follow_redirects=False)).status_code == 303


async def test_programs_list_and_end_their_devices(doors: Doors) -> None:
    malee, krit = await doors.as_(MALEE), await doors.as_(KRIT)
    [mine] = (await malee.get("/api/v1/devices")).json()
    assert mine["sessions"] == 1
    assert (await krit.delete(f"/api/v1/devices/{mine['id']}")).status_code == 404
    assert (await malee.post("/api/v1/me/enrolment-codes")).status_code == 403  # the PIN first
    await doors.step_up(MALEE)
    code = (await malee.post("/api/v1/me/enrolment-codes")).json()["code"]
    made = await doors.stranger().post("/api/v1/devices", json={"code": code, "pin": "739152"})
    program = doors.stranger()
    program.headers["authorization"] = f"Bearer {made.json()['session_secret']}"
    assert len((await program.get("/api/v1/devices")).json()) == 2
    assert (await program.delete(f"/api/v1/devices/{mine['id']}")).status_code == 204
    assert len((await program.get("/api/v1/devices")).json()) == 1
    assert (await program.delete("/api/v1/devices/sessions")).status_code == 204
    assert (await program.get("/api/v1/devices")).status_code == 401
