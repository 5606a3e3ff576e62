"""From the accepted application to the certificate, asked for by programs."""

from datetime import timedelta
from typing import Any

from certification.basis.ids import new_id
from certification.schemes import queries as schemes
from market.demo.guarantee import good_answer
from tests.cast import CHAN, DAO, KRIT, MALEE, NETWORK, NOK, NOW, PRASERT, SOMCHAI, TODAY, WAN, YING
from tests.doors import Doors
from tests.guarantee import accepted, nok_may_look, planted, published
from tests.pictures import by_phone

JPEG = by_phone()
PICTURE = {
    "content-type": "image/jpeg", "x-content-type-options": "nosniff", "content-disposition": "",
    "content-security-policy": "default-src 'none'; sandbox",
}  # fmt: skip
ITEMS = schemes.preset("sgs-pgs-small").checklist


def panel(application: str, *persons: tuple[str, str], **changed: Any) -> dict[str, Any]:
    seats = persons or ((SOMCHAI, "producer"), (CHAN, "producer"), (NOK, "consumer"))
    body = {
        "id": new_id(), "application": application, "planned_on": TODAY.isoformat(),
        "members": [{"person": person, "seat": seat} for person, seat in seats],
    }  # fmt: skip
    return {**body, **changed}


def answers(**changed: str) -> list[dict[str, str]]:
    return [
        {
            "id": new_id(), "item": item.code, "answered_at": NOW.isoformat(), "note": "เห็นเอง",
            "value": changed.get(item.code, good_answer(item)),
        }
        for item in ITEMS
    ]  # fmt: skip


async def assigned(doors: Doors) -> tuple[str, str]:
    """The application and the visit, assigned by Ying."""
    await published()
    await nok_may_look()
    asked = await accepted(await planted())
    body = panel(asked)
    said = await (await doors.as_(YING)).post("/api/v1/inspections", json=body)
    assert said.status_code == 201, said.text
    return asked, body["id"]


async def visited(doors: Doors) -> tuple[str, str]:
    asked, visit = await assigned(doors)
    one, somchai = f"/api/v1/inspections/{visit}", await doors.as_(SOMCHAI)
    assert (await somchai.put(f"{one}/beginning", json={})).status_code == 200
    given = await somchai.put(f"{one}/answers", json={"answers": answers()})
    assert given.status_code == 200, given.text
    for person in (SOMCHAI, CHAN, NOK):
        signed = await (await doors.as_(person)).put(f"{one}/signature")
        assert signed.status_code == 200, signed.text
    end = await somchai.put(f"{one}/completion", json={"farmer_signature": "signed"})
    assert end.status_code == 200, end.text
    return asked, visit


async def met(doors: Doors) -> str:
    body = {"id": new_id(), "organ": NETWORK, "held_on": TODAY.isoformat(), "place": "ศาลาบ้านใหม่"}
    wan = await doors.as_(WAN)
    assert (await wan.post("/api/v1/meetings", json=body)).status_code == 201
    seats = [(SOMCHAI, "producer"), (CHAN, "producer"), (MALEE, "producer"), (YING, "producer")]
    seats += [(NOK, "consumer"), (DAO, "consumer"), (PRASERT, "agency"), (WAN, "agency")]
    for person, seat in seats:
        there = f"/api/v1/meetings/{body['id']}/attendance/{person}"
        said = await wan.put(there, json={"seat": seat})
        assert said.status_code == 200, said.text
    return body["id"]


async def approved(doors: Doors) -> str:
    """The decision."""
    asked, _ = await visited(doors)
    meeting, wan = await met(doors), await doors.as_(WAN)
    there = f"/api/v1/meetings/{meeting}"
    own = await wan.put(f"{there}/votes/{asked}", json={"value": "for"})
    assert own.status_code == 200, own.text
    hands = {"votes": [{"person": p, "value": "for"} for p in (DAO, PRASERT, YING, WAN)]}
    counted = await wan.put(f"{there}/hands/{asked}", json=hands)
    assert (counted.status_code, len(counted.json())) == (200, 3), counted.text
    again = await wan.put(f"{there}/hands/{asked}", json=hands)
    assert (again.status_code, again.json()) == (200, [])
    body = {"id": new_id(), "application": asked}
    early = await wan.post(f"{there}/decisions", json=body)
    assert (early.status_code, early.json()["code"]) == (403, "access.step_up_needed")
    await doors.step_up(WAN)
    for _ in range(2):
        made = await wan.post(f"{there}/decisions", json=body)
        assert made.status_code == 201, made.text
        assert made.json()["outcome"] == "approved"
    assert (await wan.put(f"{there}/end")).status_code == 200
    return str(body["id"])


