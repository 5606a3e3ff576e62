"""Rounds are opened and filled by the network's staff; Krit's group sees nothing of them."""

import re

import pytest

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.offers import queries
from market.domain.places import queries as places
from market.domain.products import queries as products
from tests.cast import DAO, KRIT, KRITS_GROUP, MALEE, NETWORK, NOK, RATTAPHUM, WAN, YING
from tests.doors import Doors
from tests.market.stall import CLOSES, Stall, harvested, shared, stall_in_village
from tests.market.test_cycle_places import two_places

PLACE = {
    "network": NETWORK, "kind": "pickup", "name_th": "รพ.รัตภูมิ", "name_en": "Hospital",
    "lat": "7.0761", "lon": "๑๐๐.๒๘๓๘", "tambon": "", "weekday_1": "3", "hours_1": "09.00-11.30",
}  # fmt: skip
ROUND = {
    "name_th": "รอบวันพุธ", "name_en": "Wednesday's round", "opens_day": "22/11/2569",
    "opens_time": "8.00", "closes_day": "24 พ.ย. 2569", "closes_time": "18:00",
    "pickup_day": "๒๕/๑๑/๒๕๖๙", "pickup_time": "09.00 น.", "pickup_until": "11.00",
    "hold_minutes": "60",
}  # fmt: skip


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


async def test_dao_names_a_place_shares_the_baht_and_opens_a_round(doors: Doors) -> None:
    dao = await doors.as_(DAO)
    assert "กติกาแบ่งเงินก่อน" in (await dao.get("/cycles/new")).text
    assert (await dao.post("/places/new", data=form(PLACE))).status_code == 200
    [place] = await places.places(NETWORK)
    assert (place.tambon, place.lon_e6) == ("900901", 100_283_800)
    assert [(w.weekday, w.opens_minute, w.closes_minute) for w in place.windows] == [(3, 540, 690)]
    await run(shared, new_id())
    opening = form({**ROUND, "merchant": NETWORK, "place": place.id})
    for _ in range(2):
        said = await dao.post("/cycles/new", data=opening, follow_redirects=False)
        assert said.status_code == 303
    [cycle] = await queries.cycles(NETWORK)
    assert said.headers["location"] == f"/cycles/{cycle.id}"
    assert cycle.closes_at.isoformat() == "2026-11-24T11:00:00+00:00"
    assert (cycle.pickup_until - cycle.pickup_from).total_seconds() == 2 * 3600
    more = {
        "place_2": place.id, "day_2": "", "from_2": "13.00", "until_2": "14.00",
        "place_3": place.id, "day_3": "26/11/2569", "from_3": "8.00", "until_3": "9.00",
        "capacity_orders": "30", "capacity_kg": "", "capacity_kg_3": "๑๒.๕",
    }  # fmt: skip
    wrong = {**opening, "id": new_id(), **more, "until_3": "7.00"}
    refused = await dao.post("/cycles/new", data=wrong)
    assert refused.status_code == 400
    assert 'value="7.00"' in refused.text
    assert 'value="๑๒.๕"' in refused.text
    opening = {**wrong, "until_3": "9.00"}
    assert (await dao.post("/cycles/new", data=opening)).status_code == 200
    begins = [f"{one.pickup_from:%d %H}" for one in (await queries.cycle(opening["id"])).stops]
    assert begins == ["25 02", "25 06", "26 01"]
    fits = [
        (o.capacity_orders, o.capacity_grams) for o in (await queries.cycle(opening["id"])).stops
    ]
    assert fits == [(30, None), (None, None), (None, 12_500)]
    for language, name in (("th", "รอบวันพุธ"), ("en", "Wednesday&#x27;s round")):
        assert name in (await (await doors.as_(DAO, language)).get("/cycles")).text


@pytest.mark.parametrize("wrong", [
    {"closes_day": "20/11/2569"}, {"pickup_until": "8.00"}, {"closes_time": "25.00"},
    {"opens_day": "yesterday"}, {"hold_minutes": "-1"}, {"name_en": ""}, {"merchant": ""},
    {"place": "01930000-0000-7000-8000-00000000a001"},
])  # fmt: skip
async def test_a_round_that_cannot_be_keeps_what_was_typed(
    doors: Doors, there: Stall, wrong: dict[str, str]
) -> None:
    dao = await doors.as_(DAO)
    opening = form({**ROUND, "merchant": NETWORK, "place": there.place, **wrong})
    said = await dao.post("/cycles/new", data=opening)
    assert 400 <= said.status_code < 500
    assert 'value="รอบวันพุธ"' in said.text
    assert opening["id"] in said.text
    assert len(await queries.cycles(NETWORK)) == 1


