"""The members' list: registering, the printed card, roles and relations."""

import re
from datetime import timedelta
from html import unescape

from httpx import AsyncClient

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.groups import commands as groups
from certification.people import commands
from certification.people import queries as people
from certification.people.rules import Particulars
from tests.cast import (
    ADMIN,
    CHAN,
    KRIT,
    KRITS_GROUP,
    LONG_AGO,
    MALEE,
    NETWORK,
    NOW,
    PRASERT,
    RATTAPHUM,
    TODAY,
    WAN,
    YESTERDAY,
    YING,
)  # fmt: skip
from tests.doors import PIN, Doors


async def page(client: AsyncClient, address: str) -> str:
    said = await client.get(address)
    assert said.status_code == 200, said.text
    return unescape(said.text)


async def test_a_person_is_registered_and_enrols_with_the_card(doors: Doors) -> None:
    ying, body = await doors.as_(YING), {"id": new_id(), "name": "", "group": RATTAPHUM}
    again = await ying.post("/admin/people/new", data={**body, "phone": "0899999901"})
    assert again.status_code == 400
    assert "0899999901" in again.text
    for _ in range(2):
        made = await ying.post("/admin/people/new", data={**body, "name": "แดง ดินดี"})
        assert made.url.path == f"/admin/people/{body['id']}"
    assert (await page(ying, "/admin")).count("แดง ดินดี") == 1
    await doors.step_up(YING)
    card = await ying.post(f"/admin/people/{body['id']}/code")
    assert card.headers["cache-control"] == "no-store"
    found = re.search(r'class="code">([0-9A-Z]{5}-[0-9A-Z]{5})<', card.text)
    assert found
    let_in = await doors.stranger().post("/enrol", data={"code": found[1], "new_pin": PIN})
    assert (let_in.status_code, let_in.url.path) == (200, "/farm")


async def test_nobody_reaches_above_or_beside(doors: Doors) -> None:
    krit, ying, wan = await doors.as_(KRIT), await doors.as_(YING), await doors.as_(WAN)
    assert "มาลี" not in await page(krit, "/admin")
    for person in (KRIT, YING, WAN):
        await doors.step_up(person)
    one = f"/admin/people/{MALEE}"
    assert (await krit.get(one)).status_code == 404
    assert (await krit.post(f"{one}/code")).status_code == 404
    body = {"id": new_id(), "name": "ใคร", "group": RATTAPHUM}
    assert (await krit.post("/admin/people/new", data=body)).status_code == 404
    assert (await ying.post(f"/admin/people/{WAN}/code")).status_code == 404
    assert (await wan.post(f"/admin/people/{PRASERT}/code")).status_code == 403
    assert (await (await doors.as_(MALEE)).get("/admin")).status_code == 403
    assert (await ying.get("/admin/groups/new")).status_code == 403


async def test_a_role_is_given_and_ended_after_the_pin(doors: Doors) -> None:
    ying, there = await doors.as_(YING), f"/admin/people/{MALEE}/roles"
    assert (await ying.get(there)).url.path == "/step-up"
    await doors.step_up(YING)
    shown = await page(ying, there)
    assert 'value="inspector"' in shown
    assert 'value="treasurer"' not in shown
    body = {"id": new_id(), "role": "inspector", "place": RATTAPHUM}
    for _ in range(2):
        assert f"/admin/roles/{body['id']}/end" in (await ying.post(there, data=body)).text
    above = await ying.post(there, data={**body, "id": new_id(), "role": "treasurer"})
    assert above.status_code == 403
    doors.later(minutes=1)
    ended = await ying.post(f"/admin/roles/{body['id']}/end")
    assert f"/admin/roles/{body['id']}/end" not in ended.text


async def test_a_relation_is_written_down_and_struck_out(doors: Doors) -> None:
    ying, one = await doors.as_(YING), f"/admin/people/{MALEE}"
    body = {"id": new_id(), "other": CHAN, "kind": "kin", "degree": "2"}
    for _ in range(2):
        assert (await ying.post(f"{one}/relations", data=body)).status_code == 200
    shown = await page(ying, one)
    assert shown.count(f"/admin/relations/{body['id']}/end") == 1
    silent = await ying.post(f"/admin/relations/{body['id']}/end")
    assert silent.status_code == 400
    why = {"reason": "แยกบ้านแล้ว"}
    gone = await ying.post(f"/admin/relations/{body['id']}/end", data=why)
    assert gone.status_code == 200
    assert f"/admin/relations/{body['id']}/end" not in gone.text  # it holds until tonight
    assert "ถึง 22" in gone.text


