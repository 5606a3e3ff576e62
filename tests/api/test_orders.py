"""Rounds, offers and orders for programs: the same rules as the pages, and the same silence."""

import pytest

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.places import queries as places
from market.domain.products import queries as products
from tests.cast import DAO, KRIT, MALEE, NETWORK, NOK, RATTAPHUM, later
from tests.doors import Doors
from tests.market.stall import CLOSES, OVER, PICKUP, Stall, harvested, stall_in_village

KEY = "a-secret-that-the-asker-makes-itself"
PREECHA = {"name": "ปรีชา คนซื้อ", "phone": "0819998888", "key": KEY}


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


async def test_anyone_sees_what_is_sold_and_nobody_who_grew_it(doors: Doors, there: Stall) -> None:
    anyone = doors.stranger()
    [cycle] = (await anyone.get("/api/v1/cycles")).json()
    assert cycle["id"] == there.cycle
    [line] = (await anyone.get(f"/api/v1/cycles/{there.cycle}/shop")).json()
    assert (line["grams_left"], sum(line["parts"].values())) == (10_000, 4_000)
    assert "farmer" not in line
    assert MALEE not in str(line)


async def test_a_guest_orders_pays_and_cancels_by_the_key(doors: Doors, there: Stall) -> None:
    guest, order = doors.stranger(), wanted(there, "promptpay", guest=PREECHA)
    first = await guest.post("/api/v1/orders", json=order)
    assert first.status_code == 201
    assert (await guest.post("/api/v1/orders", json=order)).json() == first.json()
    assert await there.buckets() == (9_000, 1_000, 0)
    mine, key = f"/api/v1/orders/{order['id']}", {"x-order-key": KEY}
    assert (await guest.get(mine)).status_code == 404
    assert (await guest.get(mine, headers={"x-order-key": "another" * 4})).status_code == 404
    assert (await guest.get(mine, headers=key)).json()["order"]["state"] == "held"
    asked = (await guest.put(f"{mine}/payment-request", headers=key)).json()
    assert asked["satang"] + asked["discount_satang"] == 4_000
    assert "39.99" in asked["payload"]
    assert (await guest.put(f"{mine}/cancellation", headers=key)).status_code == 200
    assert (await guest.put(f"{mine}/cancellation", headers=key)).status_code == 409
    assert await there.buckets() == (10_000, 0, 0)


async def test_a_guest_who_says_nothing_is_asked_to_sign_in(doors: Doors, there: Stall) -> None:
    said = await doors.stranger().post("/api/v1/orders", json=wanted(there, "cash"))
    assert said.status_code == 401
    assert await there.buckets() == (10_000, 0, 0)


async def test_noks_order_is_not_there_for_krit(doors: Doors, there: Stall) -> None:
    nok, krit = await doors.as_(NOK), await doors.as_(KRIT)
    order = wanted(there, "cash")
    assert (await nok.post("/api/v1/orders", json=order)).status_code == 201
    mine = f"/api/v1/orders/{order['id']}"
    assert (await nok.get(mine)).status_code == 200
    assert (await krit.get(mine)).status_code == 404
    assert (await krit.put(f"{mine}/cancellation")).status_code == 404
    assert (await krit.get("/api/v1/orders")).json() == []
    assert len((await nok.get("/api/v1/orders")).json()) == 1


async def test_the_same_id_for_another_order_is_refused(doors: Doors, there: Stall) -> None:
    nok, order = await doors.as_(NOK), wanted(there, "cash")
    await nok.post("/api/v1/orders", json=order)
    said = await nok.post("/api/v1/orders", json={**order, "rail": "promptpay"})
    assert (said.status_code, said.json()["code"]) == (409, "asked.otherwise")


async def test_more_than_is_there_is_told_with_what_is_left(doors: Doors, there: Stall) -> None:
    nok = await doors.as_(NOK)
    said = await nok.post("/api/v1/orders", json=wanted(there, "cash", grams=10_100))
    assert (said.status_code, said.json()["code"]) == (409, "lots.sold_out")
    assert said.json()["facts"]["grams_left"] == 10_000


@pytest.mark.parametrize("wrong", [
    {"id": "x"}, {"id": "A" * 300}, {"cycle": "x"}, {"rail": "gold"}, {"more": 1},
    {"lines": []}, {"lines": [{"offer": "x", "grams": 1}]}, {"lines": None},
    {"lines": [{"offer": "01930000-0000-7000-8000-00000000a001", "grams": 10**30}]},
    {"guest": {**PREECHA, "key": "ก" * 43}}, {"guest": {**PREECHA, "key": "k" * 201}},
    {"guest": {**PREECHA, "key": "k" * 30 + "\n"}},
    {"guest": {**PREECHA, "key": "short"}}, {"guest": {**PREECHA, "name": "a\0b"}},
])  # fmt: skip
async def test_nonsense_is_refused_and_takes_nothing(
    doors: Doors, there: Stall, wrong: dict[str, object]
) -> None:
    order = {**wanted(there, "cash", guest=PREECHA), **wrong}
    said = await doors.stranger().post("/api/v1/orders", json=order)
    assert 400 <= said.status_code < 500
    assert await there.buckets() == (10_000, 0, 0)


