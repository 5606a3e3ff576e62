"""Malee's diary on her phone: a few taps, told honestly what follows, and nothing typed is lost."""

from certification.basis.ids import new_id
from certification.inputs import queries
from market.domain.spoken import queries as spoken
from market.jobs import readers
from tests.cast import KRIT, MALEE, NETWORK, NOW, SOMCHAI, WAN, YING
from tests.doors import Doors
from tests.guarantee import certified, planted, published
from tests.pictures import by_phone
from tests.web.test_farm import read, sent


def told(plot: str, **changed: str) -> dict[str, str]:
    form = {"id": new_id(), "plot": plot, "what": "compost", "product": "", "amount": "๒ กระสอบ",
            "used_on": "15 พ.ย. 69"}  # fmt: skip
    return {**form, **changed}


async def test_a_use_is_written_down_in_one_form_and_once(doors: Doors) -> None:
    await published()
    plot, malee = await planted(), await doors.as_(MALEE)
    assert 'href="/farm/inputs/new"' in await read(malee, "/farm")
    assert "ปุ๋ยหมักและปุ๋ยพืชสด · ใช้ได้" in await read(malee, "/farm/inputs/new")
    form, file = told(plot, supplier="ทำเอง"), {"photo": ("bag.jpg", by_phone(), "image/jpeg")}
    for _ in range(2):
        assert await sent(malee, "/farm/inputs/new", form, files=file) == (
            303, "/farm/inputs?saved=allowed",
        )  # fmt: skip
    [use] = await queries.of_plot(plot)
    picture = await malee.get(f"/farm/inputs/{use.id}/photo")
    assert picture.headers["content-type"] == "image/jpeg"
    assert "๒ กระสอบ" in await read(malee, f"/farm/plots/{plot}/inputs")
    english = await read(await doors.as_(MALEE, "en"), "/farm/inputs")
    assert "Compost and green manure" in english
    krit, somchai = await doors.as_(KRIT), await doors.as_(SOMCHAI)
    for address in (f"/farm/plots/{plot}/inputs", f"/farm/inputs/{use.id}/photo"):
        assert (await krit.get(address)).status_code == 404
        assert (await somchai.get(address)).status_code == 200, "he may be sent to look"
    assert (await sent(somchai, "/farm/inputs/new", told(plot)))[0] == 404


async def test_what_follows_is_read_before_it_is_saved_and_honesty_is_thanked(doors: Doors) -> None:
    await published()
    paper = await certified()
    malee = await doors.as_(MALEE)
    form = told(paper.plot, what="glyphosate", used_on="22 พ.ย. 69", supplier="ร้านในตลาด")
    status, page = await sent(malee, "/farm/inputs/new", form)
    assert status == 409
    for said in ("เริ่มนับใหม่จาก 23 พ.ย. 2569", "พักใบรับรอง", "ยังไม่ได้บันทึก", "ร้านในตลาด",
                 'value="๒ กระสอบ"', 'name="knows"'):  # fmt: skip
        assert said in page, said
    assert await queries.of_plot(paper.plot) == []
    status, there = await sent(malee, "/farm/inputs/new", {**form, "knows": "yes"})
    assert (status, there) == (303, "/farm/inputs?saved=prohibited")
    assert "ขอบคุณที่บอกตามจริง" in await read(malee, there)
    await readers.read_on(NOW)
    shown = await read(malee, f"/farm/plots/{paper.plot}")
    assert "ไกลโฟเซต" in shown
    [finding] = await _open(doors)
    page = await read(await doors.as_(YING), f"/findings/{finding}")
    assert f'href="/farm/plots/{paper.plot}/inputs"' in page
    closed = {"id": new_id(), "note": "ไปดูแล้ว"}
    assert (await sent(await doors.as_(YING), f"/findings/{finding}", closed))[0] == 303
    assert "ไปดูแล้ว" in await read(await doors.as_(YING), f"/findings/{finding}")


async def _open(doors: Doors) -> list[str]:
    page = await read(await doors.as_(YING), "/findings")
    linked = {part.split('"')[0] for part in page.split('href="/findings/')[1:]}
    return sorted(linked - {"extensions"})