async def test_a_plot_comes_to_its_certificate(doors: Doors) -> None:
    decision, wan = await approved(doors), await doors.as_(WAN)
    body = {"id": new_id(), "decision": decision}
    doors.now += timedelta(minutes=5)
    early = await wan.post("/api/v1/certificates", json=body)
    assert (early.status_code, early.json()["code"]) == (403, "access.step_up_needed")
    await doors.step_up(WAN)
    first = await wan.post("/api/v1/certificates", json=body)
    assert first.status_code == 201, first.text
    assert first.json()["stage"] == "organic"
    assert (await wan.post("/api/v1/certificates", json=body)).json() == first.json()
    one, malee = f"/api/v1/certificates/{body['id']}", await doors.as_(MALEE)
    assert (await malee.get(one)).json()["today"]["held"] is True
    because = {"id": new_id(), "because": "complaint", "from_on": TODAY.isoformat()}
    assert (await wan.post(f"{one}/suspension", json=because)).status_code == 201
    assert (await malee.get(one)).json()["today"]["state"] == "suspended"
    lifted = {"id": new_id(), "because": "mistake", "from_on": TODAY.isoformat(), "note": "ถังน้ำ"}
    assert (await malee.post(f"{one}/reinstatement", json=lifted)).status_code == 403
    assert (await wan.post(f"{one}/reinstatement", json=lifted)).status_code == 201
    back = {"id": new_id(), "because": "holder_wishes", "from_on": TODAY.isoformat()}
    await doors.step_up(MALEE)
    assert (await malee.post(f"{one}/surrender", json=back)).status_code == 201
    assert (await malee.get(one)).json()["today"]["state"] == "surrendered"
    krit = await doors.as_(KRIT)
    assert (await krit.get(one)).status_code == 404
    assert (await krit.post(f"{one}/surrender", json=back)).status_code == 403
    await doors.step_up(KRIT)
    assert (await krit.post(f"{one}/surrender", json=back)).status_code == 404
    assert [c["id"] for c in (await malee.get("/api/v1/certificates")).json()] == [body["id"]]


async def test_who_is_too_near_is_refused_by_name(doors: Doors) -> None:
    await published()
    await nok_may_look()
    asked, ying = await accepted(await planted()), await doors.as_(YING)
    own = panel(asked, (MALEE, "producer"), (CHAN, "producer"), (NOK, "consumer"))
    said = await ying.post("/api/v1/inspections", json=own)
    assert (said.status_code, said.json()["code"]) == (409, "inspections.own_plot")
    few = await ying.post("/api/v1/inspections", json=panel(asked, (CHAN, "producer")))
    assert few.json()["code"] == "inspections.too_few_inspectors"
    malee = await doors.as_(MALEE)
    assert (await malee.post("/api/v1/inspections", json=own)).status_code == 403
    krit = await doors.as_(KRIT)
    assert (await krit.post("/api/v1/inspections", json=own)).status_code == 404
    found = (await ying.get(f"/api/v1/applications/{asked}/candidates")).json()
    assert {one["person"]: one["against"] for one in found} == {
        SOMCHAI: "", CHAN: "", YING: "", NOK: "",
    }  # fmt: skip
    assert (await krit.get(f"/api/v1/applications/{asked}/candidates")).status_code == 404


async def test_only_who_was_assigned_fills_the_sheet(doors: Doors) -> None:
    asked, visit = await assigned(doors)
    one = f"/api/v1/inspections/{visit}"
    for person, reads in ((KRIT, 404), (YING, 200), (WAN, 200), (MALEE, 200), (NOK, 200)):
        client = await doors.as_(person)
        assert (await client.get(one)).status_code == reads
        if person != NOK:
            assert (await client.put(f"{one}/beginning", json={})).status_code == 404
    assert (await doors.stranger().get(one)).status_code == 401
    nok = await doors.as_(NOK)
    assert (await nok.put(f"{one}/beginning", json={})).status_code == 200
    early = await nok.put(f"{one}/signature")
    assert (early.status_code, early.json()["code"]) == (409, "inspections.not_answered_yet")
    assert [v["id"] for v in (await nok.get("/api/v1/inspections")).json()] == [visit]
    listed = f"/api/v1/inspections?application={asked}"
    assert [v["id"] for v in (await (await doors.as_(MALEE)).get(listed)).json()] == [visit]
    assert (await (await doors.as_(KRIT)).get(listed)).status_code == 404


async def test_answers_come_twice_and_are_counted_once(doors: Doors) -> None:
    _, visit = await assigned(doors)
    one, chan, sheet = f"/api/v1/inspections/{visit}", await doors.as_(CHAN), answers()
    await chan.put(f"{one}/beginning", json={})
    first = await chan.put(f"{one}/answers", json={"answers": sheet})
    assert len(first.json()["items"]) == len(ITEMS)
    assert (await chan.put(f"{one}/answers", json={"answers": sheet})).json()["items"] == []
    sheet[0]["note"] = "อย่างอื่น"
    other = await chan.put(f"{one}/answers", json={"answers": sheet})
    assert (other.status_code, other.json()["code"]) == (409, "inspections.answer_differs")
    progress = (await chan.get(one)).json()["progress"]
    assert (progress["answered"], progress["missing"]) == (len(ITEMS), [])


