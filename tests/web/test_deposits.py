"""A round with a deposit: both sums are said on pages and to programs before it is ordered."""

from __future__ import annotations

import re

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import own
from market.domain.offers import queries as offers
from market.domain.orders import queries
from market.domain.receipts import commands as receipts
from market.domain.receipts import queries as issued
from market.web.papers import receipt
from tests.cast import DAO, NETWORK, NOK, PRASERT
from tests.doors import ORIGIN, Doors
from tests.market.stall import faults, stall_in_village
from tests.market.test_deposits import asks
from tests.till import hidden
from tests.web.test_order import PREECHA, basket
from tests.web.test_stall import field


async def test_a_guest_pays_the_deposit_and_dao_takes_the_rest(doors: Doors) -> None:
    there = await stall_in_village()
    dao = await doors.as_(DAO)
    await _says_so(dao, there.cycle)
    assert (await offers.cycle(there.cycle)).deposit_percent == 30
    phone = doors.stranger()
    form = await basket(phone, there, "1")
    shown = (await phone.get("/basket")).text  # a tenth of a kilo
    assert "มัดจำ 30% จ่ายพร้อมเพย์ตอนนี้" in shown
    assert re.findall(r'<b class="num">([\d.]+) บาท</b>', shown)[-2:] == ["1.20", "2.80"]
    assert 'value="cash"' not in shown
    no = await phone.post("/order", data={**form, "rail": "cash", **PREECHA})
    assert no.status_code == 409
    assert "มัดจำ 30%" in no.text
    form["id"] = hidden(no.text)  # the other was refused
    said = await phone.post(
        "/order", data={**form, "rail": "deposit", **PREECHA}, follow_redirects=False
    )
    address = said.headers["location"]
    paying = (await phone.get(address)).text
    assert "11.99 บาท" in paying
    assert "28 บาท" in paying
    assert "/cash" not in paying
    code = address.split("/")[2]
    order = await queries.id_of(code)
    prasert = await doors.as_(PRASERT)
    till = await prasert.get(f"/till/{order}")
    assert "28 บาท" in till.text
    await prasert.post(f"/till/{order}", data={"id": hidden(till.text), "came": "11.99"})
    mine = (await phone.get(address.replace("/pay", ""))).text
    assert "จ่ายส่วนที่เหลือ" in mine
    assert "28 บาท" in mine
    assert "เหลือไม่เกิน 28 บาท" in (await dao.get("/stall")).text
    paper = (await dao.get(f"/stall/{code}")).text
    given = {"id": hidden(paper), field(paper): "0.9"}
    look = (await dao.post(f"/stall/{code}", data=given)).text
    assert "24 บาท" in look
    assert "<svg" in look
    done = {**given, "step": "give", "due_by": "promptpay"}
    for _ in range(2):
        await dao.post(f"/stall/{code}", data=done)
    assert "24 บาท" in (await dao.get(f"/stall/{code}")).text
    assert await balance(own("bank", NETWORK)) == 1_199 + 2_400
    assert await balance(own("cash", NETWORK)) == 0
    assert "24 บาท" in (await phone.get(address.replace("/pay", ""))).text
    await run(receipts.issue, order, at=doors.now)
    paper_of = await receipt.content(await issued.of_order(order), ORIGIN, "a5")
    assert (paper_of["total"], paper_of["rail"]) == (
        "35.99 บาท", "มัดจำ แล้วจ่ายส่วนที่เหลือตอนรับของ (11.99 บาท + 24 บาท)",
    )  # fmt: skip
    assert await faults() == []


async def _says_so(dao, cycle: str) -> None:  # type: ignore[no-untyped-def]  # a test client
    shown = (await dao.get(f"/cycles/{cycle}/edit")).text
    first = shown[shown.index('value="times"') :].split("</form>")[0]
    typed = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', first))
    for wrong in ("91", "0", "x"):
        no = await dao.post(
            f"/cycles/{cycle}/edit", data={**typed, "deed": "times", "deposit_percent": wrong}
        )
        assert no.status_code == 400
    await dao.post(
        f"/cycles/{cycle}/edit", data={**typed, "deed": "times", "deposit_percent": "30"}
    )


async def test_programs_read_both_sums_and_prasert_keeps_goods_for_a_part(doors: Doors) -> None:
    there = await stall_in_village()
    await asks(there)
    nok, prasert, dao = await doors.as_(NOK), await doors.as_(PRASERT), await doors.as_(DAO)
    assert (await nok.get(f"/api/v1/cycles/{there.cycle}")).json()["deposit_percent"] == 30
    wanted = {
        "id": new_id(),
        "cycle": there.cycle,
        "lines": [{"offer": there.offer, "grams": 1000}],
    }
    no = await nok.post("/api/v1/orders", json={**wanted, "rail": "cash"})
    assert (no.status_code, no.json()["code"]) == (409, "orders.deposit_needed")
    wanted["id"] = new_id()  # the other was refused
    placed = (await nok.post("/api/v1/orders", json={**wanted, "rail": "deposit"})).json()
    assert (placed["satang"], placed["due_satang"]) == (4_000, 2_800)
    id = placed["order"]
    asked = (await nok.put(f"/api/v1/orders/{id}/payment-request")).json()
    assert asked["satang"] == 1_199
    came = {"id": new_id(), "satang": 1_000}
    no = await prasert.put(f"/api/v1/payments/{id}/confirmation", json=came)
    assert (no.status_code, no.json()["code"]) == (409, "payments.wrong_amount")
    came["id"] = new_id()
    kept = await prasert.put(f"/api/v1/payments/{id}/confirmation", json={**came, "part": True})
    assert kept.json()["outcome"] == "part_paid"
    [mine] = (await nok.get("/api/v1/orders")).json()
    assert (mine["ahead_satang"], mine["due_satang"]) == (1_000, 3_000)
    [line] = (await dao.get(f"/api/v1/orders/{id}/handover")).json()["lines"]
    given = {"id": new_id(), "lines": [{"line": line["id"], "grams": 1000}], "due_by": "credit"}
    no = await dao.put(f"/api/v1/orders/{id}/handover", json=given)
    assert (no.status_code, no.json()["code"]) == (409, "ledger.not_enough")
    done = await dao.put(f"/api/v1/orders/{id}/handover", json={**given, "due_by": "cash"})
    assert done.json()["cash_satang"] == 3_000
    assert await faults() == []
