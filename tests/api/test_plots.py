"""A plot, what grows on it and the application, asked for by a program."""

from typing import Any

from certification.basis.ids import new_id
from certification.schemes import queries as schemes
from tests.cast import KRIT, KRITS_GROUP, MALEE, NETWORK, NOK, RATTAPHUM, SOMCHAI, TODAY, WAN, YING
from tests.doors import Doors
from tests.guarantee import planted, published, square


def plot(**changed: Any) -> dict[str, Any]:
    body = {
        "id": new_id(), "group": RATTAPHUM, "farmer": MALEE, "name": "หลังบ้าน", "kind": "field",
        "outline": square(),
    }  # fmt: skip
    return {**body, **changed}


def planting(**changed: Any) -> dict[str, Any]:
    body = {"id": new_id(), "crop": "kale", "area_m2": 1_600, "sown_on": TODAY.isoformat()}
    return {**body, **changed}


def application(plot: str, **changed: Any) -> dict[str, Any]:
    body = {
        "id": new_id(), "plot": plot, "scheme": "sgs-pgs", "farm_plan": "ผักใบ หมุนเวียน",
        "no_prohibited_since": "2023-01-31",
        "pledge_digest": schemes.preset("sgs-pgs-small").pledge.digest,
    }  # fmt: skip
    return {**body, **changed}


async def test_malee_registers_a_plot_and_says_what_grows(doors: Doors) -> None:
    malee, body = await doors.as_(MALEE), plot()
    made = await malee.post("/api/v1/plots", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["tambon"] == "900901"
    grown = await malee.post(f"/api/v1/plots/{body['id']}/plantings", json=planting())
    assert grown.status_code == 201, grown.text
    assert grown.json()["expected_grams"] == 1_800_000
    shown = (await malee.get(f"/api/v1/plots/{body['id']}")).json()
    assert shown["farmer"] == MALEE
    assert [one["crop"] for one in shown["plantings"]] == ["kale"]
    mine = (await malee.get("/api/v1/plots")).json()
    assert [one["id"] for one in mine] == [body["id"]]


async def test_the_same_plot_sent_twice_is_one_plot(doors: Doors) -> None:
    malee, body = await doors.as_(MALEE), plot()
    first = await malee.post("/api/v1/plots", json=body)
    second = await malee.post("/api/v1/plots", json=body)
    assert (second.status_code, second.json()) == (201, first.json())
    other = await malee.post("/api/v1/plots", json={**body, "name": "ริมคลอง"})
    assert (other.status_code, other.json()["code"]) == (409, "asked.otherwise")
    assert len((await malee.get("/api/v1/plots")).json()) == 1


async def test_the_wrong_person_plants_nothing_and_sees_nothing(doors: Doors) -> None:
    land = await planted()
    for who, plants, sees in ((KRIT, 404, 404), (NOK, 403, 403), (WAN, 403, 200), ("", 401, 401)):
        asker = await doors.as_(who) if who else doors.stranger()
        said = await asker.post(f"/api/v1/plots/{land}/plantings", json=planting())
        assert said.status_code == plants, said.text
        assert (await asker.get(f"/api/v1/plots/{land}")).status_code == sees
        assert (await asker.get(f"/api/v1/plots?group={RATTAPHUM}")).status_code == sees


async def test_nobody_learns_whether_a_plot_is_there(doors: Doors) -> None:
    land, krit = await planted(), await doors.as_(KRIT)
    his = await krit.get(f"/api/v1/plots/{land}")
    none = await krit.get(f"/api/v1/plots/{new_id()}")
    odd = await krit.get("/api/v1/plots/no-id-at-all")
    assert {answer.json()["code"] for answer in (his, none, odd)} == {"access.not_there"}


async def test_malee_registers_for_nobody_else(doors: Doors) -> None:
    malee = await doors.as_(MALEE)
    elsewhere = await malee.post("/api/v1/plots", json=plot(group=KRITS_GROUP))
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "plots.not_a_member")
    krits = await malee.post("/api/v1/plots", json=plot(group=KRITS_GROUP, farmer=KRIT))
    assert krits.status_code == 404
    somchais = await malee.post("/api/v1/plots", json=plot(farmer=SOMCHAI))
    assert somchais.status_code == 404
    assert (await malee.get("/api/v1/plots")).json() == []


async def test_krit_cannot_replace_malees_plot(doors: Doors) -> None:
    land, krit = await planted(), await doors.as_(KRIT)
    body = plot(group=KRITS_GROUP, farmer=KRIT, replaces=land)
    assert (await krit.post("/api/v1/plots", json=body)).status_code == 404


async def test_what_cannot_be_a_plot_is_refused(doors: Doors) -> None:
    malee = await doors.as_(MALEE)
    point = {"type": "Point", "coordinates": [1, 2]}
    for changed, code in (
        ({"id": "1"}, "access.not_an_id"),
        ({"name": "a\x00b"}, "access.not_a_text"),
        ({"outline": point}, "plots.not_a_shape"),
        ({"outline": None}, "plots.no_place"),
    ):
        said = await malee.post("/api/v1/plots", json=plot(**changed))
        assert (said.status_code, said.json()["code"]) == (400, code)


