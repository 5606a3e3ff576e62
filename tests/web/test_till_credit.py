"""Credit that a buyer would rather have as money: given back once, never more than there is."""

import asyncio
from typing import Any

import pytest

from certification.basis.ids import new_id
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit, own
from market.domain.notices import queries as notices
from market.domain.payments import queries as payments
from market.jobs import readers
from tests.cast import DAO, KRIT, KRITS_GROUP, NETWORK, NOK, PRASERT
from tests.doors import Doors
from tests.market.stall import Stall, faults, stall_in_village
from tests.till import hidden, krit_keeps_his_groups_money

ADDRESS = f"/till/credit/{NOK}"
API = f"/api/v1/credits/{NOK}/repayment"


@pytest.fixture
async def there(doors: Doors) -> Stall:
    """Nok paid 39.99 baht for an order that was cancelled."""
    stall = await stall_in_village()
    await stall.cancel((await stall.paid(1_000)).order)
    for person in (PRASERT, DAO):
        await doors.step_up(person)
    return stall


async def left() -> int:
    return await balance(credit(NETWORK, NOK))


def back(satang: int = 3_999, **more: Any) -> dict[str, Any]:
    body = {"id": new_id(), "merchant": NETWORK, "satang": satang}
    return {**body, "bank": "BAAC", "trans_ref": "77", **more}


async def test_prasert_gives_it_back_once_and_nok_is_told(doors: Doors, there: Stall) -> None:
    prasert = await doors.as_(PRASERT)
    assert "/till/credit" in (await prasert.get("/till")).text
    listed = (await prasert.get("/till/credit")).text
    assert "นก รักสุขภาพ" in listed
    assert "39.99 บาท" in listed
    paper = (await prasert.get(f"{ADDRESS}?of={NETWORK}")).text
    form = {"id": hidden(paper), "of": NETWORK, "satang": "๓๙.๙๙", "how": "bank", "bank": "baac"}
    short = await prasert.post(ADDRESS, data=form)
    assert short.status_code == 400
    assert 'value="๓๙.๙๙"' in short.text  # what was typed stays
    for _ in range(2):  # pressed twice
        said = await prasert.post(ADDRESS, data={**form, "trans_ref": "a1"}, follow_redirects=False)
        assert (said.status_code, said.headers["location"]) == (303, f"/till/credit?of={NETWORK}")
    assert (await left(), await balance(own("bank", NETWORK))) == (0, 0)
    english = await doors.as_(PRASERT, "en")
    assert "Nobody has credit here now" in (await english.get("/till/credit")).text
    await readers.read_on(doors.now)
    assert "payments.credit_paid_back" in {one.kind for one in await notices.of_person(NOK)}
    assert "39.99" in (await (await doors.as_(NOK)).get("/me")).text
    assert await faults() == []


async def test_in_cash_a_part_of_it(doors: Doors, there: Stall) -> None:
    dao = await doors.as_(DAO)
    form = {"of": NETWORK, "satang": "10", "how": "cash", "trans_ref": "R-1"}
    assert (await dao.post(ADDRESS, data=form, follow_redirects=False)).status_code == 303
    assert (await left(), await balance(own("cash", NETWORK))) == (2_999, -1_000)
    again = await dao.post(ADDRESS, data=form)  # the same receipt, another press
    assert again.status_code == 409
    assert await left() == 2_999


async def test_never_more_than_there_is_though_two_pay_at_once(doors: Doors, there: Stall) -> None:
    prasert, dao = await doors.as_(PRASERT), await doors.as_(DAO)
    said = await asyncio.gather(
        prasert.put(API, json=back(trans_ref="1")), dao.put(API, json=back(trans_ref="2"))
    )
    assert sorted(one.status_code for one in said) == [200, 409]
    assert {one.json().get("code") for one in said} == {None, "ledger.not_enough"}
    assert await left() == 0
    for satang in (0, -5, 2**62):
        wrong = await prasert.put(API, json=back(satang, trans_ref="3"))
        assert wrong.status_code == 400, wrong.text
    assert (await prasert.get(f"/api/v1/credits?merchant={NETWORK}")).json() == []
    assert await faults() == []


