"""What a seller promises for goods that nobody fetches, as everybody sees it."""

from html import unescape

import pytest

from certification.basis.ids import new_id
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit
from tests.cast import DAO, KRIT, NETWORK, NOK, PRASERT
from tests.doors import Doors
from tests.market.stall import OVER, faults, stall_in_village
from tests.market.truck import MORNING, TEN, TruckDay, clean, truck_day_in_village


@pytest.fixture
async def there(doors: Doors) -> TruckDay:
    return await truck_day_in_village()


async def test_a_promise_is_set_shown_kept_and_done(doors: Doors, there: TruckDay) -> None:
    prasert, nok = await doors.as_(PRASERT), await doors.as_(NOK)
    rule = {"merchant": NETWORK, "absent": "refund", "moved": "hold", "hold_days": "๓"}
    assert "ยังไม่ได้กำหนด" in (await prasert.get("/unfetched")).text
    wrong = await prasert.post("/unfetched", data={**rule, "id": new_id(), "hold_days": "30"})
    assert (wrong.status_code, 'value="30"' in wrong.text) == (400, True)
    assert "1 ถึง 14 วัน" in unescape(wrong.text)
    given = await prasert.post("/unfetched", data={**rule, "id": new_id(), "moved": "donate"})
    assert given.status_code == 400
    assert (await nok.post("/unfetched", data={**rule, "id": new_id()})).status_code == 403
    krit = await doors.as_(KRIT)
    assert (await krit.post("/unfetched", data={**rule, "id": new_id()})).status_code in (403, 404)
    said = await prasert.post("/unfetched", data={**rule, "id": new_id()})
    assert "เหรัญญิกคืนเงินที่จ่ายแล้ว" in said.text
    offer = there.stall.offer
    await nok.post(f"/shop/{there.stall.cycle}", data={f"kg-{offer}": "1"})
    assert "ถ้าไม่มารับ: ยกเลิกใบจอง เหรัญญิกคืนเงิน" in (await nok.get("/basket")).text
    paid = await there.stall.order(1_000, at=doors.now)
    await there.stall.pay(paid.order, at=doors.now)
    assert "เหรัญญิกคืนเงิน" in (await nok.get(f"/order/{paid.code}")).text
    api = "/api/v1/pickup-rules"
    later = {"id": new_id(), "merchant": NETWORK, "absent": "donate", "moved": "credit",
             "hold_days": 3}  # fmt: skip
    assert (await krit.post(api, json=later)).status_code in (403, 404)
    doors.later(minutes=5)
    assert (await prasert.post(api, json=later)).status_code == 201
    got = await doors.stranger().get(f"{api}?merchant={NETWORK}")
    assert got.json()["absent"] == "donate"
    assert "เหรัญญิกคืนเงิน" in (await nok.get(f"/order/{paid.code}")).text, "as it was ordered"

    await there.load_all(walkup=0)
    await there.depart()
    doors.later(MORNING), doors.later(TEN)
    await there.arrive(there.first)
    dao, leave = await doors.as_(DAO), f"/truck/{there.id}/leave/{there.first}"
    shown = (await dao.get(leave)).text
    assert 'value="refund" checked' in shown
    assert "ตัดสินทั้ง 1 ใบตามกติกา" in unescape(shown)
    done = await dao.post(leave, data={"deed": "by_rule"})
    assert "ไปจุดถัดไป" in done.text or "truck" in done.text
    again = await dao.post(f"/api/v1/truck-rides/{there.id}/no-shows/by-rule",
                           json={"place": there.first})  # fmt: skip
    assert again.json() == {"orders": 0}
    assert "ต้องคืนเงิน" in (await dao.get(f"/till/credit?of={NETWORK}")).text
    assert (await dao.post(leave, data={"deed": "leave"})).status_code == 200
    await clean()


async def test_a_rounds_own_promise_is_read_before_ordering_done_once_and_undone(
    doors: Doors,
) -> None:
    there = await stall_in_village()
    prasert, nok, krit = await doors.as_(PRASERT), await doors.as_(NOK), await doors.as_(KRIT)
    assert f"/unfetched?cycle={there.cycle}" in (await prasert.get(f"/cycles/{there.cycle}")).text
    rule = {"merchant": NETWORK, "cycle": there.cycle, "absent": "donate", "moved": "credit",
            "hold_days": "3", "kept_percent": "100"}  # fmt: skip
    for wrong in ({"absent": "hold"}, {"kept_percent": "101"}):
        no = await prasert.post("/unfetched", data={**rule, **wrong, "id": new_id()})
        assert no.status_code == 400
        assert 'value="100"' in no.text or 'value="101"' in no.text
    no = await prasert.post("/unfetched", data={**rule, "id": new_id(), "cycle": new_id()})
    assert no.status_code == 404
    said = await prasert.post("/unfetched", data={**rule, "id": new_id()})
    assert "เฉพาะรอบนี้" in said.text
    await nok.post(f"/shop/{there.cycle}", data={f"kg-{there.offer}": "1"})
    words = "ของบริจาคให้ครัวชุมชน"
    assert words in (await nok.get("/basket")).text
    paid, cash = await there.order(at=doors.now), await there.order(rail="cash", at=doors.now)
    other = await there.order(500, at=doors.now)
    for one in (paid, other):
        await there.pay(one.order, at=doors.now)
    doors.later(OVER)
    doors.later(minutes=5)
    for one in (PRASERT, NOK, KRIT):
        doors.forget(one)
    prasert, nok, krit = await doors.as_(PRASERT), await doors.as_(NOK), await doors.as_(KRIT)
    shown = (await prasert.get("/unfetched")).text
    assert words in shown
    assert "ปิด 3 ใบตามที่แจ้งไว้" in unescape(shown)
    carry = {"deed": "carry", "merchant": NETWORK}
    assert (await krit.post("/unfetched", data=carry)).status_code in (403, 404)
    api = "/api/v1/pickup-rules/carried-out"
    assert (await krit.post(api, json={"merchant": NETWORK})).status_code in (403, 404)
    said = await prasert.post(api, json={"merchant": NETWORK})
    assert said.json() == {"orders": 3}
    for _ in range(2):
        shown = (await prasert.post("/unfetched", data=carry)).text
    assert "39.99 บาท" in shown
    assert cash.code not in shown
    assert "39.99 บาท" in (await nok.get(f"/order/{paid.code}")).text
    assert await balance(credit(NETWORK, NOK)) == 0
    back = {"deed": "back", "merchant": NETWORK, "order": paid.order}
    assert (await krit.post("/unfetched", data=back)).status_code in (403, 404)
    assert (await prasert.post("/unfetched", data=back)).status_code == 200
    assert (await prasert.post("/unfetched", data=back)).status_code == 409
    api = f"/api/v1/orders/{other.order}/kept/given-back"
    assert (await krit.put(api)).status_code in (403, 404)
    assert (await nok.put(api)).status_code in (403, 404)
    assert (await prasert.put(api)).json()["credited_satang"] == 1_999
    assert (await prasert.put(api)).json()["code"] == "truck_day.nothing_kept"
    assert await balance(credit(NETWORK, NOK)) == 3_999 + 1_999
    assert await faults() == []
