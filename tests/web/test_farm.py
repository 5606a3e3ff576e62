"""Malee's pages: her day, her plots, the pledge."""

import json
from html import unescape
from typing import Any

import msgspec
from httpx import AsyncClient

from certification.applications import commands as application_commands
from certification.applications import queries as applications
from certification.applications.rules import ReturnApplication
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.plots import queries as plots
from certification.schemes import commands as schemes
from certification.schemes import queries as scheme_queries
from certification.schemes.rules import PublishScheme
from market.domain.spoken import queries as spoken
from tests.cast import KRIT, MALEE, NOK, RATTAPHUM, SOMCHAI, TODAY, WAN, YING
from tests.doors import Doors
from tests.guarantee import LAT, LON, applied, certified, planted, published, square


def land(**changed: str) -> dict[str, str]:
    form = {
        "id": new_id(), "whom": f"{MALEE}|{RATTAPHUM}", "name": "ริมคลอง", "kind": "field",
        "point": f"{LAT}, {LON}", "area": "4-2-59", "moo": "๓", "outline": "",
    }  # fmt: skip
    return {**form, **changed}


async def read(person: AsyncClient, path: str) -> str:
    """The page as a browser reads it."""
    said = await person.get(path)
    assert said.status_code == 200, path
    return unescape(said.text)


async def sent(
    person: AsyncClient, path: str, form: dict[str, str], **also: Any
) -> tuple[int, str]:
    """The status, and where it leads or what the page says."""
    said = await person.post(path, data=form, follow_redirects=False, **also)
    return said.status_code, said.headers.get("location") or unescape(said.text)


async def test_the_day_begins_with_registering_a_plot_and_goes_on(doors: Doors) -> None:
    await published()
    malee = await doors.as_(MALEE)
    assert 'href="/farm/plots/new"' in await read(malee, "/farm")
    status, there = await sent(malee, "/farm/plots/new", land())
    assert (status, there.startswith("/farm/plots/")) == (303, True), there
    [plot] = await plots.of_farmer(MALEE, TODAY)
    assert (plot.area_m2, plot.moo, plot.tambon) == (7_436, 3, "900901")
    shown = await read(malee, there)
    assert "ริมคลอง" in shown
    assert "4 ไร่ 2 งาน 59 ตร.ว." in shown
    assert f'href="/farm/plots/{plot.id}/plant"' in await read(malee, "/farm")
    planting = {"id": new_id(), "crop": "kale", "area": "1 ไร่", "sown_on": "13 ต.ค. 69"}
    assert (await sent(malee, f"/farm/plots/{plot.id}/plant", planting))[0] == 303
    assert f'href="/farm/plots/{plot.id}/apply"' in await read(malee, "/farm")
    english = await read(await doors.as_(MALEE, "en"), "/farm")
    assert "My farm" in english
    assert "Growing: Chinese kale" in english


async def test_a_second_press_registers_no_second_plot(doors: Doors) -> None:
    malee, form = await doors.as_(MALEE), land()
    first = await sent(malee, "/farm/plots/new", form)
    assert await sent(malee, "/farm/plots/new", form) == first
    assert len(await plots.of_farmer(MALEE, TODAY)) == 1


async def test_one_plot_drawn_anew_in_two_windows_is_told_to_the_second(doors: Doors) -> None:
    """Nothing is lost: the old one stays, and what the second drew stands in the page."""
    old, malee = await planted(), await doors.as_(MALEE)
    there = f"/farm/plots/new?replaces={old}"
    assert there in await read(malee, f"/farm/plots/{old}")
    shown = await read(malee, there)
    assert f'name="replaces" value="{old}"' in shown
    assert 'value="หลังบ้าน"' in shown
    anew = {"name": "หลังบ้านถึงคลอง", "point": "", "area": "", "replaces": old}
    wider = land(**anew, outline=json.dumps(square(side=0.0009)))
    status, newest = await sent(malee, "/farm/plots/new", wider)
    assert status == 303
    assert await sent(malee, "/farm/plots/new", wider) == (status, newest)
    narrower = json.dumps(square(side=0.0007))
    status, said = await sent(malee, "/farm/plots/new", land(**anew, outline=narrower))
    assert status == 409
    for what in (newest.split("?")[0], narrower, "หลังบ้านถึงคลอง", "แปลงนี้มีขอบเขตใหม่แทนแล้ว"):
        assert what in said, what
    newer = newest.split("/")[-1].split("?")[0]
    assert f'name="replaces" value="{newer}"' in said  # the second press means the newest
    [standing] = [p for p in await plots.of_farmer(MALEE, TODAY) if not p.replaced_by]
    assert newest.startswith(f"/farm/plots/{standing.id}")
    assert len(await plots.plantings(old)) == 1
    krit, ying = await doors.as_(KRIT), await doors.as_(YING)
    assert (await krit.get(there)).status_code == 404
    stolen = land(**(anew | {"replaces": standing.id}), whom=f"{SOMCHAI}|{RATTAPHUM}")
    assert (await sent(ying, "/farm/plots/new", stolen | {"point": f"{LAT}, {LON}", "area": "1"}))[
        0
    ] == 403


