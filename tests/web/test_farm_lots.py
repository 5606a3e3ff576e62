"""Malee records a harvest and labels it."""

import re
from datetime import timedelta
from io import BytesIO

import zxingcpp
from PIL import Image

from certification.basis.ids import new_id
from certification.plots import queries as plots
from market.domain.labels import queries as labels
from market.domain.labels.layouts import Shift
from market.domain.lots import queries as lots
from tests.cast import KRIT, MALEE, NOK, PRASERT, TODAY, WAN, YESTERDAY, YING
from tests.doors import Doors
from tests.guarantee import certified, planted, published
from tests.market.label_readers import of_escpos


async def harvest(plot: str, **changed: str) -> dict[str, str]:
    [planting, *_] = await plots.plantings(plot)
    form = {"id": new_id(), "what": planting.id, "day": "yesterday", "weight": "8 กก. 3 ขีด"}
    return {**form, **changed}


async def test_a_harvest_tells_its_claim_and_is_labelled(doors: Doors) -> None:
    await published()
    paper, malee = await certified(), await doors.as_(MALEE)
    page = (await malee.get("/farm/harvest/new")).text
    assert "ขายเป็นอินทรีย์ได้" in page
    form = await harvest(paper.plot, day="today")
    for _ in range(2):
        said = await malee.post("/farm/harvest/new", data=form, follow_redirects=False)
        there = said.headers["location"]
        assert (said.status_code, there) == (303, f"/farm/lots/{form['id']}?new=1")
    [lot] = await lots.of_farmer(MALEE)
    assert (lot.grams, lot.harvested_on, lot.claim) == (8_300, TODAY, "organic")
    shown = await malee.get(there)
    assert "อินทรีย์" in shown.text
    english = await (await doors.as_(MALEE, "en")).get(there)
    assert "Organic" in english.text
    wanted = {
        "id": new_id(),
        "packet": "500",
        "unit": "g",
        "labels": "๑๐",
        "sheet": "l7160",
        "start_at": "4",
        "level": "M",
    }
    looked = await malee.post(f"/farm/lots/{lot.id}/labels", data={**wanted, "look": "yes"})
    assert (looked.status_code, await labels.runs(lot.id)) == (200, [])
    assert 'value="๑๐"' in looked.text
    picture = await malee.get(f"/farm/lots/{lot.id}/labels/look-l7160-M-500.png")
    assert "labels/look-l7160-M-500.png" in looked.text
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(picture.content)).convert("L"))
    assert code.text.endswith(f"/L/{lot.code}")
    done = await malee.post(f"/farm/lots/{lot.id}/labels", data=wanted, follow_redirects=False)
    assert done.headers["location"] == f"/farm/lots/{lot.id}?run={wanted['id']}#labels"
    sheet = await malee.get(f"/farm/lots/{lot.id}/labels/{wanted['id']}.pdf")
    assert (sheet.status_code, sheet.content[:5]) == (200, b"%PDF-")
    for name in ("outlines-l7160", "outlines-t50x30"):
        outlines = await malee.get(f"/farm/lots/{lot.id}/labels/{name}.pdf")
        assert (outlines.status_code, outlines.content[:5]) == (200, b"%PDF-")
    for unknown in ("outlines-a3.pdf", f"{wanted['id']}-203.zpl", "look-a3-M-500.png",
                    f"{new_id()}.pdf"):  # fmt: skip
        answer = await malee.get(f"/farm/lots/{lot.id}/labels/{unknown}")
        assert answer.status_code == 404, unknown
    page = (await malee.get(done.headers["location"])).text
    assert 'href="/farm/printer"' in page
    assert f"{wanted['id']}.pdf" in page
    jammed = {
        **wanted,
        "id": new_id(),
        "reprint_of": wanted["id"],
        "labels": "2",
        "packet": "500",
        "unit": "g",
    }
    unsaid = await malee.post(f"/farm/lots/{lot.id}/labels", data=jammed)
    assert (unsaid.status_code, len(await labels.runs(lot.id))) == (400, 1)
    jammed["reason"] = "jammed"
    again = await malee.post(f"/farm/lots/{lot.id}/labels", data=jammed, follow_redirects=False)
    assert again.status_code == 303
    assert len(await labels.runs(lot.id)) == 2
    for unasked in ({"unit": ""}, {"unit": "๑"}, {"packet": "0.5", "unit": "g"}):
        wrong = await malee.post(
            f"/farm/lots/{lot.id}/labels", data={**wanted, "id": new_id(), **unasked}
        )
        assert wrong.status_code == 400
    half = {**wanted, "id": new_id(), "packet": "0.5", "unit": "kg", "labels": "1"}
    assert (await malee.post(f"/farm/lots/{lot.id}/labels", data=half)).status_code == 200
    assert {run.packet_grams for run in await labels.runs(lot.id)} == {500}
    most = {**wanted, "id": new_id(), "labels": "100"}
    roll = {**half, "id": new_id(), "sheet": "t50x30", "level": "Q", "start_at": "1"}
    assert (await malee.post(f"/farm/lots/{lot.id}/labels", data=roll)).status_code == 200
    start = f"/farm/lots/{lot.id}/labels/{roll['id']}"
    for ending in ("203.escpos", "300.zpl", "203.png"):
        assert f"{start}-{ending}" in (await malee.get(f"/farm/lots/{lot.id}")).text
    sent = await malee.get(f"{start}-203.escpos")
    assert sent.headers["content-disposition"] == f'attachment; filename="{lot.code}.escpos"'
    [burnt] = of_escpos(sent.content)
    [code] = zxingcpp.read_barcodes(burnt)
    assert (code.text[-8:], code.ec_level) == (lot.code, "Q")
    refused = await malee.post(f"/farm/lots/{lot.id}/labels", data=most)
    assert refused.status_code == 409
    assert 'value="100"' in refused.text
    assert "2.3" in refused.text  # what has no label yet


