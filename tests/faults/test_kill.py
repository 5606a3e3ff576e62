"""The server dies amid orders and payments, again and again; nothing acknowledged is lost."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable
from pathlib import Path

import pytest

from market.settings import Settings
from tests.faults import harness
from tests.faults.harness import HEALTHY_SECONDS, Served

SEED = int(os.environ.get("MARKET_LONG", "20261125"))


async def test_kill_9_of_the_server_while_four_buyers_order_and_pay(
    village: Settings, tmp_path: Path
) -> None:
    print(f"seed {SEED}")
    await killed(village, tmp_path, rounds=3)


@pytest.mark.long
async def test_kill_9_of_the_server_thirty_times(
    village: Settings, engine: str, tmp_path: Path, record_property
) -> None:
    told = await killed(village, tmp_path, rounds=30)
    record_property("figure", f"{engine}: {told}")
    assert told.slowest <= HEALTHY_SECONDS


class Told:
    def __init__(
        self, kills: int, acknowledged: int, paid: int, unanswered: int, slowest: float
    ) -> None:
        self.kills, self.acknowledged, self.paid = kills, acknowledged, paid
        self.unanswered, self.slowest = unanswered, slowest

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.acknowledged} orders and {self.paid} payments acknowledged,"
            " 0 lost, 0 twice,"
            f" {self.unanswered} stored without an answer and found by their id,"
            f" healthy again in {self.slowest:.1f} s at most"
        )


async def killed(village: Settings, tmp_path: Path, *, rounds: int) -> Told:
    """Four who order and pay, and the treasurer who confirms what came."""
    chance, slowest, unanswered = random.Random(SEED), 0.0, 0
    async with harness.served(village) as server:
        market = await harness.paying(tmp_path / "diaries", village, server.origin)
        for number in range(rounds):
            wait = asyncio.sleep(chance.uniform(0.2, 1.5))
            await market.press_while(server.origin, kill(server, wait, whole=number % 3 < 2))
            if server.process and server.process.poll() is not None:
                server.start()
            slowest = max(slowest, await server.healthy())
            unanswered += await harness.check(village, market)
            await market.ask_unknown(server.origin)
    assert await harness.check(village, market) == 0
    assert market.of("ok")
    assert market.treasurer
    paid = [*market.treasurer.told.values()].count("ok")
    assert paid
    return Told(rounds, len(market.of("ok")), paid, unanswered, slowest)


async def kill(server: Served, wait: Awaitable[None], *, whole: bool) -> None:
    """All of it; or only the process that answers, for which its parent starts another."""
    await wait
    if whole:
        server.kill()
        return
    for pid in server.workers():
        os.kill(pid, signal.SIGKILL)