async def test_the_leader_registers_and_plants_for_malee(doors: Doors) -> None:
    ying, body = await doors.as_(YING), plot()
    assert (await ying.post("/api/v1/plots", json=body)).status_code == 201
    there = f"/api/v1/plots/{body['id']}/plantings"
    alone = await ying.post(there, json=planting())
    assert (alone.status_code, alone.json()["code"]) == (403, "plots.not_yours")
    helped = await ying.post(there, json=planting(on_behalf_of=MALEE))
    assert helped.status_code == 201, helped.text


async def test_an_application_goes_its_way_and_comes_back(doors: Doors) -> None:
    await published()
    land, malee, ying = await planted(), await doors.as_(MALEE), await doors.as_(YING)
    body = application(land)
    assert (await malee.post("/api/v1/applications", json=body)).status_code == 201
    again = await malee.post("/api/v1/applications", json=body)
    assert (again.status_code, again.json()["application"]) == (201, body["id"])
    one = f"/api/v1/applications/{body['id']}"
    assert (await malee.put(f"{one}/acceptance")).status_code == 403
    back = await ying.put(f"{one}/return", json={"reason": "บอกที่มาของปุ๋ย"})
    assert back.status_code == 200, back.text
    mended = {"farm_plan": "ปุ๋ยหมักจากโคของเราเอง", "no_prohibited_since": "2023-01-31"}
    assert (await malee.put(f"{one}/resubmission", json=mended)).status_code == 200
    own = await ying.put(f"{one}/acceptance")
    assert (own.status_code, own.json()["code"]) == (409, "applications.not_the_tier_above")
    wan = await doors.as_(WAN)
    lacking = await wan.put(f"{one}/acceptance")
    assert (lacking.status_code, lacking.json()["code"]) == (409, "applications.incomplete")
    assert "side:north" in lacking.json()["facts"]["lacks"]
    assert (await wan.put(f"{one}/acceptance?despite=on+paper")).status_code == 200
    twice = await wan.put(f"{one}/acceptance?despite=on+paper")
    assert (twice.status_code, twice.json()["code"]) == (409, "applications.not_now")
    waiting = await ying.get(f"/api/v1/applications?group={RATTAPHUM}&standing=accepted")
    assert [each["id"] for each in waiting.json()] == [body["id"]]
    shown = (await malee.get(one)).json()
    assert shown["pledge"]["typed_by"] == MALEE
    assert (await malee.put(f"{one}/withdrawal")).status_code == 200


async def test_a_leader_does_not_accept_her_own(doors: Doors) -> None:
    await published()
    land, ying = await planted(farmer=YING), await doors.as_(YING)
    body = application(land)
    assert (await ying.post("/api/v1/applications", json=body)).status_code == 201
    said = await ying.put(f"/api/v1/applications/{body['id']}/acceptance")
    assert (said.status_code, said.json()["code"]) == (409, "access.own_cause")


async def test_krit_neither_applies_for_malee_nor_sees_her_application(doors: Doors) -> None:
    await published()
    land, krit, malee = await planted(), await doors.as_(KRIT), await doors.as_(MALEE)
    body = application(land)
    assert (await krit.post("/api/v1/applications", json=body)).status_code == 404
    await malee.post("/api/v1/applications", json=body)
    one = f"/api/v1/applications/{body['id']}"
    assert (await krit.get(one)).status_code == 404
    assert (await krit.put(f"{one}/acceptance")).status_code == 404
    assert (await krit.put(f"{one}/return", json={"reason": "ไม่ชอบ"})).status_code == 404
    assert (await krit.put(f"{one}/withdrawal")).status_code == 404
    assert (await krit.get(f"/api/v1/applications?group={RATTAPHUM}")).status_code == 404


async def test_the_committee_sets_a_yield_for_its_network(doors: Doors) -> None:
    wan, figure = await doors.as_(WAN), new_id()
    body = {"id": figure, "network": NETWORK, "kg_per_rai": 2_100, "meeting_ref": "3/2569"}
    for _ in range(2):
        assert (await wan.put("/api/v1/crops/kale/figure", json=body)).status_code == 200
    other = await wan.put("/api/v1/crops/kale/figure", json={**body, "kg_per_rai": 9})
    assert (other.status_code, other.json()["code"]) == (409, "crops.figure_set_otherwise")
    malee = await doors.as_(MALEE)
    assert (await malee.put("/api/v1/crops/kale/figure", json=body)).status_code == 403
    listed = await malee.get(f"/api/v1/networks/{NETWORK}/figures")
    assert [one["kg_per_rai"] for one in listed.json()] == [2_100]
    absurd = await wan.put("/api/v1/crops/kale/figure", json={**body, "id": "x"})
    assert absurd.status_code == 400


async def test_anybody_reads_the_crops(doors: Doors) -> None:
    stranger = doors.stranger()
    assert len((await stranger.get("/api/v1/crops")).json()) > 80
    found = (await stranger.get("/api/v1/crops", params={"q": "คะน้า"})).json()
    assert found[0]["id"] == "kale"
    assert (await stranger.get("/api/v1/crops/kryptonite")).status_code == 404
