"""Dao plans the truck's day by pages without script: from an empty network to a published plan."""

import re
from datetime import timedelta
from html import unescape

import pytest

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.access.policy import Policy, Rule
from market.domain.fleet import queries as fleet_seen
from market.domain.places import queries as places
from market.domain.products import queries as products
from market.domain.trips import queries
from market.gateways import planner
from market.gateways.roads import extract, network
from market.gateways.roads import ways as roads
from tests.cast import ADMIN, DAO, KRIT, NETWORK, NOK, PRASERT, TOMORROW
from tests.doors import Doors
from tests.market import village_roads
from tests.market.fleet import Fleet, with_a_truck
from tests.market.stall import stall_in_village

DAY = "25/11/2569"


@pytest.fixture
async def there(doors: Doors) -> Fleet:
    found = await run(with_a_truck, await stall_in_village())
    await found.stall.paid(2_000)
    return found


def form(values: dict[str, object]) -> dict[str, object]:
    return {"id": new_id(), **values}


async def test_who_may_look_and_plans_for_no_network_sees_a_whole_page(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an administrator would, should the table one day say so."""
    more = Rule("trip.read", "admin", "everywhere")
    monkeypatch.setattr(doors.guard, "policy", Policy.of([*doors.guard.policy.rules, more]))
    said = await (await doors.as_(ADMIN)).get("/truck")
    assert said.status_code == 200, said.text
    assert "คุณไม่ได้ดูแลรถเขียวของเครือข่ายใด" in said.text
    assert 'action="/truck"' not in said.text


async def ready(doors: Doors, there: Fleet) -> str:
    """A day with the truck, Nok's stop and another."""
    dao = await doors.as_(DAO)
    said = await dao.post("/truck", data=form({"operator": NETWORK, "on": DAY, "template": ""}),
                          follow_redirects=False)  # fmt: skip
    assert said.status_code == 303, said.text
    day = said.headers["location"]
    truck = {"truck": there.truck, "starts": "05.00", "ends": "17.00", "driver": DAO}
    assert (await dao.post(f"{day}/trucks", data=truck)).status_code == 200
    for place in there.stops:
        stop = form({"place": place, "opens": "9.00", "closes": "12.00"})
        assert (await dao.post(f"{day}/stops", data=stop)).status_code == 200
    return str(day)


async def planned(doors: Doors, there: Fleet) -> str:
    day = await ready(doors, there)
    dao = await doors.as_(DAO)
    said = await dao.post(f"{day}/plan", data={"seconds": "1"})
    assert "วางแผนมาแล้ว" in said.text
    assert 'http-equiv="refresh"' in said.text
    await planner.settled()
    return day


async def test_trucks_stops_and_rounds_are_kept_by_forms(doors: Doors) -> None:
    await stall_in_village()
    dao, prasert = await doors.as_(DAO), await doors.as_(PRASERT)
    assert "ยังไม่มีรถ" in (await dao.get("/truck")).text
    base = form({
        "network": NETWORK, "kind": "base", "name_th": "โรงเก็บ", "name_en": "Shed", "lat": "7.1",
        "lon": "100.3", "tambon": "900901",
    })  # fmt: skip
    assert (await prasert.post("/places/new", data=base)).status_code == 200
    [shed] = await places.bases(NETWORK)
    truck = form({
        "operator": NETWORK, "name": "รถเขียว", "base": shed.id, "capacity": "800 กก.",
        "crates": "60", "per_km": "4.50", "per_min": "๑.๕", "weekday": ["1", "3"],
        "starts": "5.00", "ends": "17:00", "rest": "30", "rest_from": "11.00",
        "rest_until": "13.00",
    })  # fmt: skip
    wrong = await dao.post("/truck/trucks", data={**truck, "rest_until": "11.10"})
    assert wrong.status_code == 400
    assert "เวลาทำงานไม่ถูกต้อง" in wrong.text
    for _ in range(2):
        assert (await dao.post("/truck/trucks", data=truck)).status_code == 200
    [kept] = await fleet_seen.trucks(NETWORK)
    assert (kept.satang_per_min, len(kept.shifts)) == (150, 2)
    assert 'value="800"' in (await dao.get(f"/truck/trucks/{kept.id}")).text
    [place] = await places.places(NETWORK)
    terms = {
        "stall_minutes": "45", "weekday_1": "1", "opens_1": "9.00", "closes_1": "11.00",
        "weekday_2": "1", "opens_2": "15.00", "closes_2": "17.00", "value": "600",
        "permitted_until": "30/11/2569", "host_name": "ป้าแดง", "host_phone": "0811111111",
    }  # fmt: skip
    assert (await dao.post(f"/truck/places/{place.id}", data=terms)).status_code == 200
    assert "อนุญาตถึง" in (await dao.get("/truck/places")).text
    week = dict(terms)
    for number in range(1, 8):
        week |= {f"weekday_{number}": str(number), f"opens_{number}": "9.00",
                 f"closes_{number}": "11.00"}  # fmt: skip
    assert (await dao.post(f"/truck/places/{place.id}", data=week)).status_code == 200
    assert len((await places.place(place.id)).windows) == 7
    wrong = {**terms, "opens_1": "25.00"}
    refused = await dao.post(f"/truck/places/{place.id}", data=wrong)
    assert (refused.status_code, 'value="25.00"' in refused.text) == (400, True)
    assert (await dao.post(f"/truck/places/{place.id}", data=terms)).status_code == 200
    assert len((await places.place(place.id)).windows) == 2
    round_ = form({"operator": NETWORK, "name": "สายจันทร์", f"seq-{place.id}": "1",
                   "weekday": "1", "truck": kept.id})  # fmt: skip
    assert "สายจันทร์" in (await dao.post("/truck/rounds", data=round_)).text
    [template] = await fleet_seen.templates(NETWORK)
    made = form({"operator": NETWORK, "on": "30/11/2569", "template": template.id})
    said = await dao.post("/truck", data=made)
    assert "รพ.รัตภูมิ" in said.text
    [day] = await queries.days(NETWORK, TOMORROW)
    seen = await queries.day(day.id)
    assert ([s.opens_minute for s in seen.stops], len(seen.trucks)) == ([540, 900], 1)
    assert "ป้าแดง" not in (await doors.stranger().get("/stops")).text
    shown = await dao.post(f"/truck/trucks/{kept.id}/retire")
    assert "ยังไม่มีรถ" in shown.text


async def test_a_day_is_planned_reordered_kept_and_published(doors: Doors, there: Fleet) -> None:
    day = await planned(doors, there)
    dao = await doors.as_(DAO)
    shown = await dao.get(f"{day}/plan")
    assert "ถูกกติกาทุกข้อ" in shown.text
    assert "<svg" in shown.text
    assert "แปลงของมาลี" in shown.text
    kept = await queries.version_of(day.split("/")[-1], 1)
    plot = next(v.id for v in kept.problem.visits if v.kind == "plot")
    order = arrangement(shown.text)
    late = {**order, "pos-" + plot: "3"}
    tried = await dao.post(f"{day}/plan/order", data=late)
    assert "ยังไม่ได้ไปรับ" in tried.text
    assert "ยังไม่ได้บันทึก" in tried.text
    part = await dao.post(f"{day}/plan/evaluate", data=late)
    assert "ยังไม่ได้ไปรับ" in part.text
    assert "<html" not in part.text
    broken = {**arrangement(tried.text), "do": "keep"}
    assert (await dao.post(f"{day}/plan/order", data=broken)).status_code == 200
    refused = await dao.post(f"{day}/plan/publish", data={"version": "2"})
    assert refused.status_code == 409
    assert "ยังประกาศไม่ได้" in refused.text
    good = arrangement((await dao.get(f"{day}/plan?version=1")).text)
    moved = await dao.post(f"{day}/plan/order", data={**good, "move": f"up:{plot}"})
    again = {**arrangement(moved.text), "do": "keep"}
    assert (await dao.post(f"{day}/plan/order", data=again)).status_code == 200
    [third, second, _] = await queries.versions(day.split("/")[-1])
    assert (second.faults > 0, third.faults, third.because) == (True, 0, "reordered")
    said = await dao.post(f"{day}/plan/publish", data={"version": "3"})
    assert "ประกาศแล้ว" in said.text
    assert "ช้าลง" in (await dao.get(f"{day}/plan?version=3&against=1")).text


def arrangement(page: str) -> dict[str, str]:
    """The hidden fields of the form, as a browser sends them."""
    inside = page.split('id="arrange"')[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside))


