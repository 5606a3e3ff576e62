"""The merchant cannot give it: the goods are free again and no money is lost."""

import pytest

from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit
from market.domain.notices import queries as notices
from market.jobs import readers
from tests.cast import DAO, KRIT, MALEE, NETWORK, NOK, PRASERT
from tests.doors import Doors
from tests.market.stall import CLOSES, Stall, faults, stall_in_village
from tests.till import krit_keeps_his_groups_money


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


async def test_after_closing_the_stall_may_still_cancel_once(doors: Doors, there: Stall) -> None:
    placed = await there.paid(1_000)
    doors.later(at=CLOSES)
    dao = await doors.as_(DAO)
    address = f"/stall/{placed.code}/cancel"
    assert address in (await dao.get(f"/stall/{placed.code}")).text
    asked = (await dao.get(address)).text
    assert "39.99 บาท ที่ผู้ซื้อจ่ายมาจะเป็นเครดิต" in asked
    assert await there.state(placed.order) == "confirmed"  # looked at, not done
    for _ in range(2):  # pressed twice
        said = await dao.post(address, follow_redirects=False)
        assert (said.status_code, said.headers["location"]) == (303, f"/stall/{placed.code}")
    assert await there.state(placed.order) == "cancelled"
    assert await there.buckets() == (10_000, 0, 0)
    assert await balance(credit(NETWORK, NOK)) == 3_999
    assert address not in (await dao.get(f"/stall/{placed.code}")).text
    await readers.read_on(doors.now)
    assert "orders.cancelled" in {one.kind for one in await notices.of_person(NOK)}
    assert await faults() == []


async def test_what_is_handed_over_stays_so(doors: Doors, there: Stall) -> None:
    placed = await there.paid(1_000)
    await there.hand_over(placed.order)
    dao = await doors.as_(DAO, "en")
    address = f"/stall/{placed.code}/cancel"
    assert "There is nothing to cancel any more" in (await dao.get(address)).text
    said = await dao.post(address)
    assert (said.status_code, await there.state(placed.order)) == (409, "handed_over")
    assert await balance(credit(NETWORK, NOK)) == 0


async def test_a_program_cancels_an_unpaid_order(doors: Doors, there: Stall) -> None:
    placed = await there.order(1_000)
    prasert = await doors.as_(PRASERT)
    address = f"/api/v1/orders/{placed.order}/merchant-cancellation"
    said = await prasert.put(address)
    assert (said.status_code, said.json()["credited_satang"]) == (200, 0), said.text
    again = await prasert.put(address)
    assert (again.status_code, again.json()["code"]) == (409, "orders.ended")
    assert await there.buckets() == (10_000, 0, 0)


async def test_the_wrong_people_cancel_nothing(doors: Doors, there: Stall) -> None:
    placed, own = await there.paid(1_000), await there.order(rail="cash", buyer=PRASERT)
    await krit_keeps_his_groups_money()

    async def tried(person: str, order: str, code: str) -> set[int]:
        client = await doors.as_(person)
        return {
            (await client.put(f"/api/v1/orders/{order}/merchant-cancellation")).status_code,
            (await client.post(f"/stall/{code}/cancel")).status_code,
        }

    assert await tried(KRIT, placed.order, placed.code) == {404}
    assert await tried(NOK, placed.order, placed.code) == {403}
    assert await tried(MALEE, placed.order, placed.code) == {403}
    assert await tried(PRASERT, own.order, own.code) == {409}  # he is the buyer
    stranger = await doors.stranger().put(f"/api/v1/orders/{placed.order}/merchant-cancellation")
    assert stranger.status_code == 401
    assert await there.state(placed.order) == await there.state(own.order) == "confirmed"
