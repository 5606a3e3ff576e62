"""Ying types for Malee: it waits for Malee's word, and the board hears when it was not hers."""

import re
from html import unescape

from httpx import AsyncClient

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.people import queries as people
from market.domain.accounts import commands as accounts
from market.domain.spoken import queries
from tests.cast import ADMIN, KRIT, MALEE, RATTAPHUM, SOMCHAI, WAN, YING
from tests.doors import PIN, Doors
from tests.guarantee import LAT, LON, published
from tests.pictures import tiny

PAPER = {"slip": ("slip.jpg", tiny(), "image/jpeg")}


async def read(client: AsyncClient, address: str) -> str:
    said = await client.get(address)
    assert said.status_code == 200, said.text
    return unescape(said.text)


async def registered(helper: AsyncClient, farmer: str = MALEE) -> str:
    form = {
        "id": new_id(), "whom": f"{farmer}|{RATTAPHUM}", "name": "ริมคลอง", "kind": "field",
        "point": f"{LAT}, {LON}", "area": "4-2-59", "moo": "3", "outline": "",
    }  # fmt: skip
    said = await helper.post("/farm/plots/new", data=form, follow_redirects=False)
    assert said.status_code == 303, said.text
    return form["id"]


async def test_each_deed_of_a_helper_waits_and_her_pin_confirms_all(doors: Doors) -> None:
    await published()
    ying, malee = await doors.as_(YING), await doors.as_(MALEE)
    plot = await registered(ying)
    planting = {"id": new_id(), "crop": "kale", "area": "1 ไร่", "sown_on": "13 ต.ค. 69"}
    assert (await ying.post(f"/farm/plots/{plot}/plant", data=planting)).status_code == 200
    harvest = {"of": MALEE, "what": planting["id"], "day": "22 พ.ย. 69", "weight": "20"}
    form = {**harvest, "id": new_id(), "harvested_on": "22 พ.ย. 69", "plain": "yes"}
    made = await ying.post("/farm/harvest/new", data=form)
    assert made.url.path.startswith("/farm/lots/"), made.text
    sheet = {
        "id": new_id(), "sheet": "a4-3x8", "packet": "500", "unit": "g",
        "labels": "2", "start_at": "1",
    }  # fmt: skip
    printed = await ying.post(f"{made.url.path}/labels", data=sheet, follow_redirects=False)
    assert printed.status_code == 303, printed.text
    waiting = await queries.waiting_of(MALEE)
    assert {one.deed for one in waiting} == {
        "plots.registered", "plots.planted", "lots.harvested", "labels.printed"
    }  # fmt: skip
    assert {one.typed_by for one in waiting} == {YING}
    assert "4 รายการ" in await read(malee, "/farm")
    assert f'href="/helped/{MALEE}"' in await read(ying, f"/farm?of={MALEE}")
    assert "มาลี" in await read(ying, "/helped")
    for reader, page in ((malee, "/me/typed"), (ying, f"/helped/{MALEE}")):
        shown = await read(reader, page)
        for what in ("คะน้า · 20 กก.", "คะน้า · 1 ไร่", "ริมคลอง · 4 ไร่ 2 งาน 59"):
            assert what in shown, (page, what)
    ids = re.findall(r'name="deeds" value="([^"]+)"', await read(ying, f"/helped/{MALEE}"))
    wrong = await ying.post(f"/helped/{MALEE}/pin", data={"deeds": ids, "pin": "918273"})
    assert wrong.status_code == 409
    assert "918273" not in wrong.text
    right = await ying.post(f"/helped/{MALEE}/pin", data={"deeds": ids, "pin": PIN})
    assert (right.status_code, right.url.query) == (200, b"done=1")
    assert await queries.waiting_of(MALEE) == []


async def test_what_malee_types_herself_waits_for_nobody(doors: Doors) -> None:
    malee = await doors.as_(MALEE)
    await registered(malee)
    assert await queries.of_person(MALEE) == []


