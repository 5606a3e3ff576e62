"""A season's plan by a program: proposed, read, adopted, answered, swapped; a day set."""

from certification.basis.ids import new_id
from tests.cast import KRIT, NETWORK, NOK, SOMCHAI, TODAY, TOMORROW, WAN, YING
from tests.doors import Doors
from tests.guarantee import accepted, nok_may_look, planted, published


async def test_a_program_sends_inspectors_for_a_season(doors: Doors) -> None:
    await nok_may_look()
    await published()
    plot = await planted()
    wan, krit = await doors.as_(WAN), await doors.as_(KRIT)
    body = {"id": new_id(), "organ": NETWORK, "season": TODAY.year, "scheme": "sgs-pgs"}
    nothing = await wan.post("/api/v1/season-plans", json=body)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "assignment.nothing_due")
    await accepted(plot)
    assert (await krit.post("/api/v1/season-plans", json=body)).status_code == 404
    assert (await wan.post("/api/v1/season-plans", json=body)).status_code == 201
    there = f"/api/v1/season-plans/{body['id']}"
    assert (await krit.get(there)).status_code == 404
    read = (await wan.get(there)).json()
    assert [seat["against"] for seat in read["seats"]] == [[], [], []]
    [listed] = (await wan.get(f"/api/v1/groups/{NETWORK}/season-plans")).json()
    assert listed == read["plan"]
    seat = next(one["seat"] for one in read["seats"] if one["seat"]["seat"] == "producer")
    sits, other = seat["person"], next(p for p in (YING, SOMCHAI) if p != seat["person"])
    mine = f"/api/v1/season-seats/{seat['id']}"
    nobody = {"revision": 1}
    assert (await wan.put(mine, json=nobody)).status_code == 200
    stale = await wan.put(f"{there}/adoption", json={"revision": 1})
    assert stale.json()["code"] == "assignment.changed_meanwhile"
    back = {"revision": 2, "person": sits}
    assert (await wan.put(mine, json=back)).status_code == 200
    assert (await wan.put(f"{there}/adoption", json={"revision": 3})).json()["empty"] == 0

    override = {"id": new_id(), "person": sits, "observer": NOK, "reason": "ไม่มีคนอื่น"}
    refused = await wan.post(f"{mine}/overrides", json=override)
    assert refused.json()["code"] in (
        "assignment.nothing_to_override",
        "assignment.never_overridden",
    )
    day = {"id": new_id(), "plot": plot, "planned_on": str(TOMORROW), "kind": "initial"}
    early = await wan.post(f"{there}/days", json=day)
    assert early.json()["code"] == "assignment.not_all_agreed"
    silent = await (await doors.as_(sits)).put(f"{mine}/answer", json={"accept": False})
    assert silent.status_code == 400
    assert (await krit.put(f"{mine}/answer", json={"accept": True})).status_code == 404
    foreign = await (await doors.as_(other)).post(
        f"{mine}/swaps", json={"id": new_id(), "theirs": new_id()}
    )
    assert foreign.status_code == 404
    for one in read["seats"]:
        person = await doors.as_(one["seat"]["person"])
        asked = (await person.get("/api/v1/season-seats")).json()
        assert [seat["id"] for seat in asked] == [one["seat"]["id"]]
        path = f"/api/v1/season-seats/{asked[0]['id']}/answer"
        for _ in range(2):
            assert (await person.put(path, json={"accept": True})).status_code == 200
    for _ in range(2):
        assert (await wan.post(f"{there}/days", json=day)).status_code == 201
