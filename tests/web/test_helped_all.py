"""Each deed of a farmer's can be typed by a helper and waits for the farmer's word, or it is said
here why not. What cannot be undone asks for the word before it is done.
"""

from datetime import datetime
from html import unescape
from typing import Any

from httpx import AsyncClient, Response

from certification.applications import commands as application_commands
from certification.applications import queries as applications
from certification.applications.rules import ReturnApplication
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates import queries as certificates
from certification.certificates.rules import ChangeCertificate
from certification.hearings import commands as hearings
from certification.hearings import queries as before_meetings
from certification.hearings.appeals import appealable
from certification.inspections import commands as inspections
from certification.inspections.rules import MakeFinding
from certification.marks import queries as marks
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from market.access import policy
from market.access.guard import operations
from market.domain.lots import queries as lots
from market.domain.products import commands as products
from market.domain.products.rules import DefineProduct
from market.domain.spoken import queries
from tests.cast import DAO, MALEE, NETWORK, RATTAPHUM, SOMCHAI, TODAY, WAN, YING, log_faults
from tests.doors import PIN, Doors
from tests.guarantee import LAT, LON, accepted, begun, certified, planted, published
from tests.market.stall import opened
from tests.pictures import tiny

TYPED = {
    "POST /farm/plots/new": "plots.registered",
    "POST /api/v1/plots": "plots.registered",
    "POST /farm/plots/{id}/plant": "plots.planted",
    "POST /api/v1/plots/{id}/plantings": "plots.planted",
    "POST /farm/plots/{id}/land/{part}": "land.side_noted",
    "POST /api/v1/land/papers": "land.paper_noted",
    "PUT /api/v1/land/papers/{id}/end": "land.paper_taken_out",
    "POST /api/v1/land/years": "land.year_noted",
    "POST /api/v1/land/sides": "land.side_noted",
    "POST /api/v1/land/water": "land.water_noted",
    "POST /farm/holding": "land.holding_declared",
    "POST /api/v1/land/holdings": "land.holding_declared",
    "POST /farm/inputs/new": "inputs.used",
    "POST /api/v1/inputs": "inputs.used",
    "POST /farm/findings/{id}": "findings.answered",
    "POST /api/v1/findings/{id}/answers": "findings.answered",
    "POST /farm/marks": "marks.noted",
    "POST /api/v1/marks": "marks.noted",
    "POST /marks/{id}/end": "marks.ended",
    "POST /api/v1/marks/{id}/end": "marks.ended",
    "PUT /api/v1/findings/{id}/steps/{step}/photo": "findings.answered",
    "POST /farm/plots/{id}/apply": "applications.submitted",
    "POST /api/v1/applications": "applications.submitted",
    "POST /farm/applications/{id}": "applications.resubmitted",
    "PUT /api/v1/applications/{id}/resubmission": "applications.resubmitted",
    "POST /farm/applications/{id}/withdrawal": "applications.withdrawn",
    "PUT /api/v1/applications/{id}/withdrawal": "applications.withdrawn",
    "POST /farm/harvest/new": "lots.harvested",
    "POST /api/v1/lots": "lots.harvested",
    "POST /farm/prices": "floors.set",
    "POST /api/v1/price-floors": "floors.set",
    "POST /farm/offer": "forecasts.expected",
    "POST /api/v1/forecasts": "forecasts.expected",
    "POST /farm/offer/{id}": "forecasts.lowered",
    "PUT /api/v1/forecasts/{id}/amount": "forecasts.lowered",
    "PUT /api/v1/forecasts/{id}/withdrawal": "forecasts.given_up",
    "POST /farm/lots/{id}/labels": "labels.printed",
    "POST /api/v1/lots/{id}/labels": "labels.printed",
    "POST /farm/lots/{id}/spoilt": "lots.poured",
    "POST /api/v1/lots/{id}/spoilt": "lots.poured",
    "POST /farm/lots/{id}/correct": "lineage.corrected",
    "POST /api/v1/lots/{id}/corrections": "lineage.corrected",
    "POST /certs/{id}/surrender": "certificates.surrendered",
    "POST /api/v1/certificates/{id}/surrender": "certificates.surrendered",
    "POST /appeals/{against}": "hearings.appeal_filed",
    "POST /api/v1/appeals": "hearings.appeal_filed",
}
"""The doors of the farmer's deeds, and what each says was typed."""

