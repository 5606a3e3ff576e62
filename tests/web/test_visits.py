"""An unannounced visit is nowhere to be seen by Malee; a follow-up and a complaint by everybody's
pages and programs; and the board says whom nobody came to see this year."""

from datetime import timedelta
from html import unescape

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.decisions import queries as decisions
from certification.groups import commands as groups
from certification.inspections import assigning, queries, sheets
from certification.inspections import commands as inspections
from certification.inspections.panel import Assigned
from certification.inspections.rules import AssignInspection, BeginInspection, MakeFinding
from certification.inspections.tables import Inspection
from certification.plots import queries as plots
from market.access import own_data
from tests.cast import ADMIN, CHAN, KRIT, MALEE, NOK, NOW, SOMCHAI, TODAY, WAN, YING
from tests.doors import Doors
from tests.guarantee import (
    PANEL,
    accepted,
    answered,
    assignment,
    certified,
    inspected,
    meeting,
    nok_may_look,
    planted,
    published,
)
from tests.market.test_notices import all_told
from tests.pictures import tiny

ENTRY = "/api/v1/inspections"
FOUR = (*PANEL, Assigned(YING, "producer"))


async def certified_plot() -> str:
    """Malee's; answers with its application."""
    await nok_may_look()
    await published()
    return (await decisions.decision((await certified()).decision)).application


async def test_malee_learns_of_an_unannounced_visit_when_they_stand_there(doors: Doors) -> None:
    asked = await certified_plot()
    first = [one.id for one in await queries.of_application(asked)]
    visit = AssignInspection(new_id(), asked, tuple(PANEL), TODAY, "random")
    await run(assigning.assign, visit, by=WAN, at=NOW)
    told = await all_told()
    assert told[SOMCHAI].count("inspections.assigned") == 2
    assert told[MALEE].count("inspections.assigned") == 1  # of the first visit
    malee, wan = await doors.as_(MALEE), await doors.as_(WAN)
    for address in (
        f"/inspect/{visit.id}",
        f"/inspect/{visit.id}/check",
        f"/inspect/{visit.id}/photos",
        f"{ENTRY}/{visit.id}",
    ):
        assert (await malee.get(address)).status_code == 404, address
        assert (await wan.get(address)).status_code == 200, address
    listed = (await malee.get(f"{ENTRY}?application={asked}")).json()
    assert [one["id"] for one in listed] == first
    assert [row["id"] for row in (await own_data.gathered(MALEE))["inspection"]] == first
    for address in ("/farm", "/me", f"/farm/applications/{asked}"):
        assert visit.id not in (await malee.get(address)).text

    called_off = AssignInspection(new_id(), asked, tuple(PANEL), TODAY, "random")
    await run(assigning.assign, called_off, by=WAN, at=NOW)
    await run(inspections.cancel, called_off.id, by=WAN, at=NOW)
    assert "inspections.cancelled" not in (await all_told())[MALEE]
    assert (await malee.get(f"/inspect/{called_off.id}")).status_code == 404

    await run(inspections.begin, BeginInspection(visit.id, NOW), by=CHAN, at=NOW)
    assert (await malee.get(f"/inspect/{visit.id}")).status_code == 200
    assert len((await own_data.gathered(MALEE))["inspection"]) == 2


async def test_a_follow_up_is_called_from_the_board_and_asks_one_question(doors: Doors) -> None:
    asked = await certified_plot()
    look = AssignInspection(new_id(), asked, tuple(PANEL), TODAY, "random")
    await run(assigning.assign, look, by=WAN, at=NOW)
    await run(inspections.begin, BeginInspection(look.id, NOW), by=CHAN, at=NOW)
    found = MakeFinding(new_id(), look.id, "P22", "major", "ใช้ถังพ่นร่วมกัน")
    await run(inspections.find, found, by=CHAN, at=NOW)
    ying, chan = await doors.as_(YING), await doors.as_(CHAN)
    form = unescape((await ying.get(f"/board/assign/{asked}?kind=follow_up")).text)
    assert f'name="finding" value="{found.id}"' in form
    assert 'value="initial"' not in form
    typed = {
        "id": new_id(), "kind": "follow_up", "planned_on": "22/11/2569", "finding": found.id,
        **{f"seat.{one.person}": one.seat for one in PANEL},
    }  # fmt: skip
    wrong = await ying.post(
        f"/board/assign/{asked}", data={**typed, "kind": "complaint", "finding": ""}
    )
    assert wrong.status_code == 400
    assert (await ying.post(f"/board/assign/{asked}", data=typed)).status_code == 200
    visit = f"/inspect/{typed['id']}"
    assert (await chan.post(f"{visit}/begin")).status_code == 200
    page = unescape((await chan.get(visit)).text)
    assert "P22 ใช้ถังพ่นร่วมกัน" in page
    sheet = (await chan.get(f"{visit}/3_protection")).text
    assert 'name="v.P22"' in sheet
    assert 'name="v.P12"' not in sheet
    assert 'name="v.P12"' in (await chan.get(f"{visit}/3_protection?all=1")).text
    for address in ("/board/visits", "/board/visits?as=csv", "/board/visits?as=xlsx"):
        assert (await ying.get(address)).status_code == 200
    lines = (await ying.get("/board/visits?as=csv")).text.splitlines()
    assert len(lines) == 4
    assert len((await (await doors.as_(KRIT)).get("/board/visits?as=csv")).text.splitlines()) == 1


