"""From her order Nok changes how much, sends a neighbour, and has it in her calendar."""

import re
from datetime import timedelta
from html import unescape

import icalendar
from httpx import AsyncClient

from certification.basis.ids import new_id
from market.domain.orders import queries as orders
from tests.cast import DAO, MALEE, NOK, PARTICULARS
from tests.doors import Doors
from tests.market.stall import CLOSES, OVER, PICKUP, stall_in_village


async def test_two_taps_change_how_much_and_after_closing_the_rule_is_shown(doors: Doors) -> None:
    there = await stall_in_village()
    placed = await there.paid(2_000)
    nok, way = await doors.as_(NOK), f"/order/{placed.code}"
    assert f'name="kg-{there.offer}"' in (await nok.get(way)).text
    for typed, status, said in (
        ("0.55", 400, 'value="0.55"'),
        ("0", 409, "อย่างน้อยหนึ่งรายการ"),
        ("10.5", 400, "10 กก."),
        ("9", 409, "280 บาท"),
    ):
        answer = await nok.post(f"{way}/change", data={f"kg-{there.offer}": typed})
        assert (answer.status_code, said in answer.text) == (status, True), answer.text
    twice = {"id": new_id(), f"kg-{there.offer}": "0.5"}
    for _ in range(2):
        assert (await nok.post(f"{way}/change", data=twice)).status_code == 200
    assert (await orders.stored(placed.order)).total_satang == 2_000
    malee = await doors.as_(MALEE)
    assert (await malee.post(f"{way}/change", data=twice)).status_code == 404
    [line] = (await nok.get(f"/api/v1/orders/{placed.order}")).json()["lines"]
    wanted = {"id": new_id(), "lines": [{"line": line["id"], "grams": 1_000}]}
    more = await nok.put(f"/api/v1/orders/{placed.order}/change", json=wanted)
    assert more.json()["spent_satang"] == 2_000
    later = {f"kg-{there.offer}": "9", "later": "yes"}
    assert "320" in (await nok.post(f"{way}/change", data=later)).text  # due at the pick-up
    wanted = {"id": new_id(), "later": True, "lines": [{"line": line["id"], "grams": 9_500}]}
    more = await nok.put(f"/api/v1/orders/{placed.order}/change", json=wanted)
    assert (more.json()["satang"], more.json()["spent_satang"]) == (38_000, 0)
    assert (await orders.stored(placed.order)).due_satang == 34_000
    doors.later(CLOSES)
    shown = (await nok.get(way)).text
    assert "/change" not in shown
    assert "เก็บเกี่ยวตามใบจองนี้แล้ว" in shown
    late = await nok.post(f"{way}/change", data={f"kg-{there.offer}": "0.2"})
    assert late.status_code == 409
    assert "ใบจองยังอยู่เหมือนเดิม" in late.text


async def test_the_calendar_has_place_hours_and_code_and_no_name(doors: Doors) -> None:
    there = await stall_in_village()
    placed = await there.paid(2_000)
    nok = await doors.as_(NOK)
    said = await nok.get(f"/order/{placed.code}/pickup.ics")
    assert max(map(len, said.content.split(b"\r\n"))) <= 75
    [event] = icalendar.Calendar.from_ical(said.content).walk("VEVENT")
    assert event.decoded("DTSTART") == PICKUP
    assert placed.code in event["DESCRIPTION"]
    assert "หลาดกรีน" in event["LOCATION"]
    assert event["STATUS"] == "CONFIRMED"
    assert PARTICULARS[NOK].name not in said.text
    assert (await doors.stranger().get(f"/order/{placed.code}/pickup.ics")).status_code == 404
    await there.cancel(placed.order)
    said = await nok.get(f"/order/{placed.code}/pickup.ics")
    assert b"STATUS:CANCELLED" in said.content


