"""Ordering without script: once however often it is pressed, nothing typed lost, nobody else's."""

import re
from html import unescape

import pytest
from httpx import Response

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit
from market.domain.orders import commands as orders
from market.domain.orders import queries
from tests.cast import KRIT, NETWORK, NOK
from tests.doors import Doors
from tests.market.stall import CLOSES, OVER, Stall, faults, stall_in_village
from tests.till import hidden

PREECHA = {"name": "ปรีชา คนซื้อ", "phone": "081-999-8888"}


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


async def test_a_guest_orders_and_comes_back_by_the_secret_link(doors: Doors, there: Stall) -> None:
    phone = doors.stranger()
    said = await order(phone, there, "1", rail="promptpay", **PREECHA)
    assert said.status_code == 303
    address = said.headers["location"]
    paying = (await phone.get(address)).text
    assert "39.99 บาท" in paying  # 40 less the satang that tells it from others
    assert "<svg" in paying
    assert await there.buckets() == (9_000, 1_000, 0)
    mine = address.replace("/pay", "")
    assert (await phone.get(mine)).status_code == 200
    assert (await phone.get(mine.split("?")[0])).status_code == 404
    assert (await phone.get(mine + "x")).status_code == 404
    assert "ยังไม่มีอะไรในตะกร้า" in (await phone.get("/basket")).text


async def test_a_guest_with_another_round_in_the_basket_writes_the_name_once(
    doors: Doors, there: Stall
) -> None:
    phone = doors.stranger()
    said = await order(phone, there, "1", rail="cash", **PREECHA)
    mine = said.headers["location"]
    assert "ที่ยังไม่ได้จอง" not in (await phone.get(mine)).text
    await basket(phone, there, "1")
    [onward] = re.findall(r'href="(/basket\?order=[^"]+)"', unescape((await phone.get(mine)).text))
    assert 'value="ปรีชา คนซื้อ"' in (await phone.get(onward)).text
    for key in ("", "k" * 43):
        guessed = (await phone.get(f"{onward.split('&')[0]}&key={key}")).text
        assert "ปรีชา" not in guessed


async def test_pressed_twice_it_is_one_order(doors: Doors, there: Stall) -> None:
    phone = doors.stranger()
    form = await basket(phone, there, "2")
    data = {**form, "rail": "cash", **PREECHA}
    first = await phone.post("/order", data=data, follow_redirects=False)
    second = await phone.post("/order", data=data, follow_redirects=False)
    assert first.headers["location"] == second.headers["location"]
    assert await there.buckets() == (8_000, 0, 2_000)


async def test_two_windows_with_one_basket_order_twice_only_when_meant(
    doors: Doors, there: Stall
) -> None:
    phone = doors.stranger()
    first = {**await basket(phone, there, "2"), "rail": "cash", **PREECHA}
    other = {**await basket(phone, there, "2"), "rail": "cash", **PREECHA}
    assert first["id"] != other["id"]
    await phone.post("/order", data=first, follow_redirects=False)
    asked = await phone.post("/order", data=other, follow_redirects=False)
    assert asked.status_code == 409
    assert "ครั้งนี้ยังไม่ได้จอง" in asked.text
    assert 'value="ปรีชา คนซื้อ"' in asked.text
    assert await there.buckets() == (8_000, 0, 2_000)
    meant = await phone.post("/order", data={**other, "sure": "yes"}, follow_redirects=False)
    assert meant.status_code == 303
    assert await there.buckets() == (6_000, 0, 4_000)


async def test_somebody_elses_key_does_not_open_a_repeated_order(
    doors: Doors, there: Stall
) -> None:
    phone = doors.stranger()
    data = {**await basket(phone, there, "1"), "rail": "cash", **PREECHA}
    await phone.post("/order", data=data, follow_redirects=False)
    again = await phone.post("/order", data={**data, "key": "k" * 43}, follow_redirects=False)
    assert (await phone.get(again.headers["location"])).status_code == 404


@pytest.mark.parametrize("key", ["ก" * 43, "k" * 21, "k" * 201, "k" * 42 + "&"])
async def test_a_key_that_no_link_can_carry_orders_nothing(
    doors: Doors, there: Stall, key: str
) -> None:
    phone = doors.stranger()
    data = {**await basket(phone, there, "1"), "rail": "cash", **PREECHA, "key": key}
    said = await phone.post("/order", data=data, follow_redirects=False)
    assert said.status_code == 404
    assert await there.buckets() == (10_000, 0, 0)


async def test_sold_out_meanwhile_the_page_comes_back_with_what_is_left(
    doors: Doors, there: Stall
) -> None:
    phone = doors.stranger()
    form = await basket(phone, there, "8")
    await there.order(9_500, rail="cash")
    said = await phone.post("/order", data={**form, "rail": "cash", **PREECHA})
    assert said.status_code == 409
    assert "0.5 กก." in said.text
    assert 'value="8"' in said.text
    assert PREECHA["name"] in unescape(said.text)
    assert PREECHA["phone"] in said.text
    again = await phone.post(
        "/order", data={**form, "rail": "cash", **PREECHA, f"kg-{there.offer}": "0.5"}
    )
    assert again.status_code == 409  # gone back to and changed: that id was refused
    assert form["id"] not in said.text + again.text
    mended = {
        **form,
        "id": hidden(again.text),
        f"kg-{there.offer}": "0.5",
        "rail": "cash",
        **PREECHA,
    }
    assert (await phone.post("/order", data=mended, follow_redirects=False)).status_code == 303
    assert await faults() == []