async def test_an_outline_from_a_file_is_measured_and_warned_of(doors: Doors) -> None:
    malee = await doors.as_(MALEE)
    await planted(farmer=SOMCHAI)
    file = {"file": ("plot.geojson", b"\xef\xbb\xbf" + msgspec.json.encode(square()), "text/json")}
    form = land(point="", area="1 ไร่")
    status, there = await sent(malee, "/farm/plots/new", form, files=file)
    assert status == 303, there
    shown = await read(malee, there)
    assert "ซ้อนกับแปลงอื่น 1 แปลง" in shown
    assert "ต่างจากที่วัดได้" in shown
    torn = {"file": ("plot.geojson", b"\xff\xfe\x00", "text/json")}
    assert (await sent(malee, "/farm/plots/new", land(point=""), files=torn))[0] == 400


async def test_what_was_typed_stays_beside_what_is_wrong(doors: Doors) -> None:
    malee = await doors.as_(MALEE)
    for wrong in (
        {"area": "สี่ไร่กว่า"},
        {"point": "ข้างวัด"},
        {"point": "", "area": ""},  # one corner drawn is no outline yet
        {"point": f"{LON}, {LAT}"},  # exchanged
        {"point": "", "outline": '{"type": "Polygon"'},
        {"kind": "moon"},
        {"moo": "สาม"},
    ):
        status, said = await sent(malee, "/farm/plots/new", land(name="ชื่อที่พิมพ์ไว้", **wrong))
        assert status == 400, wrong
        assert 'value="ชื่อที่พิมพ์ไว้"' in said
        for typed in set(wrong.values()) - {"moon"}:
            assert typed in said
    assert await plots.of_farmer(MALEE, TODAY) == []


async def test_nobody_registers_for_who_is_not_theirs(doors: Doors) -> None:
    krit, nok = await doors.as_(KRIT), await doors.as_(NOK)
    assert (await sent(krit, "/farm/plots/new", land()))[0] == 404
    assert (await sent(nok, "/farm/plots/new", land()))[0] == 403
    stranger = await sent(doors.stranger(), "/farm/plots/new", land())
    assert (stranger[0], stranger[1].startswith("/sign-in")) == (307, True)
    assert await plots.of_group(RATTAPHUM) == []


async def test_krit_finds_none_of_malees_pages(doors: Doors) -> None:
    await published()
    plot = await planted()
    asked = await applied(plot)
    krit = await doors.as_(KRIT)
    for path in (
        f"/farm/plots/{plot}",
        f"/farm/plots/{plot}/plant",
        f"/farm/plots/{plot}/apply",
        f"/farm/applications/{asked}",
        f"/farm?of={MALEE}",
        f"/farm/harvest/new?of={MALEE}",
    ):
        assert (await krit.get(path)).status_code == 404, path
    assert "มาลี" not in (await krit.get("/farm")).text
    assert (await sent(krit, f"/farm/applications/{asked}/withdrawal", {}))[0] == 404


