"""A network that has no charter yet publishes one by its pages; what a meeting changed is next."""

import msgspec

from certification.basis.ids import new_id
from certification.schemes import queries
from tests.cast import KRIT, TODAY, WAN, YING
from tests.doors import Doors

SCHEME = "sgs-pgs"


def form(**more: str) -> dict[str, str]:
    return {"id": new_id(), "meeting_ref": "1/2569", "effective_from": "1/10/2569", **more}


async def test_wan_publishes_the_charter_and_then_what_the_meeting_changed(doors: Doors) -> None:
    wan = await doors.as_(WAN)
    assert 'href="/standard/new"' in (await wan.get("/standard")).text
    assert "/step-up" in str((await wan.get("/standard/new")).url)
    await doors.step_up(WAN)
    assert 'href="/standard/new"' in (await wan.get("/standard")).text
    sent = form()
    for _ in range(2):
        said = await wan.post("/standard/new", data=sent, follow_redirects=False)
        assert said.headers["location"] == f"/standard/{sent['id']}"
    assert (await wan.get(f"/standard/{sent['id']}")).status_code == 200

    said = await wan.get("/api/v1/scheme-presets/sgs-pgs")
    changed = {**said.json(), "pledge": {"promises": [{"th": "ไม่เผาฟาง", "en": "No burning"}]}}
    files = {"charter": ("charter.json", msgspec.json.encode(changed))}
    said = await wan.post("/standard/new", data=form(meeting_ref="2/2569"), files=files)
    assert "ไม่เผาฟาง" in said.text
    first, second = await queries.versions(SCHEME)
    assert (first.version, second.version) == (1, 2)
    assert (await queries.in_force(SCHEME, TODAY)).id == second.id


async def test_what_nobody_could_work_with_is_said_and_what_was_typed_stays(doors: Doors) -> None:
    wan = await doors.as_(WAN)
    await doors.step_up(WAN)
    for wrong in (b"not a charter", b"\xff\xfe", b'{"scheme": 1}', b"[" * 100_000):
        files = {"charter": ("charter.json", wrong)}
        said = await wan.post("/standard/new", data=form(meeting_ref="3-2569"), files=files)
        assert said.status_code == 400, wrong[:20]
        assert 'value="3-2569"' in said.text
    empty = msgspec.structs.replace(queries.preset(SCHEME), checklist=())
    files = {"charter": ("charter.json", msgspec.json.encode(empty))}
    assert (await wan.post("/standard/new", data=form(), files=files)).status_code == 400
    for missing in ({"meeting_ref": ""}, {"effective_from": "soon"}):
        assert (await wan.post("/standard/new", data=form(**missing))).status_code == 400
    assert await queries.versions(SCHEME) == []


async def test_a_leader_and_krit_publish_nothing(doors: Doors) -> None:
    for person in (YING, KRIT):
        client = await doors.as_(person)
        assert 'href="/standard/new"' not in (await client.get("/standard")).text
        assert (await client.post("/standard/new", data=form())).status_code == 403
    assert await queries.versions(SCHEME) == []
