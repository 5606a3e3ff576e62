"""What to harvest, how far a round has come, and calling it off, as Dao and Malee see it."""

from datetime import timedelta

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.cycles import clockwork
from market.domain.offers import editing
from market.domain.offers import queries as rounds
from market.domain.offers.editing import ChangeCycle
from market.domain.orders import commands as orders
from market.domain.orders.rules import CancelOrder
from tests.cast import DAO, KRIT, MALEE, NETWORK, NOK, NOW
from tests.doors import Doors
from tests.market.stall import CLOSES, stall_in_village
from tests.market.test_cycle_places import ordered, two_places


async def test_malee_reads_what_to_harvest_and_it_stays_as_it_was_told(doors: Doors) -> None:
    there = await stall_in_village()
    kept = await there.order(1_500, rail="cash")
    gone = await there.order(500, rail="cash")
    malee, dao = await doors.as_(MALEE, "en"), await doors.as_(DAO, "en")
    assert "Orders may still come until" in (await malee.get("/farm/harvest-list")).text
    await clockwork.advance(NOW)
    await clockwork.advance(CLOSES)
    await run(orders.cancel, CancelOrder(gone.order, NETWORK), by=DAO, at=CLOSES)
    for page in (
        (await malee.get("/farm/harvest-list")).text,
        (await dao.get(f"/cycles/{there.cycle}/harvest")).text,
    ):
        assert "it does not change" in page
        assert "2 kg" in page.replace("\xa0", " ")
        assert "0.5 kg less by now: cancelled later" in page.replace("\xa0", " ")
    sheet = (await dao.get(f"/cycles/{there.cycle}/harvest?as=csv")).text
    assert sheet.splitlines()[1].split(",")[-4:] == ["2", "2.000", "", "1.500"]
    assert (await malee.get("/farm/harvest-list?as=xlsx")).status_code == 200
    told = (await dao.get(f"/api/v1/cycles/{there.cycle}/harvest-list")).json()
    assert [(one["grams"], one["grams_now"]) for one in told["lines"]] == [(2_000, 1_500)]
    steps = (await dao.get(f"/api/v1/cycles/{there.cycle}/steps")).json()
    assert [one["state"] for one in steps] == ["open", "closing", "closed"]
    krit = await doors.as_(KRIT)
    assert (await krit.get(f"/cycles/{there.cycle}/harvest")).status_code == 404
    assert await there.state(kept.order) == "confirmed"


async def test_dao_calls_a_round_off_with_its_reason(doors: Doors) -> None:
    there = await stall_in_village()
    placed = await there.order(1_000, rail="cash")
    dao = await doors.as_(DAO, "en")
    address = f"/cycles/{there.cycle}/call-off"
    assert (await dao.post(address, data={"because": " "})).status_code == 400
    assert (await (await doors.as_(NOK)).post(address, data={"because": "x"})).status_code == 403
    assert await there.state(placed.order) == "confirmed"
    for _ in range(2):
        said = await dao.post(address, data={"because": "ถนนขาด"})
        assert "Called off" in said.text
    assert await there.state(placed.order) == "cancelled"
    nok = await doors.as_(NOK, "en")
    assert "ถนนขาด" in (await nok.get(f"/order/{placed.code}")).text
    api = f"/api/v1/cycles/{there.cycle}/cancellation"
    assert (await dao.put(api, json={"because": "again"})).status_code == 200
    assert "was called off" in (await nok.post(f"/shop/{there.cycle}", data={"x": "1"})).text


async def test_dao_says_once_what_comes_again_and_leaves_a_day_out(doors: Doors) -> None:
    there = await stall_in_village()
    dao, krit = await doors.as_(DAO, "en"), await doors.as_(KRIT)
    form = {
        "id": new_id(), "merchant": NETWORK, "name_th": "รอบวันพุธ", "name_en": "Wednesday",
        "every": "week", "weekday_3": "yes", "nth": "1", "first_on": "22/11/2569", "ends_on": "",
        "skip_holidays": "yes", "opens_hours": "96", "closes_hours": "18", "hold_minutes": "60",
        "ahead_days": "14", "place_1": there.place, "from_1": "09.00", "until_1": "11.00",
        "orders_1": "40", "kilos_1": "",
    }  # fmt: skip
    wrong = await dao.post("/cycle-templates/new", data={**form, "closes_hours": "200"})
    assert "opening before closing" in wrong.text
    assert "Wednesday" in wrong.text
    for _ in range(2):
        made = await dao.post("/cycle-templates/new", data=form)
    assert made.text.count("Made: look at it") == 2
    address = f"/cycle-templates/{form['id']}"
    out = {"deed": "skip", "skip_day": "16/12/2569", "skip_because": "ปิดถนน"}
    assert "ปิดถนน" in (await dao.post(address, data=out)).text
    assert (await krit.get(address)).status_code == 404
    api = (await dao.get(f"/api/v1{address}")).json()
    assert [one["because"] for one in api["days"]] == [None, None, "ปิดถนน"]
    assert "Wednesday" in (await dao.get("/cycle-templates")).text


async def test_dao_changes_a_round_and_the_buyer_whose_place_closed_chooses(doors: Doors) -> None:
    there = await stall_in_village()
    cycle, hospital, hall = await run(two_places, there)
    placed = await ordered(there, cycle, hall.id)
    dao, nok = await doors.as_(DAO, "en"), await doors.as_(NOK, "en")
    edit = f"/cycles/{cycle}/edit"
    times = {
        "deed": "times", "name_th": "รอบ", "name_en": "Round", "opens_day": "22/11/2569",
        "opens_time": "08.00", "closes_day": "22/11/2569", "closes_time": "12.00",
        "hold_minutes": "60", "because": "",
    }  # fmt: skip
    refused = await dao.post(edit, data=times)
    assert refused.status_code == 409
    assert "1 orders rest on what was said" in refused.text
    shut = {"deed": "close", "stop": hall.id, "because_shut": "flood"}
    assert (await dao.post(edit, data=shut)).status_code == 200
    address = f"/order/{placed.code}"
    read = (await nok.get(address)).text
    assert "This place was closed" in read
    assert "The pick-up place was closed</b>: flood" in read
    staff = (await dao.get(f"/cycles/{cycle}")).text
    assert "The pick-up place was closed · Town hall" in staff
    assert "flood" in staff
    moved = await nok.post(f"{address}/place", data={"stop": hospital.id})
    assert "Rattaphum hospital" in moved.text
    assert "This place was closed" not in moved.text
    assert "flood" not in moved.text
    was = await rounds.cycle(cycle)
    later = CLOSES + timedelta(hours=1)
    asked = ChangeCycle(cycle, was.name_th, "Round", was.opens_at, later, 60, "rain")
    await run(editing.change, asked, by=DAO, at=NOW)
    assert "Ordering closes later</b>: rain" in (await nok.get(address)).text
    await clockwork.advance(NOW)
    [step] = (await dao.get(f"/api/v1/cycles/{cycle}/steps")).json()
    why = [(one["word"], one["because"]) for one in step["reasons"]]
    assert (step["state"], why) == ("open", [("shut", "flood"), ("later", "rain")])
    once_more = {
        "deed": "clone", "id": new_id(), "days": "7", "clone_th": "อีกรอบ", "clone_en": "Again",
    }  # fmt: skip
    for _ in range(2):
        assert "Again" in (await dao.post(edit, data=once_more)).text
    assert (await (await doors.as_(KRIT)).get(edit)).status_code == 404
