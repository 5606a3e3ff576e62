"""A truck's day as a program drives it: each deed once by its id, each "no" by its code."""

from typing import Any

import pytest

from certification.basis.ids import new_id
from tests.cast import DAO, KRIT, PRASERT
from tests.doors import Doors
from tests.market.truck import EVENING, MORNING, TEN, TruckDay, clean, truck_day_in_village
from tests.till import krit_keeps_his_groups_money


@pytest.fixture
async def there(doors: Doors) -> TruckDay:
    return await truck_day_in_village()


async def test_a_day_by_the_api(doors: Doors, there: TruckDay) -> None:
    placed = await there.stall.order(1_000, rail="cash")
    doors.later(MORNING)
    dao, at = await doors.as_(DAO), f"/api/v1/truck-rides/{there.id}"

    async def ask(method: str, path: str, code: str = "", **body: Any) -> Any:
        said = await dao.request(method, at + path, json=body or None)
        if code:
            assert said.json()["code"] == code, said.text
        else:
            assert said.is_success, said.text
        return said.json()

    [line] = await ask("GET", "/load-list")
    assert (line["goes_to"], line["wanted_grams"]) == (there.first, 1_000)
    load = {"id": new_id(), "truck": "", "lot": there.stall.lot, "goes_to": there.first}
    first = await ask("POST", "/loadings", **load, grams=1_000)
    assert first == await ask("POST", "/loadings", **load, grams=1_000)
    await ask("POST", "/loadings", "asked.otherwise", **load, grams=900)
    await ask("POST", "/loadings", **load | {"id": new_id(), "goes_to": "walkup"}, grams=2_000)
    await ask("PUT", "/float", cash=[{"satang_each": 2_000, "pieces": 5}])
    await ask("PUT", "/float", "truck_day.no_such_money", cash=[{"satang_each": 7, "pieces": 5}])
    await ask("PUT", "/departure")
    doors.later(TEN)
    await ask("PUT", f"/stops/{there.first}/arrival")
    [waits] = await ask("GET", f"/stops/{there.first}/orders")
    assert waits["order"]["code"] == placed.code
    order = (await dao.get(f"/api/v1/orders/{placed.order}/handover")).json()
    weighed = [{"line": one["id"], "grams": 1_000} for one in order["lines"]]
    given = {"id": new_id(), "place": there.first, "lines": weighed}
    handed = await ask("PUT", f"/orders/{placed.order}/handover", **given)
    assert handed["cash_satang"] == 4_000
    [goods] = await ask("GET", "/goods")
    assert "farmer" not in goods
    sale = {"id": new_id(), "lines": [{"lease": goods["lease"], "grams": 1_500}]}
    await ask("POST", "/sales", **sale)
    await ask("POST", "/sales", "walkup.not_so_much_aboard", **sale | {"id": new_id()})
    await ask("PUT", f"/sales/{sale['id']}/void", id=new_id())
    await ask("PUT", f"/sales/{sale['id']}/void", "walkup.already_void", id=new_id())
    await ask("PUT", f"/stops/{there.first}/leaving")
    doors.later(EVENING)
    close = {"id": new_id(), "truck": "", "cash": [{"satang_each": 2_000, "pieces": 7}],
             "promptpay_seen_satang": 0}  # fmt: skip
    await ask("PUT", "/closing", "truck_day.not_balanced", **close)
    left = [{"lot": there.stall.lot, "returned_grams": 2_000}]
    done = await ask("PUT", "/closing", **close, leftovers=left)
    assert (done["expected_satang"], done["counted_satang"]) == (14_000, 14_000)
    await clean()


async def test_who_keeps_the_money_looks_and_krit_finds_nothing(
    doors: Doors, there: TruckDay
) -> None:
    await krit_keeps_his_groups_money()
    prasert, krit = await doors.as_(PRASERT), await doors.as_(KRIT)
    for page in ("", "/load-list", "/lots", "/stops", "/goods", "/sales", "/drawer"):
        address = f"/api/v1/truck-rides/{there.id}{page}"
        assert (await prasert.get(address)).status_code == 200
        assert (await krit.get(address)).status_code == 404
    off = await prasert.put(f"/api/v1/truck-rides/{there.id}/departure")
    assert off.json()["code"] == "access.not_allowed"