async def test_who_leaves_a_house_is_near_no_longer_and_no_housemate_says_so(
    doors: Doors,
) -> None:
    ying, one = await doors.as_(YING), f"/admin/people/{MALEE}/household/end"
    assert (await ying.post(one)).status_code == 409  # she lives alone
    together = {"id": new_id(), "persons": [MALEE, CHAN, YING]}
    assert (await (await doors.as_(WAN)).post("/api/v1/households", json=together)).is_success
    own = await ying.put(f"/api/v1/people/{MALEE}/household/end", json={})
    assert own.json()["code"] == "access.own_cause"
    assert (await (await doors.as_(KRIT)).post(one)).status_code == 404
    wan = await doors.as_(WAN)
    assert "ย้ายออกจากครัวเรือนนี้แล้ว" in await page(wan, f"/admin/people/{MALEE}")
    left = await wan.post(one)
    assert left.status_code == 200
    assert "ย้ายออกจากครัวเรือนนี้แล้ว" not in left.text
    assert (await wan.put(f"/api/v1/people/{MALEE}/household/end", json={})).status_code == 409
    gone = await wan.put(f"/api/v1/people/{CHAN}/household/end", json={})
    assert gone.json()["household"] == together["id"]
    assert await people.related(MALEE, TODAY + timedelta(days=1)) == ()


async def test_who_belongs_nowhere_any_more_is_still_found_by_the_networks_secretary(
    doors: Doors,
) -> None:
    wan, ying, gone = await doors.as_(WAN), await doors.as_(YING), new_id()
    await run(commands.register, gone, Particulars("เด่น เคยอยู่"), by=YING, at=LONG_AGO)
    since, until = LONG_AGO.date(), YESTERDAY
    await run(groups.join, new_id(), RATTAPHUM, gone, since=since, by=YING, at=LONG_AGO)
    await run(groups.leave, RATTAPHUM, gone, until, by=YING, at=NOW)
    await doors.step_up(WAN)
    one = f"/admin/people/{gone}"
    assert "ไม่อยู่ในกลุ่มใดแล้ว" in await page(wan, "/admin")
    assert one in await page(wan, "/admin")
    assert "เด่น เคยอยู่" in await page(wan, one)
    assert one not in await page(ying, "/admin")
    assert (await ying.get(one)).status_code == 404
    back = {"id": new_id(), "role": "inspector", "place": RATTAPHUM}
    assert (await wan.post(f"{one}/roles", data=back)).status_code == 200
    assert "ไม่อยู่ในกลุ่มใดแล้ว" not in await page(wan, "/admin")
    assert one in await page(ying, "/admin")


async def test_the_administrator_founds_a_group(doors: Doors) -> None:
    admin = await doors.as_(ADMIN, "en")
    body = {
        "id": new_id(), "kind": "group", "name_th": "กลุ่มใหม่", "name_en": "New group",
        "area": "9", "network": NETWORK,
    }  # fmt: skip
    wrong = await admin.post("/admin/groups/new", data=body)
    assert wrong.status_code == 400
    assert "New group" in wrong.text
    made = await admin.post("/admin/groups/new", data={**body, "area": "900901"})
    assert (made.status_code, made.url.path) == (200, "/admin")
    assert "New group" in made.text


