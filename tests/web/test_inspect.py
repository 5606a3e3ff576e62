"""The inspector's pages, from the first look to the last signature."""

import re
from html import unescape

from httpx import AsyncClient, Response

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.inspections import assigning, sheets
from certification.inspections import commands as inspections
from certification.inspections.rules import FinishInspection, MakeFinding
from certification.schemes import queries as schemes
from market.demo.guarantee import good_answer
from tests.cast import CHAN, KRIT, MALEE, NOK, NOW, SOMCHAI, WAN, YING
from tests.doors import Doors
from tests.guarantee import accepted, answered, assignment, begun, planted, published
from tests.pictures import tiny

JPEG = tiny()
CHECKLIST = schemes.preset("sgs-pgs-small").checklist
CHAPTERS = list(dict.fromkeys(item.chapter for item in CHECKLIST))


def sheet(chapter: str, **changed: str) -> dict[str, str | list[str]]:
    """What an inspector types on one chapter on a plot on which all is well."""
    typed: dict[str, str | list[str]] = {}
    for item in CHECKLIST:
        if item.chapter == chapter:
            value = changed.get(item.code, good_answer(item))
            typed[f"v.{item.code}"] = value
            noted = value == "noted" or item.answer_type == "table" or item.evidence
            typed[f"n.{item.code}"] = "เห็นเอง" if noted or value == "na" else ""
    return typed


async def page(client: AsyncClient, address: str) -> str:
    said = await client.get(address)
    assert said.status_code == 200, said.text
    return unescape(said.text)


def refused(said: Response, status: int) -> str:
    assert said.status_code == status, said.text
    return unescape(said.text)


async def test_a_visit_is_begun_answered_signed_and_sent(doors: Doors) -> None:
    await published()
    wanted = assignment(await accepted(await planted()))
    await run(assigning.assign, wanted, by=YING, at=NOW)
    one, chan = f"/inspect/{wanted.id}", await doors.as_(CHAN)
    assert one in await page(chan, "/inspect")
    for _ in range(2):
        begun_page = await chan.post(f"{one}/begin")
        assert begun_page.status_code == 200
    assert "แปลงและการป้องกัน" in begun_page.text
    nothing = await chan.post(f"{one}/{CHAPTERS[0]}", data={})
    assert "saved=" not in str(nothing.url)
    for chapter in CHAPTERS:
        saved = await chan.post(f"{one}/{chapter}", data=sheet(chapter))
        assert "saved=" in str(saved.url)
        assert saved.status_code == 200, re.findall('class="why".*', saved.text)
    check = await page(chan, f"{one}/check")
    assert "ต้องตอบอีก" not in check
    for person in (CHAN, SOMCHAI, NOK):
        signed = await (await doors.as_(person)).post(f"{one}/sign")
        assert signed.status_code == 200, signed.text
        sealed = await page(chan, f"{one}/{CHAPTERS[0]}")
        assert "มีผู้ลงชื่อแล้ว" in sealed
        assert "บันทึกและไปหมวดต่อไป" not in sealed
    sent = await chan.post(f"{one}/finish", data={"farmer_signature": "signed"})
    assert "ส่งผลตรวจแล้ว" in sent.text
    for person in (MALEE, WAN, YING):
        assert "ผลที่ตรวจพบ" in await page(await doors.as_(person), one)
    assert "What was seen" in await page(await doors.as_(MALEE, "en"), one)


async def test_what_is_wrong_is_marked_and_what_is_right_is_kept(doors: Doors) -> None:
    await published()
    visit, chan = await begun(await accepted(await planted())), await doors.as_(CHAN)
    there = f"/inspect/{visit}/3_protection"
    typed = {
        "v.P01": "yes",
        "v.P12": "หลายเมตร",
        "v.P13": "na",
        "v.P05": "31/5/2566",
        "v.P02": "๓.๕",
    }
    again = refused(await chan.post(there, data=typed), 400)
    assert 'value="หลายเมตร"' in again
    assert again.count('class="why"') == 2  # P12 is no number, P13 needs a note
    assert "อ่าน “หลายเมตร” เป็นตัวเลขไม่ออก" in again
    assert "ข้อที่ไม่มีเครื่องหมายเตือนบันทึกไว้แล้ว" in again
    held = {a.item: a.value for a in await sheets.answers(visit)}
    assert held == {"P01": "yes", "P05": "2023-05-31", "P02": "3.5"}
    for _ in range(2):
        await chan.post(there, data={"v.P01": "yes", "v.P02": "3.5"})
    assert len(await sheets.answers(visit)) == 3
    assert "31 พ.ค. 2566" in await page(chan, there)


