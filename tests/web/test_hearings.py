"""From the certificate's page to the ruling: invited, heard, voted by name, in the minutes; and an
appeal from the farmer's own page."""

from html import unescape

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates import queries as certificates
from certification.meetings import commands as meetings
from certification.meetings.rules import Attend, OpenMeeting
from tests.cast import CHAN, KRIT, MALEE, NETWORK, NOK, SOMCHAI, TOMORROW, WAN, YING
from tests.doors import Doors
from tests.guarantee import certified, published


async def met(doors: Doors) -> str:
    held = OpenMeeting(new_id(), NETWORK, doors.now.date(), "ศาลา")
    await run(meetings.open_meeting, held, by=WAN, at=doors.now)
    for person in (SOMCHAI, CHAN, YING, WAN, NOK):
        seat = "consumer" if person == NOK else "agency"
        await run(meetings.attend, Attend(held.id, person, seat), by=WAN, at=doors.now)
    return held.id


async def test_a_certificate_is_revoked_at_the_doors_and_appealed_against(doors: Doors) -> None:
    await published()
    paper = (await certified()).certificate
    wan = await doors.as_(WAN)
    await doors.step_up(WAN)
    asked = {"id": new_id(), "because": "fraud", "note": "ปลอมฉลาก"}
    said = await wan.post(f"/certs/{paper}/revoke", data=asked)
    there = f"/hearings/{asked['id']}"
    assert said.url.path == there
    assert "ปลอมฉลาก" in unescape(said.text)
    again = await wan.post(
        f"/api/v1/certificates/{paper}/hearings",
        json={"id": new_id(), "matter": "revoke", "because": "fraud"},
    )
    assert (again.status_code, again.json()["code"]) == (409, "hearings.open_already")
    step = {"id": new_id(), "kind": "invited", "day_on": "วันนี้", "note": "โทร"}
    wrong = await wan.post(f"{there}/steps", data=step)
    assert wrong.status_code == 400
    assert "โทร" in unescape(wrong.text)
    assert (await wan.post(f"{there}/steps", data=step | {"day_on": "22/11/2569"})).is_success
    doors.later(days=1)
    doors.forget(WAN)
    await doors.as_(WAN)
    await doors.step_up(WAN)
    wan = await doors.as_(WAN)
    meeting = await met(doors)
    assert there in (await wan.get(f"/meetings/{meeting}")).text
    wall = unescape((await wan.get(f"/meetings/{meeting}/table")).text)
    assert ("ปลอมฉลาก" in wall, f"{there}?meeting={meeting}#votes" in wall) == (True, True)
    off = {"id": new_id(), "what": "hearing", "of": asked["id"], "reason": "รอพยาน"}
    other = f"/api/v1/meetings/{await met(doors)}/withdrawals"
    assert (await wan.post(other, json=off)).status_code == 201
    taken = await wan.get(other.removeprefix("/api/v1").replace("withdrawals", "minutes?as=csv"))
    assert "รอพยาน" in taken.text
    ruling = {"id": new_id(), "meeting": meeting, "reason": "ฉลากปลอม 40 ถุง"}
    unheard = await wan.post(f"/api/v1{there}/ruling", json=ruling)
    assert (unheard.status_code, unheard.json()["code"]) == (409, "hearings.not_heard")
    heard = {"id": new_id(), "kind": "heard", "day_on": TOMORROW.isoformat(), "note": "ไม่ได้ทำ"}
    assert (await wan.post(f"{there}/steps", data=heard | {"meeting": meeting})).is_success
    hands = {f"vote.{p}": "for" for p in (SOMCHAI, CHAN, YING, WAN, NOK)} | {"meeting": meeting}
    for _ in range(2):
        assert (await wan.post(f"{there}/hands", data=hands)).is_success
    for _ in range(2):
        done = await wan.post(there, data=ruling)
        assert "ฉลากปลอม 40 ถุง" in unescape(done.text)
    [event] = await certificates.events(paper)
    assert (event.kind, event.ruling) == ("revoked", ruling["id"])
    wall = unescape((await wan.get(f"/meetings/{meeting}/table?case={asked['id']}")).text)
    assert "ฉลากปลอม 40 ถุง" in wall
    off |= {"id": new_id()}
    late = await wan.post(f"/api/v1/meetings/{meeting}/withdrawals", json=off)
    assert (late.status_code, late.json()["code"]) == (409, "hearings.ruled_already")
    assert late.json()["clause"]
    for part in ("", "?as=csv"):
        assert "เพิกถอน" in unescape((await wan.get(f"/meetings/{meeting}/minutes{part}")).text)
    assert (await wan.get(f"/meetings/{meeting}/minutes.pdf")).content[:4] == b"%PDF"
    malee, krit = await doors.as_(MALEE), await doors.as_(KRIT)
    door = f"/appeals/{event.id}"
    assert door in (await malee.get(f"/certs/{paper}")).text
    assert (await krit.get(there)).status_code == 404
    appeal = {"id": new_id(), "grounds": "ฉลากหาย ไม่ใช่ของฉัน"}
    assert (await krit.post(door, data=appeal)).status_code == 404
    for _ in range(2):
        filed = await malee.post(door, data=appeal)
        assert "ฉลากหาย" in unescape(filed.text)
    twice = await malee.post("/api/v1/appeals", json=appeal | {"id": new_id(), "against": event.id})
    assert (twice.status_code, twice.json()["code"]) == (409, "hearings.appealed_already")
    agenda = unescape((await wan.get(f"/meetings/{await met(doors)}")).text)
    assert "อุทธรณ์" in agenda
