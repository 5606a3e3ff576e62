"""Members, their codes and roles, asked for by programs; nobody reaches above himself."""

from typing import Any

from certification.basis.ids import new_id
from tests.cast import (
    ADMIN,
    CHAN,
    DAO,
    KRIT,
    KRITS_GROUP,
    MALEE,
    NETWORK,
    NOK,
    PRASERT,
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    WAN,
    YING,
)
from tests.doors import PIN, Doors


def person(**changed: Any) -> dict[str, Any]:
    body = {"id": new_id(), "name": "แดง ดินดี", "phone": "0899999901", "group": RATTAPHUM}
    return {**body, **changed}


async def test_a_new_member_is_let_in_with_the_printed_code(doors: Doors) -> None:
    ying, body = await doors.as_(YING), person()
    for _ in range(2):
        said = await ying.post("/api/v1/people", json=body)
        assert said.status_code == 201, said.text
    shown = (await ying.get(f"/api/v1/people/{body['id']}")).json()
    assert ([r["role"] for r in shown["roles"]], shown["groups"]) == (["farmer"], [RATTAPHUM])
    asked = f"/api/v1/people/{body['id']}/enrolment-codes"
    assert (await ying.post(asked)).json()["code"] == "access.step_up_needed"
    await doors.step_up(YING)
    code = (await ying.post(asked)).json()["code"]
    let_in = await doors.stranger().post("/api/v1/devices", json={"code": code, "pin": PIN})
    assert (let_in.status_code, let_in.json()["person"]) == (201, body["id"]), let_in.text
    again = await doors.stranger().post("/api/v1/devices", json={"code": code, "pin": PIN})
    assert again.json()["code"] == "accounts.code_used"


async def test_krit_reaches_nobody_of_rattaphum(doors: Doors) -> None:
    krit = await doors.as_(KRIT)
    await doors.step_up(KRIT)
    relation = {
        "id": new_id(),
        "person": MALEE,
        "other": SOMCHAI,
        "kind": "kin",
        "since": "2020-01-01",
    }
    for said in (
        await krit.get(f"/api/v1/people?group={RATTAPHUM}"),
        await krit.get(f"/api/v1/people/{MALEE}"),
        await krit.get(f"/api/v1/roles?group={RATTAPHUM}"),
        await krit.post("/api/v1/people", json=person()),
        await krit.post("/api/v1/people", json=person(group=None)),
        await krit.put(f"/api/v1/people/{MALEE}/particulars", json={"name": "ใครก็ได้"}),
        await krit.post(f"/api/v1/people/{MALEE}/enrolment-codes"),
        await krit.post("/api/v1/relations", json=relation),
        await krit.post("/api/v1/households", json={"id": new_id(), "persons": [MALEE, KRIT]}),
        await krit.put(f"/api/v1/groups/{KRITS_GROUP}/members/{MALEE}", json={"id": new_id()}),
        await krit.put(f"/api/v1/groups/{RATTAPHUM}/members/{MALEE}/end", json={}),
        await krit.post("/api/v1/roles", json={
            "id": new_id(), "person": MALEE, "role": "farmer", "group": KRITS_GROUP}),
        await krit.put(f"/api/v1/roles/{doors.village.grants[MALEE, 'farmer']}/end"),
    ):  # fmt: skip
        assert said.status_code == 404, said.text
    malee = await doors.as_(MALEE)
    assert (await malee.get(f"/api/v1/people?group={RATTAPHUM}")).status_code == 403
    found = await krit.post("/api/v1/groups", json={"id": new_id()})
    assert found.status_code == 403


async def test_nobody_gets_the_key_of_somebody_higher(doors: Doors) -> None:
    ying, wan = await doors.as_(YING), await doors.as_(WAN)
    admin = await doors.as_(ADMIN)
    for person in (YING, WAN, ADMIN):
        await doors.step_up(person)

    async def code(asker: Any, person: str) -> int:
        return int((await asker.post(f"/api/v1/people/{person}/enrolment-codes")).status_code)

    assert await code(ying, MALEE) == 201
    assert await code(ying, WAN) == 404
    assert await code(wan, KRIT) == 201
    assert await code(wan, PRASERT) == 403
    assert await code(wan, ADMIN) == 404
    assert await code(admin, PRASERT) == 201
    granted = {"id": new_id(), "person": MALEE, "role": "treasurer", "group": RATTAPHUM}
    await doors.step_up(YING)
    said = await ying.post("/api/v1/roles", json=granted)
    assert (said.status_code, said.json()["code"]) == (403, "access.not_yours_to_give")
    assert await code(ying, MALEE) == 201