async def test_the_pledge_is_shown_whole_and_must_be_ticked(doors: Doors) -> None:
    await published()
    plot, malee = await planted(), await doors.as_(MALEE, "en")
    page = await read(malee, f"/farm/plots/{plot}/apply")
    pledge = scheme_queries.preset("sgs-pgs-small").pledge
    for promise in pledge.promises:
        assert promise.th in page
        assert promise.en in page
    form = {
        "id": new_id(), "scheme": "sgs-pgs", "farm_plan": "ปุ๋ยหมักของเราเอง",
        "no_prohibited_since": "1 ม.ค. 2566", "pledge_digest": pledge.digest,
    }  # fmt: skip
    status, said = await sent(malee, f"/farm/plots/{plot}/apply", form)
    assert (status, "ปุ๋ยหมักของเราเอง" in said) == (400, True)
    assert await applications.of_plot(plot) == []
    for _ in range(2):
        status, there = await sent(malee, f"/farm/plots/{plot}/apply", {**form, "pledge": "yes"})
        assert (status, there) == (303, f"/farm/plots/{plot}?applied=1")
    assert len(await applications.of_plot(plot)) == 1


async def test_a_pledge_that_changed_meanwhile_is_read_again(doors: Doors) -> None:
    await published()
    plot, malee = await planted(), await doors.as_(MALEE)
    content = scheme_queries.preset("sgs-pgs-small")
    old = content.pledge.digest
    newer = msgspec.structs.replace(content.pledge, promises=content.pledge.promises[:2])
    settings = msgspec.structs.replace(content.rules, history_years=0)
    changed = msgspec.structs.replace(content, pledge=newer, rules=settings)
    wanted = PublishScheme(new_id(), changed, local_day(doors.now), "4/2569")
    await run(schemes.publish, wanted, by=WAN, at=doors.now)
    form = {
        "id": new_id(), "scheme": "sgs-pgs", "farm_plan": "แผนของมาลี", "pledge": "yes",
        "no_prohibited_since": "1 ม.ค. 2566", "pledge_digest": old,
    }  # fmt: skip
    status, said = await sent(malee, f"/farm/plots/{plot}/apply", form)
    assert (status, "แผนของมาลี" in said) == (409, True)
    assert newer.digest in said
    assert "checked" not in said
    again = {**form, "pledge_digest": newer.digest}
    assert (await sent(malee, f"/farm/plots/{plot}/apply", again))[0] == 303


async def test_what_came_back_is_mended_and_may_be_taken_back(doors: Doors) -> None:
    await published()
    asked, malee = await applied(await planted()), await doors.as_(MALEE)
    back = ReturnApplication(asked, "บอกที่มาของปุ๋ยคอก")
    await run(application_commands.return_, back, by=YING, at=doors.now)
    assert f'href="/farm/applications/{asked}"' in await read(malee, "/farm")
    assert "บอกที่มาของปุ๋ยคอก" in await read(malee, f"/farm/applications/{asked}")
    form = {"farm_plan": "", "no_prohibited_since": "พรุ่งนี้"}
    assert (await sent(malee, f"/farm/applications/{asked}", form))[0] == 400
    form = {"farm_plan": "โคของเราเอง", "no_prohibited_since": "1/1/2566"}
    assert (await sent(malee, f"/farm/applications/{asked}", form))[0] == 303
    assert (await sent(malee, f"/farm/applications/{asked}", form))[0] == 409
    assert (await sent(malee, f"/farm/applications/{asked}/withdrawal", {}))[0] == 303
    assert (await applications.application(asked)).state == "withdrawn"


async def test_what_ying_mends_or_takes_back_for_malee_waits_for_her_word(doors: Doors) -> None:
    await published()
    asked, ying = await applied(await planted()), await doors.as_(YING)
    back = ReturnApplication(asked, "บอกที่มาของปุ๋ยคอก")
    await run(application_commands.return_, back, by=YING, at=doors.now)
    there = f"/farm/applications/{asked}"
    assert "กำลังทำแทน" in await read(ying, there)
    form = {"farm_plan": "โคของเราเอง", "no_prohibited_since": "1/1/2566"}
    assert (await sent(ying, there, form))[0] == 303
    assert (await sent(ying, there, form))[0] == 409
    assert (await sent(ying, f"{there}/withdrawal", {}))[0] == 303
    assert (await sent(ying, f"{there}/withdrawal", {}))[0] == 409
    said = await spoken.of_person(MALEE)
    assert [(one.deed, one.typed_by, one.subject) for one in said] == [
        ("applications.withdrawn", YING, asked), ("applications.resubmitted", YING, asked),
    ]  # fmt: skip
    malee = await doors.as_(MALEE)
    assert (await read(malee, "/me/typed")).count(f'href="{there}"') == 2
    assert (await sent(malee, f"/me/typed/{said[0].id}/denial", {}))[0] == 303


