"""A day of the green truck through its pages: Dao loads, sells, hands over, and closes."""

import re

import pytest

from certification.basis.ids import new_id
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import own
from market.domain.lots import queries as lots
from market.domain.truck_day import mishaps, queries
from market.jobs import readers
from tests.cast import DAO, KRIT, MALEE, NETWORK, NOK
from tests.doors import Doors
from tests.market.truck import (
    EVENING,
    MORNING,
    NOON,
    TEN,
    TruckDay,
    clean,
    publish_from_rows,
    truck_day_in_village,
)
from tests.till import hidden, krit_keeps_his_groups_money


@pytest.fixture
async def there(doors: Doors) -> TruckDay:
    return await truck_day_in_village()


def fields(page: str, start: str) -> list[str]:
    return re.findall(rf'name="({start}-[0-9a-f-]+)"', page)


async def test_a_whole_day_through_the_pages(doors: Doors, there: TruckDay) -> None:
    paid, cash = await there.stall.paid(2_000), await there.stall.order(1_000, rail="cash")
    absent = await there.order_for_last(500)
    doors.later(MORNING)
    dao, ride = await doors.as_(DAO), f"/truck/{there.id}"
    shown = (await dao.get(f"/truck/{there.day}/load")).text  # by the day: the own truck
    assert shown.index("ตลาดควนลัง") < shown.index("หลาดกรีน รพ.รัตภูมิ")  # what is unloaded last
    no = await dao.post(f"{ride}/load", data={"deed": "depart"})
    assert no.status_code == 409
    assert "ยังขึ้นไม่ครบ" in no.text
    for place, grams in ((there.last, "0.5"), (there.first, "3")):
        line = {"deed": "load", "lot": there.stall.lot, "goes_to": place, "grams": grams}
        assert (await dao.post(f"{ride}/load", data=line)).status_code == 200
    heavy = {"deed": "load", "lot": there.stall.lot, "goes_to": "walkup", "grams": "ห้า"}
    assert (await dao.post(f"{ride}/load", data=heavy)).status_code == 400
    bags = heavy | {"grams": "3", "pack": "bag", "pack_grams": "0.25", "pack_price": "15"}
    await dao.post(f"{ride}/load", data=bags)
    assert "500 บาท" in (await dao.get(f"{ride}/float")).text
    await dao.post(f"{ride}/float", data={"n-2000": "20", "n-10000": "1"})
    off = await dao.post(f"{ride}/load", data={"deed": "depart"}, follow_redirects=False)
    assert off.headers["location"] == f"{ride}/route"

    doors.later(TEN)
    await dao.post(f"{ride}/route", data={"place": there.first})
    stop = (await dao.get(f"{ride}/stop/{there.first}")).text
    assert paid.code in stop
    assert cash.code in stop
    assert "0812345604" not in stop  # the last four are enough
    assert absent.code in (await dao.get(f"{ride}/stop/{there.first}?q={absent.code}")).text
    for order, weight in ((paid, "1.9"), (cash, "1")):
        address = f"{ride}/pickup/{order.code}"
        paper = (await dao.get(address)).text
        form = {"id": hidden(paper), fields(paper, "g")[0]: weight}
        look = (await dao.post(address, data=form)).text
        assert ("เก็บเงินสด" in look) == (order is cash)
        await dao.post(address, data={**form, "step": "give"})
    tiles = (await dao.get(f"{ride}/sell")).text
    [kilos], [packs] = fields(tiles, "kg"), fields(tiles, "pack")
    pay = (await dao.get(f"{ride}/pay", params={kilos: "1", packs: "2"})).text
    assert "70 บาท" in pay
    assert "PromptPay" in pay
    await dao.post(f"{ride}/pay", data={"id": hidden(pay), kilos: "1", "rail": "cash"})
    await dao.post(f"{ride}/pay", data={packs: "2", "rail": "promptpay"})
    no = await dao.post(f"{ride}/pay", data={kilos: "9", "rail": "cash"})
    assert no.status_code == 409
    assert "เหลือขาย 1.5 กก." in no.text
    await dao.post(f"{ride}/pay", data={kilos: "0.5", "rail": "cash"})
    sold = (await dao.get(f"{ride}/sell")).text
    sale = re.findall(r'name="sale" value="([0-9a-f-]+)"', sold)[0]  # the newest first
    await dao.post(f"{ride}/void", data={"sale": sale})
    assert "ยกเลิกแล้ว" in (await dao.get(f"{ride}/sell")).text
    await dao.post(f"{ride}/leave/{there.first}", data={"deed": "leave"})

    doors.later(NOON)
    await dao.post(f"{ride}/route", data={"place": there.last})
    no = await dao.post(f"{ride}/leave/{there.last}", data={"deed": "leave"})
    assert no.status_code == 409
    assert absent.code in no.text
    decided = {"deed": "decide", "order": absent.order, "decision": "donate"}
    await dao.post(f"{ride}/leave/{there.last}", data=decided)
    await dao.post(f"{ride}/leave/{there.last}", data={"deed": "leave"})

    doors.later(EVENING)
    ice = {"deed": "cost", "kind": "ice", "satang": "50", "paid_from": "drawer"}
    await dao.post(f"{ride}/close", data=ice)
    evening = (await dao.get(f"{ride}/close")).text
    assert "530 บาท" in evening  # 500 + 40 of the order + 40 sold - 50 for ice
    lot = there.stall.lot
    close = {"deed": "close", f"returned-{lot}": "1.4", f"wasted-{lot}": "0.15", "n-2000": "5",
             "n-10000": "4", "promptpay": "30"}  # fmt: skip
    no = await dao.post(f"{ride}/close", data=close)
    assert no.status_code == 409
    assert "ยังไม่ลงตัว" in no.text
    assert 'value="1.4"' in no.text  # what was typed stays
    close |= {f"shrink-{lot}": "yes"}
    no = await dao.post(f"{ride}/close", data=close)
    assert no.status_code == 400
    assert "เงินต่างจากที่ควรมี" in no.text
    await dao.post(f"{ride}/close", data=close | {"reason": "ทอนผิด"})
    done = (await dao.get(f"{ride}/close")).text
    assert "ทอนผิด" in done
    assert (await queries.truck(there.id)).closed_at
    assert await balance(own("till_difference", NETWORK)) == 3_000
    no = await dao.post(f"{ride}/pay", data={kilos: "0.1", "rail": "cash"})
    assert no.status_code == 409
    forgotten = {kilos: "0.75", "rail": "cash"}
    await dao.post(f"{ride}/late", data=forgotten)
    assert "กรอกหลังปิดวัน" in (await dao.get(f"{ride}/close")).text
    await clean()
    learnt = (await dao.get("/truck/stats")).text
    assert "หลาดกรีน รพ.รัตภูมิ" in learnt
    assert "ยังไปน้อยครั้งเกินไป" in learnt  # one visit is no reason to load anything
    table = (await dao.get("/truck/stats?as=csv")).text
    assert "คะน้า" in table
    assert "1.500" in table  # sold to who came by: a kilo and two bags