BY_NOBODY_ELSE = {
    "area_event.answer": "the own yes or no to what was proposed; only a yes acts",
    "code.issue": "a blank code is nobody's word: the harvest it is bound to is, and waits",
    "floor.consent": "the farmer's own yes, or the committee's; a helper has none to give",
    "inspection.do": "the inspector's deed, signed with the own name; never a farmer's",
    "label.align": "how one's own printer is put right; it says nothing for anybody",
    "lot.make": "the packing table is the group's own work, weighed in one's own name",
    "me.edit": "consent is typed on /helped, with the word first; phones, notices and saying yes"
    " or no are the person's alone",
    "me.enrol": "a phone of one's own; who has none gets a printed code (person.enrol)",
    "pack.take": "taken along in one's own name; it says nothing for anybody",
    "recovery.stop": "stops somebody else's new code; leaders do it in their own name",
    "relation.confirm": "that it is so say the two alone",
    "relation.tell": "what one knows oneself of who is near to whom, in one's own name",
    "shortage.tell": "what is coming, which the leader tells in the own name",
    "sign_out.everywhere": "the person's own phones",
    "step_up.do": "the own PIN",
}
"""Operations of a farmer or of everybody signed in that are not in helper mode, and why."""

NO_DEED = {
    "POST /marks": "the group's own paper, nobody's in particular",
    "POST /farm/plots/{id}/review/{chapter}": "saved, not said: what is sent later waits whole",
    "PUT /api/v1/plots/{id}/draft": "saved, not said: what is sent later waits whole",
    "PUT /api/v1/inputs/{id}/photo": "a picture of the packet that was noted, and that waits",
    "PUT /api/v1/land/papers/{id}/scan": "a picture of the paper that was noted, and that waits",
}
"""Doors of those operations that leave nothing to say yes to."""


def test_no_deed_of_a_farmers_was_forgotten(doors: Doors) -> None:
    may = policy.read().by_operation
    farmers = {
        f"{method} {path}": str(operation)
        for method, path, operation in operations(doors.app)
        if method not in ("GET", "HEAD", "ASGI")
        and {"farmer", "member"} & may[str(operation)].keys()
    }
    typed = {door for door, operation in farmers.items() if operation not in BY_NOBODY_ELSE}
    assert typed == set(TYPED) | set(NO_DEED), (
        "say what it leaves waiting, or why nobody may type it"
    )
    assert set(farmers.values()) >= set(BY_NOBODY_ELSE), "there is no such deed any more"


async def test_each_of_them_waits_for_malees_word(doors: Doors) -> None:
    await published()
    told = Told(await doors.as_(YING), doors.now)
    plot = await on_land(told)
    await of_the_land(told, plot)
    await of_what_is_not_cut_yet(told, plot)
    await of_a_lot(told, plot)
    await of_a_finding(told)
    await asked_for(told, plot, await planted(lon=LON + 0.02), doors)
    await given_back(told, doors)
    await appealed(told, doors)
    assert told.left == {}
    shown = unescape((await (await doors.as_(MALEE)).get("/me/typed")).text)
    for what in ("เสียหายหรือแจกไป", "คะน้า · 1.5 กก.", "SGS-90-69-"):
        assert what in shown, what
    assert await log_faults() == []


