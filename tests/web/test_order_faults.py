"""What goes wrong between the button and the goods: each fault by its number in docs/faults.md."""

import asyncio
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from httpx import AsyncClient

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.offers import commands as offers
from market.domain.offers.rules import MakeOffer, OpenCycle
from market.domain.orders import commands as orders
from market.domain.orders import queries as orders_seen
from market.domain.payments import commands as payments
from market.domain.payments import queries as asked
from market.domain.payments.rules import Confirm, SetAccount
from market.domain.products.tables import Product
from tests.cast import DAO, KRIT, KRITS_GROUP, NETWORK, NOK, NOW, PRASERT, later
from tests.doors import Doors
from tests.market.stall import (
    CLOSES,
    OVER,
    PICKUP,
    Stall,
    faults,
    harvested,
    minutes,
    shared,
    stall_in_village,
)
from tests.till import hidden
from tests.web.test_order import PREECHA, basket, fill, order

KEY = "a-secret-that-the-asker-makes-itself"
TEN = timedelta(minutes=10)


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


def wanted(there: Stall, grams: int = 1_000) -> dict[str, object]:
    return {
        "id": new_id(), "cycle": there.cycle, "rail": "promptpay",
        "lines": [{"offer": there.offer, "grams": grams}], "guest": {**PREECHA, "key": KEY},
    }  # fmt: skip


async def test_the_same_order_again_is_the_same_bytes_also_after_a_year(
    doors: Doors, there: Stall
) -> None:
    """P-F11: pressed twice at once, asked again when the round is long over, and with another
    body."""
    guest, body = doors.stranger(), wanted(there)
    at_once = await asyncio.gather(*(guest.post("/api/v1/orders", json=body) for _ in range(5)))
    doors.later(days=365)
    answers = [*at_once, await guest.post("/api/v1/orders", json=body)]
    assert {(one.status_code, one.content) for one in answers} == {(201, at_once[0].content)}
    assert await there.buckets() == (9_000, 1_000, 0)
    other = {**body, "lines": [{"offer": there.offer, "grams": 2_000}]}
    said = await guest.post("/api/v1/orders", json=other)
    assert (said.status_code, said.json()["code"]) == (409, "asked.otherwise")
    assert said.json()["facts"] == {"id": body["id"]}
    assert await there.buckets() == (9_000, 1_000, 0)


async def test_an_order_that_was_refused_stays_refused_and_another_id_is_served(
    doors: Doors, there: Stall
) -> None:
    """P-F11: its duplicate comes late, when the goods are there again; and the page that said no
    asks under another id, so that what is corrected there is another order."""
    took = await there.order(9_500)
    guest, body = doors.stranger(), wanted(there)
    at_once = await asyncio.gather(*(guest.post("/api/v1/orders", json=body) for _ in range(4)))
    await there.cancel(took.order)
    answers = [*at_once, await guest.post("/api/v1/orders", json=body)]
    assert {(one.status_code, one.content) for one in answers} == {(409, at_once[0].content)}
    assert at_once[0].json()["code"] == "lots.sold_out"
    other = {**body, "lines": [{"offer": there.offer, "grams": 500}]}
    assert (await guest.post("/api/v1/orders", json=other)).json()["code"] == "asked.otherwise"
    assert await there.buckets() == (10_000, 0, 0)
    typed = {**await basket(guest, there, "1"), "rail": "cash", **PREECHA}
    took = await there.order(9_500)
    said = await guest.post("/order", data=typed, follow_redirects=False)
    assert said.status_code == 409
    assert hidden(said.text) != typed["id"]
    less = {**typed, "id": hidden(said.text), f"kg-{there.offer}": "0.5"}
    assert (await guest.post("/order", data=less, follow_redirects=False)).status_code == 303
    wrong = {**body, "id": new_id(), "lines": []}
    assert (await guest.post("/api/v1/orders", json=wrong)).status_code == 400  # nothing began
    right = {**wrong, "lines": [{"offer": there.offer, "grams": 0}]}
    assert (await guest.post("/api/v1/orders", json=right)).json()["code"] != "asked.otherwise"
    assert await there.buckets() == (0, 9_500, 500)