async def test_a_late_truck_is_planned_anew_shown_and_then_told(
    doors: Doors, there: TruckDay
) -> None:
    order = await there.order_for_last(500)
    doors.later(TEN)
    await there.load_all()
    await there.depart()
    await there.arrive(there.first)
    await there.leave(there.first)
    dao, ride = await doors.as_(DAO), f"/truck/{there.id}"
    empty = await dao.post(f"{ride}/mishap", data={"kind": "delay", "minutes": ""})
    assert empty.status_code == 400
    shown = (await dao.post(f"{ride}/mishap", data={"kind": "delay", "minutes": "180"})).text
    assert "แผนใหม่ ยังไม่ได้ประกาศ" in shown
    assert "จะแจ้งผู้ซื้อ" in shown
    nok = await doors.as_(NOK)
    await readers.read_on(doors.now)
    assert "เปลี่ยนเวลา" not in (await nok.get("/me")).text
    await dao.post(f"{ride}/mishap", data={"deed": "publish", "version": hidden(shown, "version")})
    await readers.read_on(doors.now)
    assert "รถเขียวที่ ตลาดควนลัง เปลี่ยนเวลา" in (await nok.get("/me")).text
    ahead = (await doors.stranger().get("/stops")).text
    assert "แจ้งล่าสุด" in ahead
    assert "ยังไม่มีใครแจ้งว่ามาแล้ว" not in ahead
    doors.later(EVENING)
    assert "ยังไม่มีใครแจ้งว่ามาแล้ว" in (await doors.stranger().get("/stops")).text
    assert "ยังไม่มีใครแจ้งว่ามาแล้ว" in (await nok.get(f"/order/{order.code}")).text
    nobody = (await doors.stranger("en").get("/stops")).text
    assert "nobody has told yet that it came" in nobody
    assert "is expected today" not in nobody
    await there.arrive(there.last)
    assert "The green truck is here now." in (await doors.stranger("en").get("/stops")).text