async def test_a_zero_too_many_is_asked_about_before_it_is_a_lot(doors: Doors) -> None:
    await published()
    paper, malee = await certified(), await doors.as_(MALEE)
    form = await harvest(paper.plot, weight="99999", day="today")
    asked = await malee.post("/farm/harvest/new", data=form)
    assert asked.status_code == 409
    assert "ยังไม่ได้บันทึก" in asked.text
    assert 'value="99999"' in asked.text
    assert 'name="sure"' in asked.text
    assert await lots.of_farmer(MALEE) == []
    for _ in range(2):
        sure = await malee.post("/farm/harvest/new", data={**form, "sure": "yes"})
        assert sure.status_code == 200
    [lot] = await lots.of_farmer(MALEE)
    assert (lot.grams, lot.claim) == (99_999_000, "plain")
    small = await harvest(paper.plot, weight="12.5", day="today")
    assert 'name="sure"' not in (await malee.post("/farm/harvest/new", data=small)).text


async def test_what_no_certificate_covers_is_asked_about_before_it_is_a_lot(doors: Doors) -> None:
    await published()
    paper, malee = await certified(), await doors.as_(MALEE)
    form = await harvest(paper.plot, weight="99999", label_code="")
    ask, pressed = 'name="as_plain"', {"as_plain": "yes"}
    assert ask not in (await malee.get("/farm/harvest/new")).text
    asked = await malee.post("/farm/harvest/new", data=form)
    assert asked.status_code == 409
    for shown in ("ยังไม่ได้บันทึก", "ก่อนใบรับรองเริ่ม", paper.number, 'value="99999"', ask,
                  "โทรหาฝ่ายเลขานุการ"):  # fmt: skip
        assert shown in asked.text
    heavy = await malee.post("/farm/harvest/new", data=form | pressed)
    assert heavy.status_code == 409, "the weight is asked about by itself"
    assert 'name="sure"' in heavy.text
    assert re.search(r'name="as_plain"[^>]* checked', heavy.text), "what was said stays said"
    assert await lots.of_farmer(MALEE) == []
    for _ in range(2):
        saved = await malee.post("/farm/harvest/new", data=form | pressed | {"sure": "yes"})
        assert saved.status_code == 200
    [lot] = await lots.of_farmer(MALEE)
    assert (lot.claim, lot.because) == ("plain", "no_certificate")
    assert "ไม่มีใบรับรองสำหรับพืชนี้" in saved.text
    assert "ทั่วไป" in saved.text
    english = await doors.as_(MALEE, "en")
    asked = await english.post("/farm/harvest/new", data=form | {"id": new_id()})
    assert "call your group" in asked.text


