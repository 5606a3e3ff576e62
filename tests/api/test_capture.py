"""A partner tells what befell our goods elsewhere: whole, once, under its name, never as ours."""

import asyncio
import json
import re
from copy import deepcopy
from html import unescape
from typing import Any

import pytest
from httpx import AsyncClient, Response

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.proof import faults
from certification.basis.transaction import run
from market.domain.partners import commands, rules
from market.domain.partners.tables import Partner, PartnerCapture
from tests.cast import KRIT, NETWORK, NOK, NOW, WAN
from tests.doors import ORIGIN, Doors
from tests.market import farm as farms
from tests.market.test_epcis_check import PLAIN

BAKER, RIVAL = "tkp_baker", "tkp_rival"


class There:
    def __init__(self, doors: Doors, code: str, baker: str) -> None:
        self.doors, self.code, self.baker = doors, code, baker

    def client(self, bearer: str = BAKER) -> AsyncClient:
        client = self.doors.stranger("en")
        client.headers["authorization"] = f"Bearer {bearer}"
        return client

    async def send(self, said: Any, bearer: str = BAKER, **headers: str) -> Response:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return await self.client(bearer).post("/epcis/capture", content=body, headers=headers)

    async def page(self, below: str = "/told-by-partners") -> str:
        said = await self.doors.stranger("en").get(f"/L/{self.code}{below}")
        assert said.status_code == 200
        return unescape(said.text)

    def document(self, events: int = 1, **changed: Any) -> dict[str, Any]:
        """Of the baker's shop in Hat Yai, about the lot."""
        made: dict[str, Any] = deepcopy(PLAIN)
        [one, *_] = made["epcisBody"]["eventList"]
        lot = f"{ORIGIN}/L/{self.code}"
        one |= {
            "epcList": [lot], "quantityList": [], "eventID": "urn:uuid:1",
            "readPoint": {"id": "https://shop.example.org/2", "shop:name": "<b>Hat Yai</b>"},
            **changed,
        }  # fmt: skip
        made["epcisBody"]["eventList"] = [
            {**deepcopy(one), "eventID": f"{one['eventID']}{place or ''}"}
            for place in range(events)
        ]
        return made


@pytest.fixture
async def there(doors: Doors) -> There:
    farm = await run(farms._settled, "organic", "kale")
    lot = await farm.harvest(20_000)
    ids = []
    for bearer, name in ((BAKER, "Baker & Sons"), (RIVAL, "Rival Ltd")):
        wanted = rules.GivePartner(new_id(), NETWORK, name)
        await run(commands.give, wanted, rules.fingerprint(bearer), by=WAN, at=NOW)
        ids.append(wanted.id)
    return There(doors, lot.code, ids[0])


def refused(said: Response) -> tuple[int, str, str]:
    told = said.json()
    assert told["title"] != f"refusal.{told['code']}"
    assert said.headers["gs1-capture-error-behaviour"] == "rollback"
    return said.status_code, told["type"].removeprefix("epcisException:"), told["code"]


async def kept() -> int:
    return await PartnerCapture.count()


async def test_what_a_partner_tells_is_kept_as_it_came_and_shown_as_its_word_alone(there: There):
    before = await there.page("/events"), await there.page("/proof")
    assert "No partner told anything" in await there.page()
    sent = json.dumps(there.document(), indent=3).encode()
    said = await there.send(sent)
    assert (said.status_code, said.content) == (202, b"")
    job = (await there.client().get(said.headers["location"])).json()
    assert job["captureID"] == said.headers["location"].rpartition("/")[2]
    assert (job["running"], job["success"], job["errors"]) == (False, True, [])
    [row] = await PartnerCapture.select(PartnerCapture.body)
    assert row["body"] == sent
    page = await there.page()
    assert "Baker & Sons" in page
    assert "<b>received</b>" in page
    assert "where: <b>Hat Yai</b>" in page
    raw = await there.doors.stranger("en").get(f"/L/{there.code}/told-by-partners")
    assert "<b>Hat" not in raw.text
    assert await there.page("/events") == before[0]
    assert "/told-by-partners" not in before[1]
    assert "/told-by-partners" in await there.page("/proof")
    assert "Baker" not in await there.page("")
    assert await faults([Partner, PartnerCapture]) == []
    wrong = there.document(errorDeclaration={"declarationTime": "2026-11-23T02:00:00Z"})
    assert (await there.send(wrong, RIVAL)).status_code == 202
    assert (await there.page()).count("taken back") == 1  # what the rival said: not the baker's
    assert (await there.send(wrong)).status_code == 202
    page = await there.page()
    assert (page.count("taken back"), page.count("<s>received</s>")) == (2, 2)