async def test_the_committee_says_what_no_list_knows(doors: Doors) -> None:
    await published()
    plot, malee, wan = await planted(), await doors.as_(MALEE), await doors.as_(WAN)
    form = told(plot, what="other")
    status, page = await sent(malee, "/farm/inputs/new", form)
    assert (status, 'aria-describedby="w-product"' in page) == (400, True)
    form["product"] = "ตราปลาคู่"
    assert (await sent(malee, "/farm/inputs/new", form))[1] == "/farm/inputs?saved=unknown"
    assert "กรรมการจะตัดสิน" in await read(malee, "/farm/inputs?saved=unknown")
    await readers.read_on(NOW)
    assert "ปัจจัยที่รายการไม่รู้จัก" in await read(wan, "/me")
    assert "ตราปลาคู่" in await read(wan, "/inputs")
    said = {"id": new_id(), "network": NETWORK, "scheme": "sgs-pgs", "key": "ตราปลาคู่",
            "status": "restricted", "meeting_ref": "5/2569", "decided_on": "22/11/69"}  # fmt: skip
    status, page = await sent(wan, "/inputs", said)
    assert (status, 'value="5/2569"' in page) == (400, True), "the condition is missing"
    assert (await sent(wan, "/inputs", {**said, "restriction": "บอกก่อน"}))[0] == 303
    assert "บอกก่อน" in await read(wan, "/inputs")
    assert (await (await doors.as_(SOMCHAI)).get("/inputs")).status_code == 403
    assert (await sent(await doors.as_(KRIT), "/inputs", said))[0] == 403


async def test_what_ying_typed_and_malee_denies_is_decided_by_a_meeting(doors: Doors) -> None:
    await published()
    paper = await certified()
    ying, malee, wan = await doors.as_(YING), await doors.as_(MALEE), await doors.as_(WAN)
    form = told(paper.plot, what="urea", knows="yes", of=MALEE)
    assert (await sent(ying, "/farm/inputs/new", form))[0] == 303
    await readers.read_on(NOW)
    assert "ยังไม่มีผลจนกว่าเกษตรกรจะยืนยัน" in await read(malee, "/farm/inputs")
    [waiting] = await spoken.waiting_of(MALEE)
    assert (await malee.put(f"/api/v1/typed/{waiting.id}/denial")).status_code == 200
    await readers.read_on(NOW)
    page = await read(wan, "/inputs")
    assert "เกษตรกรบอกว่าไม่ได้ใช้" in page
    there = f"/inputs/{waiting.id}/verdict"
    said = {"id": new_id(), "verdict": "dropped", "meeting_ref": "", "decided_on": "22/11/69"}
    status, page = await sent(wan, there, said)
    assert (status, 'value="22/11/69"' in page) == (400, True), "what was typed stays"
    said["meeting_ref"] = "5/2569"
    assert (await sent(await doors.as_(KRIT), there, said))[0] == 403
    assert (await sent(wan, there, said))[0] == 303
    status, page = await sent(wan, there, {**said, "id": new_id()})
    assert (status, "ไม่มีอะไรให้ตัดสินแล้ว" in page) == (409, True)
    assert "เกษตรกรบอกว่าไม่ได้ใช้" not in await read(wan, "/inputs")


async def test_malee_strikes_a_wrong_entry_and_both_stay_to_be_read(doors: Doors) -> None:
    await published()
    plot, malee = await planted(), await doors.as_(MALEE)
    await sent(malee, "/farm/inputs/new", told(plot, amount="๒๐ กระสอบ"))
    [old] = await queries.of_plot(plot)
    there = f"/farm/inputs/new?strikes={old.id}"
    assert there in await read(malee, "/farm/inputs")
    assert "รายการนี้จะถูกขีดฆ่า" in await read(malee, there)
    form = told(plot, strikes=old.id, strike_reason="")
    status, page = await sent(malee, "/farm/inputs/new", form)
    assert (status, "รายการนี้จะถูกขีดฆ่า" in page) == (400, True)
    form["strike_reason"] = "จดจำนวนผิด"
    assert (await sent(malee, "/farm/inputs/new", form))[0] == 303
    page = await read(malee, "/farm/inputs")
    assert "ขีดฆ่าเพราะ: จดจำนวนผิด" in page
    assert "๒๐ กระสอบ" in page


async def test_ying_writes_for_malee_who_is_asked_for_her_word(doors: Doors) -> None:
    await published()
    plot, ying = await planted(), await doors.as_(YING)
    form = told(plot, of=MALEE)
    assert (await sent(ying, "/farm/inputs/new", form))[
        1
    ] == f"/farm/inputs?saved=allowed&of={MALEE}"
    assert [one.deed for one in await spoken.waiting_of(MALEE)] == ["inputs.used"]
    page = await read(await doors.as_(MALEE), "/me/typed")
    assert "ปุ๋ยหมักและปุ๋ยพืชสด · ๒ กระสอบ" in page