async def test_a_lot_is_offered_once_at_a_price_and_withdrawn(doors: Doors, there: Stall) -> None:
    dao = await doors.as_(DAO)
    lot, stock = await run(harvested, 5_000, MALEE, RATTAPHUM)
    page = f"/cycles/{there.cycle}"
    shown = (await dao.get(page)).text
    assert stock in shown
    [product, *_] = await products.of_network(NETWORK)
    for language, name in (("en", product.name.en), ("th", product.name.th)):
        dao = await doors.as_(DAO, language)
        assert f">{name}</option>" in (await dao.get(page)).text
    making = form({"stock": stock, "product": product.id, "price": "45", "step": "5 ขีด"})
    for _ in range(2):
        said = await dao.post(f"{page}/offers", data=making, follow_redirects=False)
        assert said.status_code == 303
    [line] = [line for line in await queries.shop(there.cycle) if line.lot == lot]
    assert (line.satang_per_kg, line.step_grams) == (4_500, 500)
    again = await dao.post(f"{page}/offers", data={**making, "id": new_id(), "price": "50"})
    assert again.status_code == 409
    for _ in range(2):
        said = await dao.post(
            f"{page}/withdraw", data={"offer": line.offer}, follow_redirects=False
        )
        assert said.status_code == 303
    assert line.offer not in {line.offer for line in await queries.shop(there.cycle)}


@pytest.mark.parametrize("wrong", [{"price": ""}, {"price": "0"}, {"step": "0"}, {"stock": "x"}])
async def test_an_offer_with_nonsense_is_refused(
    doors: Doors, there: Stall, wrong: dict[str, str]
) -> None:
    dao = await doors.as_(DAO)
    _, stock = await run(harvested, 5_000, MALEE, RATTAPHUM)
    [product, *_] = await products.of_network(NETWORK)
    making = form({"stock": stock, "product": product.id, "price": "45", "step": "1", **wrong})
    said = await dao.post(f"/cycles/{there.cycle}/offers", data=making)
    assert 400 <= said.status_code < 500
    assert len(await queries.shop(there.cycle)) == 1


async def test_what_to_harvest_names_the_farmer_for_the_staff_alone(
    doors: Doors, there: Stall
) -> None:
    await there.paid(2_000)
    await there.order(1_000)  # not paid: nobody harvests for it
    shown = (await (await doors.as_(DAO)).get(f"/cycles/{there.cycle}")).text
    assert "มาลี ศรีสุข" in shown
    assert "2 กก." in shown
    assert "มาลี" not in (await doors.stranger().get(f"/shop/{there.cycle}")).text


async def test_dao_sells_by_the_piece_and_the_shop_says_what_one_costs_at_most(
    doors: Doors, there: Stall
) -> None:
    _, stock = await run(harvested, 9_000, MALEE, RATTAPHUM)
    product = (await products.of_network(NETWORK))[0].id
    said = {"stock": stock, "product": product, "price": "25", "step": "0.5"}
    dao, page = await doors.as_(DAO), f"/cycles/{there.cycle}/offers"
    no = await dao.post(page, data=form({**said, "piece": "2.4", "piece_max": "2"}))
    assert (no.status_code, "ชิ้นที่หนักที่สุดต้องไม่เบากว่า" in no.text) == (400, True)
    assert (await dao.post(page, data=form({**said, "piece": "2.4", "piece_max": "3"}))).is_success
    shop = (await doors.stranger("en").get(f"/shop/{there.cycle}")).text
    assert "at most 75 baht a piece" in " ".join(shop.split())
    nok = await doors.as_(NOK, "en")
    offer = next(o for o in re.findall(r'name="kg-([^"]+)"', shop) if o != there.offer)
    basket = await nok.post(f"/shop/{there.cycle}", data={f"kg-{offer}": "2"})
    assert "150" in basket.text


