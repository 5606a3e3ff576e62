"""A buyer tells what was wrong with goods; treasurer and committee answer; Krit sees nothing."""

from datetime import timedelta

import pytest

from certification.basis.ids import new_id
from market.domain.complaints import queries
from tests.cast import KRIT, NETWORK, NOK, PRASERT, WAN
from tests.doors import Doors
from tests.market.stall import PICKUP, Stall, stall_in_village
from tests.pictures import by_phone
from tests.till import hidden, krit_keeps_his_groups_money
from tests.web.test_slips import drawn


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


async def test_from_the_photo_to_the_committees_word(doors: Doors, there: Stall) -> None:
    placed = await there.paid()
    nok, address = await doors.as_(NOK), f"/order/{placed.code}/problem"
    assert "หลังรับของ" in (await nok.get(address)).text
    await there.hand_over(placed.order)
    doors.later(PICKUP + timedelta(hours=2))
    for who in (NOK, PRASERT, KRIT, WAN):
        doors.forget(who)
    nok = await doors.as_(NOK)
    paper = (await nok.get(address)).text
    [line] = (await nok.get(f"/api/v1/orders/{placed.order}")).json()["lines"]
    form = {"id": hidden(paper), "line": line["id"], "kind": "spoilt", "words": ""}
    wrong = await nok.post(address, data=form)
    assert wrong.status_code == 400
    form["words"] = "เน่าครึ่งหนึ่ง"
    for _ in range(2):
        photo = {"photo": ("kale.png", drawn("kale"), "image/png")}
        sent = await nok.post(address, data=form, files=photo)
        assert "รอคำตอบ" in sent.text

    [told] = await queries.of_merchant(NETWORK)
    await krit_keeps_his_groups_money()
    krit, prasert = await doors.as_(KRIT), await doors.as_(PRASERT)
    mine = f"/problems/{told.complaint}"
    for path in (mine, f"{mine}/photo", f"/problems?of={NETWORK}", address):
        assert (await krit.get(path)).status_code == 404, path
    assert (await krit.post(mine, data={"outcome": "refused", "reason": "x"})).status_code == 404
    assert "เน่าครึ่งหนึ่ง" in (await prasert.get(mine)).text
    assert (await prasert.get(f"{mine}/photo")).headers["content-type"] == "image/jpeg"
    assert "เน่าหรือเสีย" in (await prasert.get("/problems?as=csv")).text
    said = {"outcome": "credit", "satang": "50", "bearer": "farmer", "reason": "เห็นในรูป"}
    much = await prasert.post(mine, data=said)
    assert (much.status_code, 'value="50"' in much.text) == (409, True)
    assert "เห็นในรูป" in (await prasert.post(mine, data={**said, "satang": "10"})).text
    seen = (await nok.get(address)).text
    assert "10 บาท" in seen

    no = {"do": "appeal", "complaint": told.complaint, "words": "เสียทั้งหมด", "id": new_id()}
    assert "รอคณะกรรมการ" in (await nok.post(address, data=no)).text
    wan = await doors.as_(WAN)
    assert (await prasert.post(f"{mine}/ruling", data=said)).status_code == 403
    more = {"id": new_id(), "outcome": "refund", "satang": 2_999, "bearer": "fund", "reason": "ใช่"}
    done = await wan.put(f"/api/v1{mine}/ruling", json=more)
    assert done.json()["satang"] == 3_999
    assert "คำตัดสินของคณะกรรมการ" in (await nok.get(address)).text


async def test_a_program_sends_the_photo_once_and_who_may_read_the_problem_sees_it(
    doors: Doors, there: Stall
) -> None:
    """Drawn anew, without what the camera wrote; nothing that is no picture, too heavy, or late."""
    placed = await there.paid()
    await there.hand_over(placed.order)
    doors.later(PICKUP + timedelta(hours=2))
    nok, id = await doors.as_(NOK), new_id()
    order = f"/api/v1/orders/{placed.order}"
    [line] = (await nok.get(order)).json()["lines"]
    said = {"line": line["id"], "kind": "spoilt", "words": "เน่าครึ่งหนึ่ง"}
    mine, theirs = f"{order}/problems/{id}", f"/api/v1/problems/{id}/photo"
    assert (await nok.put(f"{mine}/photo", content=by_phone())).status_code == 404
    await nok.put(mine, json=said)
    await krit_keeps_his_groups_money()
    krit, prasert = await doors.as_(KRIT), await doors.as_(PRASERT)
    assert (await nok.get(f"{mine}/photo")).status_code == 404  # none yet
    for bad in (b"", b"<svg/>", by_phone()[:200], b"x" * 20_000_000):
        assert (await nok.put(f"{mine}/photo", content=bad)).status_code in (400, 413)
    assert b"Exif" in by_phone()
    sent = [await nok.put(f"{mine}/photo", content=by_phone()) for _ in range(2)]
    assert [(one.status_code, one.json()["complaint"]) for one in sent] == [(200, id)] * 2
    another = await nok.put(f"{mine}/photo", content=drawn("kale"))
    assert (another.status_code, another.json()["code"]) == (409, "complaints.has_photo")
    shown = [await nok.get(f"{mine}/photo"), await prasert.get(theirs)]
    assert {one.headers["content-type"] for one in shown} == {"image/jpeg"}
    assert shown[0].content == shown[1].content
    assert b"Exif" not in shown[0].content
    for who, address in ((krit, theirs), (krit, f"{mine}/photo"), (prasert, f"{mine}/photo")):
        assert (await who.get(address)).status_code == 404
    assert (await krit.put(f"{mine}/photo", content=by_phone())).status_code == 404