async def test_a_no_asks_for_a_finding_before_anybody_signs(doors: Doors) -> None:
    await published()
    visit = await answered(await accepted(await planted()))
    chan, one = await doors.as_(CHAN), f"/inspect/{visit}"
    assert (await chan.post(f"{one}/2_inputs", data={"v.N11": "no"})).status_code == 200
    assert f"{one}/findings?item=N11" in await page(chan, f"{one}/2_inputs")
    assert refused(await chan.post(f"{one}/sign"), 409)
    form = await page(chan, f"{one}/findings?item=N11")
    assert 'value="N11" selected' in form
    assert 'value="major" selected' in form
    body = {"id": new_id(), "item": "N11", "severity": "major", "what": "", "action": "ทำปุ๋ยหมัก"}
    assert "ทำปุ๋ยหมัก" in refused(await chan.post(f"{one}/findings", data=body), 400)
    late = await chan.post(f"{one}/findings", data={**body, "what": "เผา", "due_on": "1/1/2575"})
    assert re.search(r'id="w-due_on">[^<]*ต้องไม่เกิน \d+.[ก-ฮ.]+.25', refused(late, 400))
    for _ in range(2):
        made = await chan.post(f"{one}/findings", data={**body, "what": "เผาตอซัง"})
        assert made.status_code == 200, made.text
    assert (await page(chan, one)).count("<b>เผาตอซัง</b>") == 1
    assert (await chan.post(f"{one}/sign")).status_code == 200


async def test_a_photo_is_taken_and_shown(doors: Doors) -> None:
    await published()
    visit, chan = await begun(await accepted(await planted())), await doors.as_(CHAN)
    there = f"/inspect/{visit}/photos"
    shown = await chan.post(there, data={"item": "N11"}, files={"photo": ("1.jpg", JPEG)})
    [picture] = set(re.findall(r'src="(/api/v1/inspections/[^"]+)"', shown.text))
    seen = await chan.get(picture)
    assert (seen.content[:3], seen.headers["content-type"]) == (JPEG[:3], "image/jpeg")
    assert (await (await doors.as_(KRIT)).get(picture)).status_code == 404
    refused(await chan.post(there, data={"item": ""}, files={"photo": ("1.txt", b"hello")}), 400)
    refused(await chan.post(there, data={"item": ""}), 400)


async def test_a_finding_is_closed_by_who_went_to_see(doors: Doors) -> None:
    await published()
    visit = await answered(await accepted(await planted()))
    made = MakeFinding(new_id(), visit, "N10", "minor", "ไม่มีพืชหมุนเวียน")
    await run(inspections.find, made, by=CHAN, at=NOW)
    for person in (SOMCHAI, CHAN, NOK):
        await run(inspections.sign, visit, by=person, at=NOW)
    await run(inspections.finish, FinishInspection(visit, "signed", NOW), by=CHAN, at=NOW)
    there = f"/findings/{made.id}"
    assert (await (await doors.as_(KRIT)).get(there)).status_code in (403, 404)
    assert (await (await doors.as_(MALEE)).get(there)).status_code == 403
    ying = await doors.as_(YING)
    refused(await ying.post(there, data={"note": ""}), 400)
    body = {"id": new_id(), "note": "ปลูกถั่วแล้ว"}
    assert "แก้ไขแล้ว" in (await ying.post(there, data=body)).text
    assert (await ying.post(there, data=body)).status_code == 200


async def test_others_neither_see_nor_touch_the_visit(doors: Doors) -> None:
    await published()
    visit = await begun(await accepted(await planted()))
    one = f"/inspect/{visit}"
    krit, malee = await doors.as_(KRIT), await doors.as_(MALEE)
    for there in (one, f"{one}/check", f"{one}/photos", f"{one}/2_inputs", f"{one}/findings"):
        assert (await krit.get(there)).status_code == 404
    for there in ("begin", "sign", "finish", "2_inputs", "findings", "photos"):
        assert (await krit.post(f"{one}/{there}", data={})).status_code == 404
        assert (await malee.post(f"{one}/{there}", data={})).status_code == 404
    assert (await malee.get(one)).status_code == 200
    assert (await malee.get(f"{one}/nonsense")).status_code == 404
    stranger = await doors.stranger().get(one)
    assert stranger.url.path == "/sign-in"
