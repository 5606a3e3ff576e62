"""The stages of Malee's plot: on her page, before the meeting, in public, and for programs."""

import base64
from datetime import timedelta

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates.rules import IssueCertificate
from certification.conversion import queries
from certification.plots import queries as plots
from tests.cast import KRIT, MALEE, NOW, TODAY, WAN
from tests.doors import Doors
from tests.guarantee import accepted, decided, inspected, meeting, planted, published
from tests.pictures import by_phone


async def test_a_meeting_shortens_it_on_evidence_and_everybody_sees_the_days(doors: Doors) -> None:
    await published()
    plot = await planted(("kale", "lime"))
    since = TODAY - timedelta(days=200)
    application = await accepted(plot, clean_since=since)
    await inspected(application)
    met, wan = await meeting(), await doors.as_(WAN)
    there = f"/decide/{application}?meeting={met}"
    await doors.step_up(WAN)
    before = (await wan.get(there)).text
    assert "พืชล้มลุก" in before
    assert "ไม้ยืนต้น" in before
    assert "อินทรีย์" in before
    form = {"shortening": new_id(), "meeting": met, "crop_class": "annual", "months": "๖",
            "shorter_because": "ที่ว่างมาห้าปี", "votes_for": "5", "votes_against": "0"}  # fmt: skip
    address = f"/decide/{application}/shorten"
    bare = await wan.post(address, data=form)
    assert bare.status_code in (400, 409)
    assert "ที่ว่างมาห้าปี" in bare.text, "what was typed stays"
    file = {"evidence": ("lease.jpg", by_phone(), "image/jpeg")}
    for _ in range(2):
        said = await wan.post(address, data=form, files=file, follow_redirects=False)
        assert said.status_code == 303, said.text
    [granted] = await queries.shortenings(plot, "sgs-pgs")
    assert "6 เดือน" in (await wan.get(there)).text
    malee, krit = await doors.as_(MALEE), await doors.as_(KRIT)
    page = (await malee.get(f"/farm/plots/{plot}")).text
    assert "ที่ว่างมาห้าปี" in page
    picture = f"/farm/plots/{plot}/shortenings/{granted.id}/photo"
    assert f'href="{picture}"' in page
    assert (await malee.get(picture)).headers["content-type"] == "image/jpeg"
    assert (await krit.get(picture)).status_code == 404
    assert (await malee.get(f"/farm/plots/{plot}/shortenings/{new_id()}/photo")).status_code == 404
    address = f"/P/{(await plots.plot(plot)).code}"
    public = (await doors.stranger().get(address)).text
    assert "ระยะของแปลงนี้" not in public, "without a certificate a stage promises nothing"
    paper = IssueCertificate(new_id(), await decided(application, met))
    await run(certificates.issue, paper, by=WAN, at=NOW)
    public = (await doors.stranger().get(address)).text
    assert "ระยะของแปลงนี้" in public
    assert "ที่ว่างมาห้าปี" not in public
    english = (await (await doors.as_(MALEE, "en")).get(f"/farm/plots/{plot}")).text
    assert "The time was over, and the visit of 22 Nov 2026 was passed" in english


async def test_programs_ask_for_any_day_and_shorten_too(doors: Doors) -> None:
    await published()
    plot = await planted()
    since = TODAY - timedelta(days=200)
    application = await accepted(plot, clean_since=since)
    await inspected(application)
    met, wan, malee = await meeting(), await doors.as_(WAN), await doors.as_(MALEE)
    address = f"/api/v1/plots/{plot}/conversion"
    [sgs] = (await malee.get(address)).json()
    annual = sgs["classes"]["annual"]
    assert annual["on"]["stage"] == "in_conversion"
    assert annual["spans"][0] == {
        "from_on": None, "stage": "conventional", "kind": "conventional", "because": "untold",
        "about_on": None,
    }  # fmt: skip
    [then] = (await malee.get(f"{address}?on={since - timedelta(days=1)}")).json()
    assert then["classes"]["annual"]["on"]["kind"] == "conventional"
    assert (await (await doors.as_(KRIT)).get(address)).status_code == 404
    sent = {
        "id": new_id(), "application": application, "crop_class": "annual", "months": 6,
        "evidence": base64.b64encode(by_phone()).decode(), "reason": "ที่ว่าง", "votes_for": 5,
        "votes_against": 0,
    }  # fmt: skip
    await doors.step_up(WAN)
    few = {**sent, "votes_for": 2, "votes_against": 3}
    said = await wan.post(f"/api/v1/meetings/{met}/shortenings", json=few)
    assert (said.status_code, said.json()["code"]) == (409, "decisions.shortening_turned_down")
    said = await wan.post(f"/api/v1/meetings/{met}/shortenings", json=sent)
    assert said.status_code == 201, said.text
    [sgs] = (await malee.get(address)).json()
    assert sgs["classes"]["annual"]["on"]["stage"] == "organic"
    assert [one["months"] for one in sgs["shortenings"]] == [6]