async def test_a_price_of_the_askers_own_is_refused_or_not_read(doors: Doors, there: Stall) -> None:
    """P-F25: nothing but the offer says what it costs."""
    guest, body = doors.stranger(), wanted(there)
    cheap = {"offer": there.offer, "grams": 1_000, "satang_per_kg": 1, "satang": 1}
    for more in ({"total_satang": 1}, {"lines": [cheap]}, {"satang": 1}):
        said = await guest.post("/api/v1/orders", json={**body, **more})
        assert said.status_code == 400, more
    assert await there.buckets() == (10_000, 0, 0)
    own = {f"satang-{there.offer}": "1", "total": "1", "satang": "1", "satang_per_kg": "1"}
    assert (await order(guest, there, "1", rail="cash", **own, **PREECHA)).status_code == 303
    [placed] = await orders_seen.orders_in(there.cycle)
    assert placed.total_satang == 4_000


async def test_the_round_closes_while_nok_pays(there: Stall) -> None:
    """Cut-off passing while paying: the hold goes on, and the money that comes after closing
    buys what it was asked for."""
    before = CLOSES - timedelta(minutes=1)
    placed = await there.order(1_000, at=before)
    await run(payments.request, placed.order, by=NOK, at=before)
    await run(orders.expire, at=CLOSES + timedelta(minutes=30))
    done = await there.pay(placed.order, at=CLOSES + timedelta(minutes=40))
    assert done.outcome == "confirmed"
    late = await there.order(1_000, at=before)
    await run(payments.request, late.order, by=NOK, at=before)
    await run(orders.expire, at=CLOSES + timedelta(hours=2))
    assert (await there.pay(late.order, at=CLOSES + timedelta(hours=3))).outcome == "confirmed"
    assert await there.buckets() == (8_000, 0, 2_000)
    assert await faults() == []


async def test_clocks_ten_minutes_apart_move_a_moment_and_never_a_gram(there: Stall) -> None:
    """P-F14: one process is ten minutes ahead and expires too early, one is behind and takes the
    money too late. The order's own `expires_at` decides, and whoever claims its state first."""
    placed = [await there.order(1_000, at=NOW + skew) for skew in (-TEN, timedelta(), TEN)]
    for each in placed:
        await run(payments.request, each.order, by=NOK, at=NOW)
    assert await run(orders.expire, at=minutes(55) + TEN) == 2
    assert await there.buckets() == (9_000, 1_000, 0)
    for each in placed:
        known = await asked.requested(each.order)
        assert known
        seen = Confirm(new_id(), each.order, NETWORK, known.satang)
        assert (await run(payments.confirm, seen, by=PRASERT, at=minutes(55) - TEN)).outcome == (
            "confirmed"
        )
    await run(orders.expire, at=minutes(120))
    assert await there.buckets() == (7_000, 0, 3_000)
    assert [*await faults(), *await asked.payment_faults()] == []


async def krits_round() -> Stall:
    """Another merchant, with a round and an account of its own."""
    there = await stall_in_village()
    rule, cycle, product, offer = (new_id() for _ in range(4))
    await shared(rule, merchant=KRITS_GROUP)
    opening = OpenCycle(
        cycle, KRITS_GROUP, "รอบควนรู", "Khuan Ru round", there.place, opens_at=later(hours=-1),
        closes_at=CLOSES, pickup_from=PICKUP, pickup_until=OVER, hold_minutes=60,
    )  # fmt: skip
    await offers.open_cycle(opening, by=KRIT, at=NOW)
    account = SetAccount(new_id(), KRITS_GROUP, "phone", "0899999999")
    await payments.set_account(account, by=KRIT, at=NOW)
    lot, stock = await run(harvested, 10_000, KRIT, KRITS_GROUP)
    await Product.insert(
        Product(
            id=product, network=NETWORK, crop="kale", name_th="คะน้า", name_en="Chinese kale",
            unit="kg", piece_grams=None, vat_class="exempt", by=DAO, at=NOW,
        )
    )  # fmt: skip
    made = MakeOffer(offer, cycle, stock, product, 5_000, 100)
    await run(offers.offer, made, by=KRIT, at=NOW)
    return Stall(cycle, there.place, rule, offer, stock, lot)