async def test_a_no_is_a_finding_and_is_seen_to_be_mended(doors: Doors) -> None:
    _, visit = await assigned(doors)
    one, chan = f"/api/v1/inspections/{visit}", await doors.as_(CHAN)
    await chan.put(f"{one}/beginning", json={})
    await chan.put(f"{one}/answers", json={"answers": answers(N11="no")})
    unsaid = await chan.put(f"{one}/signature")
    assert (unsaid.status_code, unsaid.json()["code"]) == (409, "inspections.finding_missing")
    body = {"id": new_id(), "item": "N11", "severity": "major", "what": "เผาตอซังริมแปลง"}
    for _ in range(2):
        assert (await chan.post(f"{one}/findings", json=body)).status_code == 201
    assert (await chan.put(f"{one}/signature")).status_code == 200
    shut = {"id": new_id(), "note": "ไม่เผาแล้ว ไปดูมา"}
    there = f"/api/v1/findings/{body['id']}/closure"
    for person, status in ((MALEE, 403), (KRIT, 404), (YING, 200), (YING, 200)):
        said = await (await doors.as_(person)).put(there, json=shut)
        assert said.status_code == status, said.text


async def test_a_photo_is_kept_and_shown_to_those_who_may_see_it(doors: Doors) -> None:
    _, visit = await assigned(doors)
    one, chan, photo = f"/api/v1/inspections/{visit}", await doors.as_(CHAN), new_id()
    await chan.put(f"{one}/beginning", json={})
    there = f"{one}/photos/{photo}"
    for _ in range(2):
        kept = await chan.put(there, params={"item": "N11"}, content=JPEG)
        assert kept.status_code == 200, kept.text
    seen = await (await doors.as_(MALEE)).get(there)
    assert seen.content.startswith(JPEG[:3])
    assert b"ZZEXIF" in JPEG
    assert b"ZZ" not in seen.content
    told = {name: seen.headers[name] for name in PICTURE}
    assert told == PICTURE | {"content-disposition": f'inline; filename="photo-{photo}.jpg"'}
    krit = await doors.as_(KRIT)
    assert (await krit.get(there)).status_code == 404
    assert (await krit.put(there, content=JPEG)).status_code == 404
    text = await chan.put(f"{one}/photos/{new_id()}", content=b"<script>")
    assert (text.status_code, text.json()["code"]) == (400, "pictures.unreadable")


async def test_krit_holds_no_meeting_of_the_network_and_votes_in_none(doors: Doors) -> None:
    asked, _ = await visited(doors)
    meeting, krit = await met(doors), await doors.as_(KRIT)
    await doors.step_up(KRIT)
    there = f"/api/v1/meetings/{meeting}"
    for answer in (
        await krit.get(there),
        await krit.get(f"/api/v1/meetings?organ={NETWORK}"),
        await krit.put(f"{there}/attendance/{KRIT}", json={"seat": "producer"}),
        await krit.put(f"{there}/votes/{asked}", json={"value": "for"}),
        await krit.put(f"{there}/hands/{asked}", json={"votes": []}),
        await krit.post(f"{there}/decisions", json={"id": new_id(), "application": asked}),
        await krit.put(f"{there}/end"),
    ):
        assert answer.status_code == 404, answer.text
    malee = await doors.as_(MALEE)
    assert (await malee.put(f"{there}/votes/{asked}", json={"value": "for"})).status_code == 403
    wan = await doors.as_(WAN)
    await doors.step_up(WAN)
    none = await wan.post(f"{there}/decisions", json={"id": new_id(), "application": asked})
    assert (none.status_code, none.json()["code"]) == (409, "decisions.no_votes")
    shown = (await wan.get(there)).json()
    assert [one["application"] for one in shown["agenda"]] == [asked]


async def test_anybody_reads_the_charter_and_few_publish_one(doors: Doors) -> None:
    version = await published()
    stranger = doors.stranger()
    assert [one["id"] for one in (await stranger.get("/api/v1/schemes")).json()] == [version]
    read = (await stranger.get(f"/api/v1/schemes/{version}")).json()
    assert len(read["content"]["checklist"]) == len(ITEMS)
    assert (await stranger.get(f"/api/v1/schemes/{new_id()}")).status_code == 404
    content = (await stranger.get("/api/v1/scheme-presets/sgs-pgs")).json()
    body = {
        "id": new_id(), "content": content, "effective_from": TODAY.isoformat(),
        "meeting_ref": "2/2569",
    }  # fmt: skip
    assert (await (await doors.as_(YING)).post("/api/v1/schemes", json=body)).status_code == 403
    await doors.as_(WAN)
    await doors.step_up(WAN)
    said = await (await doors.as_(WAN)).post("/api/v1/schemes", json=body)
    assert (said.status_code, said.json()["version"]) == (201, 2), said.text
