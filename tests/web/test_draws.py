"""A draw at the doors: who may, what others see of it, and when it is public."""

from html import unescape

from certification.basis import checkpoints
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.draws import queries
from certification.inspections import commands as inspections
from certification.inspections.answering import GiveAnswers
from certification.inspections.rules import BeginInspection, FinishInspection
from certification.plots import queries as plots
from tests.cast import CHAN, KRIT, MALEE, NETWORK, NOK, SOMCHAI, WAN, YING
from tests.doors import Doors
from tests.guarantee import LON, certified, good_answers, nok_may_look, published


async def test_the_secretariat_draws_and_nobody_else_knows_until_all_is_visited(
    doors: Doors,
) -> None:
    await nok_may_look()
    await published(max_consecutive_years=0)
    await certified()
    await certified(farmer=CHAN, lon=LON + 0.01)
    wan, leader, krit = [await doors.as_(who, "en") for who in (WAN, YING, KRIT)]
    id = new_id()
    body = {"id": id, "organ": NETWORK, "scheme": "sgs-pgs", "count": "9", "reason": "เหตุ"}
    kept = await wan.post("/season/draws", data=body)
    assert (kept.status_code, "From 1 to 2 plots" in kept.text) == (400, True)
    assert "เหตุ" in kept.text, "what was typed stays"
    for _ in range(2):
        page = await wan.post("/season/draws", data=body | {"count": "", "reason": ""})
        assert "1 of 2 plots will be drawn" in unescape(page.text)
    assert (await wan.post(f"/season/draws/{id}/draw")).status_code == 409
    doors.later(minutes=10)
    await checkpoints.sign(at=doors.now)
    for _ in range(2):
        page = await wan.post(f"/season/draws/{id}/draw")
        assert "Send inspectors" in page.text
    [drawn] = await queries.drawn(id)
    shown = f"{drawn.code[:4]}-{drawn.code[4:]}"
    assert shown in page.text
    for who in (krit, leader, await doors.as_(MALEE, "en"), doors.stranger("en")):
        assert (await who.get(f"/season/draws/{id}", follow_redirects=False)).status_code in (
            303, 403, 404,
        )  # fmt: skip
        said = await who.get(f"/draws/{id}")
        told = await who.get(f"/api/v1/draws/{id}")
        assert drawn.code not in said.text + told.text
        assert shown not in said.text
        assert told.json()["commitment"] in said.text

    farmer = (await plots.plot(drawn.plot)).farmer
    panel = [one for one in (SOMCHAI, CHAN, YING) if one != farmer][:2]
    send = {"id": new_id(), "planned_on": "26/11/69", f"seat.{NOK}": "consumer"}
    there = f"/season/draws/{id}/plots/{drawn.code}"
    few = await wan.post(there, data=send)
    assert few.status_code == 409
    send |= {f"seat.{one}": "producer" for one in panel}
    for _ in range(2):
        assert (await wan.post(there, data=send)).status_code == 200
    assert (await krit.post(there, data=send)).status_code in (403, 404)

    visit, by = send["id"], panel[0]
    await run(inspections.begin, BeginInspection(visit, doors.now), by=by, at=doors.now)
    await run(inspections.answer, GiveAnswers(visit, tuple(good_answers())), by=by, at=doors.now)
    for one in (*panel, NOK):
        await run(inspections.sign, visit, by=one, at=doors.now)
    end = FinishInspection(visit, "signed", doors.now)
    await run(inspections.finish, end, by=by, at=doors.now)
    said = unescape((await doors.stranger("en").get(f"/draws/{id}")).text)
    assert shown in said
    assert (await queries.draw(id)).sealed in said
    open_list = (await doors.stranger().get(f"/draws/{id}?as=csv")).text
    assert drawn.code in open_list
    assert "?as=xlsx" in said
    csv = await wan.get(f"/season/draws/{id}?as=csv")
    assert drawn.code in csv.text
    assert (await wan.get(f"/season/draws/{id}?as=xlsx")).content[:2] == b"PK"