async def test_dao_opens_a_round_and_offers_a_lot_and_krit_cannot(
    doors: Doors, there: Stall
) -> None:
    dao, krit = await doors.as_(DAO), await doors.as_(KRIT)
    opening = {
        "id": new_id(), "merchant": NETWORK, "name_th": "รอบสอง", "name_en": "Second",
        "place": there.place, "opens_at": later(hours=1).isoformat(),
        "closes_at": CLOSES.isoformat(), "pickup_from": PICKUP.isoformat(),
        "pickup_until": OVER.isoformat(),
    }  # fmt: skip
    assert (await krit.post("/api/v1/cycles", json=opening)).status_code == 404
    assert (await (await doors.as_(NOK)).post("/api/v1/cycles", json=opening)).status_code == 403
    assert (await doors.stranger().post("/api/v1/cycles", json=opening)).status_code == 401
    for _ in range(2):
        assert (await dao.post("/api/v1/cycles", json=opening)).status_code == 201
    _, stock = await run(harvested, 5_000, MALEE, RATTAPHUM)
    [product, *_] = await products.of_network(NETWORK)
    making = {
        "id": new_id(), "stock": stock, "product": product.id, "satang_per_kg": 3_000,
        "step_grams": 500,
    }  # fmt: skip
    offers = f"/api/v1/cycles/{opening['id']}/offers"
    assert (await krit.post(offers, json=making)).status_code == 404
    assert (await dao.post(offers, json=making)).status_code == 201
    withdrawal = f"/api/v1/offers/{making['id']}/withdrawal"
    assert (await krit.put(withdrawal)).status_code == 404
    assert (await dao.put(withdrawal)).status_code == 200
    assert (await dao.put(withdrawal)).status_code == 200
    harvest = f"/api/v1/cycles/{there.cycle}/harvest-list"
    assert (await krit.get(harvest)).status_code == 404
    assert (await dao.get(harvest)).json()["lines"] == []


async def test_places_products_and_shares_are_public_and_made_by_staff(
    doors: Doors, there: Stall
) -> None:
    anyone, dao, krit = doors.stranger(), await doors.as_(DAO), await doors.as_(KRIT)
    place = {
        "id": new_id(), "network": NETWORK, "kind": "stop", "name_th": "หน้าอำเภอ",
        "name_en": "District office", "tambon": "900901", "lat_e6": 7_100_000,
        "lon_e6": 100_280_000,
        "windows": [{"weekday": 1, "opens_minute": 540, "closes_minute": 600}],
    }  # fmt: skip
    product = {"id": new_id(), "product": {"network": NETWORK, "crop": "okra"}}
    shares = {
        "id": new_id(), "merchant": NETWORK, "merchant_bp": 0, "truck_bp": 500, "fund_bp": 0,
        "group_bp": 0, "decided_on": "2026-11-20", "holds_from": "2026-11-22",
    }  # fmt: skip
    for path, body in (("places", place), ("products", product), ("split-proposals", shares)):
        assert (await krit.post(f"/api/v1/{path}", json=body)).status_code == 404
        assert (await anyone.post(f"/api/v1/{path}", json=body)).status_code == 401
        for _ in range(2):
            assert (await dao.post(f"/api/v1/{path}", json=body)).status_code == 201
    shown = (await anyone.get(f"/api/v1/places/{place['id']}")).json()
    assert shown["name_en"] == "District office"
    assert len((await anyone.get("/api/v1/places")).json()) == len(await places.all_places())
    of_network = {"network": NETWORK}
    assert len((await anyone.get("/api/v1/products", params=of_network)).json()) == 2
    rule = (await anyone.get("/api/v1/split-rules", params={"merchant": NETWORK})).json()
    assert rule["truck_bp"] == 1_000  # proposed is not approved
    for wrong in ({"name_th": "ก" * 500}, {"lat_e6": 10**30}, {"tambon": "90"}):
        said = await dao.post("/api/v1/places", json={**place, "id": new_id(), **wrong})
        assert said.status_code == 400


def wanted(
    there: Stall, rail: str, *, grams: int = 1_000, guest: dict[str, str] | None = None
) -> dict[str, object]:
    order: dict[str, object] = {
        "id": new_id(), "cycle": there.cycle, "rail": rail,
        "lines": [{"offer": there.offer, "grams": grams}],
    }  # fmt: skip
    return {**order, "guest": guest} if guest else order