async def test_another_crop_than_the_certificates_is_asked_about(doors: Doors) -> None:
    malee, land = await doors.as_(MALEE), await planted()
    other = {
        "id": new_id(), "what": "other", "plot": land, "crop": "chili", "weight": "2",
        "day": "other", "harvested_on": "20 พ.ย. 69", "as_plain": "yes",
    }  # fmt: skip
    unknown = {**other, "crop": "kryptonite"}
    assert (await malee.post("/farm/harvest/new", data=unknown)).status_code == 400
    crop = "tomato"
    silent = {**other, "crop": crop, "as_plain": ""}
    assert (await malee.post("/farm/harvest/new", data=silent)).status_code == 409
    assert (await malee.post("/farm/harvest/new", data={**other, "crop": crop})).status_code == 200
    lot = await lots.lot(other["id"])
    assert (lot.crop, lot.because) == (crop, "no_certificate")
    assert lot.harvested_on == TODAY - timedelta(days=2)


async def test_what_was_typed_stays_when_the_harvest_is_refused(doors: Doors) -> None:
    malee, land = await doors.as_(MALEE), await planted()
    for wrong, status in (
        ({"weight": "หนักมาก"}, 400),
        ({"weight": "0"}, 400),
        ({"weight": ""}, 400),
        ({"what": "nothing"}, 400),
        ({"day": "other", "harvested_on": "25 พ.ย. 2569"}, 409),
        ({"day": "other", "harvested_on": "1 ก.ย. 2569"}, 409),
        ({"day": "other", "harvested_on": "เมื่อวานซืน"}, 400),
    ):
        said = await malee.post("/farm/harvest/new", data=await harvest(land, **wrong))
        assert said.status_code == status, wrong
        for typed in set(wrong.values()) - {"other", "nothing", ""}:
            assert f'value="{typed}"' in said.text
    assert await lots.of_farmer(MALEE) == []


async def test_krit_harvests_nothing_of_malees_and_sees_no_lot(doors: Doors) -> None:
    malee, land = await doors.as_(MALEE), await planted()
    form = await harvest(land, as_plain="yes")
    krit, nok = await doors.as_(KRIT), await doors.as_(NOK)
    assert (await krit.post("/farm/harvest/new", data=form)).status_code == 404
    theirs = {**form, "of": MALEE}
    assert (await krit.post("/farm/harvest/new", data=theirs)).status_code == 404
    assert (await nok.post("/farm/harvest/new", data=form)).status_code == 403
    assert await lots.of_farmer(MALEE) == []
    await malee.post("/farm/harvest/new", data=form)
    lot = form["id"]
    run = {
        "id": new_id(),
        "packet": "500",
        "unit": "g",
        "labels": "2",
        "sheet": "l7160",
        "start_at": "1",
    }
    assert (await malee.post(f"/farm/lots/{lot}/labels", data=run)).status_code == 200
    assert (await krit.get(f"/farm/lots/{lot}")).status_code == 404
    assert (await krit.post(f"/farm/lots/{lot}/labels", data=run)).status_code == 404
    assert (await krit.get(f"/farm/lots/{lot}/labels/{run['id']}.pdf")).status_code == 404
    stranger = await doors.stranger().get(f"/farm/lots/{lot}", follow_redirects=False)
    assert stranger.status_code == 303


