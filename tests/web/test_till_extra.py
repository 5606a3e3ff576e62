"""Money that came twice or in another amount is the buyer's credit, and never lost."""

import asyncio

import pytest

from certification.basis.ids import new_id
from market.domain.ledger.queries import accounts, balance
from market.domain.ledger.rules import credit, own
from tests.cast import DAO, KRIT, NETWORK, NOK, PRASERT
from tests.doors import Doors
from tests.market.stall import Stall, faults, stall_in_village
from tests.till import hidden, krit_keeps_his_groups_money


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


async def credited() -> int:
    return await balance(credit(NETWORK, NOK))


async def test_what_came_twice_is_credit_once(doors: Doors, there: Stall) -> None:
    order = (await there.paid()).order
    prasert = await doors.as_(PRASERT)
    paper = (await prasert.get(f"/till/{order}")).text
    assert "เงินเข้าซ้ำ" in paper
    form = {"extra": hidden(paper, "extra"), "extra_came": "๓๙.๙๙", "extra_bank": "KBANK"}
    short = await prasert.post(f"/till/{order}/extra", data=form)
    assert short.status_code == 400
    assert 'value="๓๙.๙๙"' in short.text  # what was typed stays
    assert hidden(short.text, "extra") == form["extra"]
    for _ in range(2):  # pressed twice
        said = await prasert.post(
            f"/till/{order}/extra", data={**form, "extra_ref": "X9"}, follow_redirects=False
        )
        assert (said.status_code, said.headers["location"]) == (303, f"/till/{order}#extra")
    assert await credited() == 3_999
    assert await balance(own("bank", NETWORK)) == 2 * 3_999
    assert await there.state(order) == "confirmed"
    assert (
        "Came beside what was asked"
        in (await (await doors.as_(PRASERT, "en")).get(f"/till/{order}")).text
    )
    again = {**form, "extra": new_id(), "extra_ref": "x9"}
    assert (await prasert.post(f"/till/{order}/extra", data=again)).status_code == 409
    assert await credited() == 3_999
    assert await faults() == []
    for kind in ("bank", "credit"):  # every movement of the books has its words
        [account] = [one.id for one in await accounts(NETWORK) if one.kind == kind]
        said = (await prasert.get(f"/ledger/{account}")).text
        assert "Money that came twice or wrong, kept as credit" in said
        assert "ledger.entry." not in said


async def test_a_program_says_it_and_two_at_once_are_one(doors: Doors, there: Stall) -> None:
    order = (await there.paid()).order
    address = f"/api/v1/payments/{order}/extra"
    prasert, dao = await doors.as_(PRASERT), await doors.as_(DAO)
    slip = {"satang": 500, "bank": "SCB", "trans_ref": "T1"}
    said = await asyncio.gather(
        *(who.put(address, json={"id": new_id(), **slip}) for who in (prasert, dao))
    )
    assert sorted(one.status_code for one in said) == [200, 409]
    assert await credited() == 500
    for satang in (0, -1, 2**62):
        wrong = {"id": new_id(), **slip, "satang": satang, "trans_ref": "T2"}
        told = (await prasert.put(address, json=wrong)).json()
        assert told["code"] == "payments.not_an_amount"
    assert await credited() == 500


async def test_only_who_keeps_this_money_may_say_so(doors: Doors, there: Stall) -> None:
    order = (await there.paid()).order
    await krit_keeps_his_groups_money()
    body = {"id": new_id(), "satang": 500, "bank": "SCB", "trans_ref": "T1"}
    form = {"extra_came": "5", "extra_bank": "SCB", "extra_ref": "T1"}
    for person, status in ((KRIT, 404), (NOK, 403)):
        client = await doors.as_(person)
        said = await client.put(f"/api/v1/payments/{order}/extra", json=body)
        assert said.status_code == status
        assert (await client.post(f"/till/{order}/extra", data=form)).status_code == status
    stranger = await doors.stranger().put(f"/api/v1/payments/{order}/extra", json=body)
    assert stranger.status_code == 401
    own_order = (await there.order(buyer=PRASERT)).order
    said = await (await doors.as_(NOK)).put(f"/api/v1/orders/{own_order}/payment-request")
    assert said.status_code == 404
    prasert = await doors.as_(PRASERT)
    assert (await prasert.put(f"/api/v1/orders/{own_order}/payment-request")).status_code == 200
    said = await prasert.put(f"/api/v1/payments/{own_order}/extra", json=body)
    assert said.status_code == 409  # nobody credits himself
    assert await credited() == 0
