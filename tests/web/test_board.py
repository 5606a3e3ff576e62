"""The board, the meeting and the certificate, as Wan, Ying and the others see them."""

import re
from html import unescape

from httpx import AsyncClient

from certification.basis.ids import new_id
from tests.cast import CHAN, DAO, KRIT, MALEE, NETWORK, NOK, PRASERT, SOMCHAI, TODAY, WAN, YING
from tests.doors import Doors
from tests.guarantee import (
    accepted,
    applied,
    certified,
    decided,
    inspected,
    meeting,
    nok_may_look,
    planted,
    published,
)


async def page(client: AsyncClient, address: str) -> str:
    said = await client.get(address)
    assert said.status_code == 200, said.text
    return unescape(said.text)


async def test_ying_sends_back_and_wan_above_her_accepts(doors: Doors) -> None:
    await published()
    asked, ying = await applied(await planted()), await doors.as_(YING)
    wan = await doors.as_(WAN)
    there = f"/board/applications/{asked}"
    assert there in await page(ying, "/board")
    assert "หมุนเวียนกับถั่ว" in await page(ying, there)
    empty = await ying.post(f"{there}/return", data={"reason": ""})
    assert empty.status_code == 400
    assert "น้ำมาจากไหน" in await page(ying, there), "what is missing is named"
    own = await ying.post(f"{there}/accept", data={"despite": "เห็นแปลงแล้ว"})
    assert (own.status_code, "/accept" in await page(ying, there)) == (409, False)
    unsaid = await wan.post(f"{there}/accept")
    assert (unsaid.status_code, "บอกเหตุผลที่รับไว้ก่อน" in unescape(unsaid.text)) == (409, True)
    why = {"despite": "เห็นแปลงแล้ว"}
    accepted_page = await wan.post(f"{there}/accept", data=why)
    assert f"/board/assign/{asked}" in accepted_page.text
    assert (await wan.post(f"{there}/accept", data=why)).status_code == 409
    for person, status in ((KRIT, 404), (MALEE, 403), (WAN, 200)):
        assert (await (await doors.as_(person)).get(there)).status_code == status


async def test_inspectors_are_asked_and_the_others_named_with_the_reason(doors: Doors) -> None:
    await nok_may_look()
    await published()
    asked = await accepted(await planted(farmer=SOMCHAI), farmer=SOMCHAI)
    there, ying = f"/board/assign/{asked}", await doors.as_(YING)
    shown = await page(ying, there)
    assert "เจ้าของแปลงตรวจแปลงของตนเองไม่ได้" in shown
    body = {"id": new_id(), "kind": "initial", "planned_on": "30/11/2569"}
    seats = {f"seat.{CHAN}": "producer", f"seat.{YING}": "producer"}
    few = await ying.post(there, data=body | seats)
    assert few.status_code == 409
    assert re.search(r'value="producer" selected', few.text)
    for _ in range(2):
        made = await ying.post(there, data=body | seats | {f"seat.{NOK}": "consumer"})
        assert made.status_code == 200, made.text
    assert (await page(ying, "/board")).count(f"/inspect/{body['id']}") == 1
    assert (await (await doors.as_(KRIT)).get(there)).status_code == 404
    cancelled = await ying.post(f"/board/visits/{body['id']}/cancel")
    assert cancelled.url.path == there


