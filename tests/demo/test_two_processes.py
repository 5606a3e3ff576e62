"""`market serve --no-worker` and `market worker`: two processes on one database of either kind."""

import asyncio
import subprocess

import httpx

from certification.basis.database import in_use
from market import verify
from market.app import opened
from market.demo.people import who
from market.demo.server import MARKET, environment, serving
from tests.demo.test_race_http import offered, order

WAITS_SECONDS = 30


async def test_what_one_process_sells_the_other_tells(demo, monkeypatch):
    monkeypatch.setenv("MARKET_WORKER", "apart")
    async with opened(demo):
        made = await offered()
        async with serving(demo) as origin, httpx.AsyncClient(base_url=origin) as buyer:
            placed = await buyer.post("/api/v1/orders", json=order(made.id, 0))
            assert placed.status_code == 201, placed.text
            await asyncio.sleep(2)
            assert await notices(placed.json()["order"]) == []  # nobody reads the log yet
            worker = subprocess.Popen([*MARKET, "worker"], env=environment(demo))
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