class Told:
    """What Ying typed left one deed each for Malee's word."""

    def __init__(self, ying: AsyncClient, at: datetime) -> None:
        self.at = at
        self.ying, self.left, self.seen = ying, dict(TYPED), set[str]()

    async def page(self, door: str, *ids: str, state: str = "waiting", **form: Any) -> Response:
        path = self._path(door, *ids)
        file = form.pop("file", None)
        data = {"id": new_id(), **form}
        said = await self.ying.post(path, data=data, files=file, follow_redirects=False)
        assert said.status_code == 303, (door, unescape(said.text))
        await self._left(door, state)
        return said

    async def program(
        self, door: str, *ids: str, state: str = "waiting", **body: Any
    ) -> dict[str, Any]:
        method = door.split()[0]
        body = body if method == "PUT" else {"id": new_id(), **body}
        said = await self.ying.request(method, self._path(door, *ids), json=body)
        assert said.is_success, (door, said.text)
        await self._left(door, state)
        answer: dict[str, Any] = said.json()
        return answer

    def _path(self, door: str, *ids: str) -> str:
        path = door.split()[1]
        path = path.replace("{against}", "{id}")
        for name, value in zip(("{id}", "{part}"), ids, strict=False):
            path = path.replace(name, value)
        return path

    async def _left(self, door: str, state: str) -> None:
        new = [one for one in await queries.of_person(MALEE) if one.id not in self.seen]
        found = [(one.deed, one.typed_by, one.state) for one in new]
        assert found == [(self.left.pop(door), YING, state)], door
        self.seen.add(new[0].id)


async def on_land(told: Told) -> str:
    land = {"name": "ริมคลอง", "kind": "field"}
    await told.page(
        "POST /farm/plots/new", **land, whom=f"{MALEE}|{RATTAPHUM}", point=f"{LAT}, {LON + 0.03}",
        area="4-2-59", moo="3", outline="",
    )  # fmt: skip
    await told.program(
        "POST /api/v1/plots", **land, group=RATTAPHUM, farmer=MALEE, lat=LAT, lon=LON + 0.04,
        area_m2=3200,
    )  # fmt: skip
    plot = await planted()
    bed = {"crop": "kale", "sown_on": "2026-10-13"}
    await told.page("POST /farm/plots/{id}/plant", plot, area="100 ตร.ม.", **bed)
    bed |= {"on_behalf_of": MALEE}
    await told.program("POST /api/v1/plots/{id}/plantings", plot, area_m2=100, **bed)
    return plot


async def of_the_land(told: Told, plot: str) -> None:
    side = {"side": "north", "use": "rubber", "risk": "none", "buffer": "bund"}
    await told.page("POST /farm/plots/{id}/land/{part}", plot, "sides", buffer_m="1.5", **side)
    paper = {"plot": plot, "kind": "lease", "relation": "landlord"}
    noted = await told.program("POST /api/v1/land/papers", **paper)
    await told.program("PUT /api/v1/land/papers/{id}/end", noted["paper"])
    year = {"year": TODAY.year - 1, "crop": "ข้าว", "used": "natural"}
    await told.program("POST /api/v1/land/years", plot=plot, **year)
    await told.program("POST /api/v1/land/sides", plot=plot, buffer_cm=150, **side)
    await told.program("POST /api/v1/land/water", plot=plot, sources=["well"])
    used = {"plot": plot, "product": "ปุ๋ยหมักเอง", "amount": "2 กระสอบ"}
    await told.page("POST /farm/inputs/new", **used, what="other", used_on="22 พ.ย. 69", of=MALEE)
    await told.program("POST /api/v1/inputs", **used, used_on=str(TODAY))
    mark = {"kind": "gap", "issuer": "กรมวิชาการเกษตร", "number": "1"}
    await told.page("POST /farm/marks", of=MALEE, issued_on="22 พ.ย. 69", **mark)
    made = await told.program("POST /api/v1/marks", holder=MALEE, issued_on=str(TODAY), **mark)
    end = "POST /api/v1/marks/{id}/end"
    await told.program(end, made["mark"], why="mistaken", ended_on=str(TODAY))
    [_, first] = await marks.of_holder(MALEE)
    await told.page("POST /marks/{id}/end", first.id, why="revoked")
    await told.page("POST /farm/holding", of=MALEE, area="19 ไร่", pieces="2", parallel="none")
    await told.program("POST /api/v1/land/holdings", person=MALEE, area_m2=30_400, pieces=2)