async def test_a_neighbour_sees_a_letter_and_a_code_and_the_stall_takes_it(doors: Doors) -> None:
    there = await stall_in_village()
    placed = await there.order(1_000, rail="cash")
    nok, way = await doors.as_(NOK), f"/order/{placed.code}"
    said = await nok.post(f"{way}/neighbour")
    code = said.text.partition("/pick/")[2][:8]
    seen = await doors.stranger().get(f"/pick/{code}")
    name = PARTICULARS[NOK].name
    assert f"ของคุณ {name[0]}." in seen.text
    assert [
        word for word in (name, placed.code, "40 บาท", "<form") if word in main(seen.text)
    ] == []
    stall = main((await (await doors.as_(DAO)).get(f"/stall/{code}")).text)
    assert "เพื่อนบ้านมารับแทน" in stall
    assert f"ของคุณ {name[0]}." in stall
    assert (name in stall, placed.code in stall.replace(f"{placed.code}/cancel", "")) == (
        False, False,
    )  # fmt: skip
    found = await (await doors.as_(DAO)).get("/stall", params={"q": code}, follow_redirects=False)
    assert found.headers["location"] == f"/stall/{code}"
    own = main((await (await doors.as_(DAO)).get(f"/stall/{placed.code}")).text)
    assert (name in own, code[:4] + "-" + code[4:] in own) == (True, True)
    again = await nok.put(f"/api/v1/orders/{placed.order}/neighbour")
    assert again.json() == {"code": code}
    assert (await (await doors.as_(MALEE)).post(f"{way}/neighbour")).status_code == 404
    await nok.post(f"{way}/neighbour/back")
    assert "ถูกยกเลิกแล้ว" in (await doors.stranger().get(f"/pick/{code}")).text
    assert (await (await doors.as_(DAO)).get(f"/stall/{code}")).status_code == 404
    assert (await doors.stranger().get("/pick/NOTHING1")).status_code == 404


def main(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


async def test_noks_calendar_asks_by_itself_until_she_ends_the_address(doors: Doors) -> None:
    """Codes, places and times, and nothing of her; what she cancels is struck; nobody else's."""
    there, nok = await stall_in_village(), await doors.as_(NOK, "en")
    kept, gone = await there.order(1_000, rail="cash"), await there.order(500, rail="cash")
    await there.order(300, rail="cash", buyer=MALEE)
    unpaid = await there.order(200)
    await there.cancel(gone.order)
    assert "Make an address" in (await nok.get("/me/calendar")).text
    first = await feed_of(nok)
    said = await doors.stranger().get(first)
    assert said.headers["content-type"].startswith("text/calendar")
    events = icalendar.Calendar.from_ical(said.content).walk("VEVENT")
    read = {str(one["SUMMARY"])[-8:]: str(one["STATUS"]) for one in events}
    assert read == {kept.code: "CONFIRMED", gone.code: "CANCELLED", unpaid.code: "TENTATIVE"}
    assert {(one.start, one.end) for one in events} == {(PICKUP, OVER)}
    assert all(word not in said.text for word in (NOK, PARTICULARS[NOK].name, "คะน้า"))
    assert first.split("/")[2] not in (await nok.get("/me/calendar")).text
    second = (await nok.post("/api/v1/me/calendar")).json()["address"]
    assert (await doors.stranger().get(first)).status_code == 404  # a new one ends the old
    assert (await doors.stranger().get(second)).status_code == 200
    doors.later(OVER + timedelta(days=15))
    over = (await doors.stranger().get(second)).content
    assert icalendar.Calendar.from_ical(over).walk("VEVENT") == []
    for _ in range(2):
        assert (await nok.post("/me/calendar", data={"step": "end"})).status_code == 200
    assert (await doors.stranger().get(second)).status_code == 404
    assert (await doors.stranger().post("/api/v1/me/calendar")).status_code == 401


async def feed_of(nok: AsyncClient) -> str:
    shown = unescape((await nok.post("/me/calendar", data={"step": "make"})).text)
    [address] = set(re.findall(r"webcal://[^/]+(/calendar/[^\"]+)", shown))
    return address