async def test_the_second_of_two_keeps_the_own_order_in_the_form(
    doors: Doors, there: Fleet
) -> None:
    day = await planned(doors, there)
    dao = await doors.as_(DAO)
    seen = arrangement((await dao.get(f"{day}/plan")).text)
    ids = seen[f"route-{there.truck}"].split(",")
    first = {**seen, "do": "keep", f"route-{there.truck}": ",".join([ids[0], ids[2], ids[1]])}
    assert (await dao.post(f"{day}/plan/order", data=first)).status_code == 200
    own = ",".join(ids[::-1])
    second = {**seen, "id": new_id(), "do": "keep", f"route-{there.truck}": own}
    refused = await dao.post(f"{day}/plan/order", data=second)
    assert refused.status_code == 409
    assert "มีคนบันทึกแผนฉบับที่ 2" in refused.text
    assert arrangement(refused.text)[f"route-{there.truck}"] == own
    once_more = {**arrangement(refused.text), "do": "keep"}
    assert (await dao.post(f"{day}/plan/order", data=once_more)).status_code == 200
    assert await queries.newest(day.split("/")[-1]) == 3


async def test_what_came_after_the_plan_is_named(doors: Doors, there: Fleet) -> None:
    day = await planned(doors, there)
    dao = await doors.as_(DAO)
    await there.stall.paid(500, at=doors.now + timedelta(minutes=5))
    id = day.split("/")[-1]
    stop = next(s for s in (await queries.day(id)).stops if s.place == there.stops[1])
    moved = {"id": stop.id, "place": stop.place, "opens": "10.00", "closes": "12.00"}
    assert (await dao.post(f"{day}/stops", data=moved)).status_code == 200
    shown = (await dao.get(f"{day}/plan")).text
    assert "มีใบจองใหม่ 1 ใบ" in shown
    assert "จองเพิ่ม" in shown
    assert "เวลาของตลาดเกษตรเปลี่ยน" in shown


