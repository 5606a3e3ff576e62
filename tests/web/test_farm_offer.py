"""Malee offers what will be ripe in four taps, and sees whom less of it would touch."""

import re
from datetime import timedelta
from html import unescape

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.forecasts import queries
from market.domain.orders import queries as orders
from market.jobs import readers
from tests.cast import KRIT, MALEE, NOK, TODAY, YING, log_faults
from tests.doors import Doors
from tests.guarantee import planted, published
from tests.market.farm import planted as sown
from tests.market.stall import CLOSES, stall_in_village


def buttons(page: str, name: str) -> dict[str, bool]:
    """What one tap chooses, and whether it is chosen already."""
    found = re.findall(rf'<input type="radio" name="{name}" value="([^"]+)"( checked)?>', page)
    return {value: bool(checked) for value, checked in found}


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


async def test_four_taps_and_it_can_be_ordered(doors: Doors) -> None:
    await published()
    there, malee = await stall_in_village(), await doors.as_(MALEE)
    first, _ = await run(sown), await run(sown)
    listed = (await malee.get("/farm/offer")).text
    taps = [f"/farm/offer?planting={first.planting}"]
    assert taps[0] in listed
    form_page = (await malee.get(taps[0])).text
    kilos, prices = buttons(form_page, "kilos"), buttons(form_page, "price")
    assert {"20000": False, "4000": True}.items() <= (kilos | prices).items()  # her last price
    assert "60 %" in form_page
    taps += ["kilos 20", "price 40", "offer"]
    assert len(taps) <= 4
    form = hidden(form_page) | {"kilos": "20000", "price": "4000"}
    for _ in range(2):
        said = await malee.post("/farm/offer", data=form, follow_redirects=False)
        assert said.status_code == 303, said.text
    [known] = await queries.of_farmer(MALEE, TODAY)
    assert (known.promised_grams, known.presold_grams) == (20_000, 12_000)
    shown = (await malee.get(said.headers["location"])).text
    assert "ผู้ซื้อจองได้ทันที" in shown
    public = doors.stranger()
    shop = (await public.get(f"/api/v1/cycles/{there.cycle}/shop")).json()
    [one] = [one for one in shop if one["expected"]]
    assert (one["grams_left"], one["lot_code"], one["satang_per_kg"]) == (12_000, "", 4_000)
    page = unescape((await public.get(f"/shop/{there.cycle}/{one['offer']}")).text)
    assert "จะเก็บเกี่ยวราว" in page
    placed = await there.order(2_000, offer=one["offer"])
    assert "รอเก็บเกี่ยว" in (await (await doors.as_(NOK)).get(f"/order/{placed.code}")).text
    cut = {
        "id": new_id(), "what": first.planting, "day": "today", "weight": "18", "as_plain": "yes",
    }  # fmt: skip
    assert (await malee.post("/farm/harvest/new", data=cut)).status_code == 200
    await readers.read_on(doors.now)
    shop = (await public.get(f"/api/v1/cycles/{there.cycle}/shop")).json()
    [same] = [each for each in shop if each["offer"] == one["offer"]]
    assert (same["expected"], same["grams_left"]) == (False, 16_000)
    assert same["lot_code"]
    assert await orders.reservation_faults() == []


async def test_whom_less_would_touch_is_seen_before_it_is_said(doors: Doors) -> None:
    await published()
    there, plot = await stall_in_village(), await planted()
    malee, ying, krit = await doors.as_(MALEE), await doors.as_(YING, "en"), await doors.as_(KRIT)
    form = hidden((await malee.get("/farm/offer")).text)
    form |= {"kilos": "other", "kilos_other": "๑๐", "price": "other", "price_other": "45"}
    form |= {"ready_on": "25/11/2569"}
    assert (await krit.post("/farm/offer", data=form)).status_code == 404
    wrong = await malee.post("/farm/offer", data=form | {"ready_on": "20/11/2569"})
    assert (wrong.status_code, 'value="๑๐"' in wrong.text) == (400, True)
    told = await malee.post("/farm/offer", data=form, follow_redirects=False)
    address = told.headers["location"].split("?")[0]
    [known] = await queries.of_farmer(MALEE, TODAY)
    there.offer = (await shop_line(doors, there.cycle))["offer"]
    placed = await there.order(4_000)
    for who, sees in ((malee, False), (ying, True)):
        look = await who.post(address, data={"weight": "3", "look": "yes"})
        assert look.status_code == 200
        assert (placed.code in look.text) == sees  # names no order to the farmer
    assert "4 kg are ordered already, so 1 kg would be missing, of 1 orders" in unescape(look.text)
    assert (await malee.post(address, data={"weight": "3"})).status_code == 409
    program = f"/api/v1/forecasts/{known.id}"
    refused = await malee.put(f"{program}/amount", json={"grams": 3_000})
    assert refused.json()["code"] == "forecasts.reserved_more"
    seen = (await malee.get(f"{program}/touched?grams=3000")).json()
    assert [(one["grams"], one["code"]) for one in seen] == [(4_000, "")]
    fine = await malee.post(address, data={"weight": "8", "look": "yes"})
    assert "ไม่กระทบใบจองไหน" in fine.text
    assert (await malee.post(address, data={"weight": "8"})).status_code == 200
    for path in (address, f"{program}/touched?grams=1"):
        assert (await krit.get(path)).status_code == 404
    assert (await krit.put(f"{program}/withdrawal")).status_code == 404
    doors.now = CLOSES + timedelta(hours=1)
    late = await (await doors.as_(MALEE)).put(f"{program}/withdrawal")
    assert (late.status_code, late.json()["code"]) == (409, "offers.closed")
    assert (await queries.forecast(known.id)).reserved_grams == 4_000
    assert plot
    assert [one for one in await log_faults() if one.table.startswith("forecast")] == []


async def shop_line(doors: Doors, cycle: str) -> dict[str, str]:
    lines = (await doors.stranger().get(f"/api/v1/cycles/{cycle}/shop")).json()
    [one] = [one for one in lines if one["expected"]]
    return dict(one)
