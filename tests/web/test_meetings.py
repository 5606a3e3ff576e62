"""A meeting through its pages: the wall, minutes on paper and as lists, and who sits where."""

import io
import zipfile
from datetime import timedelta

import pypdfium2
import zxingcpp

from certification.basis import checkpoints
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates.rules import IssueCertificate
from certification.decisions import commands as decision_commands
from certification.decisions import queries as decisions
from certification.decisions.rules import Decide
from certification.meetings import queries
from tests.cast import CHAN, DAO, KRIT, MALEE, NETWORK, NOK, NOW, TODAY, WAN
from tests.doors import Doors
from tests.guarantee import accepted, inspected, meeting, planted, published, stages, voted


async def ready(**settings: object) -> str:
    await published(**settings)
    application = await accepted(await planted(("kale", "holy-basil")))
    await inspected(application)
    return application


async def test_what_is_taken_off_the_agenda_stands_in_the_minutes(doors: Doors) -> None:
    application, met = await ready(), await meeting()
    wan, there = await doors.as_(WAN), f"/meetings/{met}"
    assert f'value="{application}"' in (await wan.get(there)).text
    off = {"what": "case", "of": application, "reason": "รอผลตรวจดิน"}
    for wrong, status in (({"reason": ""}, 400), ({"of": new_id()}, 404), ({"what": "x"}, 404)):
        said = await wan.post(f"{there}/withdrawals", data={"id": new_id(), **off, **wrong})
        assert said.status_code == status, wrong
    krit = await doors.as_(KRIT)
    assert (await krit.post(f"{there}/withdrawals", data=off)).status_code in (403, 404)
    sent = {"id": new_id(), **off}
    for _ in range(2):
        said = await wan.post(f"{there}/withdrawals", data=sent, follow_redirects=False)
        assert said.status_code == 303
    for page in (there, f"{there}/minutes", f"/decide/{application}?meeting={met}"):
        assert "รอผลตรวจดิน" in (await wan.get(page)).text
    assert application not in (await wan.get(f"{there}/table")).text
    paper = await wan.get(f"{there}/minutes.pdf")
    assert paper.content.startswith(b"%PDF")
    following = await meeting()
    assert f'value="{application}"' in (await wan.get(f"/meetings/{following}")).text
    body = {"id": new_id(), **off}
    again = await wan.post(f"/api/v1{there}/withdrawals", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "meetings.off_the_agenda")
    elsewhere = await wan.post(f"/api/v1/meetings/{following}/withdrawals", json=body)
    assert elsewhere.status_code == 201, elsewhere.text


async def test_a_meeting_from_the_agenda_to_minutes_the_next_one_adopts(doors: Doors) -> None:
    application, met = await ready(), await meeting()
    wan, there = await doors.as_(WAN), f"/meetings/{met}"

    async def sent(address: str, **typed: str) -> None:
        said = await wan.post(address, data={"id": new_id(), **typed})
        assert said.status_code == 200, said.text

    await sent(f"{there}/items", part="inform", title="งบของ อบจ.")
    [item] = await queries.items(met)
    await sent(f"{there}/notes", item=item.id, text="ได้รับ 50,000 บาท")
    await sent(f"{there}/actions", owner=CHAN, what="ติดป้ายแปลง", due_on="30/11/2569")
    wrong = await wan.post(f"{there}/actions", data={"owner": CHAN, "what": "x", "due_on": "?"})
    assert wrong.status_code == 400
    assert 'value="?"' in wrong.text, "what was typed stays"
    for _ in range(2):
        await sent(f"{there}/movements", person=NOK, kind="left")
    assert [one.person for one in await queries.attendance(met) if one.gone_at] == [NOK]
    await sent(f"{there}/movements", person=NOK, kind="returned")
    wall = await wan.get(f"{there}/table")
    assert "http-equiv" not in wall.text
    assert 'http-equiv="refresh"' in (await wan.get(f"{there}/table?wall=1")).text
    hands = {"meeting": met, "votes_for": "๕", "votes_against": "1", "abstained": "0"}
    many = await wan.post(f"/decide/{application}/count", data={"id": new_id(), **hands})
    assert many.status_code == 409
    hands["votes_against"] = "0"
    await sent(f"/decide/{application}/count", **hands)
    assert "<dd>5</dd>" in (await wan.get(f"{there}/table?case={application}")).text
    await doors.step_up(WAN)
    shown = await wan.get(f"/decide/{application}?meeting={met}")
    assert 'name="crop" value="holy-basil"' in shown.text
    part = {"id": new_id(), "meeting": met, "scoped": "yes", "crop": "kale"}
    no = await wan.post(f"/decide/{application}", data=part)
    assert no.status_code == 400
    none = {"id": new_id(), "meeting": met, "scoped": "yes", "reason": "ไม่มีพืช"}
    assert (await wan.post(f"/decide/{application}", data=none)).status_code == 400
    await sent(f"/decide/{application}", **{**part, "reason": "กะเพรายังไม่พ้นระยะ"})
    [made] = await decisions.of_meeting(met)
    assert (made.crops, made.left_out) == (("kale",), ("holy-basil",))
    await sent(f"{there}/end")
    for language, word in (("th", "กะเพรา"), ("en", "Left out")):
        assert word in (await wan.get(f"{there}/minutes?lang={language}")).text
    await _lists(doors, there)
    await _paper(doors, there)
    doors.now += timedelta(minutes=1)
    later = await meeting()
    page = (await wan.get(f"/meetings/{later}")).text
    assert met in page, "the minutes stand on the next agenda"
    assert "ติดป้ายแปลง" in page, "and so does what is not done"
    adopt = {"minutes_of": met, "corrections": "งบ 55,000 บาท"}
    await sent(f"/meetings/{later}/adoptions", **adopt)
    again = await wan.post(f"/meetings/{later}/adoptions", data={"id": new_id(), **adopt})
    assert again.status_code == 409
    assert "55,000" in (await wan.get(f"{there}/minutes")).text
    [action] = await queries.actions(met)
    await sent(f"/meetings/{later}/actions-done", action=action.id)
    krit = await doors.as_(KRIT)
    for address in (there, f"{there}/minutes", f"{there}/minutes.pdf", f"{there}/table"):
        assert (await krit.get(address)).status_code == 404, address