async def test_a_role_is_given_and_ended(doors: Doors) -> None:
    ying = await doors.as_(YING)
    body = {"id": new_id(), "person": MALEE, "role": "inspector", "group": RATTAPHUM}
    early = await ying.post("/api/v1/roles", json=body)
    assert early.json()["code"] == "access.step_up_needed"
    await doors.step_up(YING)
    for _ in range(2):
        assert (await ying.post("/api/v1/roles", json=body)).status_code == 201
    own = {**body, "id": new_id(), "person": YING, "role": "operator"}
    said = await ying.post("/api/v1/roles", json=own)
    assert (said.status_code, said.json()["code"]) == (403, "groups.not_to_oneself")
    above = await ying.put(f"/api/v1/roles/{doors.village.grants[YING, 'leader']}/end")
    assert (above.status_code, above.json()["code"]) == (403, "access.not_yours_to_give")
    doors.later(minutes=1)
    assert (await ying.put(f"/api/v1/roles/{body['id']}/end")).status_code == 200
    assert (await ying.put(f"/api/v1/roles/{body['id']}/end")).status_code == 404
    held = (await ying.get(f"/api/v1/roles?group={RATTAPHUM}")).json()
    assert body["id"] not in [one["id"] for one in held]


async def test_a_relation_is_told_by_oneself_and_ended_by_another(doors: Doors) -> None:
    malee, ying = await doors.as_(MALEE), await doors.as_(YING)
    body = {
        "id": new_id(),
        "person": MALEE,
        "other": CHAN,
        "kind": "veto",
        "since": TODAY.isoformat(),
    }
    for _ in range(2):
        assert (await malee.post("/api/v1/relations", json=body)).status_code == 201
    other = {**body, "id": new_id(), "person": SOMCHAI}
    assert (await malee.post("/api/v1/relations", json=other)).status_code == 404
    end, why = f"/api/v1/relations/{body['id']}/end", {"reason": "เข้าใจกันแล้ว"}
    assert (await malee.put(end, json=why)).status_code == 403
    assert (await ying.put(end, json={"reason": " "})).status_code == 400
    assert (await ying.put(end, json=why)).status_code == 200
    mine = {**body, "id": new_id(), "person": YING, "kind": "kin"}
    assert (await ying.post("/api/v1/relations", json=mine)).status_code == 201
    said = await ying.put(f"/api/v1/relations/{mine['id']}/end", json=why)
    assert (said.status_code, said.json()["code"]) == (409, "access.own_cause")
    together = {"id": new_id(), "persons": [MALEE, SOMCHAI]}
    assert (await ying.post("/api/v1/households", json=together)).status_code == 201


async def test_the_administrator_founds_and_fills_a_group(doors: Doors) -> None:
    admin = await doors.as_(ADMIN)
    await doors.step_up(ADMIN)
    group = {
        "id": new_id(), "kind": "group", "name_th": "กลุ่มใหม่", "name_en": "New group",
        "area": "900901", "network": NETWORK,
    }  # fmt: skip
    for _ in range(2):
        made = await admin.post("/api/v1/groups", json=group)
        assert made.status_code == 201, made.text
    listed = (await doors.stranger().get("/api/v1/groups")).json()
    assert [one["id"] for one in listed] == [NETWORK, RATTAPHUM, KRITS_GROUP, group["id"]]
    there = f"/api/v1/groups/{group['id']}/members/{NOK}"
    assert (await admin.put(there, json={"id": new_id()})).status_code == 200
    assert (await admin.put(f"{there}/end", json={})).status_code == 200
    assert (await admin.put(f"{there}/end", json={})).status_code == 404
    led = {"id": new_id(), "person": DAO, "role": "leader", "group": group["id"]}
    assert (await admin.post("/api/v1/roles", json=led)).status_code == 201
    alone = await admin.post("/api/v1/people", json=person(group=None))
    assert alone.status_code == 201, alone.text
