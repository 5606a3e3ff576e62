"""The papers of the truck's day: a whole day can be done with them, and written down afterwards."""

import csv
import io
import re
from itertools import chain

import icalendar
import pypdfium2
import zxingcpp
from httpx import Response

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.groups import commands as groups
from certification.groups.rules import Grants
from market.domain.journeys import links, queries
from market.domain.journeys.rules import Journey
from market.domain.trips import commands
from market.domain.trips import queries as trips
from tests.cast import ADMIN, DAO, KRIT, LONG_AGO, MALEE, NOK, NOW, PRASERT, RATTAPHUM, YING
from tests.databases import only_sqlite
from tests.doors import Doors
from tests.market.fleet import set_truck
from tests.market.journeys import HOST, PARKING, JourneyDay, journey_day_in_village

DOTS = 200 / 72
"""As a phone sees a sheet: 200 dots an inch."""
PARTS = ("driver", "load", "packing", "pickup", "tally", "cash", "closing")


class Paper:
    def __init__(self, said: Response) -> None:
        assert said.status_code == 200, said.text
        assert said.headers["content-type"] == "application/pdf"
        assert said.headers["cache-control"] == "no-store"
        assert b"/FontFile" in said.content
        with pypdfium2.PdfDocument(said.content) as paper:
            self.sizes = {tuple(round(x * 25.4 / 72) for x in page.get_size()) for page in paper}
            self.words = plain("".join(p.get_textpage().get_text_range() for p in paper))
            pictures = [page.render(scale=DOTS).to_pil() for page in paper]
        self.codes = [code.text for one in pictures for code in zxingcpp.read_barcodes(one)]

    def lacks(self, *words: str) -> list[str]:
        return [word for word in words if plain(word) not in self.words]


def plain(said: str) -> str:
    """Marks stand in any order in an extracted text: letters alone are compared."""
    return "".join(c for c in said if c.isalnum() and not "\u0e30" < c <= "\u0e3a" and c != "ำ")


async def begun(doors: Doors) -> tuple[JourneyDay, Journey, str]:
    there = await journey_day_in_village()
    [one] = await queries.journeys(there.day)
    return there, one, f"/truck/{there.day}/papers"


@only_sqlite  # what is printed comes from what tests/market/test_journeys.py reads on both
async def test_a_whole_day_is_possible_on_paper(doors: Doors) -> None:
    there, one, at = await begun(doors)
    dao = await doors.as_(DAO)
    said = {part: Paper(await dao.get(f"{at}/{part}.pdf")) for part in PARTS}
    hospital = next(v for v in one.stops if v.pickups)
    lots = [there.lot_code, there.spare_code]
    times = [f"{-(-v.arrive_s // 60) // 60:02}.{-(-v.arrive_s // 60) % 60:02}" for v in one.visits]
    orders = [word for x in hospital.pickups for word in (x.code, x.last4)]
    wanted = {
        "driver": [
            "แผนฉบับที่ 1", "ค่าประมาณ", "estimated", one.name, HOST, "089 999 9901", PARKING, "50 บาท",
            "มาลี", *times, *lots, "3.5 กก.", "20.7 กก.", "105.50", "เวลาจริง", "กก. จริง", "เงินสดรับ",
            "ลายเซ็น", "ออกจากฐานจริง", "กลับถึงฐานจริง", f"{one.metres / 1000:.1f} กม.",
            *[v.spot.name_th for v in one.visits], *[v.spot.name_en for v in one.visits],
        ],
        "load": [*lots, "ขึ้นที่", "แปลง", "ฐาน", "ชั่งจริง", "ขายหน้ารถ", "65 บาท", "20 กก.", "เงินทอน"],
        "packing": [*orders, *lots, "1.5 กก.", "0.7 กก.", "เก็บ 60", "เก็บ 45.50", "จ่ายแล้ว", "ชั่งจริง"],
        "pickup": [*orders, "น", "รับแล้ว", "ไม่มา", "รับเงินสด", "เก็บ ย้าย ขาย ให้", "มารับ"],
        "tally": [there.spare_code, "65 บาท", "รวม กก.", "เงินสด", "พร้อมเพย์", "this stop"],
        "cash": ["1,000 บาท", "0.25 บาท", "เงินทอนตอนออก", "น้ำมัน", "น้ำแข็ง", "ค่าแรง", "ค่าที่จอด",
                 "ลิ้นชัก", "พร้อมเพย์ในบัญชี", "ต่างเกิน 20 บาท", "เหรัญญิก"],
        "closing": [*lots, "ตามแผน", "ขึ้นจริง", "ส่งมอบ", "ขาย", "คืน", "บริจาค", "ทิ้ง", "หาย"],
    }  # fmt: skip
    lacking = {part: said[part].lacks(*words) for part, words in wanted.items()}
    assert not any(lacking.values()), lacking
    whole = plain("นก รักสุขภาพ"), plain("0812345604")
    assert not [part for part in PARTS for word in whole if word in said[part].words]
    assert said["pickup"].lacks(HOST, PARKING) == said["packing"].lacks(HOST, PARKING)
    assert len(said["pickup"].lacks(HOST, PARKING)) == 2  # it hangs at the stall

    newer = f"http://testserver.local/truck/{one.id}/papers?version=1"
    assert all(newer in paper.codes for paper in said.values())
    led = [f"http://testserver.local/truck/{one.id}/stop/{v.id}" for v in one.stops]
    led += [links.there(v.spot) for v in one.loadings]
    assert sorted(said["driver"].codes) == sorted([newer, *led])
    assert {size for paper in said.values() for size in paper.sizes} == {(210, 297), (297, 210)}
    assert Paper(await dao.get(f"{at}/all.pdf")).lacks(*chain(*wanted.values())) == []


