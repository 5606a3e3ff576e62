"""A network founds a scheme and changes its draft, and a meeting adopts it."""

from html import unescape

import msgspec
from httpx import AsyncClient

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.groups import commands as groups
from certification.groups.rules import Found, Grants
from certification.schemes import queries
from tests.cast import ADMIN, KRIT, LONG_AGO, NETWORK, TODAY, WAN, YING
from tests.doors import Doors
from tests.guarantee import meeting, published

SCHEME = "sgs-pgs"
ELSEWHERE = "01930000-0000-7000-8000-00000000b0ff"


def founding(**more: str) -> dict[str, str]:
    return {
        "id": new_id(), "preset": "sgs-pgs", "owner": NETWORK, "scheme": SCHEME, "prefix": "SGS",
        "name_th": "สงขลากรีนสไมล์", **more,
    }  # fmt: skip


def adoption(revision: int, **more: str) -> dict[str, str]:
    return {
        "id": new_id(), "revision": str(revision), "meeting": "", "meeting_ref": "1/2569",
        "minutes_on": "1/10/2569", "effective_from": "1/10/2569", **more,
    }  # fmt: skip


async def test_wan_founds_a_scheme_and_a_meeting_adopts_it_and_its_next_version(
    doors: Doors,
) -> None:
    wan = await doors.as_(WAN)
    assert 'href="/standard/new"' in (await wan.get("/standard")).text
    await doors.step_up(WAN)
    sent = founding()
    for _ in range(2):
        said = await wan.post("/standard/new", data=sent, follow_redirects=False)
        assert said.headers["location"] == f"/draft/{SCHEME}"
    again = await wan.post("/standard/new", data=founding(scheme="another"))
    assert again.status_code == 409  # SGS begins the numbers of the first
    there = f"/draft/{SCHEME}"
    assert "สงขลากรีนสไมล์" in (await wan.get(there)).text
    assert (await doors.stranger().get("/charter")).text.count("/charter/0") == 0

    adopted = adoption(1)
    for _ in range(2):
        said = await wan.post(f"{there}/publish", data=adopted, follow_redirects=False)
        assert said.headers["location"] == f"/charter/{adopted['id']}"
    stranger = doors.stranger()
    shown = unescape((await stranger.get(f"/charter/{adopted['id']}")).text)
    assert "1/2569" in shown
    whole = unescape((await stranger.get(f"/standard/{adopted['id']}")).text)
    assert whole.count("ยืนยันกับธรรมนูญของท่าน") > 30
    assert "ตรวจไม่พบ" in whole
    assert "1 ต.ค. 2569" in shown.replace("\u00a0", " ")

    await wan.post(there)
    draft = (await wan.get(f"/api/v1/scheme-drafts/{SCHEME}")).json()
    draft["content"]["pledge"]["promises"].append({"th": "ไม่เผาฟาง", "en": "No burning"})
    draft["content"]["rules"]["max_open_minor"] = 3
    saved = {"content": draft["content"], "seen": draft["revision"]}
    assert (await wan.put(f"/api/v1/scheme-drafts/{SCHEME}", json=saved)).status_code == 200
    late = await wan.put(f"/api/v1/scheme-drafts/{SCHEME}", json=saved)
    assert (late.status_code, late.json()["code"]) == (409, "schemes.draft_changed_meanwhile")
    page = (await wan.get(there)).text
    assert "ไม่เผาฟาง" in page
    held = await meeting()
    assert f'value="{held}"' in (await wan.get(there)).text
    unseen = adoption(1, meeting=held, effective_from="22/11/2569")
    stale = await wan.post(f"{there}/publish", data=unseen)
    assert stale.status_code == 409
    second = adoption(2, meeting=held, meeting_ref="", minutes_on="", effective_from="22/11/2569")
    said = await wan.post(f"{there}/publish", data=second, follow_redirects=False)
    assert said.headers["location"] == f"/charter/{second['id']}"
    version = await queries.in_force(SCHEME, TODAY)
    assert (version.version, version.meeting, version.minutes_on) == (2, held, TODAY)
    assert (await wan.get(there)).status_code == 404  # nothing is left of the draft
    shown = (await stranger.get(f"/charter/{version.id}")).text
    assert "ไม่เผาฟาง" in shown
    assert "ศาลากลางบ้าน" in shown
    told = (await stranger.get(f"/api/v1/schemes/{version.id}/changes")).json()
    assert {(one["where"], one["key"]) for one in told} == {
        ("settings", "max_open_minor"), ("pledge", "4"),
    }  # fmt: skip
    back = f"/charter/{adopted['id']}?against={version.id}"
    assert "ไม่เผาฟาง" in (await stranger.get(back)).text


