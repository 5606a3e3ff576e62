"""A stranger scans a packet of Malee's and something is wrong with it."""

import re
from html import unescape
from typing import Any

from httpx import AsyncClient

from certification.basis.blobs import Blob
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.grievances import queries
from market.access import own_data
from market.domain.lots import commands as lots
from market.domain.lots.rules import HarvestLot
from tests.cast import KRIT, MALEE, NOK, NOW, RATTAPHUM, TODAY, WAN, YING, log_faults
from tests.doors import Doors
from tests.guarantee import certified, published
from tests.pictures import by_phone, tiny
from tests.web.test_farm import read, sent

WORDS = "ใบมีกลิ่นยา ZZWORDS"


def form(**also: str) -> dict[str, str]:
    return {"id": new_id(), "language": "th", "kind": "not_organic", "words": WORDS, **also}


async def complained(person: AsyncClient, **also: str) -> tuple[str, str]:
    """The address to follow it at, and its id."""
    typed = form(**also)
    status, there = await sent(person, "/grievance/new", typed)
    assert status == 303, there
    return there.partition("?")[0], typed["id"]


async def lot() -> str:
    await published()
    paper = await certified()
    [planting] = await in_use().query("SELECT id FROM planting WHERE plot = {}", paper.plot)
    harvest = HarvestLot(paper.plot, "kale", TODAY, 5_000, planting["id"])
    return (await run(lots.harvest, new_id(), harvest, by=MALEE, at=NOW)).code


async def test_a_stranger_complains_follows_and_is_answered(doors: Doors) -> None:
    code, stranger, wan = await lot(), doors.stranger(), await doors.as_(WAN)
    assert f'href="/grievance/new?code={code}"' in await read(stranger, f"/L/{code}")
    copied = f"/grievance/new?code={code}&kind=label"
    assert f'href="{copied}"' in unescape(await read(stranger, f"/L/{code}"))
    for there, ticked in ((copied, True), (f"/grievance/new?code={code}&kind=no", False)):
        empty = await read(stranger, there)
        assert ('value="label" checked' in empty, "checked" in empty) == (ticked, ticked), there
    assert "30 วัน" in await read(stranger, f"/grievance/new?code={code}")
    typed = form(code=code, reach="0899999999", name="ZZNAME")
    files = {"photo1": ("a.jpg", by_phone(), "image/jpeg")}
    for _ in range(2):  # a reload is one complaint
        status, there = await sent(stranger, "/grievance/new", typed, files=files)
        assert (status, there.startswith("/grievance/")) == (303, True), there
    status, there = await sent(stranger, "/grievance/new", {**typed, "words": "อื่น"}, files=files)
    assert (status, there.endswith("?done=before")) == (303, True)
    follow = there.partition("?")[0]
    assert re.fullmatch(r"/grievance/[0-9A-Z]{16}", follow)
    assert len(await queries.at_desk([RATTAPHUM], unclaimed=False)) == 1
    [photo] = await queries.photos(typed["id"])
    desk = f"/grievances/{typed['id']}"
    picture = await wan.get(f"/api/v1{desk}/shots/{photo.id}")
    assert (picture.status_code, b"ZZEXIF" in picture.content) == (200, False)
    page = await read(wan, desk)
    assert all(word in page for word in (WORDS, "0899999999", "ZZNAME", "มาลี ศรีสุข"))
    assert (await sent(wan, desk, {"step": "look", "seen": "0", "id": new_id()}))[0] == 303
    late = {"step": "dismiss", "seen": "0", "words": "ZZLATE", "id": new_id()}
    status, page = await sent(wan, desk, late)
    assert (status, "ZZLATE" in page, "มีคนเพิ่งดำเนินการ" in page) == (409, True, True)
    await sent(stranger, f"{follow}/words", {"id": new_id(), "words": "เพิ่มเติม"})
    answer = {"step": "answer", "seen": "2", "words": "ไปดูแล้ว", "outcome": "not_confirmed"}
    assert (await sent(wan, desk, {**answer, "id": new_id()}))[0] == 303
    page = await read(stranger, follow)
    assert all(word in page for word in ("ไปดูแล้ว", "เพิ่มเติม", "ไม่พบว่าเป็นตามที่ร้อง"))
    assert "0899999999" not in page, "who finds the code learns nobody's number"
    assert not await log_faults()