@only_sqlite
async def test_lists_and_calendar_say_what_the_plan_says(doors: Doors) -> None:
    there, one, at = await begun(doors)
    dao = await doors.as_(DAO, "en")
    said = await dao.get(f"{at}/journey.csv")
    assert said.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(said.content.decode("utf-8-sig"))))
    assert [(r["Arrive"], r["Begin"], r["Leave"]) for r in rows if r["No."]] == [
        tuple(exact(s) for s in (v.arrive_s, v.start_s, v.leave_s))
        for v in one.visits
        for _ in v.goods or [v]
    ]
    assert [(r["Lot"], r["Kilos"]) for r in rows if r["Lot"]] == [
        (x.lot_code, f"{x.grams / 1000:.3f}") for v in one.visits for x in v.goods
    ]
    assert (rows[0]["Leave"], rows[-1]["Arrive"]) == (exact(one.leaves_s), exact(one.back_s))
    assert sum(float(r["To collect, baht"] or 0) for r in rows) == 105.5

    def events(content: bytes) -> list[icalendar.Event]:
        assert all(len(line) <= 75 for line in content.split(b"\r\n"))
        read = icalendar.Calendar.from_ical(content)
        assert not read.errors
        return list(read.walk("VEVENT"))

    first = events((await dao.get(f"{at}/journey.ics")).content)
    assert [(e["SEQUENCE"], e["STATUS"]) for e in first] == [(1, "CONFIRMED")] * len(one.visits)
    for event, visit in zip(first, one.visits, strict=True):
        begins = event["DTSTART"].dt
        assert (begins.hour + 7) * 3600 + begins.minute * 60 + begins.second == visit.arrive_s
        assert (event["DTEND"].dt - begins).seconds == visit.leave_s - visit.arrive_s
    await there.plan(1)
    await run(commands.cancel_day, there.day, by=DAO, at=NOW)
    second = events((await dao.get(f"{at}/journey.ics")).content)
    assert {e["UID"] for e in second} == {e["UID"] for e in first}
    assert {(e["SEQUENCE"], e["STATUS"]) for e in second} == {(2, "CANCELLED")}
    page = (await dao.get(f"/truck/{one.id}/papers?version=1")).text
    assert "Your paper is of plan no. 1. Plan no. 2 is out since." in page
    assert "of the newest plan" in (await dao.get(f"{at}?version=2")).text
    assert Paper(await dao.get(f"{at}/load.pdf")).lacks("cancelled") == []


def exact(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


async def test_the_papers_are_for_the_operator_and_the_driver_alone(doors: Doors) -> None:
    there, one, at = await begun(doors)
    listed = (await (await doors.as_(DAO, "en")).get(at)).text
    found = re.findall(rf'href="([^"]*{one.id}/papers/[^"]+)"', listed.replace("&#x2f;", "/"))
    assert len(found) == len(PARTS) + 1 + 4
    files = [f"/api/v1/truck-days/{there.day}/journeys"]
    files += [f"{files[0]}/journey.{kind}" for kind in ("gpx", "geojson")]
    every = [at, f"/truck/{one.id}/papers", *found, *files]
    dao = await doors.as_(DAO)
    assert [a for a in every if (await dao.get(a)).status_code != 200] == []
    for address in (f"{at}/none.pdf", f"{at}/load.txt", f"{files[0]}/x"):
        assert (await dao.get(address)).status_code == 404, address
    for person in (KRIT, MALEE, NOK, PRASERT):
        client = await doors.as_(person)
        let = [a for a in every if (await client.get(a)).status_code not in (403, 404)]
        assert let == [], person
    stranger = doors.stranger()
    for address in every:
        said = await stranger.get(address, follow_redirects=False)
        assert said.status_code in (303, 401), address


@only_sqlite  # the rows it reads are read on both above
async def test_who_drives_sees_the_papers_while_an_operator(doors: Doors) -> None:
    """Ying is an operator of one group of the network: its truck's papers are hers as driver."""
    there, _, at = await begun(doors)
    role = Grants(new_id(), YING, "operator", RATTAPHUM)
    await run(groups.grant_role, role, by=ADMIN, at=LONG_AGO)
    ying, address = await doors.as_(YING), f"{at}/driver.pdf"
    assert [(await ying.get(a)).status_code for a in (at, address)] == [404, 404]
    day = await trips.day(there.day)
    for driver, seen in ((YING, 200), (DAO, 404), (YING, 200)):
        await run(commands.set_truck, set_truck(day, there.fleet.truck, driver), by=DAO, at=NOW)
        assert [(await ying.get(a)).status_code for a in (at, address)] == [seen, seen]
    await run(groups.end_role, role.id, by=ADMIN, at=NOW)
    assert [(await ying.get(a)).status_code for a in (at, address)] == [404, 404]