async def test_two_merchants_in_one_basket_are_two_orders_and_each_stands_by_itself(
    doors: Doors, there: Stall
) -> None:
    """What of one merchant is sold out meanwhile stays in the basket as typed; the other's order
    stands, and each is paid into its own account."""
    krits, phone = await krits_round(), doors.stranger("en")
    data = await both(phone, there, krits)
    gone = await there.order(8_500, rail="cash")
    said = await phone.post("/orders", data=data)
    assert said.status_code == 409
    shown = unescape(said.text)
    assert "Placed: 1. The rest was not ordered" in shown
    assert 'value="2"' in shown
    assert 'value="ปรีชา คนซื้อ"' in shown
    assert shown.count('action="/order"') == 1  # what is left is a basket of one round
    left = (await phone.get("/basket")).text
    assert f"kg-{there.offer}" in left
    assert f"kg-{krits.offer}" not in left
    [also] = re.findall(r'name="also" value="([^"]+)"', shown)
    rest = dict(re.findall(r'name="((?:id|key|cycle|also))" value="([^"]*)"', shown))
    less = {**rest, **PREECHA, f"kg-{there.offer}": "1", "rail": "cash"}
    then = await phone.post("/order", data=less, follow_redirects=False)
    assert f"/orders?of={also}." in then.headers["location"]
    assert (await phone.get(then.headers["location"])).status_code == 200
    [stands] = await orders_seen.orders_in(krits.cycle)
    assert (stands.merchant, stands.state, stands.total_satang) == (KRITS_GROUP, "held", 10_000)
    request = await asked.request_of(stands.id)
    assert request
    assert request.account_number == "0899999999"
    assert gone.order in [one.id for one in await orders_seen.orders_in(there.cycle)]


async def both(phone: AsyncClient, there: Stall, krits: Stall) -> dict[str, Any]:
    """The basket's form over two merchants, as a guest fills it in: cash here, PromptPay there."""
    for one in (there, krits):
        await fill(phone, one, "2")
    shown = (await phone.get("/basket")).text
    assert "two orders, each paid and picked up by itself" in shown
    hidden = dict(re.findall(r'name="((?:id-|key)[^"]*)" value="([^"]*)"', shown))
    assert len(hidden) == 3
    rails = {f"rail-{there.cycle}": "cash", f"rail-{krits.cycle}": "promptpay"}
    amounts = {f"kg-{one.offer}": "2" for one in (there, krits)}
    return {**hidden, **rails, **amounts, **PREECHA, "cycle": [there.cycle, krits.cycle]}


async def test_one_press_places_the_orders_of_two_merchants_however_often_it_comes(
    doors: Doors, there: Stall
) -> None:
    krits, phone = await krits_round(), doors.stranger("en")
    data = await both(phone, there, krits)
    wrong = await phone.post("/orders", data=data | {"phone": "12", f"rail-{krits.cycle}": ""})
    assert (wrong.status_code, wrong.text.count('class="why"')) == (400, 2)
    assert await there.buckets() == (10_000, 0, 0)
    said = [await phone.post("/orders", data=data, follow_redirects=False) for _ in range(2)]
    assert [one.status_code for one in said] == [303, 303]
    [address] = {one.headers["location"] for one in said}
    seen = unescape((await phone.get(address)).text)
    codes = [(await orders_seen.orders_in(one.cycle))[0].code for one in (there, krits)]
    assert all(f">{code}</a>" in seen for code in codes)
    assert len(await orders_seen.orders_in(there.cycle)) == 1
    assert seen.count("/pay?key=") == 1
    assert "The basket is empty" in (await phone.get("/basket")).text
    stranger = doors.stranger()
    assert (await stranger.get(address.split("&")[0])).status_code == 404
    assert (await stranger.get(f"/orders?of={codes[0]}.XXXX&key={data['key']}")).status_code == 404
    assert (await stranger.get("/orders")).status_code == 404
    assert (await phone.post("/orders", data={"cycle": []})).status_code == 404
    assert await faults() == []


async def test_a_program_asks_both_and_is_told_of_each(doors: Doors, there: Stall) -> None:
    krits, nok = await krits_round(), await doors.as_(NOK)
    orders = [
        wanted(one, grams) | {"rail": "cash", "guest": None}
        for one, grams in ((there, 99_000), (krits, 500))
    ]
    for _ in range(2):
        said = await nok.post("/api/v1/baskets", json={"orders": orders})
        assert said.status_code == 201
        sold_out, placed = said.json()
        assert (sold_out["refused"]["code"], sold_out["placed"]) == ("lots.sold_out", None)
        assert (placed["refused"], placed["placed"]["satang"]) == (None, 2_500)
    none = await nok.post("/api/v1/baskets", json={"orders": orders[:1]})
    assert (none.status_code, none.json()["code"]) == (409, "lots.sold_out")
    assert len(await orders_seen.orders_in(krits.cycle)) == 1
