"""The buyer shows a slip as picture or text; the treasurer says what the bank shows."""

import io
import re

import pytest
import qrcode

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.payments import commands as payments
from market.domain.slips import queries
from tests.cast import KRIT, NETWORK, NOK, NOW, PRASERT
from tests.doors import Doors
from tests.market.stall import Stall, stall_in_village
from tests.market.test_slips import VECTOR, slip
from tests.till import hidden, krit_keeps_his_groups_money


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


def drawn(text: str) -> bytes:
    written = io.BytesIO()
    qrcode.make(text).save(written, format="PNG")
    return written.getvalue()


async def test_from_the_picture_to_the_money_and_krit_sees_nothing(
    doors: Doors, there: Stall
) -> None:
    placed = await there.order()
    await run(payments.request, placed.order, by=NOK, at=NOW)
    nok, address = await doors.as_(NOK), f"/order/{placed.code}/slips"
    nothing = await nok.post(address, data={"text": ""})
    assert (nothing.status_code, "ยังไม่มีรูปสลิป" in nothing.text) == (400, True)
    wrong = await nok.post(address, data={"text": "00hello"})
    assert (wrong.status_code, 'value="00hello"' in wrong.text) == (400, True)
    form = {"id": hidden((await nok.get(address)).text)}
    for _ in range(2):  # pressed twice
        sent = await nok.post(
            address, data=form, files={"photo": ("slip.png", drawn(VECTOR), "image/png")}
        )
        assert "รอเหรัญญิกดู" in sent.text
    assert "0002123123121200011" in sent.text

    prasert = await doors.as_(PRASERT)
    assert "(1)" in (await prasert.get("/till")).text
    doors.later(hours=3)
    queue = (await prasert.get("/till/slips")).text
    for shown in ("39.99 บาท", "3 ชั่วโมงที่แล้ว", "หาเลขอ้างอิงนี้", "0002123123121200011", "BBL"):
        assert shown in queue, shown
    [waiting] = await queries.waiting(NETWORK)
    picture = await prasert.get(f"/till/slips/{waiting.slip}/photo")
    assert picture.headers["content-type"] == "image/jpeg"
    assert "private" in picture.headers["cache-control"]
    assert "BBL" in (await prasert.get("/till/slips?as=csv")).text

    await krit_keeps_his_groups_money()
    krit = await doors.as_(KRIT)
    for path in (f"/till/slips/{waiting.slip}/photo", f"/till/slips?of={NETWORK}", address):
        assert (await krit.get(path)).status_code == 404, path
    assert VECTOR[20:30] not in (await krit.get("/till/slips")).text
    no = await krit.post(f"/till/slips/{waiting.slip}", data={"came": "39.99", "do": "accept"})
    assert no.status_code == 404

    typed = await prasert.post(f"/till/slips/{waiting.slip}", data={"came": "x", "do": "accept"})
    assert (typed.status_code, 'value="x"' in typed.text) == (400, True)
    done = await prasert.post(f"/till/slips/{waiting.slip}", data={"came": "39.99", "do": "accept"})
    assert "ไม่มีสลิปรอตรวจ" in done.text
    assert await there.state(placed.order) == "confirmed"
    assert "เห็นเงินเข้าแล้ว" in (await nok.get(address)).text


async def test_by_api_it_is_shown_refused_with_a_reason_and_shown_again(
    doors: Doors, there: Stall
) -> None:
    placed = await there.order()
    await run(payments.request, placed.order, by=NOK, at=NOW)
    nok, prasert = await doors.as_(NOK), await doors.as_(PRASERT)
    first, mine = new_id(), f"/api/v1/orders/{placed.order}/slips"
    shown = await nok.put(f"{mine}/{first}", json={"text": slip("A1")})
    assert (shown.status_code, shown.json()["state"]) == (200, "waiting")
    again = await nok.put(f"{mine}/{new_id()}", json={"text": slip("A1")})
    assert (again.status_code, again.json()["code"]) == (409, "slips.shown_already")
    refused = await prasert.put(
        f"/api/v1/slips/{first}/refusal", json={"id": new_id(), "because": "not_arrived"}
    )
    assert refused.json()["outcome"] == "refused"
    told = (await nok.get(f"/order/{placed.code}/slips")).text
    assert "เงินยังไม่เข้าบัญชีผู้ขาย" in told
    photo = new_id()
    blind = await nok.put(
        f"{mine}/{photo}/photo", content=drawn("hello"), headers={"content-type": "image/png"}
    )
    assert blind.status_code == 200
    [waiting] = (await prasert.get(f"/api/v1/slips?merchant={NETWORK}")).json()
    assert (waiting["slip"], waiting["because"]) == (photo, "unread")
    yes = {"id": new_id(), "satang": 3_999, "bank": "SCB", "trans_ref": "A1"}
    done = await prasert.put(f"/api/v1/slips/{photo}/acceptance", json=yes)
    assert done.json()["outcome"] == "accepted"
    assert await there.state(placed.order) == "confirmed"
    assert re.search(r"\bSCB\b", told)