async def test_a_forgotten_pin_takes_two_and_the_code_is_shown_once(doors: Doors) -> None:
    ying, prasert = await doors.as_(YING), await doors.as_(PRASERT)
    malee, krit, one = await doors.as_(MALEE), await doors.as_(KRIT), f"/admin/people/{MALEE}"
    await doors.step_up(YING)
    shown = await page(ying, one)
    assert "เริ่มทำรหัสใหม่" in shown
    assert "Particulars" not in shown
    assert (await ying.post(f"{one}/code")).status_code == 409
    for person in (PRASERT, KRIT):
        await doors.step_up(person)
    assert (await krit.post(f"{one}/recovery", data={"id": new_id()})).status_code == 404
    assert (await prasert.post(f"{one}/recovery", data={"id": new_id()})).status_code == 403
    begun = await ying.post(f"{one}/recovery", data={"id": new_id()})
    assert begun.url.path == "/recoveries"
    assert "ต้องให้คนอื่นยืนยัน" in begun.text
    found = re.search(
        r"/recoveries/([0-9a-f-]{36})/confirmation", await page(prasert, "/recoveries")
    )
    assert found
    assert (await ying.post(f"/recoveries/{found[1]}/confirmation")).status_code == 403
    assert (await krit.post(f"/recoveries/{found[1]}/confirmation")).status_code == 404
    assert "มาลี" not in await page(krit, "/recoveries")
    assert f"/recoveries/{found[1]}/stop" in await page(malee, "/me")
    card = await prasert.post(f"/recoveries/{found[1]}/confirmation")
    code = re.search(r'class="code">([0-9A-Z]{5}-[0-9A-Z]{5})<', card.text)
    assert code
    assert card.headers["cache-control"] == "no-store"
    assert (await prasert.post(f"/recoveries/{found[1]}/confirmation")).status_code == 409
    assert (await malee.get("/farm", follow_redirects=False)).status_code == 303
    let_in = await doors.stranger().post("/enrol", data={"code": code[1], "new_pin": "739152"})
    assert let_in.status_code == 200


async def test_programs_recover_and_malee_stops(doors: Doors) -> None:
    ying, malee = await doors.as_(YING), await doors.as_(MALEE)
    await doors.step_up(YING)
    id = new_id()
    made = await ying.post(f"/api/v1/people/{MALEE}/recoveries", json={"id": id})
    assert made.status_code == 201
    assert [one["id"] for one in (await ying.get("/api/v1/recoveries")).json()] == [id]
    same = await ying.put(f"/api/v1/recoveries/{id}/confirmation")
    assert (same.status_code, same.json()["code"]) == (403, "recovery.same_hands")
    assert (await malee.put(f"/api/v1/recoveries/{id}/stop")).status_code == 200
    assert (await ying.get("/api/v1/recoveries")).json() == []


async def test_people_are_found_by_a_whole_number_or_by_name_in_one_group(doors: Doors) -> None:
    async def found(person: str, text: str, group: str = "", status: int = 200) -> set[str]:
        said = await (await doors.as_(person)).post(
            "/admin/found", data={"q": text, "group": group}
        )
        assert said.status_code == status, said.text
        listed = said.text.partition('role="status">')[2].partition("</form>")[0]
        return set(re.findall(r'/admin/people/([^"]+)"', listed))

    phone, number = "๐๘๑-๒๓๔-๕๖๐๑", " สข-0001 "  # Malee's, as people type them
    for person in (YING, WAN, ADMIN):
        for text in (phone, number):
            assert await found(person, text) == {MALEE}
        assert await found(person, "มาลี", RATTAPHUM) == {MALEE}
        for part in ("081234560", "0812345", "สข-000", "0001"):
            assert await found(person, part) == set()
        assert await found(person, "มาลี", KRITS_GROUP if person != YING else RATTAPHUM) == (
            {MALEE} if person == YING else set()
        )
        assert await found(person, "มาลี", status=400) == set()
    for text in (phone, number):  # another group's leader learns nothing, not even that she exists
        assert await found(KRIT, text) == await found(KRIT, "0899999999") == set()
    assert await found(KRIT, "มาลี", KRITS_GROUP) == set()
    assert await found(KRIT, "มาลี", RATTAPHUM, 404) == set()
    assert await found(KRIT, phone, RATTAPHUM, 404) == set()
    assert await found(MALEE, phone, status=403) == set()
    again = await (await doors.as_(YING)).post("/admin/found", data={"q": "มาลี"})
    assert 'value="มาลี"' in again.text
    stranger = await doors.stranger().post("/admin/found", data={"q": phone})
    assert stranger.url.path.startswith("/sign-in")
