"""The same once more, what became less said first, the change, and each list as a table."""

import pytest
from httpx import Response

from certification.basis.transaction import run
from market.domain.offers import commands as offers
from market.web import charts, money
from tests.cast import DAO, KRIT, NOK, NOW, PRASERT
from tests.doors import Doors
from tests.market.stall import CLOSES, Stall, stall_in_village


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


async def test_nok_has_the_same_again_and_krit_has_nothing_of_hers(
    doors: Doors, there: Stall
) -> None:
    placed = await there.order(1_500, rail="cash")
    krit, nok = await doors.as_(KRIT), await doors.as_(NOK)
    assert (await krit.post(f"/order/{placed.code}/again")).status_code == 404
    for _ in range(2):  # pressed twice it is no more
        said = await nok.post(f"/order/{placed.code}/again", follow_redirects=False)
        assert (said.status_code, said.headers["location"]) == (303, "/basket")
    assert 'value="1.5"' in (await nok.get("/basket")).text


async def test_where_nothing_of_it_is_sold_the_shop_opens_instead(
    doors: Doors, there: Stall
) -> None:
    placed = await there.order(500, rail="cash")
    nok = await doors.as_(NOK)
    await run(offers.withdraw, there.offer, by=DAO, at=NOW)
    onto = (await again(nok, placed.code)).headers["location"]
    assert onto.startswith(f"/shop/{there.cycle}?gone=")
    assert "ตอนนี้ไม่มีขายแล้ว: <b>คะน้า</b>" in (await nok.get(onto)).text
    assert (await nok.get("/basket", params={"gone": "x,,"})).status_code == 200
    doors.later(CLOSES)
    assert (await again(nok, placed.code)).headers["location"] == "/"


async def again(client, code: str) -> Response:  # type: ignore[no-untyped-def]  # a test client
    said: Response = await client.post(f"/order/{code}/again", follow_redirects=False)
    return said


async def test_the_basket_says_first_what_became_less(doors: Doors, there: Stall) -> None:
    nok = doors.stranger("en")
    await nok.post(f"/shop/{there.cycle}", data={f"kg-{there.offer}": "8"})
    assert "can be had" not in (await nok.get("/basket")).text
    await there.order(4_000, rail="cash")
    shown = (await nok.get("/basket")).text
    assert "you wanted 8 kg, now 6 kg can be had" in shown
    assert shown.index("can be had") < shown.index('name="rail"')
    assert 'value="6"' in shown


async def test_lists_of_rounds_and_credit_are_tables_too(doors: Doors, there: Stall) -> None:
    nok, prasert = await doors.as_(NOK, "en"), await doors.as_(PRASERT, "en")
    placed = await there.order(500, rail="cash")
    mine = await nok.get("/me?as=csv")
    assert mine.headers["content-type"].startswith("text/csv")
    assert f"{placed.code}," in mine.text
    assert ",20.00," in mine.text  # half a kilo at 40
    assert "/me?as=csv" not in (await prasert.get("/me")).text  # no orders, no table
    for path, words in (
        ("/cycles?as=csv", "Pick-up place"), (f"/cycles/{there.cycle}?as=csv", "0.500"),
        ("/till/credit?as=csv", "Credit left"), ("/products/new?as=csv", "Name in Thai"),
        ("/places/new?as=csv", "Latitude"), ("/payout?runs&as=csv", "Approved by"),
    ):  # fmt: skip
        said = await prasert.get(path)
        assert said.headers["content-type"].startswith("text/csv"), path
        assert said.content.startswith(b"\xef\xbb\xbf")
        assert words in said.text


@pytest.mark.parametrize(("satang", "given"), [
    (1_999, [(2_000, 1), (10_000, 8_001), (50_000, 48_001)]),
    (2_000, [(10_000, 8_000), (50_000, 48_000), (100_000, 98_000)]),
    (123_450, [(124_000, 550), (130_000, 6_550), (150_000, 26_550)]),
])  # fmt: skip
def test_the_change_is_for_notes_a_buyer_is_likely_to_give(
    satang: int, given: list[tuple[int, int]]
) -> None:
    assert money.change(satang) == given


def test_a_bar_of_parts_fills_its_length_and_says_each_share() -> None:
    drawn = charts.stacked([("The <farmer>", 75), ("The truck", 25), ("Nobody", 0)])
    assert 'aria-label="The &lt;farmer&gt; 75 %, The truck 25 %"' in drawn
    assert 'x="750.0" width="250.0"' in drawn
    assert charts.stacked([("Nobody", 0)]) == ""
    assert 'width="500"' in charts.bar(1, 2)
    assert 'width="0"' in charts.bar(1, 0)