async def test_krit_leads_another_group_and_finds_nothing_here(doors: Doors, there: Stall) -> None:
    krit = await doors.as_(KRIT)
    page = f"/cycles/{there.cycle}"
    assert (await krit.get(page)).status_code == 404
    assert (await krit.post(f"{page}/offers", data={})).status_code == 404
    assert (await krit.post(f"{page}/withdraw", data={"offer": there.offer})).status_code == 404
    assert there.cycle not in (await krit.get("/cycles")).text
    opening = form({**ROUND, "merchant": NETWORK, "place": there.place})
    assert (await krit.post("/cycles/new", data=opening)).status_code == 404
    assert (await krit.post("/places/new", data=form(PLACE))).status_code == 404
    shares = form({"merchant": NETWORK, "share": "99", "truck": "0", "fund": "0", "group": "0"})
    assert (await krit.post("/shares/new", data=shares)).status_code == 404
    product = form({"network": NETWORK, "crop": "kale", "unit": "kg"})
    assert (await krit.post("/products/new", data=product)).status_code == 404


async def test_krit_may_not_sell_malees_lot_in_a_round_of_his_own(
    doors: Doors, there: Stall
) -> None:
    krit = await doors.as_(KRIT)
    place = form({**PLACE, "network": KRITS_GROUP})
    assert (await krit.post("/places/new", data=place)).status_code == 200
    await run(shared, new_id(), merchant=KRITS_GROUP)
    [own] = await places.places(KRITS_GROUP)
    opening = form({**ROUND, "merchant": KRITS_GROUP, "place": own.id})
    said = await krit.post("/cycles/new", data=opening, follow_redirects=False)
    assert said.status_code == 303
    page = said.headers["location"]
    _, stock = await run(harvested, 5_000, MALEE, RATTAPHUM)
    assert stock not in (await krit.get(page)).text
    [product, *_] = await products.of_network(NETWORK)
    making = form({"stock": stock, "product": product.id, "price": "45", "step": "1"})
    assert (await krit.post(f"{page}/offers", data=making)).status_code == 404


STAFF_PAGES = ["/cycles", "/cycles/new", "/places/new", "/products/new", "/shares", "/shares/new"]


@pytest.mark.parametrize("path", STAFF_PAGES)
async def test_these_pages_are_for_staff(doors: Doors, path: str) -> None:
    assert (await doors.stranger().get(path, follow_redirects=False)).status_code == 303
    assert (await (await doors.as_(NOK)).get(path)).status_code == 403
    for staff in (DAO, WAN, YING):
        for language in ("th", "en"):
            assert (await (await doors.as_(staff, language)).get(path)).status_code == 200


async def test_after_closing_the_page_offers_nothing_more(doors: Doors, there: Stall) -> None:
    doors.later(CLOSES)
    dao = await doors.as_(DAO)
    shown = (await dao.get(f"/cycles/{there.cycle}")).text
    assert not re.search(r'action="/cycles/[^"]+/offers"', shown)


async def test_a_product_is_named_once_and_shown(doors: Doors) -> None:
    dao = await doors.as_(DAO)
    pumpkin = form({
        "network": NETWORK, "crop": "pumpkin", "unit": "piece", "piece": "2000",
        "name_th": "ฟักทองลูก", "name_en": "Whole pumpkin",
    })  # fmt: skip
    for _ in range(2):
        assert (await dao.post("/products/new", data=pumpkin)).status_code == 200
    [one] = await products.of_network(NETWORK)
    assert (one.unit, one.piece_grams) == ("piece", 2000)
    assert "ฟักทองลูก" in (await dao.get("/products/new")).text
    wrong = form({"network": NETWORK, "crop": "pumpkin", "unit": "piece"})
    assert (await dao.post("/products/new", data=wrong)).status_code == 400


async def test_the_basket_asks_where_and_the_order_says_it(doors: Doors) -> None:
    there = await stall_in_village()
    cycle, _, hall = await run(two_places, there)
    nok = await doors.as_(NOK, "en")
    await nok.post(f"/shop/{cycle}", data={f"kg-{there.offer}": "1"})
    assert "Where to pick up" in (await nok.get("/basket")).text
    form = {"id": new_id(), "cycle": cycle, "rail": "cash", f"kg-{there.offer}": "1"}
    asked = await nok.post("/order", data=form)
    assert asked.status_code == 400
    assert "This round is fetched at 2 places" in asked.text
    said = await nok.post("/order", data={**form, "stop": hall.id})
    assert said.status_code == 200
    fetched, _, other = said.text.partition("Pick up elsewhere")
    assert "Town hall" in fetched
    assert "Rattaphum hospital" not in fetched
    assert "Rattaphum hospital" in other


def form(said: dict[str, str]) -> dict[str, str]:
    return {"id": new_id(), **said}