@pytest.mark.parametrize("wrong", [{"phone": "12"}, {"name": ""}, {"rail": "gold"}, {"rail": ""}])
async def test_bad_input_keeps_what_was_typed(
    doors: Doors, there: Stall, wrong: dict[str, str]
) -> None:
    phone = doors.stranger()
    form = await basket(phone, there, "1")
    said = await phone.post("/order", data={**form, "rail": "cash", **PREECHA, **wrong})
    assert said.status_code == 400
    assert 'value="1"' in said.text
    assert 'class="why"' in said.text
    assert await there.buckets() == (10_000, 0, 0)


async def test_a_form_sent_after_closing_orders_nothing_and_says_so(
    doors: Doors, there: Stall
) -> None:
    phone = doors.stranger()
    form = await basket(phone, there, "1")
    doors.later(CLOSES)
    said = await phone.post("/order", data={**form, "rail": "cash", **PREECHA})
    assert said.status_code == 409
    assert "ปิด" in said.text
    assert await there.buckets() == (10_000, 0, 0)


async def test_without_the_cookie_the_form_alone_says_what_is_wanted(
    doors: Doors, there: Stall
) -> None:
    phone = doors.stranger()
    form = await basket(phone, there, "99")
    phone.cookies.clear()
    said = await phone.post("/order", data={**form, "rail": "cash", **PREECHA})
    assert said.status_code == 409
    assert 'value="99"' in said.text


async def test_nok_signed_in_needs_no_name_and_krit_does_not_see_her_order(
    doors: Doors, there: Stall
) -> None:
    nok, krit = await doors.as_(NOK), await doors.as_(KRIT)
    said = await order(nok, there, "1", rail="cash")
    address = said.headers["location"]
    assert "key=" not in address
    assert (await nok.get(address)).status_code == 200
    assert (await krit.get(address)).status_code == 404
    assert (await doors.stranger().get(address)).status_code == 404
    for deed in ("cancel", "cash", "pay"):
        assert (await krit.post(f"{address}/{deed}", data={})).status_code == 404
    assert await there.buckets() == (9_000, 0, 1_000)


async def test_cancelled_once_however_often_it_is_pressed(doors: Doors, there: Stall) -> None:
    nok = await doors.as_(NOK)
    address = (await order(nok, there, "1", rail="cash")).headers["location"]
    for _ in range(2):
        said = await nok.post(f"{address}/cancel", data={}, follow_redirects=False)
        assert said.status_code == 303
    assert await there.buckets() == (10_000, 0, 0)
    assert "ยกเลิกแล้ว" in (await nok.get(address)).text


async def test_after_closing_the_buyer_cannot_cancel(doors: Doors, there: Stall) -> None:
    nok = await doors.as_(NOK)
    address = (await order(nok, there, "1", rail="cash")).headers["location"]
    doors.later(CLOSES)
    assert (await nok.post(f"{address}/cancel", data={})).status_code == 409


async def test_who_has_transferred_is_told_to_wait_and_not_to_pay_again(
    doors: Doors, there: Stall
) -> None:
    phone = doors.stranger()
    address = (await order(phone, there, "1", rail="promptpay", **PREECHA)).headers["location"]
    paying = (await phone.get(address)).text
    onward = re.search(r'href="(/order/[^"]+sent=1[^"]*)"', paying)
    assert onward
    said = (await phone.get(unescape(onward[1]))).text
    assert "โอนแล้ว รอเหรัญญิกยืนยัน" in said
    assert "จ่ายเงินตอนนี้" not in said
    assert "39.99 บาท" in said


async def test_what_was_never_paid_is_not_called_credit(doors: Doors, there: Stall) -> None:
    nok = await doors.as_(NOK)
    address = (await order(nok, there, "1", rail="cash")).headers["location"]
    await nok.post(f"{address}/cancel", data={})
    said = (await nok.get(address)).text
    assert "ไม่มีอะไรต้องจ่าย" in said
    assert "เครดิต" not in said


async def test_the_order_says_what_came_back_and_what_to_do_when_the_day_is_missed(
    doors: Doors, there: Stall
) -> None:
    nok = await doors.as_(NOK)
    fetched, missed = await there.paid(1_000), await there.paid(1_000)
    await there.hand_over(fetched.order, 900)
    said = (await nok.get(f"/order/{fetched.code}")).text
    assert re.search(r"คืนเป็นเครดิต[^<]*</dt><dd class=\"num\">4\s", said)
    assert "เลยวันรับของแล้ว" not in (await nok.get(f"/order/{missed.code}")).text
    doors.later(OVER)
    assert "เลยวันรับของแล้ว" in (await nok.get(f"/order/{missed.code}")).text


