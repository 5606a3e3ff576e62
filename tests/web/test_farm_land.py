"""Malee tells of her land on her phone, one thing at a time; nothing typed is lost."""

from typing import Any

from certification.basis.ids import new_id
from certification.land import queries
from market.domain.spoken import queries as spoken
from tests.cast import KRIT, MALEE, SOMCHAI, TODAY, YING
from tests.doors import Doors
from tests.guarantee import planted as planted_and_told
from tests.guarantee import published
from tests.pictures import by_phone
from tests.web.test_farm import read, sent


async def planted(**also: Any) -> str:
    """Nothing is told yet, and the charter asks for three years."""
    await published(history_years=3)
    return await planted_and_told(told=False, **also)


async def test_malee_tells_step_by_step_and_is_led_on(doors: Doors) -> None:
    plot, malee = await planted(), await doors.as_(MALEE)
    land = f"/farm/plots/{plot}/land"
    assert f'href="{land}"' in await read(malee, f"/farm/plots/{plot}")
    assert "ประวัติที่ดินย้อนหลัง 3 ปี บอกแล้ว 0 ปี" in await read(malee, land)
    form = {"id": new_id(), "kind": "spk4_01", "relation": "kin", "holder": "ยาย ศรีสุข",
            "number": "๑๒/๒๔๙๘", "area": "4-2-59"}  # fmt: skip
    file = {"scan": ("paper.jpg", by_phone(), "image/jpeg")}
    assert (await sent(malee, f"{land}/papers", form, files=file))[0] == 303
    assert (await sent(malee, f"{land}/papers", form, files=file))[0] == 303, "twice is once"
    [paper] = await queries.papers(plot)
    assert (paper.area_m2, paper.holder) == (7_436, "ยาย ศรีสุข")
    picture = await malee.get(f"/farm/land-papers/{paper.id}/scan")
    assert picture.headers["content-type"] == "image/jpeg"
    asked = []
    for crop in ("ข้าว", "ถั่ว", "ข้าว"):
        page = await read(malee, f"{land}/years")
        asked.append(page.partition('name="year"')[2].partition('value="')[2][:4])
        year = {"id": new_id(), "year": asked[-1], "crop": crop, "used": "natural"}
        assert (await sent(malee, f"{land}/years", year))[0] == 303
    assert asked == ["2568", "2567", "2566"]
    assert "ไปต่อที่ 4 ทิศรอบแปลง" in await read(malee, f"{land}/years")
    for side in ("north", "east", "south", "west"):
        page = await read(malee, f"{land}/sides")
        assert f'name="side" value="{side}"' in page
        told = {"id": new_id(), "side": side, "use": "rubber", "risk": "none", "buffer": "bund",
                "buffer_m": "๑.๕"}  # fmt: skip
        assert (await sent(malee, f"{land}/sides", told))[0] == 303
    water = {"id": new_id(), "source_well": "yes", "flood_days": "0"}
    assert (await sent(malee, f"{land}/water", water))[0] == 303
    whole = {"id": new_id(), "area": "19 ไร่", "pieces": "2", "parallel": "none"}
    assert (await sent(malee, "/farm/holding", whole))[0] == 303
    assert "บอกเรื่องที่ดินครบตามที่ธรรมนูญขอแล้ว" in await read(malee, land)
    english = await read(await doors.as_(MALEE, "en"), land)
    assert "1.5 m wide" in english
    assert "All that the charter asks of the land is told." in english


async def test_what_was_typed_stays_when_it_is_refused(doors: Doors) -> None:
    plot, malee = await planted(), await doors.as_(MALEE)
    land = f"/farm/plots/{plot}/land"
    flood = {"id": new_id(), "source_canal": "yes", "flood_days": "40", "note": "คลองล้นตลิ่ง"}
    status, page = await sent(malee, f"{land}/water", flood)
    assert status == 400
    for kept in ("คลองล้นตลิ่ง", 'name="source_canal" value="yes" checked', "วันที่น้ำลด"):
        assert kept in page
    status, page = await sent(malee, f"{land}/water", {"id": new_id(), "flood_days": "0"})
    assert (status, "ต้องอยู่ระหว่าง 1" in page) == (400, True)
    broken = {"scan": ("paper.jpg", b"\xff\xd8\xff no picture", "image/jpeg")}
    form = {"id": new_id(), "kind": "lease", "relation": "landlord", "holder": "เถ้าแก่เส็ง"}
    status, page = await sent(malee, f"{land}/papers", form, files=broken)
    assert (status, "เถ้าแก่เส็ง" in page) == (400, True)
    small = {"id": new_id(), "area": "1 ไร่", "pieces": "1", "parallel": "none", "note": "จำได้"}
    status, page = await sent(malee, "/farm/holding", small)
    assert (status, "มากกว่านั้น" in page, "จำได้" in page) == (400, True, True)
    year = {"id": new_id(), "year": "2571", "crop": "ข้าว", "used": "natural"}
    status, page = await sent(malee, f"{land}/years", year)
    assert (status, 'value="2571"' in page) == (400, True)
    assert (await queries.land(plot, TODAY)).water is None


async def test_ying_types_for_malee_who_is_asked_for_her_word(doors: Doors) -> None:
    plot, ying = await planted(), await doors.as_(YING)
    land = f"/farm/plots/{plot}/land"
    year = {"id": new_id(), "year": "2568", "crop": "ข้าว", "used": "unknown"}
    assert (await sent(ying, f"{land}/years", year))[0] == 303
    whole = {"id": new_id(), "of": MALEE, "area": "19 ไร่", "pieces": "2", "parallel": "none"}
    status, there = await sent(ying, "/farm/holding", whole)
    assert (status, f"of={MALEE}" in there) == (303, True)
    waiting = {one.deed for one in await spoken.waiting_of(MALEE)}
    assert waiting == {"land.year_noted", "land.holding_declared"}
    assert "บอกประวัติที่ดินหนึ่งปี" in await read(await doors.as_(MALEE), "/me/typed")


async def test_krit_and_a_paper_of_another_plot_are_not_there(doors: Doors) -> None:
    plot, malee = await planted(), await doors.as_(MALEE)
    land = f"/farm/plots/{plot}/land"
    form = {"id": new_id(), "kind": "pbt5", "relation": "self"}
    assert (await sent(malee, f"{land}/papers", form))[0] == 303
    [paper] = await queries.papers(plot)
    krit, somchai = await doors.as_(KRIT), await doors.as_(SOMCHAI)
    for address in (land, f"{land}/papers", f"/farm/land-papers/{paper.id}/scan"):
        assert (await krit.get(address)).status_code == 404, address
    assert (await somchai.get(land)).status_code == 200, "he may be sent to look at it"
    assert (await somchai.get(f"{land}/papers")).status_code == 404
    other = await planted_and_told(farmer=SOMCHAI, lon=100.2)
    out = {"take_out": paper.id}
    assert (await sent(somchai, f"/farm/plots/{other}/land/papers", out))[0] == 404
    assert (await sent(malee, f"{land}/papers", out))[0] == 303
    assert (await sent(malee, f"{land}/papers", out))[0] == 409
    assert (await malee.get(f"{land}/nothing")).status_code == 404