async def test_a_meeting_counts_its_quorum_votes_and_decides(doors: Doors) -> None:
    await nok_may_look()
    await published()
    asked = await accepted(await planted())
    await inspected(asked)
    wan, body = await doors.as_(WAN), {"id": new_id(), "organ": NETWORK, "place": ""}
    assert (
        await wan.post("/meetings/new", data={**body, "held_on": "22/11/69"})
    ).status_code == 400
    opened = {**body, "held_on": "22 พ.ย. 2569", "place": "ศาลา"}
    for _ in range(2):
        assert (await wan.post("/meetings/new", data=opened)).status_code == 200
    there = f"/meetings/{body['id']}"
    assert "ครบองค์ประชุม" not in await page(wan, there)
    seats = {f"seat.{p}": "producer" for p in (MALEE, SOMCHAI, CHAN, YING)}
    seats |= {f"seat.{NOK}": "consumer", f"seat.{WAN}": "agency"}
    unlike = await wan.post(f"{there}/attendance", data={**seats, f"seat.{WAN}": "producer"})
    assert unlike.status_code == 400
    assert f'id="w-{WAN}">ที่นั่งฝ่ายผู้ผลิต' in unescape(unlike.text)
    case = f"/decide/{asked}?meeting={body['id']}"
    assert "ลงมติตามคะแนนนี้" not in await page(wan, case)  # nobody is there yet
    for _ in range(2):
        assert "ครบองค์ประชุม" in unescape((await wan.post(f"{there}/attendance", data=seats)).text)
    shown = await page(wan, case)
    assert "ลงมติตามคะแนนนี้" in shown
    assert "เจ้าของแปลงนี้" in shown
    assert f'name="vote.{MALEE}" value="for"' not in shown
    near = {"meeting": body["id"], f"vote.{MALEE}": "for", f"vote.{NOK}": "for"}
    assert (await wan.post(f"/decide/{asked}/hands", data=near)).status_code == 403
    hands = {"meeting": body["id"], f"vote.{MALEE}": "recused"}
    hands |= {f"vote.{p}": "for" for p in (SOMCHAI, CHAN, YING, NOK)}
    own = {"meeting": body["id"], "value": "for"}
    for _ in range(2):
        assert (await wan.post(f"/decide/{asked}/vote", data=own)).status_code == 200
        assert (await wan.post(f"/decide/{asked}/hands", data=hands)).status_code == 200
    off = {"id": new_id(), "meeting": body["id"], "reason": "", "defer": "yes"}
    assert 'name="pin"' in (await wan.post(f"/decide/{asked}", data=off)).text
    await doors.step_up(WAN)
    assert (await wan.post(f"/decide/{asked}", data=off)).status_code == 400
    made = {"id": new_id(), "meeting": body["id"], "reason": ""}
    for _ in range(2):
        said = await wan.post(f"/decide/{asked}", data=made)
        assert "อนุมัติ" in unescape(said.text)
    assert f"/certs/new/{made['id']}" in await page(wan, "/board")
    assert "ปิดประชุมแล้ว" in unescape((await wan.post(f"{there}/end")).text)
    krit = await doors.as_(KRIT)
    assert (await krit.get(there)).status_code == 404
    assert (await krit.get(case)).status_code == 404
    assert (await krit.post(f"/decide/{asked}/hands", data=hands)).status_code == 404
    await doors.step_up(KRIT)
    assert (await krit.post(f"/decide/{asked}", data=made)).status_code == 404


async def test_a_certificate_is_issued_after_the_pin(doors: Doors) -> None:
    await published()
    asked = await accepted(await planted())
    await inspected(asked)
    decision = await decided(asked, await meeting(farmers=[MALEE, DAO, PRASERT]))
    there, wan = f"/certs/new/{decision}", await doors.as_(WAN)
    assert (await wan.get(there)).url.path == "/step-up"
    await doors.step_up(WAN)
    assert 'name="crop" value="kale" checked' in await page(wan, there)
    body = {"id": new_id(), "crop": "kale"}
    for _ in range(2):
        made = await wan.post(there, data=body)
        assert made.url.path == f"/certs/{body['id']}"
    assert "รับรองไปแล้ว" in await page(wan, there)
    assert (await (await doors.as_(KRIT)).get(f"/certs/{body['id']}")).status_code == 404
    assert f"/certs/{body['id']}/surrender" in await page(
        await doors.as_(MALEE), f"/certs/{body['id']}"
    )


async def test_a_certificate_is_suspended_and_the_suspension_lifted(doors: Doors) -> None:
    await published()
    paper = (await certified()).certificate
    there, wan = f"/certs/{paper}", await doors.as_(WAN)
    assert (await wan.get(f"{there}/suspend")).url.path == "/step-up"
    await doors.step_up(WAN)
    assert (await wan.get(f"{there}/nonsense")).status_code == 404
    body = {"id": new_id(), "because": "complaint", "from_on": "1/1/2560", "note": "เห็นถังยา"}
    late = await wan.post(f"{there}/suspend", data=body)
    assert late.status_code == 400
    assert "เห็นถังยา" in unescape(late.text)
    for _ in range(2):
        said = await wan.post(f"{there}/suspend", data={**body, "from_on": "22/11/2569"})
        assert said.url.path == there
    assert f"{there}/reinstate" in await page(wan, there)
    await doors.as_(MALEE)
    await doors.step_up(MALEE)
    malee = await doors.as_(MALEE)
    lifted = {"id": new_id(), "because": "mistake", "from_on": TODAY.isoformat(), "note": "ถังน้ำ"}
    assert (await malee.post(f"{there}/reinstate", data=lifted)).status_code == 403
    given = await malee.post(f"{there}/surrender", data={"id": new_id(), "because": "left_group"})
    assert given.url.path == there
    assert f"{there}/surrender" not in given.text


async def test_the_board_is_english_too_and_not_for_everybody(doors: Doors) -> None:
    wan = await doors.as_(WAN, "en")
    assert "What waits for us" in await page(wan, "/board")
    assert "Who meets?" in await page(wan, "/meetings/new")
    assert (await (await doors.as_(NOK)).get("/board")).status_code == 403
    assert (await doors.stranger().get("/board")).url.path == "/sign-in"