async def _lists(doors: Doors, there: str) -> None:
    wan = await doors.as_(WAN)
    text = (await wan.get(f"{there}/minutes?as=csv&of=attendance&lang=en")).text
    assert text.splitlines()[0].removeprefix("\ufeff") == "Name,Seat,Leg,Came late,Left at"
    assert len(text.splitlines()) == 7
    book = await wan.get(f"{there}/minutes?as=xlsx&lang=en")
    assert book.headers["content-disposition"].endswith(f'decisions-{TODAY}.xlsx"')
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        words = parts.read("xl/sharedStrings.xml").decode()
        cells = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "Left out" in words
    assert "กะเพรา" in words
    assert "<f>" not in cells, "nothing computes"


async def _paper(doors: Doors, there: str) -> None:
    """Thai on A4, and the record's checkpoint read back from its code."""
    wan = await doors.as_(WAN)
    plain = (await wan.get(f"{there}/minutes.pdf")).content
    assert zxingcpp.read_barcodes(pypdfium2.PdfDocument(plain)[0].render(scale=3).to_pil()) == []
    signed = await checkpoints.sign(at=doors.now)
    paper = pypdfium2.PdfDocument((await wan.get(f"{there}/minutes.pdf")).content)
    read = [c for page in paper for c in zxingcpp.read_barcodes(page.render(scale=3).to_pil())]
    assert [one.text for one in read] == [signed.note]
    text = "".join(page.get_textpage().get_text_range() for page in paper)
    for word in ("งบของ", "ติดป้าย", "50,000"):
        assert word in text


async def test_three_bodies_each_at_its_own_table(doors: Doors) -> None:
    application = await ready(decision_stages=stages("screening", "committee"))
    screening, committee = await meeting(body="screening"), await meeting()
    wan = await doors.as_(WAN)
    early = (await wan.get(f"/decide/{application}?meeting={committee}&lang=en")).text
    assert "now before: Screening team" in early
    assert "Decide by these votes" not in early
    await voted(screening, application)
    await run(decision_commands.decide, Decide(new_id(), screening, application), by=WAN, at=NOW)
    shown = (await wan.get(f"/decide/{application}?meeting={committee}&lang=en")).text
    assert "voted on this in: Screening team" in shown
    assert "Send it back to: Screening team" in shown
    await doors.step_up(WAN)
    sent = {"id": new_id(), "meeting": committee, "back": "yes", "reason": "แผนที่ไม่ชัด"}
    said = await wan.post(f"/decide/{application}", data=sent)
    assert said.status_code == 200, said.text
    assert (await decisions.case(application)).step.body == "screening"
    read = (await (await doors.as_(MALEE)).get(f"/farm/applications/{application}")).text
    assert "แผนที่ไม่ชัด" in read, "the farmer has a right to the reason"
    assert "ส่งกลับ" in read
    await _and_in_public(doors, application)


async def _and_in_public(doors: Doors, application: str) -> None:
    """The certificate tells of every body that passed it, in numbers and without a name."""
    for body in ("screening", "committee"):
        met = await meeting(body=body)
        await voted(met, application)
        wanted = Decide(new_id(), met, application)
        await run(decision_commands.decide, wanted, by=WAN, at=NOW)
    paper = await run(certificates.issue, IssueCertificate(new_id(), wanted.id), by=WAN, at=NOW)
    shown = (await doors.stranger().get(f"/C/{paper.code}?lang=en")).text
    assert shown.count("screening team · 5 present, 5 needed · 5 for, 0 against") == 2
    assert "committee · 5 present, 5 needed" in shown


async def test_a_seat_in_a_body_is_given_shown_by_leg_and_ended(doors: Doors) -> None:
    await published()
    wan, there = await doors.as_(WAN), f"/organs/{NETWORK}"
    typed = {
        "id": new_id(), "body": "board", "person": DAO, "seat": "agency", "leg": "academia",
        "since": "1/11/2569", "chosen_by": "ครั้งที่ 3/2569",
    }  # fmt: skip
    assert 'name="pin"' in (await wan.post(f"{there}/seats", data=typed)).text, "the PIN first"
    await doors.step_up(WAN)
    wrong = await wan.post(f"{there}/seats", data={**typed, "chosen_by": ""})
    assert wrong.status_code == 400
    for _ in range(2):
        said = await wan.post(f"{there}/seats", data=typed)
        assert said.status_code == 200, said.text
    mine = await wan.post(f"{there}/seats", data={**typed, "id": new_id(), "person": WAN})
    assert mine.status_code == 403
    shown = (await wan.get(f"{there}?lang=en")).text
    assert "Academia <b>1</b>" in shown
    assert "State <b>0</b>" in shown
    end = f"/organs/seats/{typed['id']}/end"
    assert (await wan.post(end, data={"last_day": "1/1/2560"})).status_code == 400
    for _ in range(2):
        assert (await wan.post(end, data={"last_day": "22/11/2569"})).status_code == 200
    assert "2026-11-22" in (await wan.get(f"{there}?as=csv")).text
    krit, malee = await doors.as_(KRIT), await doors.as_(MALEE)
    for stranger, status in ((krit, 404), (malee, 403)):
        assert (await stranger.get(there)).status_code == status
