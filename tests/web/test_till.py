"""Money comes in: seen by the treasurer, once, to the satang, and never lost."""

import re
from html import unescape

import pytest

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit, own
from market.domain.lots import commands as lots
from market.domain.orders import commands as orders
from market.domain.payments import commands as payments
from market.domain.payments import queries
from market.web.pages import till
from tests.cast import DAO, KRIT, KRITS_GROUP, MALEE, NETWORK, NOK, NOW, PRASERT
from tests.doors import Doors
from tests.market.stall import PHONE, Stall, faults, stall_in_village
from tests.till import hidden, krit_keeps_his_groups_money


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


async def asked(there: Stall, grams: int = 1_000, buyer: str = NOK) -> str:
    placed = await there.order(grams, buyer=buyer)
    await run(payments.request, placed.order, by=buyer, at=NOW)
    return placed.order


async def test_prasert_sees_the_exact_amount_and_confirms_it_once(
    doors: Doors, there: Stall
) -> None:
    order = await asked(there)
    prasert = await doors.as_(PRASERT)
    listed = (await prasert.get("/till")).text
    assert "39.99 บาท" in listed
    assert "นก รักสุขภาพ" in listed
    assert PHONE in listed
    paper = (await prasert.get(f"/till/{order}")).text
    form = {"id": hidden(paper), "came": "๓๙.๙๙"}
    for _ in range(2):  # pressed twice
        said = await prasert.post(f"/till/{order}", data=form, follow_redirects=False)
        assert (said.status_code, said.headers["location"]) == (303, f"/till/{order}")
    assert "ยืนยันแล้ว" in (await prasert.get(f"/till/{order}")).text
    assert await balance(own("bank", NETWORK)) == 3_999
    assert await there.state(order) == "confirmed"
    again = await prasert.post(f"/till/{order}", data={"came": "39.99"}, follow_redirects=False)
    assert again.status_code == 409  # another press, another id
    assert await faults() == []


