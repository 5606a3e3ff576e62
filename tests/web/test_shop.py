"""What is for sale, what is left, where each baht goes; and the basket that needs no script."""

import pytest
from httpx import Response

from certification.basis.transaction import run
from market.domain.offers import commands as offers
from tests.cast import DAO, NOW
from tests.doors import Doors
from tests.market.stall import CLOSES, Stall, stall_in_village


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


@pytest.mark.parametrize(("language", "words"), [
    ("th", ["คะน้า", "เหลือ", "40 บาท", "หลาดกรีน", "จองได้ถึง"]),
    ("en", ["Chinese kale", "Left", "40 baht", "Rattaphum hospital", "Order until"]),
])  # fmt: skip
async def test_the_front_page_is_the_shop_of_the_round_that_closes_first(
    doors: Doors, there: Stall, language: str, words: list[str]
) -> None:
    shown = await doors.stranger(language).get("/")
    assert shown.status_code == 200
    assert [word for word in words if word not in shown.text] == []
    assert f"kg-{there.offer}" in shown.text
    assert "<svg" in shown.text


async def test_before_any_round_the_front_page_says_so(doors: Doors) -> None:
    shown = await doors.stranger().get("/")
    assert shown.status_code == 200
    assert "ยังไม่เปิดจอง" in shown.text


async def test_each_part_of_the_baht_is_shown_and_they_make_the_price(
    doors: Doors, there: Stall
) -> None:
    shown = (await doors.stranger("en").get(f"/shop/{there.cycle}/{there.offer}")).text
    for part in ("32 baht", "2 baht", "4 baht", "1.20 baht", "0.80 baht"):
        assert part in shown
    assert 3200 + 200 + 400 + 120 + 80 == 4000


async def test_what_is_put_in_the_basket_is_there_with_its_price(
    doors: Doors, there: Stall
) -> None:
    nok = doors.stranger()
    said = await fill(nok, there, "๑.๕")
    assert (said.status_code, said.headers["location"]) == (303, "/basket")
    shown = (await nok.get("/basket")).text
    assert "60 บาท" in shown
    assert 'value="1.5"' in shown


@pytest.mark.parametrize(("typed", "why"), [
    ("1.55", "0.1 กก."), ("10.1", "10 กก."), ("มาก", "น้ำหนัก"), ("-1", ""), ("1e3", ""),
])  # fmt: skip
async def test_what_cannot_be_had_is_said_beside_its_field_and_stays_as_typed(
    doors: Doors, there: Stall, typed: str, why: str
) -> None:
    said = await fill(doors.stranger(), there, typed)
    assert said.status_code == 400
    assert f'value="{typed}"' in said.text
    assert 'class="why"' in said.text
    assert why in said.text
    assert "refusal.goods" not in said.text


async def test_a_slip_on_the_page_of_one_good_is_said_on_that_page(
    doors: Doors, there: Stall
) -> None:
    """Not on the long page of the round, where the field would have to be looked for."""
    body = {"good": there.offer, f"kg-{there.offer}": "1.55"}
    said = await doors.stranger().post(f"/shop/{there.cycle}", data=body)
    assert said.status_code == 400
    assert f'name="good" value="{there.offer}"' in said.text
    assert 'value="1.55"' in said.text
    assert 'class="why"' in said.text


async def test_zero_takes_it_out_again(doors: Doors, there: Stall) -> None:
    nok = doors.stranger()
    await fill(nok, there, "1")
    await fill(nok, there, "0")
    assert "ยังไม่มีอะไรในตะกร้า" in (await nok.get("/basket")).text


async def test_a_sold_out_good_has_no_field(doors: Doors, there: Stall) -> None:
    await there.order(10_000, rail="cash")
    shown = (await doors.stranger().get(f"/shop/{there.cycle}")).text
    assert "หมดแล้ว" in shown
    assert f"kg-{there.offer}" not in shown
    assert (await fill(doors.stranger(), there, "1")).status_code == 400


async def test_a_press_with_no_amount_is_asked_how_much(doors: Doors, there: Stall) -> None:
    nok = doors.stranger()
    said = await fill(nok, there, "")
    assert said.status_code == 400
    assert "ใส่ก่อนว่าเอาเท่าไร" in said.text
    await fill(nok, there, "1")
    assert (await fill(nok, there, "0")).status_code == 303  # out of the basket again


async def test_after_closing_nothing_goes_into_the_basket(doors: Doors, there: Stall) -> None:
    doors.later(CLOSES)
    said = await fill(doors.stranger(), there, "1")
    assert said.status_code == 409
    assert "ปิด" in said.text


async def test_a_withdrawn_offer_leaves_the_basket_with_a_word(doors: Doors, there: Stall) -> None:
    nok = doors.stranger()
    await fill(nok, there, "1")
    await run(offers.withdraw, there.offer, by=DAO, at=NOW)
    assert "เลิกขายแล้ว" in (await nok.get("/basket")).text


@pytest.mark.parametrize(
    "cookie", ["", "x", "..", "a:b", "01930000-0000-7000-8000-00000000a001:99999999999999"]
)
async def test_a_basket_that_cannot_be_read_is_empty(doors: Doors, cookie: str) -> None:
    nok = doors.stranger()
    nok.cookies.set("basket", cookie)
    shown = await nok.get("/basket")
    assert shown.status_code == 200
    assert "ยังไม่มีอะไรในตะกร้า" in shown.text


@pytest.mark.parametrize("path", ["/shop/x", "/shop/01930000-0000-7000-8000-00000000a001"])
async def test_an_unknown_round_or_offer_is_not_there(
    doors: Doors, there: Stall, path: str
) -> None:
    assert (await doors.stranger().get(path)).status_code == 404
    assert (await doors.stranger().post(path, data={})).status_code == 404
    assert (await doors.stranger().get(f"/shop/{there.cycle}/nothing")).status_code == 404


async def fill(client, there: Stall, typed: str) -> Response:  # type: ignore[no-untyped-def]  # a test client
    return await client.post(
        f"/shop/{there.cycle}", data={f"kg-{there.offer}": typed}, follow_redirects=False
    )