async def test_what_people_were_told_is_kept_when_the_day_is_planned_again(
    doors: Doors, there: Fleet
) -> None:
    day = await planned(doors, there)
    dao = await doors.as_(DAO)
    assert "ประกาศแล้ว" in (await dao.post(f"{day}/plan/publish", data={"version": "1"})).text
    await there.stall.paid(500, at=doors.now + timedelta(minutes=5))
    await dao.post(f"{day}/plan", data={"seconds": "1"})
    await planner.settled()
    first, second = [await queries.version_of(day.split("/")[-1], n) for n in (1, 2)]
    assert second.plan.routes == first.plan.routes
    assert second.problem.earlier
    assert set(second.problem.earlier.begins) == set(first.plan.routes[0])
    assert "ไม่ต่างจากฉบับที่ 1" in (await dao.get(f"{day}/plan")).text


async def test_the_drivers_break_is_changed_for_one_day_alone(doors: Doors, there: Fleet) -> None:
    day = await ready(doors, there)
    dao, id = await doors.as_(DAO), day.split("/")[-1]
    truck = {"truck": there.truck, "starts": "05.00", "ends": "17.00", "driver": DAO,
             "rest": "๔๕", "rest_from": "11.00", "rest_until": "13.00"}  # fmt: skip
    for wrong, said in (
        ({"rest_until": "11.30"}, 'value="11.30"'), ({"rest_from": ""}, 'value="13.00"'),
        ({"ends": "12.00"}, 'value="12.00"'), ({"rest": "-5"}, 'value="-5"'),
    ):  # fmt: skip
        refused = await dao.post(f"{day}/trucks", data={**truck, **wrong})
        assert refused.status_code == 400, wrong
        assert said in refused.text, "what was typed stays"
    [known] = (await queries.day(id)).trucks
    assert known.break_minutes == 0
    usual = (await fleet_seen.truck(there.truck)).shifts
    said = unescape((await dao.post(f"{day}/trucks", data=truck)).text)
    assert "พัก 45 นาที ช่วง 11.00–13.00" in said
    [known] = (await queries.day(id)).trucks
    assert (known.break_minutes, known.break_from_minute, known.break_until_minute) == (
        45,
        660,
        780,
    )
    assert (await fleet_seen.truck(there.truck)).shifts == usual
    await dao.post(f"{day}/plan", data={"seconds": "1"})
    await planner.settled()
    [planned_for] = (await queries.version_of(id, 1)).problem.trucks
    assert planned_for.rest
    assert (planned_for.rest.seconds, planned_for.rest.window) == (2_700, (39_600, 44_100))
    shown = (await dao.post(f"{day}/trucks", data={**truck, "rest": ""})).text
    assert "พัก 45 นาที" not in shown
    assert "รถหรือเวลาทำงานของรถเปลี่ยน" in (await dao.get(f"{day}/plan")).text