async def test_this_was_not_me_reaches_the_board(doors: Doors) -> None:
    ying, malee, krit = await doors.as_(YING), await doors.as_(MALEE), await doors.as_(KRIT)
    plot = await registered(ying)
    assert f"/me/typed/{plot}/denial" in await read(malee, "/me/typed")
    assert (await krit.post(f"/me/typed/{plot}/denial")).status_code == 404
    assert (await malee.post(f"/me/typed/{plot}/denial")).status_code == 200
    assert (await malee.post(f"/me/typed/{plot}/confirmation")).status_code == 409
    wan = await doors.as_(WAN)
    assert 'href="/helped"' in await read(wan, "/board")
    denied = await read(wan, "/helped")
    assert "มาลี ศรีสุข" in denied
    assert "ริมคลอง · 4 ไร่ 2 งาน 59" in denied  # what it was that was not her
    assert "มาลี ศรีสุข" not in await read(krit, "/helped")
    assert (await krit.get(f"/helped/{MALEE}")).status_code == 404
    assert (await malee.get("/helped")).status_code == 403


async def test_who_has_no_pin_signs_and_the_paper_can_be_seen(doors: Doors) -> None:
    ying = await doors.as_(YING)
    plot = await registered(ying, SOMCHAI)
    there = f"/helped/{SOMCHAI}"
    assert 'name="slip"' in await read(ying, there)
    assert f"{there}/pin" not in await read(ying, there)
    assert (await ying.post(f"{there}/pin", data={"deeds": plot, "pin": PIN})).status_code == 409
    assert (await ying.post(f"{there}/slip", data={"deeds": plot})).status_code == 400
    said = await ying.post(f"{there}/slip", data={"deeds": plot}, files=PAPER)
    assert "ยืนยันแล้ว" in said.text
    somchai, krit = await doors.as_(SOMCHAI), await doors.as_(KRIT)
    seen = await somchai.get(f"/typed/{plot}/slip")
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/jpeg")
    assert (await krit.get(f"/typed/{plot}/slip")).status_code == 404


async def test_consent_is_typed_for_somebody_only_with_that_persons_word(doors: Doors) -> None:
    ying, body = await doors.as_(YING), {"id": new_id(), "given": "yes"}
    code = await run(accounts.issue_code, MALEE, by=ADMIN, at=doors.now)
    await accounts.enrol(code, PIN, address="203.0.113.9", at=doors.now)
    there = f"/helped/{MALEE}/consent"
    for pin in ("", "918273"):
        assert (await ying.post(there, data={**body, "pin": pin})).status_code in (400, 409)
    assert not await people.consented(MALEE, "public_name")
    for _ in range(2):
        assert (await ying.post(there, data={**body, "pin": PIN})).status_code == 200
    assert await people.consented(MALEE, "public_name")
    [word] = await queries.of_person(MALEE)
    assert (word.deed, word.state, word.typed_by) == ("people.consented", "pin", YING)
    back = {"id": new_id(), "given": "no"}
    assert (await ying.post(there, data=back, files=PAPER)).status_code == 200
    assert not await people.consented(MALEE, "public_name")


async def test_programs_ask_and_give_the_word(doors: Doors) -> None:
    ying, malee = await doors.as_(YING), await doors.as_(MALEE)
    plot, other = await registered(ying), await registered(ying)
    paper = await registered(ying)
    assert len((await ying.get(f"/api/v1/people/{MALEE}/typed")).json()) == 3
    asked = f"/api/v1/people/{MALEE}/typed/confirmation"
    by_pin = await ying.put(asked, json={"deeds": [plot], "pin": PIN})
    assert by_pin.json()[0]["how"] == "pin", by_pin.text
    assert (await malee.put(f"/api/v1/typed/{other}/denial")).status_code == 200
    kept = await ying.put(f"/api/v1/typed/{paper}/slip", content=PAPER["slip"][1])
    assert kept.json()["how"] == "paper", kept.text
    assert (await malee.put(f"/api/v1/typed/{paper}/confirmation")).json()["how"] == "own"
    assert len((await malee.get("/api/v1/typed")).json()) == 3
    own = f"/api/v1/people/{YING}/typed/confirmation"
    assert (await ying.put(own, json={"deeds": [plot], "pin": PIN})).status_code == 409