async def test_what_was_complained_of_is_not_read_by_malee(doors: Doors) -> None:
    asked, complaint = await certified_plot(), new_id()
    body = {
        "id": new_id(), "application": asked, "planned_on": str(TODAY), "kind": "complaint",
        "members": [{"person": one.person, "seat": one.seat} for one in PANEL],
        "about": [{"what": "complaint", "of": complaint}], "reason": "เพื่อนบ้านได้กลิ่นยา",
    }  # fmt: skip
    wan = await doors.as_(WAN)
    for _ in range(2):
        assert (await wan.post(ENTRY, json=body)).status_code == 201
    for address in (f"/inspect/{body['id']}", f"{ENTRY}/{body['id']}"):
        theirs = (await (await doors.as_(NOK)).get(address)).text
        assert complaint in theirs
        assert "ได้กลิ่นยา" in theirs
        hers = (await (await doors.as_(MALEE)).get(address)).text
        assert complaint not in hers
        assert "ได้กลิ่นยา" not in hers


async def test_the_board_names_the_certified_plots_that_nobody_came_to_see(doors: Doors) -> None:
    asked = await certified_plot()
    ying = await doors.as_(YING)
    call = f"/board/assign/{asked}?kind=annual"
    assert call not in unescape((await ying.get("/board")).text)
    await Inspection.update({Inspection.planned_on: TODAY.replace(year=TODAY.year - 1)}, force=True)
    assert call in unescape((await ying.get("/board")).text)
    assert call in unescape((await ying.get("/rounds")).text)
    assert call not in unescape((await (await doors.as_(KRIT)).get("/board")).text)


async def test_three_layers_a_correction_and_a_remark_on_the_pages_and_by_programs(
    doors: Doors,
) -> None:
    await nok_may_look()
    await published()
    asked = await accepted(await planted())
    visit = await inspected(asked)
    one, chan, wan = f"/inspect/{visit}", await doors.as_(CHAN), await doors.as_(WAN)
    choose = await chan.get(f"{one}/corrections")
    assert 'value="P22"' in choose.text
    typed = {"id": new_id(), "item": "P22", "v.P22": "no", "reason": ""}
    again = await chan.post(f"{one}/corrections", data=typed)
    assert again.status_code == 400
    assert 'value="no" checked' in again.text
    done = await chan.post(f"{one}/corrections", data={**typed, "reason": "ใช้ถังร่วมกัน"})
    assert "รอลายเซ็นเพิ่ม" in unescape(done.text)
    for person in (SOMCHAI, NOK):
        theirs = await doors.as_(person)
        assert "ลงชื่อในการแก้ไข" in unescape((await theirs.get(one)).text)
        signed = await theirs.post(f"{one}/countersign", data={"correction": typed["id"]})
        assert signed.status_code == 200
    assert "มีผลแล้ว" in unescape(signed.text)
    remark = {"id": new_id(), "item": "P12", "v.P12": "0.5", "reason": "ในรูปแคบกว่า"}
    seen = await wan.post(f"{one}/review", data=remark)
    assert "ผู้ทบทวนเห็นต่าง" in unescape(seen.text)
    assert (await chan.get(f"{one}/review")).status_code == 403
    shown = (await wan.get(f"{ENTRY}/{visit}")).json()["record"]
    layer = next(line for line in shown["layers"] if line["item"] == "P12")
    assert (layer["inspector"]["value"], layer["reviewer"][0]["value"]) == ("1.5", "0.5")
    assert layer["differs"]
    assert shown["as_signed"]
    held = await meeting()
    for address in (f"/decide/{asked}?meeting={held}", f"/meetings/{held}/table?case={asked}"):
        page = unescape((await wan.get(address)).text)
        assert "ในรูปแคบกว่า" in page, address
    late = {
        "answers": [{"id": new_id(), "item": "N05", "value": "no", "answered_at": NOW.isoformat()}]
    }
    for _ in range(2):
        no = await chan.put(f"{ENTRY}/{visit}/answers", json=late)
        assert (no.status_code, no.json()["code"]) == (409, "inspections.came_too_late")
    assert "N05" in unescape((await chan.get(one)).text)


