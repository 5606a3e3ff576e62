"""Malee says who is near to her; the other side says that it is so, and visits are looked at."""

from html import unescape

from httpx import AsyncClient

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.inspections import assigning
from certification.people import queries
from tests.cast import CHAN, KRIT, MALEE, NOW, SOMCHAI, TODAY, WAN, YING, log_faults
from tests.doors import Doors
from tests.guarantee import PANEL, accepted, assignment, planted, published


async def page(client: AsyncClient, address: str) -> str:
    said = await client.get(address)
    assert said.status_code == 200, said.text
    return unescape(said.text)


async def test_told_by_one_confirmed_by_the_other_and_a_planned_visit_is_barred(
    doors: Doors,
) -> None:
    await published()
    asked = await accepted(await planted())
    await run(assigning.assign, assignment(asked, PANEL), by=YING, at=NOW)
    malee, chan = await doors.as_(MALEE), await doors.as_(CHAN)
    form = {"id": new_id(), "other": CHAN, "kind": "household", "degree": "1"}
    wrong = await malee.post("/me/kin", data={**form, "kind": "friend"})
    assert (wrong.status_code, f'value="{CHAN}" selected' in wrong.text) == (400, True)
    for _ in range(2):
        told = await malee.post("/me/kin", data=form, follow_redirects=False)
        assert told.status_code == 303, "twice is once"
    again = await malee.post("/me/kin", data={**form, "id": new_id()})
    assert again.status_code == 409, "told already"
    mine = await page(malee, "/me/kin")
    assert "จันทร์ เพ็งพอดี" in mine
    assert "บอกฝ่ายเดียว" in mine
    assert "ขัดกับการตรวจหลังบ้าน" in mine
    assert "/confirm" not in mine
    theirs = await page(chan, "/me/kin")
    assert "มาลี ศรีสุข เป็นผู้บอก" in theirs
    [relation] = await queries.relations(MALEE, TODAY)
    confirm = f"/me/kin/{relation.id}/confirm"
    assert confirm in theirs
    for person in (SOMCHAI, YING, KRIT):
        nobody = await doors.as_(person)
        assert (await nobody.post(confirm)).status_code == 404
        assert "จันทร์ เพ็งพอดี</h2>" not in await page(nobody, "/me/kin")
    for _ in range(2):
        assert (await chan.post(confirm)).status_code == 200
    [seen] = (await malee.get("/api/v1/relations")).json()
    assert (seen["confirmed"], [one["inspector"] for one in seen["bars"]]) == (True, [CHAN])
    assert "ยืนยันทั้งสองฝ่าย" in await page(malee, "/me/kin")
    assert not await log_faults()


async def test_a_leader_tells_it_in_her_own_name_and_both_sides_are_asked(doors: Doors) -> None:
    ying, malee, krit = [await doors.as_(one) for one in (YING, MALEE, KRIT)]
    form = {"id": new_id(), "of": MALEE, "other": SOMCHAI, "kind": "kin", "degree": "3"}
    assert (await krit.get(f"/me/kin?of={MALEE}")).status_code == 404
    assert (await krit.post("/me/kin", data=form)).status_code == 404
    assert (await ying.post("/me/kin", data=form)).status_code == 200
    shown = await page(ying, f"/me/kin?of={MALEE}")
    assert "สมชาย บุญมาก" in shown
    assert "/confirm" not in shown, "nobody says it for her"
    [relation] = await queries.relations(MALEE, TODAY)
    assert relation.said == ()
    for person in (MALEE, SOMCHAI):
        address = f"/api/v1/relations/{relation.id}/confirmation"
        assert (await (await doors.as_(person)).put(address)).status_code == 200
    [relation] = await queries.relations(MALEE, TODAY)
    assert relation.confirmed
    away = {"id": new_id(), "other": KRIT, "kind": "kin", "degree": "1"}
    assert (await malee.post("/me/kin", data=away)).status_code == 404


async def test_who_votes_for_the_network_names_kin_in_any_of_its_groups(doors: Doors) -> None:
    wan = await doors.as_(WAN)
    assert f'value="{KRIT}"' in await page(wan, "/me/kin")
    form = {"id": new_id(), "other": KRIT, "kind": "kin", "degree": "2"}
    assert (await wan.post("/me/kin", data=form)).status_code == 200
    assert [one.other for one in await queries.relations(WAN, TODAY)] == [KRIT]
