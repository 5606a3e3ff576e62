"""What has to be mended: on Malee's phone, at Chan's who looks again, at the meeting's table."""

import re

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.findings import queries
from certification.inspections import commands as inspections
from certification.inspections.rules import MakeFinding
from market.jobs import overdue
from tests.cast import CHAN, KRIT, MALEE, NOK, NOW, SOMCHAI, TODAY, WAN, YING, later
from tests.doors import Doors
from tests.guarantee import accepted, begun, meeting, planted, published
from tests.pictures import by_phone
from tests.web.test_farm import read, sent


async def found() -> str:
    visit = await begun(await accepted(await planted()))
    one = MakeFinding(new_id(), visit, "P22", "major", "ใช้ถังพ่นร่วมกับเพื่อนบ้าน", "ซื้อถังใหม่")
    await run(inspections.find, one, by=SOMCHAI, at=NOW)
    return one.id


async def test_malee_answers_with_a_photo_which_a_refused_form_does_not_lose(doors: Doors) -> None:
    await published()
    id, malee = await found(), await doors.as_(MALEE)
    there = f"/farm/findings/{id}"
    assert 'href="/farm/findings"' in await read(malee, "/farm")
    assert there in await read(malee, "/farm/findings")
    file = {"photo": ("tank.jpg", by_phone(), "image/jpeg")}
    form = {"id": new_id(), "kind": "disputed", "words": ""}
    status, page = await sent(malee, there, form, files=file)
    assert (status, "เก็บรูปไว้แล้ว" in page) == (400, True)
    kept = re.findall(r'name="kept" value="([0-9a-f]{64})"', page)
    form |= {"kind": "claimed", "kept": kept[0]}
    for _ in range(2):
        assert await sent(malee, there, form) == (303, f"{there}?said=claimed")
    [step] = (await queries.story(id, TODAY)).steps
    assert (step.kind, step.photo) == ("claimed", kept[0])
    chan, krit = await doors.as_(CHAN), await doors.as_(KRIT)
    picture = await chan.get(f"/findings/{id}/steps/{step.id}/photo")
    assert picture.headers["content-type"] == "image/jpeg"
    assert f"{there}/steps/{step.id}/photo" in await read(malee, there)
    for address in (f"/findings/{id}", f"/findings/{id}/steps/{step.id}/photo", there):
        assert (await krit.get(address)).status_code in (403, 404), address
    foreign = {"id": new_id(), "kind": "replied", "words": "", "kept": kept[0]}
    assert (await sent(await doors.as_(YING), there, foreign))[0] == 400, "nobody else's photo"
    assert (await sent(malee, there, {**form, "id": new_id()}))[0] == 409
    back = {"id": new_id(), "deed": "back", "reason": "ยังใช้ถังเดิม"}
    assert (await sent(chan, f"/findings/{id}", back))[0] == 303
    assert "ยังใช้ถังเดิม" in await read(malee, there)
    late = {"id": new_id(), "deed": "back", "reason": "อีกครั้ง"}
    status, page = await sent(chan, f"/findings/{id}", late)
    assert (status, "ยังไม่มีใครแจ้งว่าแก้แล้ว" in page) == (409, True)
    said = await chan.put(f"/api/v1/findings/{id}/return", json={"id": new_id(), "reason": "x"})
    assert (said.status_code, said.json()["code"]) == (409, "findings.nothing_claimed")
    agreed = {"id": new_id(), "deed": "agree", "action": "ซื้อถังของตัวเอง", "due_on": ""}
    assert (await sent(chan, f"/findings/{id}", agreed))[0] == 303
    seen = {"id": new_id(), "note": "เห็นถังใหม่แล้ว"}
    assert (await sent(chan, f"/findings/{id}", seen))[0] == 303
    assert "เห็นถังใหม่แล้ว" in await read(malee, there)
    assert "ยังใช้ถังเดิม" in await read(malee, there), "the history stays"


async def test_the_board_sorts_filters_and_is_a_table_too(doors: Doors) -> None:
    await published()
    id = await found()
    await overdue.tick(later(days=61))
    doors.later(later(days=61))
    wan = await doors.as_(WAN)
    shown = await read(wan, "/findings?show=escalated")
    assert f'href="/findings/{id}"' in shown
    assert "กรรมการอาจพักใบรับรอง" in shown
    assert f"/findings/{id}" not in await read(wan, "/findings?show=disputed")
    table = await wan.get("/findings?show=overdue&as=csv")
    assert "31" in table.text.splitlines()[1]
    book = await wan.get("/findings?show=overdue&as=xlsx")
    assert book.content[:2] == b"PK"
    assert (await (await doors.as_(NOK)).get("/findings")).status_code == 403


async def test_a_meetings_word_is_read_by_all_of_the_group_and_by_nobody_else(doors: Doors) -> None:
    await published()
    id, wan, malee = await found(), await doors.as_(WAN), await doors.as_(MALEE)
    there = f"/findings/{id}/decision"
    form = {"id": new_id(), "deed": "extend", "due_on": "15 ม.ค. 70", "reason": "รอถังจากสหกรณ์",
            "meeting_ref": "", "decided_on": "22 พ.ย. 69"}  # fmt: skip
    status, page = await sent(wan, there, form)
    assert (status, "รอถังจากสหกรณ์" in page) == (400, True), "what was typed stays"
    form["meeting_ref"] = "6/2569"
    assert (await sent(await doors.as_(CHAN), there, form))[0] == 403
    assert (await sent(wan, there, form))[0] == 303
    for person in (SOMCHAI, MALEE):
        assert "รอถังจากสหกรณ์" in await read(await doors.as_(person), "/findings/extensions")
    assert "รอถังจากสหกรณ์" not in await read(await doors.as_(KRIT), "/findings/extensions")
    plot = (await queries.story(id, TODAY)).finding.plot
    [listed] = (await malee.get(f"/api/v1/findings?plot={plot}")).json()
    assert (listed["id"], listed["due_on"]) == (id, "2027-01-15"), "as the meeting put it off"
    dispute = {"id": new_id(), "kind": "disputed", "words": "ถังนี้ของฉัน"}
    assert (await sent(malee, f"/farm/findings/{id}", dispute))[0] == 303
    assert f"/findings/{id}" in await read(wan, "/findings?show=disputed")
    there_too = await meeting()
    assert f"/findings/{id}" in await read(wan, f"/meetings/{there_too}"), "on the agenda"
    said = {"id": new_id(), "deed": "settle", "verdict": "withdrawn", "reason": "มีใบเสร็จ",
            "meeting_ref": "7/2569", "decided_on": "22 พ.ย. 69"}  # fmt: skip
    assert (await sent(wan, there, said))[0] == 303
    assert "ที่ประชุม: ไม่เป็นข้อบกพร่อง" in await read(malee, f"/farm/findings/{id}")