async def of_a_lot(told: Told, plot: str) -> None:
    bed = (await plots.plantings(plot))[0].id
    made = await told.page(
        "POST /farm/harvest/new", of=MALEE, what=bed, day="22 พ.ย. 69", weight="8",
        harvested_on="22 พ.ย. 69", plain="yes",
    )  # fmt: skip
    lot = made.headers["location"].split("/")[-1].split("?")[0]
    await told.program(
        "POST /api/v1/lots", plot=plot, crop="kale", harvested_on=str(TODAY), grams=2_000,
        planting=bed, wish="plain", on_behalf_of=MALEE,
    )  # fmt: skip
    sheet = {"sheet": "a4-3x8", "labels": 2, "start_at": 1}
    await told.page("POST /farm/lots/{id}/labels", lot, packet="500", unit="g", **sheet)
    await told.program("POST /api/v1/lots/{id}/labels", lot, packet_grams=500, **sheet)
    await told.page("POST /farm/lots/{id}/spoilt", lot, spoilt="1.5")
    await told.program("POST /api/v1/lots/{id}/spoilt", lot, grams=500)
    as_it_was = {"crop": "kale", "harvested_on": str(TODAY), "planting": bed, "reason": "ชั่งผิด"}
    await told.program("POST /api/v1/lots/{id}/corrections", lot, grams=7_000, **as_it_was)
    typed = as_it_was | {"harvested_on": "22 พ.ย. 69", "weight": "6.5", "after": "1"}
    await told.page("POST /farm/lots/{id}/correct", lot, step="save", **typed)


async def of_what_is_not_cut_yet(told: Told, plot: str) -> None:
    there, bed, product = await run(opened), (await plots.plantings(plot))[0].id, new_id()
    await run(products.define, product, DefineProduct(NETWORK, "kale"), by=DAO, at=told.at)
    sold = {"planting": bed, "cycle": there.cycle}
    ready = {"ready_on": "24 พ.ย. 69"}
    made = await told.page(
        "POST /farm/offer", of=MALEE, **sold, **ready, kilos="10000", price="4000"
    )
    one = made.headers["location"].split("/")[-1].split("?")[0]
    await told.page("POST /farm/prices", of=MALEE, crop="kale", price="35")
    await told.program(
        "POST /api/v1/price-floors", crop="kale", satang_per_kg=3_000, on_behalf_of=MALEE
    )
    await told.page("POST /farm/offer/{id}", one, weight="8")
    await told.program("PUT /api/v1/forecasts/{id}/amount", one, grams=7_000)
    await told.program("PUT /api/v1/forecasts/{id}/withdrawal", one)
    await told.program(
        "POST /api/v1/forecasts", **sold, product=product, ready_on="2026-11-24",
        grams=2_000, satang_per_kg=4_000,
    )  # fmt: skip


async def of_a_finding(told: Told) -> None:
    visit = await begun(await accepted(await planted(lon=LON + 0.08)))
    found = MakeFinding(new_id(), visit, "N10", "minor", "ไม่มีพืชหมุนเวียน")
    await run(inspections.find, found, by=SOMCHAI, at=told.at)
    await told.page("POST /farm/findings/{id}", found.id, kind="replied", words="กำลังทำ")
    await told.program("POST /api/v1/findings/{id}/answers", found.id, kind="claimed", words="แล้ว")
    door = "PUT /api/v1/findings/{id}/steps/{step}/photo"
    there = f"/api/v1/findings/{found.id}/steps/{new_id()}/photo"
    assert (await told.ying.put(there, content=tiny())).is_success
    await told._left(door, "waiting")


async def asked_for(told: Told, plot: str, other: str, doors: Doors) -> None:
    mended = {"farm_plan": "มาลีเล่าให้ฟัง", "no_prohibited_since": "2023-01-01"}
    pledge = {"scheme": "sgs-pgs", "pledge_digest": schemes.preset("sgs-pgs").pledge.digest}
    form = mended | pledge
    await told.page("POST /farm/plots/{id}/apply", plot, pledge="yes", **form)
    [asked] = await applications.of_plot(plot)
    form |= {"plot": other, "on_behalf_of": MALEE}
    also = (await told.program("POST /api/v1/applications", **form))["application"]
    for one in (asked.id, also):
        back = ReturnApplication(one, "บอกที่มาของปุ๋ยคอก")
        await run(application_commands.return_, back, by=WAN, at=doors.now)
    await told.page("POST /farm/applications/{id}", asked.id, **mended)
    await told.program("PUT /api/v1/applications/{id}/resubmission", also, **mended)
    await told.page("POST /farm/applications/{id}/withdrawal", asked.id)
    await told.program("PUT /api/v1/applications/{id}/withdrawal", also)


