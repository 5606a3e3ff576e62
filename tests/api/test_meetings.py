"""A meeting held by a program: agenda, who goes, counted hands, minutes; and who sits where."""

from certification.basis.ids import new_id
from tests.cast import CHAN, DAO, KRIT, KRITS_GROUP, NETWORK, NOK, TODAY, WAN
from tests.doors import Doors
from tests.guarantee import accepted, inspected, meeting, planted, published


async def test_a_program_holds_a_meeting(doors: Doors) -> None:
    await published()
    application = await accepted(await planted(("kale", "holy-basil")))
    await inspected(application)
    met, other, wan = await meeting(), await meeting(), await doors.as_(WAN)
    there = f"/api/v1/meetings/{met}"

    async def sent(what: str, **body: object) -> int:
        return (await wan.post(f"{there}/{what}", json={"id": new_id(), **body})).status_code

    item = {"id": new_id(), "part": "matters", "title": "ป้ายแปลง"}
    for _ in range(2):
        assert (await wan.post(f"{there}/items", json=item)).status_code == 201
    assert await sent("items", part="gossip", title="x") == 400
    assert await sent("items", part="inform", title=" ") == 400
    assert await sent("notes", item=item["id"], text="ติดครบแล้ว") == 201
    foreign = {"id": new_id(), "item": item["id"], "text": "x"}
    elsewhere = f"/api/v1/meetings/{other}/notes"
    assert (await wan.post(elsewhere, json=foreign)).status_code == 404
    action = {"id": new_id(), "owner": CHAN, "what": "ซื้อป้าย", "due_on": str(TODAY)}
    assert (await wan.post(f"{there}/actions", json=action)).status_code == 201
    nobody = {**action, "id": new_id(), "owner": new_id()}
    assert (await wan.post(f"{there}/actions", json=nobody)).status_code == 404
    assert await sent("actions-done", action=action["id"]) == 201
    assert await sent("actions-done", action=action["id"]) == 409
    gone = f"{there}/movements/{NOK}"
    assert (await wan.put(gone, json={"kind": "left"})).status_code == 200
    assert (await wan.put(gone, json={"kind": "left"})).status_code == 409
    here = {"seat": "agency", "leg": "academia", "late": True}
    unknown = {**here, "seat": "temple"}  # no charter of this network has it
    assert (await wan.put(f"{there}/attendance/{DAO}", json=unknown)).status_code == 400
    assert (await wan.put(f"{there}/attendance/{DAO}", json=here)).status_code == 200
    long = {"seat": "x" * 41}
    assert (await wan.put(f"{there}/attendance/{CHAN}", json=long)).status_code == 400
    count = {"id": new_id(), "votes_for": 5, "votes_against": 0}
    counted = await wan.put(f"{there}/counts/{application}", json=count)
    assert counted.status_code == 200, counted.text
    await doors.step_up(WAN)
    wanted = {
        "id": new_id(), "application": application, "crops": ["kale"], "reason": "กะเพราใหม่",
    }  # fmt: skip
    made = await wan.post(f"{there}/decisions", json=wanted)
    assert (made.status_code, made.json()["crops"]) == (201, ["kale"]), made.text
    shown = (await wan.get(there)).json()
    assert shown["items"][0]["notes"][0]["text"] == "ติดครบแล้ว"
    assert shown["decisions"][0]["left_out"] == ["holy-basil"]
    [dao] = [one for one in shown["attendance"] if one["person"] == DAO]
    assert (dao["leg"], dao["late"], dao["gone_at"]) == ("academia", True, None)
    assert (await wan.put(f"{there}/end")).status_code == 200
    adopt = {"id": new_id(), "minutes_of": met, "corrections": "ชื่อสถานที่"}
    adopted = await wan.post(f"/api/v1/meetings/{other}/adoptions", json=adopt)
    assert adopted.status_code == 201, adopted.text
    assert (await wan.get(f"{there}/minutes")).status_code == 200
    assert (await (await doors.as_(KRIT)).get(f"{there}/minutes")).status_code == 404


async def test_seats_are_given_and_ended_by_a_program(doors: Doors) -> None:
    wan = await doors.as_(WAN)
    await doors.step_up(WAN)
    seat = {
        "id": new_id(), "organ": NETWORK, "body": "screening", "person": DAO, "seat": "agency",
        "leg": "local_government", "since": str(TODAY), "chosen_by": "3/2569",
    }  # fmt: skip
    for _ in range(2):
        assert (await wan.post("/api/v1/seats", json=seat)).status_code == 201
    assert (await wan.post("/api/v1/seats", json={**seat, "id": new_id()})).status_code == 409
    far = {**seat, "id": new_id(), "organ": KRITS_GROUP, "body": "board"}
    assert (await wan.post("/api/v1/seats", json=far)).status_code == 400, "a group has no board"
    [body] = (await wan.get(f"/api/v1/seats?organ={NETWORK}")).json()
    assert body["legs"]["local_government"] == 1
    end = f"/api/v1/seats/{seat['id']}/end"
    krit = await doors.as_(KRIT)
    assert (await krit.put(end, json={"until": str(TODAY)})).status_code == 403
    assert (await wan.put(end, json={"until": str(TODAY)})).status_code == 200
    assert (await wan.put(end, json={"until": str(TODAY)})).status_code == 409