async def test_who_does_not_sign_and_a_farmer_who_was_not_there(doors: Doors) -> None:
    await nok_may_look()
    await published()
    visit = await answered(await accepted(await planted()), FOUR)
    one, somchai, chan = f"/inspect/{visit}", await doors.as_(SOMCHAI), await doors.as_(CHAN)
    assert (await somchai.post(f"{one}/dissent", data={"dissent": ""})).status_code == 400
    said = await somchai.post(f"{one}/dissent", data={"dissent": "ยังไม่ได้ดูโรงเก็บ"})
    assert "ยังไม่ได้ดูโรงเก็บ" in unescape(said.text)
    for person in (CHAN, NOK, YING):
        assert (await (await doors.as_(person)).post(f"{one}/sign")).status_code == 200
    gone = {"farmer_signature": "absent", "reason": "", "statement": "ฝากบอกว่าเห็นด้วย"}
    again = await chan.post(f"{one}/finish", data=gone)
    assert again.status_code == 400
    assert "ฝากบอกว่าเห็นด้วย" in unescape(again.text)
    sent = await chan.post(f"{one}/finish", data={**gone, "reason": "ไปโรงพยาบาล"})
    assert sent.status_code == 200
    page = unescape((await (await doors.as_(WAN)).get(one)).text)
    for words in ("ยังไม่ได้ดูโรงเก็บ", "ไปโรงพยาบาล", "ฝากบอกว่าเห็นด้วย"):
        assert words in page


async def test_the_panel_is_mended_in_the_field_and_two_say_so_in_public(doors: Doors) -> None:
    await nok_may_look()
    await published()
    asked = await accepted(await planted())
    wanted = assignment(asked)
    await run(assigning.assign, wanted, by=YING, at=NOW - timedelta(hours=1))
    ended = doors.village.grants[SOMCHAI, "inspector"]
    await run(groups.end_role, ended, by=ADMIN, at=NOW - timedelta(minutes=5))
    there, wan, ying = f"/board/visits/{wanted.id}", await doors.as_(WAN), await doors.as_(YING)
    assert "ไม่ได้เป็นผู้ตรวจแล้ว" in unescape((await wan.get(there)).text)
    assert (await (await doors.as_(CHAN)).get(there)).status_code == 403
    ask = {"id": new_id(), "excused": SOMCHAI, "reason": ""}
    assert (await wan.post(f"{there}/excuse", data=ask)).status_code == 400
    told = await wan.post(f"{there}/excuse", data={**ask, "reason": "อยู่ตรวจมาทุกปี"})
    assert told.status_code == 200
    no = await wan.post(f"{there}/excuse-signature", data={"excuse": ask["id"]})
    assert no.status_code == 409
    yes = await ying.post(f"{there}/excuse-signature", data={"excuse": ask["id"]})
    assert "ลงชื่อครบสองคน" in unescape(yes.text)
    plot = (await queries.inspection(wanted.id)).plot
    public = f"/P/{(await plots.plot(plot)).code}"
    assert "อยู่ตรวจมาทุกปี" in unescape((await doors.stranger().get(public)).text)
    swap = {"person": CHAN, "other": YING, "seat": "producer"}
    assert (await wan.post(f"{there}/replace", data=swap)).status_code == 200
    chan = await doors.as_(CHAN)
    assert (await chan.post(f"/inspect/{wanted.id}/begin")).status_code == 403
    assert (await ying.post(f"/inspect/{wanted.id}/begin")).status_code == 200


async def test_a_sheet_is_printed_filled_in_by_hand_and_typed(doors: Doors) -> None:
    await nok_may_look()
    await published()
    wanted = assignment(await accepted(await planted()))
    await run(assigning.assign, wanted, by=YING, at=NOW - timedelta(days=3))
    one, chan = f"/inspect/{wanted.id}", await doors.as_(CHAN)
    paper = await chan.get(f"{one}/sheet.pdf")
    assert paper.content[:5] == b"%PDF-"
    typed = {"id": new_id(), "on": "21/11/2569", "from": "9.30", "until": "8.15"}
    photo = {"photo": ("1.jpg", tiny())}
    again = await chan.post(f"{one}/paper", data=typed, files=photo)
    assert again.status_code == 400
    assert 'value="9.30"' in again.text
    assert (await chan.post(f"{one}/paper", data=typed)).status_code == 400
    done = await chan.post(f"{one}/paper", data={**typed, "until": "11.45"}, files=photo)
    assert "จากแบบกระดาษ 21 พ.ย. 2569" in unescape(done.text)
    saved = await chan.post(f"{one}/2_inputs", data={"v.N05": "yes", "n.N05": "เห็นเอง"})
    assert saved.status_code == 200
    [answer] = await sheets.answers(wanted.id)
    assert answer.answered_at.isoformat().startswith("2026-11-21T04:45")
    shown = (await (await doors.as_(WAN)).get(f"{ENTRY}/{wanted.id}")).json()["record"]
    assert shown["paper"]["started_at"].startswith("2026-11-21T02:30")