async def test_the_wrong_people_see_and_do_nothing(doors: Doors, there: TruckDay) -> None:
    await krit_keeps_his_groups_money()
    krit, malee, stranger = await doors.as_(KRIT), await doors.as_(MALEE), doors.stranger()
    for page in ("load", "float", "route", "sell", "close", "late", f"stop/{there.first}"):
        address = f"/truck/{there.id}/{page}"
        assert (await krit.get(address)).status_code in (403, 404)
        assert (await malee.get(address)).status_code == 403
        assert "รหัส" in (await stranger.get(address)).text  # asked to sign in
    assert (await krit.post(f"/truck/{there.id}/load", data={"deed": "depart"})).status_code >= 403
    mine = await there.stall.order(1_000, rail="cash", buyer=DAO)
    await there.load_all(walkup=0)
    await there.depart()
    await there.arrive(there.first)
    dao = await doors.as_(DAO)
    own_order = await dao.post(
        f"/truck/{there.id}/leave/{there.first}",
        data={"deed": "decide", "order": mine.order, "decision": "sell"},
    )
    assert own_order.status_code == 409  # nobody decides in their own cause
    assert await there.stall.state(mine.order) == "confirmed"


async def test_at_a_plot_the_scales_are_typed_and_a_short_one_is_planned_anew(
    doors: Doors, there: TruckDay
) -> None:
    await there.stall.paid(10_000)
    await publish_from_rows(there.day)
    plot = (await lots.lot(there.stall.lot)).plot
    doors.later(MORNING)
    dao, krit = await doors.as_(DAO, "en"), await doors.as_(KRIT)
    ride, at = f"/truck/{there.id}", f"/truck/{there.id}/plot/{plot}"
    assert (await dao.post(at, data={"deed": "arrive"})).status_code == 409
    await there.depart()
    route = (await dao.get(f"{ride}/route")).text
    assert route.count("We are here") == 3, "the plot, and two stops"
    assert route.index(plot) < route.index(there.first)
    page = (await dao.post(at, data={"deed": "arrive"})).text
    assert "Weight on the scales (kg)" in page
    assert (await krit.get(at)).status_code in (403, 404)
    assert (await dao.get(f"{ride}/plot/{there.first}")).status_code == 404
    [name] = re.findall(r'name="(g-[0-9A-Z]{8})"', page)
    wrong = await dao.post(at, data={"deed": "collect", "id": hidden(page), name: "ten"})
    assert wrong.status_code == 400
    assert 'value="ten"' in wrong.text
    much = await dao.post(at, data={"deed": "collect", "id": hidden(page), name: "49"})
    assert much.status_code == 409, "no more than the lot has"
    done = (await dao.post(at, data={"deed": "collect", "id": hidden(page), name: "8.5"})).text
    assert "8.5 kg of 10 kg planned" in done
    gone = (await dao.post(at, data={"deed": "leave"})).text
    assert "collected 8.5" in gone.replace("</span>", "").replace('<b class="num">', "")
    short = {"id": new_id(), "kind": "plot_short", "visit": plot, "grams": "8.5"}
    assert "A new plan, not published yet" in (await dao.post(f"{ride}/mishap", data=short)).text
    answer = await mishaps.waiting_answer(there.day)
    assert answer
    assert answer.faults == 0
    api = f"/api/v1/truck-rides/{there.id}/collections"
    [call] = (await dao.get(api)).json()
    assert [one["loaded_grams"] for one in call["lots"]] == [8_500]
    assert (await dao.put(f"{api}/{plot}/arrival")).status_code == 200  # twice is once
    late = {"id": new_id(), "lots": [{"lot": there.stall.lot, "grams": 9_000}]}
    assert (await dao.post(f"{api}/{plot}", json=late)).status_code == 409
    assert (await dao.put(f"{api}/{plot}/leaving")).json()["grams"] == 8_500


async def test_orders_of_a_stop_that_is_called_off_are_decided_before_closing(
    doors: Doors, there: TruckDay
) -> None:
    """Nobody ever comes there: the way to decide is on the page of the stops."""
    waits = await there.order_for_last(1_000)
    await there.load_all(walkup=0)
    await there.depart()
    doors.later(TEN)
    dao, ride = await doors.as_(DAO, "en"), f"/truck/{there.id}"
    off = {"id": new_id(), "kind": "stop_cancelled", "visit": there.last}
    await dao.post(f"{ride}/mishap", data=off)
    assert f"{ride}/leave/{there.last}" in (await dao.get(f"{ride}/route")).text
    page = (await dao.get(f"{ride}/leave/{there.last}")).text
    assert waits.code in page
    assert "On to the next stop" not in page, "it was never there"
    sold = {"deed": "decide", "id": new_id(), "order": waits.order, "decision": "sell"}
    assert (await dao.post(f"{ride}/leave/{there.last}", data=sold)).status_code == 200
    assert "Decide on the orders" not in (await dao.get(f"{ride}/route")).text