async def test_the_wrong_people_give_nothing(doors: Doors, there: Stall) -> None:
    await krit_keeps_his_groups_money()
    krit, nok = await doors.as_(KRIT), await doors.as_(NOK)
    await doors.step_up(KRIT)
    assert (await krit.get(f"/api/v1/credits?merchant={NETWORK}")).status_code == 404
    assert (await krit.put(API, json=back())).status_code == 404
    assert (await krit.put(API, json=back(merchant=KRITS_GROUP))).status_code == 404
    assert (await krit.post(ADDRESS, data={"of": NETWORK, "satang": "1"})).status_code == 404
    assert (await krit.get(ADDRESS)).status_code == 404
    assert (await nok.put(API, json=back())).status_code == 403
    assert (await doors.stranger().put(API, json=back())).status_code == 401
    doors.later(hours=2)  # the PIN was given long ago
    late = await (await doors.as_(PRASERT)).put(API, json=back())
    assert late.status_code in (401, 403)
    assert late.json()["code"] == "access.step_up_needed"
    assert await left() == 3_999


async def test_for_an_order_no_more_than_came_for_it_and_its_payment_says_so(
    doors: Doors, there: Stall
) -> None:
    """Nok has credit of two orders; paid back for one of them it is that one's."""
    placed, kept = await there.paid(500), await there.paid(500)
    await there.cancel(placed.order)
    other = await there.order(buyer=PRASERT)
    asked = await payments.request_of(placed.order)
    assert asked
    came = asked.came_satang
    prasert, dao = await doors.as_(PRASERT, "en"), await doors.as_(DAO)
    for order, satang, status in (
        (placed.order, came + 1, 409), (kept.order, 1, 409), (other.order, 1, 404),
        (new_id(), 1, 404), ("no id", 1, 400),
    ):  # fmt: skip
        said = await prasert.put(API, json=back(satang, order=order))
        assert said.status_code == status, (order, said.text)
    assert f"order={placed.order}" not in (await prasert.get(f"/till/{kept.order}")).text
    at_once = await asyncio.gather(
        prasert.put(API, json=back(came - 501, trans_ref="1", order=placed.order)),
        dao.put(API, json=back(came - 601, trans_ref="2", order=placed.order)),
    )
    assert sorted(one.status_code for one in at_once) == [200, 409]
    assert {one.json().get("code") for one in at_once} == {None, "payments.more_than_came"}
    asked = await payments.request_of(placed.order)
    assert asked
    assert asked.status == "part_refunded"
    rest = came - asked.given_back_satang
    door = f"{ADDRESS}?of={NETWORK}&amp;order={placed.order}"
    assert door in (await prasert.get(f"/till/{placed.order}")).text
    paper = (await prasert.get(door.replace("&amp;", "&"))).text
    assert f"{rest / 100:.2f}" in paper
    form = {
        "id": hidden(paper), "of": NETWORK, "order": placed.order, "how": "cash",
        "satang": f"{(rest + 1) / 100:.2f}", "trans_ref": "R-9",
    }  # fmt: skip
    much = await prasert.post(ADDRESS, data=form)
    assert (much.status_code, f'value="{placed.order}"' in much.text) == (409, True)
    form |= {"id": new_id(), "satang": f"{rest / 100:.2f}"}
    done = await prasert.post(ADDRESS, data=form, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, f"/till/{placed.order}")
    assert "Given back, all of it" in (await prasert.get(f"/till/{placed.order}")).text
    asked = await payments.request_of(placed.order)
    assert asked
    assert (asked.status, await payments.to_pay_back(placed.order)) == ("refunded", 0)
    assert await left() == 3_999
    assert [*await faults(), *await payments.payment_faults()] == []


async def test_nobody_gives_it_to_himself(doors: Doors, there: Stall) -> None:
    placed = await there.order(rail="promptpay", buyer=PRASERT)
    prasert, dao = await doors.as_(PRASERT), await doors.as_(DAO)
    asked = await prasert.put(f"/api/v1/orders/{placed.order}/payment-request")
    extra = {"id": new_id(), "satang": 700, "bank": "SCB", "trans_ref": "P"}
    assert asked.status_code == 200
    said = await dao.put(f"/api/v1/payments/{placed.order}/extra", json=extra)
    assert said.status_code == 200
    mine = f"/api/v1/credits/{PRASERT}/repayment"
    assert (await prasert.put(mine, json=back(700))).status_code == 409
    assert (await dao.put(mine, json=back(700))).status_code == 200