async def given_back(told: Told, doors: Doors) -> None:
    """Final: so not without the word, and until then the certificate stays as it is."""
    await doors.as_(MALEE)  # who has a PIN on a phone
    await doors.step_up(YING)
    ying, why = told.ying, {"because": "holder_wishes"}
    first, second = await certified(lon=LON + 0.05), await certified(lon=LON + 0.06)
    one, two = first.certificate, second.certificate
    door = f"/certs/{one}/surrender"
    assert "มาลี" in unescape((await ying.get(door)).text)
    body = {"id": new_id(), **why, "from_on": str(TODAY)}
    for silent in ({}, {"pin": "918273"}):
        said = await ying.post(door, data={**body, **silent})
        assert said.status_code in (400, 409), said.text
        assert "918273" not in said.text
        said = await ying.post(
            f"/api/v1{door}".replace("certs", "certificates"), json=body | silent
        )
        assert said.status_code in (400, 409), said.text
    assert (await certificates.history(one)) == ()
    paper = {"slip": ("slip.jpg", tiny(), "image/jpeg")}
    door = "POST /certs/{id}/surrender"
    await told.page(door, one, state="paper", file=paper, **why)
    door = "POST /api/v1/certificates/{id}/surrender"
    await told.program(door, two, state="pin", pin=PIN, from_on=str(TODAY), **why)
    for id in (one, two):
        [event] = await certificates.events(id)
        assert (event.kind, event.by) == ("surrendered", YING)


async def appealed(told: Told, doors: Doors) -> None:
    """Once for all: so not without the word either."""
    stops = []
    for lon in (0.07, 0.08):
        paper = await certified(lon=LON + lon)
        stop = ChangeCertificate(new_id(), paper.certificate, "complaint", TODAY)
        await run(hearings.suspend, stop, by=WAN, at=doors.now)
        stops.append(stop.id)
    one, two = stops
    for silent in ({}, {"pin": "918273"}):
        body = {"id": new_id(), "grounds": "ยาเป็นของแปลงข้าง ๆ", **silent}
        assert (await told.ying.post(f"/appeals/{one}", data=body)).status_code in (400, 409)
        said = await told.ying.post("/api/v1/appeals", json=body | {"against": one})
        assert said.status_code in (400, 409), said.text
    assert "ยื่นอุทธรณ์" in unescape((await told.ying.get(f"/appeals/{one}")).text)
    file, grounds = ("slip.jpg", tiny(), "image/jpeg"), "ยาเป็นของแปลงข้าง ๆ"
    door = "POST /appeals/{against}"
    await told.page(door, one, state="paper", file={"slip": file}, grounds=grounds)
    await told.program(
        "POST /api/v1/appeals", state="pin", pin=PIN, against=two, grounds=grounds
    )  # fmt: skip
    for id, by in ((one, YING), (two, YING)):
        [appeal] = [
            a for a in await before_meetings.appeals(None, (await appealable(id)).application)
            if a.against == id
        ]  # fmt: skip
        assert (appeal.by, appeal.holder, appeal.late) == (by, MALEE, False)


async def test_a_word_for_one_deed_is_none_for_another(doors: Doors) -> None:
    """Ying takes the id of what Malee said yes to once more, for a harvest of which Malee knows
    nothing."""
    await published()
    plot, ying, malee = await planted(), await doors.as_(YING), await doors.as_(MALEE)
    bed = {"id": new_id(), "crop": "kale", "area_m2": 100, "sown_on": "2026-10-13"}
    bed |= {"on_behalf_of": MALEE}
    assert (await ying.post(f"/api/v1/plots/{plot}/plantings", json=bed)).is_success
    assert (await malee.put(f"/api/v1/typed/{bed['id']}/confirmation")).is_success
    lot = {"id": bed["id"], "plot": plot, "crop": "kale", "harvested_on": str(TODAY)}
    said = await ying.post("/api/v1/lots", json=lot | {"grams": 20, "on_behalf_of": MALEE})
    assert (said.status_code, said.json()["code"]) == (409, "asked.otherwise")
    assert await lots.of_farmer(MALEE) == []