async def test_what_a_meeting_did_not_decide_is_not_published_and_what_was_typed_stays(
    doors: Doors,
) -> None:
    wan = await doors.as_(WAN)
    await doors.step_up(WAN)
    for wrong in ({"scheme": "Not A Code"}, {"prefix": "สข"}, {"name_th": ""}, {"preset": "x"}):
        said = await wan.post("/standard/new", data=founding(**{"name_en": "Kept", **wrong}))
        assert (said.status_code, 'value="Kept"' in said.text) == (400, True), wrong
    await wan.post("/standard/new", data=founding())
    for wrong in (
        {"meeting_ref": ""}, {"minutes_on": "someday"}, {"effective_from": ""},
        {"minutes_on": "1/12/2569"}, {"effective_from": "1/9/2569"}, {"meeting": new_id()},
    ):  # fmt: skip
        said = await wan.post(
            f"/draft/{SCHEME}/publish", data=adoption(1, **wrong), follow_redirects=False
        )
        assert said.status_code in (400, 404), wrong
    assert await queries.versions(SCHEME) == []


async def adopts_by_the_page(krit: AsyncClient) -> None:
    assert 'href="/standard/adopt"' in (await krit.get("/standard")).text
    assert f'value="{SCHEME}"' in (await krit.get("/standard/adopt")).text
    typed = {"id": new_id(), "scheme": SCHEME, "network": ELSEWHERE, "meeting": ""}
    for wrong in ({"meeting_ref": ""}, {"minutes_on": "1/12/2569"}, {"scheme": "nobodys"}):
        sent = {**typed, "meeting_ref": "2/2569", "minutes_on": "1/10/2569", **wrong}
        said = await krit.post("/standard/adopt", data=sent)
        assert said.status_code in (400, 404), wrong
        assert f'value="{sent["minutes_on"]}"' in unescape(said.text)
    sent = {**typed, "meeting_ref": "2/2569", "minutes_on": "1/10/2569"}
    foreign = await krit.post("/standard/adopt", data=sent | {"network": NETWORK})
    assert foreign.status_code == 404
    for _ in range(2):
        said = await krit.post("/standard/adopt", data=sent, follow_redirects=False)
        assert said.headers["location"] == f"/charter#s-{SCHEME}"
    assert "เครือข่ายสตูล" in (await krit.get("/charter")).text
    assert f'value="{SCHEME}"' not in (await krit.get("/standard/adopt")).text


async def test_only_the_owners_secretariat_publishes_and_others_adopt(doors: Doors) -> None:
    await published()
    network = Found(ELSEWHERE, "network", "เครือข่ายสตูล", "Satun network", area="91")
    await run(groups.found, network, by=ADMIN, at=LONG_AGO)
    for role in ("secretariat", "committee"):
        await run(groups.grant_role, Grants(new_id(), KRIT, role, ELSEWHERE), by=ADMIN, at=LONG_AGO)
    content = msgspec.to_builtins(queries.preset("sgs-pgs-small"))
    wish = {
        "id": new_id(), "content": content, "effective_from": "2026-11-22", "meeting_ref": "9/2569",
    }  # fmt: skip
    adopt = {"id": new_id(), "scheme": SCHEME, "network": ELSEWHERE, "meeting_ref": "2/2569"}
    krit = await doors.as_(KRIT)
    await doors.step_up(KRIT)
    assert (await krit.post("/api/v1/schemes", json=wish)).status_code == 404
    assert (await krit.post(f"/draft/{SCHEME}")).status_code == 404
    assert (await krit.get(f"/draft/{SCHEME}")).status_code == 404
    assert f'action="/draft/{SCHEME}"' not in (await krit.get("/standard")).text
    founded = await krit.post("/standard/new", data=founding(scheme="krits", prefix="KR"))
    assert founded.status_code == 404  # for a network that is not his
    of_wan = await krit.post("/api/v1/scheme-adoptions", json=adopt | {"network": NETWORK})
    assert of_wan.status_code == 404
    paper = await krit.post("/api/v1/scheme-adoptions", json=adopt | {"meeting": await meeting()})
    assert (paper.status_code, paper.json()["code"]) == (400, "meetings.of_another")
    await adopts_by_the_page(krit)
    twice = await krit.post("/api/v1/scheme-adoptions", json=adopt | {"id": new_id()})
    assert twice.json()["code"] == "schemes.adopted_already"
    assert await queries.used_by(ELSEWHERE) == {SCHEME}
    assert "เครือข่ายสตูล" in (await krit.get("/charter")).text
    for person in (YING,):
        client = await doors.as_(person)
        assert (await client.post("/standard/new", data=founding())).status_code == 403
        assert (await client.post(f"/draft/{SCHEME}/publish", data={})).status_code == 403
    assert len(await queries.versions(SCHEME)) == 1


async def test_what_is_not_there_is_not_there(doors: Doors) -> None:
    wan = await doors.as_(WAN)
    for address in ("/charter/nothing", f"/charter/{new_id()}", "/draft/nothing"):
        assert (await wan.get(address)).status_code == 404, address
