"""A leader sees counts before she sends; of another group she learns nothing."""

import re

from market.domain.notices import queries as notices
from market.jobs import clock, readers
from tests.cast import KRIT, KRITS_GROUP, MALEE, RATTAPHUM, YING
from tests.doors import Doors

TEXTS = {"text_th": "ประชุมวันเสาร์", "text_en": "Meeting on Saturday"}


async def test_counts_first_then_it_goes_and_it_can_be_stopped(doors: Doors) -> None:
    ying = await doors.as_(YING, "en")
    form = (await ying.get("/broadcasts")).text
    [id] = re.findall(r'name="id" value="([0-9a-f-]{36})"', form)
    sent = {"id": id, "to": RATTAPHUM, **TEXTS}
    seen = (await ying.post("/broadcasts/preview", data=sent)).text
    assert "Send it to 4 people" in seen
    assert "ประชุมวันเสาร์" in seen
    assert (
        "Meeting on Saturday"
        in (await ying.post("/broadcasts/preview", data={**sent, "edit": "yes"})).text
    )
    half = await ying.post("/broadcasts/preview", data={**sent, "text_en": ""})
    assert (half.status_code, "ประชุมวันเสาร์" in half.text) == (400, True)
    for _ in range(2):
        assert "Goes out soon" in (await ying.post("/broadcasts", data=sent)).text
    api = await ying.get("/api/v1/broadcasts")
    assert [one["people"] for one in api.json()] == [4]
    doors.later(minutes=11)
    await clock.tick(doors.now)
    await readers.read_on(doors.now)
    late = await ying.post(f"/broadcasts/{id}/stop")
    assert late.status_code == 409
    assert "Meeting on Saturday" in (await (await doors.as_(MALEE, "en")).get("/me")).text
    kinds = {one.kind for one in await notices.of_person(KRIT)}
    assert "broadcasts.went" not in kinds


async def test_krit_writes_to_his_own_group_only_and_malee_to_nobody(doors: Doors) -> None:
    krit, malee = await doors.as_(KRIT), await doors.as_(MALEE)
    asked = {"organ": RATTAPHUM, "area": ""}
    assert (await krit.post("/api/v1/broadcast-reach", json=asked)).status_code == 404
    own = await krit.post("/api/v1/broadcast-reach", json={"organ": KRITS_GROUP})
    assert own.json()["people"] == 1
    assert (await malee.post("/api/v1/broadcast-reach", json=asked)).status_code == 403
    assert (await malee.get("/broadcasts")).status_code == 403