async def test_what_must_be_kept_cold_rides_with_ice_or_not_at_all(
    doors: Doors, there: Fleet
) -> None:
    """Prasert says how kale is kept; Dao finds out at the plan, takes ice along, counts crates."""
    day, dao, prasert = await ready(doors, there), await doors.as_(DAO), await doors.as_(PRASERT)
    id, product = day.split("/")[-1], (await products.of_network(NETWORK))[0].id
    keeping = {"cold": "yes", "days": "1", "crate": "0.5"}
    wrong = await prasert.post(f"/products/{product}/keeping", data={**keeping, "crate": "9999"})
    assert (wrong.status_code, 'value="9999"' in wrong.text) == (400, True)
    assert "น้ำหนักเต็มลัง" in wrong.text
    said = await prasert.post(f"/products/{product}/keeping", data=keeping)
    assert "ต้องเก็บเย็น" in said.text
    assert "500" in (await prasert.get("/products/new?format=csv")).text.replace("0.5", "500")
    nok = await doors.as_(NOK)
    assert (await nok.post(f"/products/{product}/keeping", data=keeping)).status_code == 403
    api = f"/api/v1/products/{product}"
    kept = {"cold": True, "shelf_life_days": 1, "crate_grams": 500}
    krit = await doors.as_(KRIT)
    assert (await krit.put(f"{api}/keeping", json=kept)).status_code in (403, 404)
    assert (await prasert.put(f"{api}/keeping", json=kept)).status_code == 200
    assert (await prasert.get(api)).json()["cold"] is True
    await dao.post(f"{day}/plan", data={"seconds": "1"})
    await planner.settled()
    shown = (await dao.get(f"{day}/plan")).text
    assert "ไม่มีรถที่เก็บเย็นได้วันนี้" in shown
    assert "รับปากไว้" in shown
    truck = {"truck": there.truck, "starts": "05.00", "ends": "17.00", "driver": DAO, "cold": "yes"}
    assert "เก็บของเย็นได้" in (await dao.post(f"{day}/trucks", data=truck)).text
    assert "รถหรือเวลาทำงานของรถเปลี่ยน" in (await dao.get(f"{day}/plan")).text
    await dao.post(f"{day}/plan", data={"seconds": "1"})
    await planner.settled()
    shown = unescape((await dao.get(f"{day}/plan")).text)
    assert "ถูกกติกาทุกข้อ" in shown
    assert "4 จาก 60 ลัง" in shown, "two kilos, half a kilo a crate"
    assert "เก็บเย็น</span>" in shown
    problem = (await queries.version_of(id, 2)).problem
    assert problem.fresh, "what keeps a day is loaded late"
    assert problem.cold == tuple(problem.fresh)


async def test_an_impossible_day_names_the_promise_it_breaks_and_by_how_much(
    doors: Doors, there: Fleet
) -> None:
    """Nok's stop and a must, both for an hour in the morning, half an hour's drive apart."""
    day = await ready(doors, there)
    dao = await doors.as_(DAO)
    for stop in (await queries.day(day.split("/")[-1])).stops:
        narrow = {"id": stop.id, "place": stop.place, "opens": "9.00", "closes": "9.35",
                  "required": "yes"}  # fmt: skip
        assert (await dao.post(f"{day}/stops", data=narrow)).status_code == 200
    await dao.post(f"{day}/plan", data={"seconds": "1"})
    await planner.settled()
    shown = (await dao.get(f"{day}/plan")).text
    assert "รักษาสัญญาได้ไม่ครบ" in shown
    assert "รับปากไว้" in shown
    assert re.search(r"ไม่มีรถที่มีเวลาพอ ขาด \d+ นาที", shown)
    assert "ทางแก้ที่ถูกที่สุด" in shown


