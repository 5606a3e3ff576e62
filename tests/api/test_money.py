"""Money asked for by a program: confirmed, handed over, divided, paid out."""

import asyncio
from typing import Any

import pytest

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.payments import commands as payments
from tests.cast import DAO, KRIT, MALEE, NETWORK, NOK, NOW, PRASERT, RATTAPHUM, SOMCHAI, YING
from tests.doors import Doors
from tests.market.stall import Stall, faults, stall_in_village
from tests.till import krit_keeps_his_groups_money


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


async def asked(there: Stall) -> str:
    placed = await there.order(1_000)
    await run(payments.request, placed.order, by=NOK, at=NOW)
    return placed.order


def came(satang: int = 3_999, **more: Any) -> dict[str, Any]:
    return {"id": new_id(), "satang": satang, **more}


async def test_from_the_confirmed_payment_to_the_farmers_purse(doors: Doors, there: Stall) -> None:
    order = await asked(there)
    prasert, dao, ying = [await doors.as_(person) for person in (PRASERT, DAO, YING)]
    for person in (PRASERT, DAO, YING):
        await doors.step_up(person)
    [waiting] = (await prasert.get(f"/api/v1/payments?merchant={NETWORK}")).json()
    assert (waiting["request"], waiting["satang"]) == (order, 3_999)
    body = came()
    first = await prasert.put(f"/api/v1/payments/{order}/confirmation", json=body)
    assert first.status_code == 200, first.text
    assert first.json()["outcome"] == "confirmed"
    again = await prasert.put(f"/api/v1/payments/{order}/confirmation", json=body)
    assert again.json() == first.json()
    [one] = (await dao.get(f"/api/v1/cycles/{there.cycle}/handovers")).json()
    lines = (await dao.get(f"/api/v1/orders/{one['id']}/handover")).json()["lines"]
    weighed = {"id": new_id(), "lines": [{"line": lines[0]["id"], "grams": 900}]}
    given = await dao.put(f"/api/v1/orders/{order}/handover", json=weighed)
    assert given.json()["credited_satang"] == 400, given.text
    proposed = (await prasert.get(f"/api/v1/cycles/{there.cycle}/unsettled")).json()
    assert proposed[0]["tally"]["satang"] == 3_600
    wished = {"id": new_id(), "cycle": there.cycle}
    settled = await prasert.post("/api/v1/settlements", json=wished)
    assert settled.status_code == 201, settled.text
    shown = (await prasert.get(f"/api/v1/settlements/{settled.json()['settlements'][0]}")).json()
    assert shown["shares"][0]["satang"] == 2_880
    assert len((await prasert.get(f"/api/v1/settlements?merchant={NETWORK}")).json()) == 1
    due = f"/api/v1/payouts-due?payer={RATTAPHUM}&level=farmer"
    assert (await prasert.get(due)).json() == [{"payee": MALEE, "satang": 2_880}]
    wished = {"id": new_id(), "payer": RATTAPHUM, "level": "farmer"}
    made = (await prasert.post("/api/v1/payout-runs", json=wished)).json()
    decision = f"/api/v1/payout-runs/{made['run']}/decision"
    same = await prasert.put(decision, json={"approve": True})
    assert (same.status_code, same.json()["code"]) == (409, "settlement.same_hands")
    assert (await ying.put(decision, json={"approve": True})).status_code == 200
    [line] = (await dao.get(f"/api/v1/payout-runs/{made['run']}")).json()["payouts"]
    slip = {"bank": "BAAC", "trans_ref": "77"}
    both = await asyncio.gather(
        *(c.put(f"/api/v1/payouts/{line['id']}/payment", json=slip) for c in (prasert, dao))
    )
    assert [said.status_code for said in both] == [200, 200]  # the same slip: one payment
    statement = (await (await doors.as_(MALEE)).get(f"/api/v1/statements/{MALEE}")).json()
    assert (statement["settled_satang"], statement["paid_satang"]) == (2_880, 2_880)
    accounts = (await prasert.get(f"/api/v1/ledger/accounts?book={RATTAPHUM}")).json()
    bank = next(account for account in accounts if account["kind"] == "bank")
    [moved] = (await prasert.get(f"/api/v1/ledger/accounts/{bank['id']}/entries")).json()
    assert moved["satang"] == bank["satang"] == -2_880
    assert await faults() == []


async def test_twenty_confirmations_at_once_are_one_payment(doors: Doors, there: Stall) -> None:
    order = await asked(there)
    prasert, dao = await doors.as_(PRASERT), await doors.as_(DAO)
    address = f"/api/v1/payments/{order}/confirmation"
    said = await asyncio.gather(
        *((prasert, dao)[n % 2].put(address, json=came()) for n in range(20))
    )
    assert sorted(s.status_code for s in said) == [200] + [409] * 19
    assert {s.json()["code"] for s in said if s.status_code == 409} == {"payments.already_paid"}
    assert await faults() == []


async def test_the_wrong_people_and_the_wrong_bodies(doors: Doors, there: Stall) -> None:
    order = await asked(there)
    await krit_keeps_his_groups_money()
    krit, nok, prasert = [await doors.as_(person) for person in (KRIT, NOK, PRASERT)]
    await doors.step_up(KRIT)
    address = f"/api/v1/payments/{order}/confirmation"
    assert (await krit.put(address, json=came())).status_code == 404
    assert (await nok.put(address, json=came())).status_code == 403
    assert (await doors.stranger().put(address, json=came())).status_code == 401
    assert (await prasert.put(address, json=came(4_000))).json()["code"] == "payments.wrong_amount"
    assert (await prasert.put(address, json=came(slip="nonsense"))).status_code == 400
    assert (await prasert.put(address, json={**came(), "id": "1"})).status_code == 400
    assert (await prasert.put(address, json=came(more=1))).status_code == 400
    for wrong in ("1", new_id(), "no-id"):
        said = await prasert.put(f"/api/v1/payments/{wrong}/confirmation", json=came())
        assert said.status_code == 404, wrong
    account = {"id": new_id(), "merchant": NETWORK, "kind": "phone", "number": "0899999999"}
    assert (await krit.post("/api/v1/receiving-accounts", json=account)).status_code == 404
    unasked = await prasert.post("/api/v1/receiving-accounts", json=account)
    assert unasked.json()["code"] == "access.step_up_needed"
    for path in (
        f"/api/v1/payments?merchant={NETWORK}", f"/api/v1/cycles/{there.cycle}/handovers",
        f"/api/v1/orders/{order}/handover", f"/api/v1/cycles/{there.cycle}/unsettled",
        f"/api/v1/payout-runs?payer={RATTAPHUM}", f"/api/v1/ledger/accounts?book={NETWORK}",
        f"/api/v1/statements/{SOMCHAI}",
    ):  # fmt: skip
        assert (await krit.get(path)).status_code == 404, path
    taken = {"id": new_id(), "payer": RATTAPHUM, "level": "farmer"}
    assert (await krit.post("/api/v1/payout-runs", json=taken)).status_code == 404
    assert await there.state(order) == "held"