async def test_who_reads_it_and_who_does_not(doors: Doors) -> None:
    code, stranger, wan = await lot(), doors.stranger(), await doors.as_(WAN)
    ying, malee, krit = [await doors.as_(one) for one in (YING, MALEE, KRIT)]
    _, id = await complained(stranger, code=code, name="ZZNAME", reach="ZZREACH")
    desk = f"/grievances/{id}"
    assert [(await one.get(desk)).status_code for one in (ying, krit, malee)] == [
        404, 404, 403,
    ]  # fmt: skip
    assert WORDS not in await read(malee, "/farm/grievances")
    await sent(wan, desk, {"step": "look", "seen": "0", "id": new_id()})
    told = {"step": "group", "seen": "1", "words": "ช่วยชี้แจง", "id": new_id()}
    assert (await sent(wan, desk, told))[0] == 303
    page = await read(ying, desk)
    assert WORDS in page
    assert not {"ZZNAME", "ZZREACH"} & set(re.findall(r"ZZ[A-Z]+", page)), "not from whom"
    assert (await sent(ying, desk, {"step": "dismiss", "seen": "2", "words": "ไม่จริง"}))[0] == 403
    back = {"seen": "2", "words": "ไม่ใช่ของเรา", "id": new_id()}
    assert (await sent(ying, f"{desk}/reply", back))[0] == 303
    tell = {"step": "tell", "seen": "3", "words": "มีผู้ซื้อได้กลิ่น ZZTOLD", "id": new_id()}
    assert (await sent(wan, desk, tell))[0] == 303
    page = await read(malee, "/farm/grievances")
    assert ("ZZTOLD" in page, "ZZNAME" in page, WORDS in page) == (True, False, False)
    _, other = await complained(stranger, code=code, kind="conduct", conduct_of="leader")
    assert (await ying.get(f"/grievances/{other}")).status_code == 409
    assert other not in await read(ying, "/grievances")
    table = (await wan.get("/grievances?state=all&as=csv")).text
    assert (table.count("\n"), "ZZ" in table) == (3, False), "neither words nor names"
    assert (await wan.get("/grievances?as=xlsx")).content.startswith(b"PK")


async def test_an_unknown_code_is_a_complaint_of_its_own(doors: Doors) -> None:
    stranger, wan = doors.stranger("en"), await doors.as_(WAN)
    page = unescape((await stranger.get("/L/ABCD1234")).text)
    assert 'href="/grievance/new?code=ABCD1234"' in page
    assert "not one of ours" in await read(stranger, "/grievance/new?code=ABCD1234")
    _, id = await complained(stranger, code="ABCD1234", kind="label", language="en")
    assert "ABCD1234" in await read(wan, "/grievances")
    assert (await sent(wan, f"/grievances/{id}", {"step": "look", "seen": "0"}))[0] == 303
    assert "Write in English" in unescape((await wan.get(f"/grievances/{id}?lang=en")).text)


async def test_an_error_keeps_what_was_typed_and_the_photos(doors: Doors) -> None:
    stranger = doors.stranger()
    typed = form(words="", bought_where="ตลาดเช้า")
    files = {"photo2": ("a.jpg", tiny("red"), "image/jpeg")}
    status, page = await sent(stranger, "/grievance/new", typed, files=files)
    assert (status, "ตลาดเช้า" in page) == (400, True)
    [kept] = re.findall(r'name="kept" value="([^"]+)"', page)
    status, _ = await sent(stranger, "/grievance/new", {**typed, "words": WORDS, "kept": kept})
    assert (status, len(await queries.photos(typed["id"]))) == (303, 1)
    other = form(kept=kept)  # not the photo of somebody else's form
    assert (await sent(stranger, "/grievance/new", other))[0] == 303
    assert await queries.photos(other["id"]) == []
    broken = {"photo1": ("a.jpg", b"no picture", "image/jpeg")}
    status, page = await sent(stranger, "/grievance/new", form(), files=broken)
    assert (status, WORDS in page) == (400, True)


async def test_too_many_are_told_where_else_to_go(doors: Doors) -> None:
    stranger, last = doors.stranger(), (0, "")
    kept = await Blob.count()
    for _ in range(21):
        last = await sent(stranger, "/grievance/new", form())
    assert (last[0], WORDS in last[1], "โทรหาฝ่ายเลขานุการ" in last[1]) == (429, True, True)
    files = {"photo1": ("a.jpg", tiny("blue"), "image/jpeg")}
    assert (await sent(stranger, "/grievance/new", form(), files=files))[0] == 429
    assert await Blob.count() == kept, "nothing is drawn for whom is sent away"
    asked = {"id": new_id(), "kind": "other", "words": WORDS}
    no = await stranger.post("/api/v1/grievances", json=asked)
    assert (no.status_code, no.json()["code"]) == (429, "grievances.too_often")
    assert int(no.headers["retry-after"]) > 0
    doors.later(hours=2)
    made = await stranger.post("/api/v1/grievances", json=asked)
    assert made.status_code == 201
    follow = "/api/v1/grievances/by-code/"
    assert (await stranger.get(follow + made.json()["code"])).json()["state"] == "received"
    no = await stranger.get(f"{follow}ZZZZZZZZZZZZZZZZ")
    assert (no.status_code, no.json()["code"]) == (404, "grievances.missing")


async def test_nok_is_told_on_her_own_page(doors: Doors) -> None:
    nok, wan = await doors.as_(NOK), await doors.as_(WAN)
    follow, id = await complained(nok, as_me="yes")
    found: Any = await queries.grievance(id)
    assert found.complainant == NOK
    await sent(wan, f"/grievances/{id}", {"step": "look", "seen": "0"})
    assert (await sent(nok, f"{follow}/withdrawal", {"id": new_id()}))[0] == 303
    status, _ = await sent(nok, f"{follow}/words", {"id": new_id(), "words": "อีก"})
    assert status == 409
    mine = await own_data.gathered(NOK)
    assert [row["words"] for row in mine["grievance"]] == [WORDS]
    assert [row["kind"] for row in mine["grievance_step"]] == ["withdraw"]