async def test_who_is_no_operator_sees_nothing_of_the_truck(doors: Doors, there: Fleet) -> None:
    day = await ready(doors, there)
    for person in (KRIT, NOK, PRASERT):
        client = await doors.as_(person)
        for address in ("/truck", day, f"{day}/plan", "/truck/trucks", "/truck/places"):
            assert (await client.get(address)).status_code == 403, (person, address)
    stranger = await doors.stranger().get(day)
    assert "/sign-in" in str(stranger.url)
    dao = await doors.as_(DAO)
    for address in (f"/truck/{new_id()}", f"/truck/{new_id()}/plan", f"/truck/places/{there.base}"):
        assert (await dao.get(address)).status_code == 404


async def test_a_day_is_drawn_along_the_roads_where_it_was_planned_on_them(
    doors: Doors, there: Fleet
) -> None:
    bends = [(-150, -40), (-130, 20), (-160, 60), (-130, 100), (-150, 160)]
    file = village_roads.extract(
        doors.settings.data / "south.osm", [(bends, {"highway": "secondary"})]
    )
    day, dao = await planned(doors, there), await doors.as_(DAO, "en")
    network.save(extract.read(file), roads.network_file(doors.settings))
    shown = (await dao.get(f"{day}/plan")).text
    assert "Better roads are set up" in shown
    assert (await dao.post(f"{day}/plan", data={"seconds": "1"})).status_code == 200
    await planner.settled()
    shown = unescape((await dao.get(f"{day}/plan")).text).replace("\xa0", " ")
    assert "real roads, 20 Nov 2026, © OpenStreetMap contributors" in shown
    assert "stroke-dasharray" not in shown
    assert "straight lines" not in shown
    assert "Better roads" not in shown
    [way] = re.findall(r'<path d="(M[^"]+)" fill="none" stroke="#14532d" stroke-width="3"', shown)
    assert way.count("L") > 2 * way.count("M"), "roads bend"
    kept = (await queries.version_of(day.split("/")[-1], 2)).problem
    [note] = [one for one in kept.road_notes if "Far from any road" in one.key]
    assert not re.search(r"\d\.\d", str(note.facts)), "a plan is kept for ever, and says no place"
    assert re.search(r"Far from any road: (Plot of|At the base|Rattaphum|Farmers)", shown)
    roads.network_file(doors.settings).unlink()
    shown = (await dao.get(f"{day}/plan")).text
    assert "stroke-dasharray" in shown
    assert "the roads cannot be drawn now" in shown


async def test_a_program_keeps_an_order_put_by_hand_and_calls_planning_off(
    doors: Doors, there: Fleet
) -> None:
    day = (await planned(doors, there)).rsplit("/", 1)[-1]
    dao, krit = await doors.as_(DAO), await doors.as_(KRIT)
    at = f"/api/v1/truck-days/{day}"
    [plan] = (await dao.get(f"{at}/plans/1")).json()["plan"]["routes"]
    asked = {"id": new_id(), "routes": [plan[::-1]]}
    tried = await dao.post(f"{at}/plans/1/evaluation", json={"routes": asked["routes"]})
    for _ in range(2):  # twice is once
        said = await dao.post(f"{at}/plans/1/order", json=asked)
        assert said.json()["faults"] == len(tried.json()["faults"]), said.text
    assert [one.version for one in await queries.versions(day)] == [2, 1]
    late = await dao.post(f"{at}/plans/1/order", json=asked | {"id": new_id()})
    assert late.json()["type"].endswith("trips.planned_since")
    assert (await krit.post(f"{at}/plans/1/order", json=asked)).status_code in (403, 404)
    run_id = (await dao.post(f"{at}/plans", json={"seconds": 30})).json()["run"]
    off = f"{at}/run/{run_id}/cancellation"
    assert (await krit.put(off)).status_code in (403, 404)
    assert (await dao.put(f"{at}/run/{new_id()}/cancellation")).status_code == 404
    assert [(await dao.put(off)).json()["outcome"] for _ in range(2)] == ["cancelled"] * 2
    await planner.settled()
    assert (await queries.last_run(day)).outcome == "cancelled"
