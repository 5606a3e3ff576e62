"""What one process does, another tells within a second; and who may serve by several."""

import asyncio
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.credentials import bitstring
from certification.people import commands as people
from certification.people import queries as people_seen
from market import doctor, settings
from market.app import opened
from market.demo.actors import Tale, enter
from market.demo.people import who
from market.demo.server import serving
from market.domain.accounts import commands as accounts
from market.settings import NonsenseInEnvironment
from tests.databases import only_postgres

SEEN_WITHIN_S = 1.0


async def test_a_name_that_is_withdrawn_is_gone_from_the_other_process(demo):
    """This process withdraws and gives consent; the server, another one, has kept the page."""
    async with opened(demo), serving(demo) as origin, httpx.AsyncClient(base_url=origin) as nok:
        [lot, *_] = await in_use().query(
            "SELECT l.code, l.farmer FROM lot l WHERE l.claim = 'organic' ORDER BY l.code"
        )
        name = (await people_seen.names([lot["farmer"]]))[lot["farmer"]]

        async def told() -> bool:
            return name in (await nok.get(f"/L/{lot['code']}")).text

        for given in (True, False, True):
            said = (new_id(), lot["farmer"], "public_name", "0" * 64)
            await run(people.consent, *said, given=given, by=lot["farmer"], at=datetime.now(UTC))
            done_at = time.monotonic()
            while await told() is not given:
                assert time.monotonic() < done_at + SEEN_WITHIN_S
                await asyncio.sleep(0.02)


async def test_a_suspension_in_one_process_is_told_by_the_other_within_a_second(demo, monkeypatch):
    """Two servers on one database: Wan suspends at one, a stranger scans at the other."""
    monkeypatch.setenv("MARKET_WORKER", "apart")
    async with opened(demo):
        [lot, *_] = await in_use().query(
            "SELECT l.code, l.certificate, l.harvested_on, c.code AS paper"
            " FROM lot l JOIN certificate c"
            " ON c.id = l.certificate WHERE l.claim = 'organic' AND c.valid_until >= {}"
            " AND NOT EXISTS (SELECT 1 FROM certificate_event e WHERE e.certificate = c.id)"
            " AND NOT EXISTS (SELECT 1 FROM residue_test t WHERE t.lot = l.id)"
            " ORDER BY l.harvested_on DESC, l.code",
            datetime.now(UTC).date(),
        )
        card = await run(accounts.issue_code, who("wan"), by=who("wan"), at=datetime.now(UTC))
        async with (
            serving(demo) as here, serving(demo) as there,
            httpx.AsyncClient(base_url=there) as stranger,
        ):  # fmt: skip
            wan = await enter(Tale(here), "wan", card)
            await wan.step_up()

            async def verdict() -> str:
                said = await stranger.get(f"/api/v1/lots/by-code/{lot['code']}")
                return said.json()["verdict"]["reason"]

            async def page() -> str:
                return (await stranger.get(f"/L/{lot['code']}")).text

            async def barred() -> bool:
                return "is-bad" in await page()

            async def bit() -> bool:
                """Of suspension, as a program of somebody's asks for it."""
                told = (await stranger.get(f"/C/{lot['paper']}/vc.json")).json()
                [_, entry] = told["credentialStatus"]
                listed = await stranger.get(urlsplit(entry["statusListCredential"]).path)
                bits = bitstring.decoded(listed.json()["credentialSubject"]["encodedList"])
                return bitstring.is_set(bits, int(entry["statusListIndex"]))

            one = f"/api/v1/certificates/{lot['certificate']}"
            stop = {"id": new_id(), "because": "complaint", "from_on": str(lot["harvested_on"])}
            lift = {**stop, "id": new_id(), "because": "mistake", "note": "3/69"}
            for path, body, told in (
                ("suspension", stop, "not_held_at_harvest"),
                ("reinstatement", lift, "held_then_and_now"),
            ):
                assert await verdict() != told
                await wan.post(f"{one}/{path}", body)
                done_at = time.monotonic()
                rests = path == "suspension"
                while await verdict() != told or {await barred(), await bit()} != {rests}:
                    assert time.monotonic() < done_at + SEEN_WITHIN_S, await page()
                    await asyncio.sleep(0.02)
            await wan.leave()


@pytest.mark.parametrize(
    "said",
    [
        {"MARKET_PROCESSES": "0"},
        {"MARKET_PROCESSES": "two"},
        {"MARKET_PROCESSES": "33"},
        {"MARKET_PROCESSES": "2"},
        {"MARKET_PROCESSES": "2", "DATABASE_URL": "postgresql:///market"},
        {"MARKET_PROCESSES": "2", "MARKET_WORKER": "apart"},
    ],
)
def test_several_serve_only_on_postgresql_and_with_the_worker_apart(said):
    with pytest.raises(NonsenseInEnvironment, match="MARKET_PROCESSES"):
        settings.read(said)
    fit = {"MARKET_PROCESSES": "2", "DATABASE_URL": "postgresql:///x", "MARKET_WORKER": "apart"}
    assert settings.read(fit).processes == 2


@only_postgres
async def test_doctor_counts_the_connections_that_all_of_them_want(db):
    said = {"DATABASE_URL": "postgresql:///x", "MARKET_WORKER": "apart"}
    one, many = (settings.read({**said, "MARKET_PROCESSES": n}) for n in ("1", "32"))
    assert [finding async for finding in doctor.connections(one, db)] == []
    [finding] = [finding async for finding in doctor.connections(many, db)]
    assert finding.facts["wanted"] == 408
