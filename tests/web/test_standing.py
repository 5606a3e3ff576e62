"""Nok presses twice to have her vegetables every week, and stops it without asking anybody."""

from certification.basis.ids import new_id
from market.domain.standing import queries
from tests.cast import MALEE, NOK
from tests.doors import Doors
from tests.market.stall import stall_in_village


async def test_from_an_order_that_was_good_to_every_week_and_to_the_end(doors: Doors) -> None:
    there = await stall_in_village()
    placed = await there.order(1_500, rail="cash")
    nok, malee = await doors.as_(NOK), await doors.as_(MALEE)
    shown = (await nok.get(f"/order/{placed.code}")).text
    assert f"/me/standing?order={placed.code}" in shown
    form = (await nok.get("/me/standing", params={"order": placed.code})).text
    assert 'value="72"' in form  # a fifth more than the sixty baht of now
    typed = {"id": new_id(), "order": placed.code, "weeks": "1", "rail": "cash", "dearer": "20"}
    wrong = await nok.post("/me/standing", data={**typed, "most": "มาก"})
    assert wrong.status_code == 400
    assert 'value="มาก"' in wrong.text
    for _ in range(2):  # pressed twice
        said = await nok.post("/me/standing", data={**typed, "most": "100"})
        assert said.status_code == 200, said.text
    [mine] = await queries.of_person(NOK)
    assert (mine.row.satang_most, mine.wishes[0].satang_per_kg_most) == (10_000, 4_800)
    assert (await malee.get("/me/standing", params={"order": placed.code})).status_code == 404
    way = f"/me/standing/{mine.row.id}"
    for deed in ("skip", "pause", "end"):
        assert (await malee.post(f"{way}/{deed}", data={})).status_code == 404
    assert "ไม่ข้ามรอบหน้าแล้ว" in (await nok.post(f"{way}/skip", data={"next_round": "yes"})).text
    past = await nok.post(f"{way}/pause", data={"until": "2026-01-02"})
    assert past.status_code == 400
    assert "2026-01-02" in past.text
    assert "พักตั้งแต่" in (await nok.post(f"{way}/pause", data={"until": "2026-12-20"})).text
    api = (await nok.delete(f"/api/v1/standing-orders/{mine.row.id}/pause")).json()
    assert api["row"]["paused_until"] is None
    assert "ยังไม่มี" in (await nok.post(f"{way}/end", data={})).text
    late = await nok.put(f"/api/v1/standing-orders/{mine.row.id}/skip", json={"next_round": True})
    assert (late.status_code, late.json()["code"]) == (409, "standing.has_ended")


async def test_a_favourite_stands_in_front_for_who_likes_it_alone(doors: Doors) -> None:
    there = await stall_in_village()
    nok = await doors.as_(NOK, "en")
    page = f"/shop/{there.cycle}/{there.offer}"
    product = (await nok.get(page)).text.partition('name="product" value="')[2][:36]
    for _ in range(2):
        kept = await nok.post(
            "/me/favourites", data={"product": product, "keep": "yes", "next": page}
        )
        assert "No favourite any more" in kept.text
    assert "?kind=liked" in (await nok.get("/")).text
    assert "?kind=liked" not in (await doors.stranger().get("/")).text
    assert (await nok.get("/api/v1/favourites")).json() == [product]
    assert (await nok.delete(f"/api/v1/favourites/{product}")).json() == []
    assert (await nok.put(f"/api/v1/favourites/{new_id()}")).status_code == 404
    assert (await nok.post("/me/favourites", data={"product": "x"})).status_code == 400