async def test_the_leader_does_all_of_it_for_malee(doors: Doors) -> None:
    await published()
    ying = await doors.as_(YING)
    assert f'href="/farm?of={MALEE}"' in await read(ying, "/farm")
    assert "มาลี" in await read(ying, f"/farm?of={MALEE}")
    assert (await sent(ying, "/farm/plots/new", land()))[0] == 303
    [plot] = await plots.of_farmer(MALEE, TODAY)
    planting = {"id": new_id(), "crop": "kale", "area": "1 ไร่", "sown_on": "13 ต.ค. 69"}
    assert (await sent(ying, f"/farm/plots/{plot.id}/plant", planting))[0] == 303
    paper = {"id": new_id(), "kind": "ns4", "relation": "self"}
    assert (await sent(ying, f"/farm/plots/{plot.id}/land/papers", paper))[0] == 303
    whole = {"id": new_id(), "of": MALEE, "area": "19 ไร่", "pieces": "1", "parallel": "none"}
    assert (await sent(ying, "/farm/holding", whole))[0] == 303
    form = {
        "id": new_id(), "scheme": "sgs-pgs", "farm_plan": "มาลีเล่าให้ฟัง", "pledge": "yes",
        "no_prohibited_since": "1 ม.ค. 2566",
        "pledge_digest": scheme_queries.preset("sgs-pgs-small").pledge.digest,
    }  # fmt: skip
    assert (await sent(ying, f"/farm/plots/{plot.id}/apply", form))[0] == 303
    [asked] = await applications.of_plot(plot.id)
    pledge = await applications.pledge(asked.id)
    assert (asked.applicant, pledge.person, pledge.typed_by) == (MALEE, MALEE, YING)


async def test_a_certified_plot_says_until_when_and_warns_before_it_ends(doors: Doors) -> None:
    await published()
    paper = await certified()
    assert "รับรองอยู่ ถึง" in await read(await doors.as_(YING), f"/farm?of={MALEE}")
    doors.later(days=330)
    later = await read(await doors.as_(MALEE), f"/farm/plots/{paper.plot}")
    assert "ใกล้หมดอายุ เหลือ 34 วัน" in later
    assert f'href="/farm/plots/{paper.plot}/apply"' in later


async def test_money_and_crops_are_there_before_anything_was_earned(doors: Doors) -> None:
    malee, wan = await doors.as_(MALEE), await doors.as_(WAN)
    assert "0 บาท" in (await malee.get("/farm/money")).text
    assert (await wan.get("/farm/money")).status_code == 403
    found = (await malee.get("/farm/crops", params={"q": "คะน้า"})).text
    assert "1,800" in found


async def test_a_reader_is_offered_only_what_that_reader_may_do(doors: Doors) -> None:
    await published()
    plot = await planted()
    address, offers = f"/farm/plots/{plot}", (f"/farm/plots/{plot}/plant", "/farm/harvest/new")
    for person, offered in ((MALEE, True), (YING, True), (WAN, False), (SOMCHAI, False)):
        shown = await read(await doors.as_(person), address)
        assert [there in shown for there in offers] == [offered, offered], person
    assert "/farm/harvest/new" not in await read(await doors.as_(WAN), f"/farm?of={MALEE}")


async def test_another_language_keeps_the_page_and_what_was_asked_of_it(doors: Doors) -> None:
    shown = await read(await doors.as_(YING), f"/farm?of={MALEE}&lang=en")
    assert f'href="/farm?of={MALEE}&lang=th"' in shown
    said = await (await doors.as_(MALEE)).post(
        "/farm/plots/new", data=land(area=""), headers={"referer": "https://x.example/farm?a=1"}
    )
    assert said.status_code == 400
    assert 'href="/farm?a=1&lang=th"' in unescape(said.text)