async def test_twice_and_at_once_is_once_and_another_partner_sees_none_of_it(there: There):
    sent = there.document()
    all_said = await asyncio.gather(*[there.send(sent) for _ in range(4)], there.send(sent, RIVAL))
    assert {said.status_code for said in all_said} == {202}
    *mine, rivals = [said.headers["location"] for said in all_said]
    assert len(set(mine)) == 1
    assert rivals not in mine
    assert await kept() == 2
    said = await there.client(RIVAL).get(mine[0])
    assert refused(said) == (404, "NoSuchResourceException", "partners.no_capture")


async def test_a_faulty_document_is_refused_whole_and_told_where_and_what_to_do(there: There):
    sent = there.document(events=5)
    sent["epcisBody"]["eventList"][2] |= {"bizStep": "selling", "eventTime": "yesterday"}
    said = await there.send(sent)
    assert refused(said) == (400, "ValidationException", "partners.invalid_document")
    assert said.headers["content-type"] == "application/problem+json"
    told = {(one["event"], one["field"], one["kind"]) for one in said.json()["faults"]}
    assert told == {(3, "bizStep", "not_a_word"), (3, "eventTime", "not_a_time")}
    assert all("." not in one["title"][:12] for one in said.json()["faults"])
    for odd in ({"action": []}, {"type": {}}, {"eventTime": "0001-01-01T00:00:00+14:00"}):
        assert (await there.send(there.document(**odd))).status_code == 400, odd
    nobodys = there.document(epcList=["https://other.example.org/L/7K2M9QXD", f"{ORIGIN}/L/777"])
    assert refused(await there.send(nobodys))[::2] == (400, "partners.nothing_of_ours")
    said = await there.send(there.document(), **{"gs1-capture-error-behaviour": "proceed"})
    assert refused(said)[::2] == (400, "partners.whole_only")
    said = await there.send(b" " * (rules.DOCUMENT_BYTES_MAX + 1))
    assert refused(said)[:2] == (413, "CaptureLimitExceededException")
    assert await kept() == 0


async def test_too_often_waits_for_the_hour_and_no_other_partner_waits(there: There):
    for _ in range(rules.DOCUMENTS_AN_HOUR):
        await commands.count(there.baker, at=NOW)
    said = await there.send(there.document())
    assert refused(said)[::2] == (429, "partners.too_often")
    assert said.headers["retry-after"] == "3600"
    assert (await there.send(there.document(), RIVAL)).status_code == 202
    there.doors.later(minutes=60)
    assert (await there.send(there.document())).status_code == 202


async def test_no_grant_no_door_and_none_after_it_was_ended(there: There):
    sent, nok = there.document(), await there.doors.as_(NOK)
    location = (await there.send(sent)).headers["location"]
    await run(commands.end, there.baker, by=WAN, at=NOW)
    others = {
        *[refused(await there.send(sent, bearer)) for bearer in (BAKER, "tkp_wrong", "", "\xff")],
        refused(await there.client().get(location)),
        refused(await nok.post("/epcis/capture", json=sent)),
    }
    assert others == {(401, "SecurityException", "partners.not_a_partner")}
    with pytest.raises(rules.NotAPartner):  # ended after the door let it in
        document = json.dumps(there.document(events=2)).encode()
        await commands.take_in(there.baker, document, ORIGIN, at=NOW)
    assert await kept() == 1
    assert "Baker" in await there.page()
    for private in ("/epcis/events", f"/api/v1/networks/{NETWORK}/partners"):
        assert (await there.client(RIVAL).get(private)).status_code == 401


async def test_the_secretariat_gives_a_grant_that_is_shown_once_and_ends_it(there: There):
    await there.doors.step_up(WAN)
    wan = await there.doors.as_(WAN, "en")
    wanted = {"id": new_id(), "network": NETWORK, "name": "  The  mill "}
    page = (await wan.post("/partners", data=wanted)).text
    [bearer] = re.findall(r"tkp_[\w-]{43}", page)
    assert (await there.send(there.document(), bearer)).status_code == 202
    again = await wan.post("/partners", data=wanted)
    assert "tkp_" not in again.text
    assert "given already" in again.text
    rows = await in_use().query("SELECT * FROM partner")
    assert bearer not in str(rows)
    [mill] = [one for one in (await wan.get(f"/api/v1/networks/{NETWORK}/partners")).json()
              if one["name"] == "The mill"]  # fmt: skip
    assert mill["documents"] == 1
    krit = await there.doors.as_(KRIT)
    assert (await krit.post(f"/api/v1/partners/{mill['id']}/end")).status_code == 403
    ended = await wan.post(f"/partners/{mill['id']}/end")
    assert "Saved" in ended.text
    assert (await wan.post(f"/api/v1/partners/{mill['id']}/end")).status_code == 409
    assert (await there.send(there.document(), bearer)).status_code == 401
    nameless = await wan.post("/api/v1/partners", json={**wanted, "id": new_id(), "name": " "})
    assert nameless.json()["code"] == "partners.name_missing"


async def test_of_a_lot_that_is_none_nothing_is_told(there: There):
    said = await there.doors.stranger("en").get("/L/22222228/told-by-partners")
    assert said.status_code == 404
