"""App, worker and Caddy as the compose file starts them: the same commands, settings, Caddyfile.

Only what a container would bring is put in their place: PostgreSQL of the development requirements,
free ports, a folder of ours, and a certificate for localhost from Caddy's own authority.
"""

import asyncio
import ssl
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from certification.basis.database import in_use
from certification.basis.transaction import run
from market import settings
from market.app import opened
from market.demo.server import MARKET, environment
from market.domain.accounts import commands as accounts
from market.domain.accounts import pins
from market.settings import Settings
from tests.cast import ADMIN, PRASERT
from tests.databases import only_postgres
from tests.faults.harness import Served
from tests.skips import program
from tests.tidy.sources import ROOT
from tests.tidy.test_compose import SERVICES

WAITS_SECONDS = 60
STRANGERS_WORD = "203.0.113.9"


def free_port(said: Settings) -> int:
    return Served(said).port


@only_postgres
@pytest.mark.long
@pytest.mark.caddy
async def test_app_worker_and_caddy_as_the_compose_file_starts_them(
    village: Settings, tmp_path: Path, record_property
) -> None:
    here = settings.read({
        **SERVICES["app"]["environment"],
        "MARKET_DATA": str(village.data), "DATABASE_URL": village.database_url,
        "MARKET_PORT": str(free_port(village)), "MARKET_ADDRESS": "127.0.0.1",
        "MARKET_PROXY": "127.0.0.1", "MARKET_ORIGIN": f"https://localhost:{free_port(village)}",
    })  # fmt: skip
    async with opened(here):
        code = await run(accounts.issue_code, PRASERT, by=ADMIN, at=datetime.now(UTC))
    async with started(here, tmp_path) as reader:
        await signed_in(reader, here.origin, code)
        await counted_by_its_own_address(reader, here)
        await the_worker_reads_on(here)
    record_property("figure", "sign-in of the treasurer over https, headers, address, worker: good")


@asynccontextmanager
async def started(here: Settings, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    said = environment(
        here, MARKET_ORIGIN=here.origin, MARKET_PORT=str(here.port),
        MARKET_ADDRESS=here.address, MARKET_PROXY="127.0.0.1", MARKET_WORKER=here.worker,
    )  # fmt: skip
    to_caddy = {
        "MARKET_DOMAIN": "localhost", "MARKET_UPSTREAM": f"127.0.0.1:{here.port}",
        "CADDY_HTTP_PORT": str(free_port(here)), "CADDY_BIND": "127.0.0.1",
        "CADDY_HTTPS_PORT": here.origin.rpartition(":")[2],
        "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path),
    }  # fmt: skip
    caddy = [program("caddy") or "", "run", "--config", str(ROOT / "Caddyfile")]
    log = (tmp_path / "log").open("w")
    running = [
        *(
            subprocess.Popen(
                [*MARKET, *SERVICES[name]["command"][1:]], env=said, stdout=log, stderr=log
            )
            for name in ("app", "worker")
        ),
        subprocess.Popen(caddy, env={**said, **to_caddy}, stdout=log, stderr=log),
    ]
    try:
        root = tmp_path / "caddy/pki/authorities/local/root.crt"
        async with asyncio.timeout(WAITS_SECONDS):
            while not root.exists():
                await asyncio.sleep(0.1)
        transport = httpx.AsyncHTTPTransport(
            verify=ssl.create_default_context(cafile=str(root)), local_address="127.0.0.2"
        )
        async with httpx.AsyncClient(base_url=here.origin, transport=transport) as reader:
            await ready(reader, tmp_path / "log")
            yield reader
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)
        log.close()


async def ready(reader: httpx.AsyncClient, log: Path) -> None:
    began = time.monotonic()
    while time.monotonic() - began < WAITS_SECONDS:
        try:
            if (await reader.get("/readyz")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.2)
    raise AssertionError(log.read_text()[-4_000:])


async def signed_in(reader: httpx.AsyncClient, origin: str, code: str) -> None:
    """Staff, whom the market lets in over https only: so it believed the proxy that it is."""
    page = await reader.get("/sign-in")
    assert page.headers["strict-transport-security"]
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "server" not in page.headers
    let_in = await reader.post(
        "/enrol", data={"code": code, "new_pin": "918273"}, headers={"origin": origin}
    )
    assert let_in.status_code == 303, let_in.text
    assert "__Host-market" in reader.cookies
    assert (await reader.get("/till")).status_code == 200


async def counted_by_its_own_address(reader: httpx.AsyncClient, here: Settings) -> None:
    """What a stranger writes into the header is dropped; what Caddy saw is believed."""
    told = {"origin": here.origin, "x-forwarded-for": STRANGERS_WORD}
    await reader.post("/enrol", data={"code": "AAAAA-AAAAA", "new_pin": "918273"}, headers=told)
    async with opened(here):
        rows = await in_use().query("SELECT id FROM wrong_try")
        tried = " ".join(row["id"] for row in rows)
        assert pins.pseudonym("127.0.0.2") in tried
        assert pins.pseudonym("127.0.0.1") not in tried
        assert pins.pseudonym(STRANGERS_WORD) not in tried


async def the_worker_reads_on(here: Settings) -> None:
    async with opened(here), asyncio.timeout(WAITS_SECONDS):
        while True:
            [row] = await in_use().query(
                "SELECT h.seq - c.seq AS behind FROM log_head h, log_cursor c"
                " WHERE c.reader = 'notices'"
            ) or [{"behind": 1}]
            if row["behind"] == 0:
                break
            await asyncio.sleep(0.2)
    assert time.time() - (here.data / "worker.beat").stat().st_mtime < WAITS_SECONDS