async def test_the_basket_is_a_step_away_from_every_page(doors: Doors, there: Stall) -> None:
    phone = doors.stranger()
    link = '<a class="bell" href="/basket">'
    assert link not in (await phone.get("/about")).text
    await fill(phone, there, "1")
    assert link in (await phone.get("/about")).text
    assert link not in (await phone.get(f"/L/{there.lot}")).text
    stop = new_id()  # what was chosen goes along, and nothing else
    assert f'href="/basket?stop={stop}"' in (await phone.get(f"/about?stop={stop}")).text
    assert link in (await phone.get('/about?stop="><b')).text


async def test_promptpay_may_become_cash(doors: Doors, there: Stall) -> None:
    nok = await doors.as_(NOK)
    address = (await order(nok, there, "1", rail="promptpay")).headers["location"]
    at_stall = address.replace("/pay", "/cash")
    for _ in range(2):
        assert (await nok.post(at_stall, data={}, follow_redirects=False)).status_code == 303
    assert await there.buckets() == (9_000, 0, 1_000)
    onward = await nok.get(address, follow_redirects=False)
    assert onward.status_code == 303  # nothing to pay here any more


async def test_when_the_time_is_over_nobody_is_asked_to_pay(doors: Doors, there: Stall) -> None:
    nok = await doors.as_(NOK)
    address = (await order(nok, there, "1", rail="promptpay")).headers["location"]
    doors.later(minutes=60)
    said = await nok.get(address)
    assert said.status_code == 409
    assert '<path d="M4 4' not in said.text
    assert "หมดเวลาจ่ายเงิน" in said.text
    await run(orders.expire, at=doors.now)
    said = await nok.get(address.replace("/pay", ""))
    assert "หมดเวลาจ่ายเงิน" in said.text


async def test_credit_is_offered_to_who_has_some_and_spent_once(doors: Doors, there: Stall) -> None:
    nok = await doors.as_(NOK)
    paid = await there.paid(1_000)
    await there.cancel(paid.order)
    had = await balance(credit(NETWORK, NOK))
    await fill(nok, there, "0.5")
    assert 'value="credit"' in (await nok.get("/basket")).text
    said = await order(nok, there, "0.5", rail="credit")
    assert said.status_code == 303
    assert await balance(credit(NETWORK, NOK)) == had - 2_000
    too_much = await order(nok, there, "5", rail="credit")
    assert too_much.status_code == 409
    assert await faults() == []


async def test_both_languages_say_how_an_order_stands(doors: Doors, there: Stall) -> None:
    nok = await doors.as_(NOK, "en")
    address = (await order(nok, there, "1", rail="cash")).headers["location"]
    assert "Show this at the stall" in (await nok.get(address)).text
    assert "แสดงหน้านี้ที่จุดรับของ" in (await nok.get(f"{address}?lang=th")).text


async def test_the_order_is_in_the_name_of_who_is_signed_in(doors: Doors, there: Stall) -> None:
    nok = await doors.as_(NOK)
    await order(nok, there, "1", rail="cash", **PREECHA)
    [mine] = await queries.orders_of(NOK)
    assert mine.total_satang == 4_000


async def fill(client, there: Stall, typed: str) -> Response:  # type: ignore[no-untyped-def]  # a test client
    return await client.post(
        f"/shop/{there.cycle}", data={f"kg-{there.offer}": typed}, follow_redirects=False
    )


async def basket(client, there: Stall, typed: str) -> dict[str, str]:  # type: ignore[no-untyped-def]  # a test client
    """The hidden fields of the basket's form, and the field of the offer."""
    await fill(client, there, "0.1")
    shown = (await client.get("/basket")).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
    return {**hidden, f"kg-{there.offer}": typed}


async def order(client, there: Stall, typed: str, **said: str) -> Response:  # type: ignore[no-untyped-def]  # a test client
    data = {**await basket(client, there, typed), **said}
    return await client.post("/order", data=data, follow_redirects=False)


async def test_two_rounds_in_one_basket_are_two_orders(doors: Doors, there: Stall) -> None:
    other = await stall_in_village()
    phone = doors.stranger()
    await fill(phone, there, "1")
    await fill(phone, other, "2")
    shown = (await phone.get("/basket")).text
    forms = re.findall(r'name="cycle" value="([^"]+)"', shown)
    assert sorted(forms) == sorted([there.cycle, other.cycle])
    ids = re.findall(r'name="(?:id|key)[^"]*" value="([^"]+)"', shown)
    assert len({*ids}) == 3
    data = {"id": new_id(), "key": "k" * 43, "cycle": there.cycle, "rail": "cash", **PREECHA}
    said = await phone.post(
        "/order", data={**data, f"kg-{there.offer}": "1"}, follow_redirects=False
    )
    assert said.status_code == 303
    left = (await phone.get("/basket")).text
    assert f"kg-{other.offer}" in left
    assert f"kg-{there.offer}" not in left
