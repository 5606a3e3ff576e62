"""What is told to whoever is signed in, and to nobody else."""

from market.domain.accounts.queries import devices_of
from market.domain.notices import queries as notices
from market.jobs import readers
from tests.cast import KRIT, NOK
from tests.doors import Doors
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
    [device] = await devices_of(NOK)
    assert device.id in (await nok.get("/me")).text
    gone = f"/me/devices/{device.id}/revoke"
    assert (await krit.post(gone)).status_code == 404
    assert (await nok.post(gone, follow_redirects=False)).status_code == 303
    assert (await nok.get("/me", follow_redirects=False)).status_code == 303  # to sign in