async def test_the_leader_types_malees_harvest(doors: Doors) -> None:
    land, ying = await planted(), await doors.as_(YING)
    assert "มาลี" in (await ying.get(f"/farm/harvest/new?of={MALEE}")).text
    form = {**await harvest(land), "of": MALEE}
    asked = await ying.post("/farm/harvest/new", data=form)
    assert (asked.status_code, 'name="as_plain"' in asked.text) == (409, True)
    form["as_plain"] = "yes"
    assert (await ying.post("/farm/harvest/new", data=form)).status_code == 200
    lot = await lots.lot(form["id"])
    assert (lot.farmer, lot.harvested_on) == (MALEE, YESTERDAY)


async def test_what_spoils_leaves_what_can_be_ordered_once(doors: Doors) -> None:
    await published()
    paper, malee = await certified(), await doors.as_(MALEE)
    form = await harvest(paper.plot, weight="8", day="today")
    await malee.post("/farm/harvest/new", data=form)
    there, body = f"/farm/lots/{form['id']}", {"spoil_id": new_id(), "spoilt": "1.5"}
    for person, status in ((KRIT, 404), (PRASERT, 403), (WAN, 200)):
        said = await (await doors.as_(person)).post(f"{there}/spoilt", data=body)
        assert said.status_code == status, (person, said.text)
    for _ in range(2):  # Malee presses what Wan has sent already
        assert (await malee.post(f"{there}/spoilt", data=body)).status_code in (200, 409)
    assert "1.5 กก." in (await malee.get(there)).text
    stock = await lots.stock_of(form["id"])
    assert (stock.available_grams, stock.waste_grams) == (6_500, 1_500)
    for wrong in ("", "0", "-1", "7"):
        again = {"spoil_id": new_id(), "spoilt": wrong}
        assert (await malee.post(f"{there}/spoilt", data=again)).status_code in (400, 409)
    sent = {"id": new_id(), "grams": 500}
    for _ in range(2):
        told = await malee.post(f"/api/v1/lots/{form['id']}/spoilt", json=sent)
        assert told.json()["target"] == "waste"
    assert (await lots.stock_of(form["id"])).waste_grams == 2_000


async def test_malee_puts_her_printer_right(doors: Doors) -> None:
    malee, krit = await doors.as_(MALEE), await doors.as_(KRIT)
    assert "/farm/printer/l7160.pdf" in (await malee.get("/farm/printer")).text
    typed = {"id": new_id(), "sheet": "l7160", "right": "๑.๕", "down": "-2"}
    for _ in range(2):
        done = await malee.post("/farm/printer", data=typed, follow_redirects=False)
        assert (done.status_code, done.headers["location"]) == (
            303,
            "/farm/printer?done=l7160#l7160",
        )
    assert (await labels.shifts(MALEE))["l7160"] == Shift(15, -20)
    assert 'value="1.5"' in (await malee.get("/farm/printer")).text
    trial = await malee.get("/farm/printer/l7160.pdf")
    assert (trial.status_code, trial.content[:5]) == (200, b"%PDF-")
    assert (await malee.get("/farm/printer/a3.pdf")).status_code == 404
    for wrong in ({"right": "11"}, {"down": "a"}, {"right": "1.55"}, {"sheet": "t50x30"}):
        answer = await malee.post("/farm/printer", data={**typed, "id": new_id(), **wrong})
        assert answer.status_code == 400, wrong
        assert f'value="{wrong.get("right", "๑.๕")}"' in answer.text or "sheet" in wrong
    assert await labels.shifts(KRIT) == {"a4-3x8": Shift(), "l7160": Shift()}
    assert (await krit.get("/farm/printer")).status_code == 200
    asked = {"id": new_id(), "sheet": "t58x40", "right": 1, "down": 1}
    said = await malee.post("/api/v1/label-shifts", json=asked)
    assert (said.status_code, said.json()["code"]) == (400, "labels.shifted_too_far")
    assert (await malee.get("/api/v1/label-shifts")).json()["l7160"] == {"right": 15, "down": -20}