async def test_what_is_awaited_stands_whole_and_what_came_to_nothing_a_page_at_a_time(
    doors: Doors, there: Stall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(till, "LATE_SHOWN", 2)
    ended = [await asked(there) for _ in range(5)]
    for order in ended:
        await there.cancel(order)
    waits = await asked(there)
    prasert, seen = await doors.as_(PRASERT), []
    address = "/till"
    while address:
        said = (await prasert.get(address)).text
        assert f'href="/till/{waits}"' in said
        seen += [order for order in ended if f'href="/till/{order}"' in said]
        older = re.search(r'href="(/till\?of=[^"]+before=[^"]+)"', said)
        address = unescape(older[1]) if older else ""
    assert sorted(seen) == sorted(ended)
    table = (await prasert.get("/till?as=csv")).text
    assert len(table.strip().splitlines()) == 7


async def test_another_amount_is_refused_and_stays_typed(doors: Doors, there: Stall) -> None:
    order = await asked(there)
    prasert = await doors.as_(PRASERT, "en")
    form = {"came": "40", "bank": "KBANK", "trans_ref": "A77"}
    said = await prasert.post(f"/till/{order}", data=form)
    assert said.status_code == 409
    assert "39.99 baht were asked for and 40 baht came" in said.text
    for typed in ("40", "KBANK", "A77"):
        assert f'value="{typed}"' in said.text
    nothing = await prasert.post(f"/till/{order}", data={"came": "much"})
    assert nothing.status_code == 400
    assert await there.state(order) == "held"


async def test_a_slip_counts_once_and_must_be_one(doors: Doors, there: Stall) -> None:
    first, second = await asked(there), await asked(there)
    prasert = await doors.as_(PRASERT)
    slip = {"bank": "KBANK", "trans_ref": "X1"}
    said = await prasert.post(
        f"/till/{first}", data={"came": "39.99", **slip}, follow_redirects=False
    )
    assert said.status_code == 303
    said = await prasert.post(f"/till/{second}", data={"came": "39.98", **slip})
    assert said.status_code == 409
    assert "สลิปนี้ใช้ไปแล้ว" in said.text
    said = await prasert.post(f"/till/{second}", data={"came": "39.98", "slip": "hello"})
    assert said.status_code == 400
    assert "hello" in said.text
    assert await there.state(second) == "held"


async def test_late_money_for_goods_that_are_gone_is_credit(doors: Doors, there: Stall) -> None:
    order = await asked(there, 10_000)
    doors.later(minutes=61)
    await run(orders.expire, at=doors.now)
    await run(payments.free_amounts, at=doors.now)
    await run(lots.take_directly, there.stock, 10_000, subject=order, by=DAO, at=doors.now)
    prasert = await doors.as_(PRASERT)
    assert "มาช้าหรือยกเลิกแล้ว" in (await prasert.get("/till")).text
    said = await prasert.post(f"/till/{order}", data={"came": "399.99"})
    assert "เป็นเครดิต" in said.text
    assert await balance(credit(NETWORK, NOK)) == 39_999


async def test_nobody_confirms_his_own_order(doors: Doors, there: Stall) -> None:
    order = await asked(there, buyer=PRASERT)
    prasert = await doors.as_(PRASERT)
    shown = (await prasert.get(f"/till/{order}")).text
    assert "คุณเป็นผู้ซื้อเอง" in shown
    assert "ยืนยันว่าเงินเข้าแล้ว" not in shown
    said = await prasert.post(f"/till/{order}", data={"came": "39.99"})
    assert said.status_code == 409
    assert await there.state(order) == "held"
    dao = await doors.as_(DAO)
    said = await dao.post(f"/till/{order}", data={"came": "39.99"}, follow_redirects=False)
    assert said.status_code == 303


async def test_another_groups_treasurer_sees_nothing_of_it(doors: Doors, there: Stall) -> None:
    order = await asked(there)
    await krit_keeps_his_groups_money()
    krit = await doors.as_(KRIT)
    own_page = await krit.get("/till")
    assert own_page.status_code == 200
    assert "39.99" not in own_page.text
    assert (await krit.get(f"/till?of={NETWORK}")).status_code == 404
    assert (await krit.get(f"/till/{order}")).status_code == 404
    came = {"came": "39.99", "id": new_id()}
    for then in ("", "/extra", "/give-back"):
        assert (await krit.post(f"/till/{order}{then}", data=came)).status_code == 404, then
    seen = {"id": new_id(), "satang": 3_999}
    more = {**seen, "bank": "014", "trans_ref": "1"}
    part = {**seen, "attempt": new_id()}
    for then, body in (("confirmation", seen), ("extra", more), ("give-back", part)):
        said = await krit.put(f"/api/v1/payments/{order}/{then}", json=body)
        assert said.status_code == 404, then
    nok = await doors.as_(NOK)
    assert (await nok.get("/till")).status_code == 403
    gone = await doors.stranger().get("/till", follow_redirects=False)
    assert gone.headers["location"] == "/sign-in?next=/till"


async def test_where_money_goes_asks_for_the_pin_again(doors: Doors, there: Stall) -> None:
    dao = await doors.as_(DAO)
    address = f"/till/account?of={KRITS_GROUP}"
    first = await dao.get(address, follow_redirects=False)
    assert first.headers["location"] == f"/step-up?next=/till/account%3Fof%3D{KRITS_GROUP}"
    await doors.step_up(DAO)
    shown = (await dao.get(f"/till/account?of={NETWORK}")).text
    assert PHONE in shown
    form = {"id": hidden(shown), "of": NETWORK, "kind": "tax_id", "number": "123"}
    wrong = await dao.post("/till/account", data=form)
    assert wrong.status_code == 400
    assert 'value="123"' in wrong.text
    right = await dao.post(
        "/till/account", data={**form, "number": "0994000165501"}, follow_redirects=False
    )
    assert right.status_code == 303
    assert (await queries.account(NETWORK)).number == "0994000165501"
    malee = await doors.as_(MALEE)
    assert (await malee.get("/till/account")).status_code == 403


async def test_the_list_can_be_taken_into_a_spreadsheet(doors: Doors, there: Stall) -> None:
    await asked(there)
    said = await (await doors.as_(PRASERT, "en")).get("/till?as=csv")
    assert said.headers["content-type"] == "text/csv; charset=utf-8"
    assert said.content.startswith(b"\xef\xbb\xbf")
    assert "39.99" in said.text
