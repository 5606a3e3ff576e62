"""The committee calls a visit on the phone; leader or secretariat send who goes."""

from certification.applications import queries as applications
from certification.basis.ids import new_id
from tests.cast import KRIT, MALEE, RATTAPHUM, WAN
from tests.certification.test_calls import PANEL
from tests.doors import Doors
from tests.guarantee import certified, nok_may_look, published


async def test_a_call_at_the_doors(doors: Doors) -> None:
    await nok_may_look()
    await published()
    paper = await certified()
    [asked] = [a.id for a in await applications.of_plot(paper.plot)]
    wan, malee, krit = [await doors.as_(who) for who in (WAN, MALEE, KRIT)]
    data = {"id": new_id(), "application": asked, "kind": "random", "reason": "กลิ่นยาตอนเย็น"}
    empty = await wan.post("/board/calls", data=data | {"reason": ""})
    assert empty.status_code == 400
    for _ in range(2):
        assert "กลิ่นยาตอนเย็น" in (await wan.post("/board/calls", data=data)).text
    twice = await wan.post(
        f"/api/v1/applications/{asked}/visit-calls",
        json={"id": new_id(), "kind": "random", "reason": "อีก"},
    )
    assert (twice.status_code, twice.json()["code"]) == (409, "calls.called_already")
    assert (await krit.post("/board/calls", data=data)).status_code in (403, 404)
    for who in (malee, krit):
        assert "กลิ่นยา" not in (await who.get("/board/calls")).text
    form = await wan.get(f"/board/assign/{asked}?call={data['id']}")
    assert "กลิ่นยาตอนเย็น" in form.text
    send = {
        "id": new_id(), "call": data["id"], "kind": "random", "planned_on": "26/11/69",
        **{f"seat.{one.person}": one.seat for one in PANEL},
    }  # fmt: skip
    for _ in range(2):
        assert (await wan.post(f"/board/assign/{asked}", data=send)).is_success
    [told] = (await wan.get(f"/api/v1/groups/{RATTAPHUM}/visit-calls")).json()
    assert (told["inspection"], told["visit"]) == (send["id"], "assigned")
    over = await wan.put(f"/api/v1/visit-calls/{data['id']}/withdrawal", json={"reason": "x"})
    assert (over.status_code, over.json()["code"]) == (409, "calls.over")
    assert "random" not in (await malee.get("/api/v1/inspections?plot=" + paper.plot)).text
    assert (await wan.get("/board/calls?as=xlsx")).content[:2] == b"PK"
