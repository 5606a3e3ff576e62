"""`market serve --no-worker` and `market worker`: two processes on one database of either kind."""

import asyncio
import subprocess
from datetime import UTC, datetime

import httpx

from certification.basis.database import in_use
from market import settings, verify
from market.app import opened
from market.demo import seed
from market.demo.people import who
from market.demo.server import MARKET, environment, serving
from tests.demo.test_race_http import migrated, offered, order

WAITS_SECONDS = 30


async def test_what_one_process_sells_the_other_tells(url, tmp_path, monkeypatch):
    said = settings.read({"MARKET_DATA": str(tmp_path), "DATABASE_URL": url})
    await migrated(url)
    monkeypatch.setenv("MARKET_WORKER", "apart")
    async with opened(said):
        await seed.when_empty(said, at=datetime.now(UTC))
        made = await offered()
        async with serving(said) as origin, httpx.AsyncClient(base_url=origin) as buyer:
            placed = await buyer.post("/api/v1/orders", json=order(made.id, 0))
            assert placed.status_code == 201, placed.text
            await asyncio.sleep(2)
            assert await notices(placed.json()["order"]) == []  # nobody reads the log yet
            worker = subprocess.Popen([*MARKET, "worker"], env=environment(said))
            try:
                assert who("prasert") in await told(placed.json()["order"])
                assert (await buyer.post("/api/v1/orders", json=order(made.id, 1))).is_success
            finally:
                worker.terminate()
                worker.wait(20)
        assert await verify.faults(["log", "ledger", "stock"]) == []


async def told(order: str) -> list[str]:
    async with asyncio.timeout(WAITS_SECONDS):
        while not (persons := await notices(order)):
            await asyncio.sleep(0.2)
    return persons


async def notices(order: str) -> list[str]:
    rows = await in_use().query("SELECT person FROM notice WHERE subject = {}", order)
    return [row["person"] for row in rows]
