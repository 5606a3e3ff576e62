"""The real server, clients who write down what they were told, and whoever checks it afterwards.

A client writes `invoke`, then `ok`, `fail` or `unknown`, each on the disk before it goes on. What
was acknowledged must be there once; what is unknown 0 or 1 times, and asking by its id tells which.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec

from certification.basis.database import in_use
from certification.basis.ids import following, new_id
from market import verify
from market.app import opened
from market.demo.server import MARKET, environment
from market.settings import Settings
from tests.faults.history import CYCLE, OFFER, STEP_GRAMS

T = TypeVar("T")
HEALTHY_SECONDS, WAITS_SECONDS = 10, 60


class Served:
    """`market serve`, in a group of processes of its own."""

    def __init__(self, said: Settings) -> None:
        self.said = said
        with socket.socket() as asking:
            asking.bind(("127.0.0.1", 0))
            self.port = int(asking.getsockname()[1])
        self.origin = f"http://127.0.0.1:{self.port}"
        self.log = said.data / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [*MARKET, "serve", "--port", str(self.port)],
                env=environment(self.said, MARKET_ORIGIN=self.origin, MARKET_PORT=str(self.port)),
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    async def healthy(self) -> float:
        """Seconds until it answers, without a hand."""
        began = time.monotonic()
        async with httpx.AsyncClient(base_url=self.origin, timeout=5) as asking:
            while time.monotonic() - began < WAITS_SECONDS:
                with contextlib.suppress(httpx.TransportError):
                    if (await asking.get("/readyz")).status_code == 200:
                        return time.monotonic() - began
                await asyncio.sleep(0.05)
        raise AssertionError(self.log.read_text()[-3_000:])

    def kill(self) -> None:
        """-9, all of it at once."""
        assert self.process
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def workers(self) -> list[int]:
        """The processes that answer; their parent only looks after them."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]


@asynccontextmanager
async def served(said: Settings) -> AsyncIterator[Served]:
    server = Served(said)
    server.start()
    try:
        await server.healthy()
        yield server
    finally:
        server.kill()


class Buyer:
    """Orders one step after another until stopped; the diary survives whatever happens."""

    def __init__(self, folder: Path, number: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.number = number
        self._diary = folder / f"buyer-{number}"
        self.asked: dict[str, dict[str, object]] = {}
        self.told: dict[str, str] = {}
        self.refusals: list[str] = []

    def _write(self, word: str, id: str) -> None:
        with self._diary.open("a") as diary:
            diary.write(f"{word} {id}\n")
            diary.flush()
            os.fsync(diary.fileno())

    async def order(self, client: httpx.AsyncClient) -> str:
        id = new_id()
        self.asked[id] = {
            "id": id, "cycle": CYCLE, "rail": ("promptpay", "cash")[self.number % 2],
            "lines": [{"offer": OFFER, "grams": STEP_GRAMS}],
            "guest": {
                "name": f"ลูกค้า {self.number} (ตัวอย่าง)", "phone": f"08{self.number:08}",
                "key": following(id, "key"),
            },
        }  # fmt: skip
        self._write("invoke", id)
        self.told[id] = word = await self.ask(client, id)
        self._write(word, id)
        return word

    async def ask(self, client: httpx.AsyncClient, id: str) -> str:
        try:
            answer = await client.post("/api/v1/orders", json=self.asked[id])
        except httpx.TransportError:
            return "unknown"
        if answer.status_code != 201:
            self.refusals.append(f"{answer.status_code} {answer.json().get('code')}")
        return {2: "ok", 4: "fail"}.get(answer.status_code // 100, "unknown")

    async def go_on(self, origin: str, until: asyncio.Event) -> None:
        async with httpx.AsyncClient(base_url=origin, timeout=20) as client:
            while not until.is_set():
                if await self.order(client) == "unknown":
                    await asyncio.sleep(0.05)


class Market(msgspec.Struct):
    """What the buyers say together."""

    buyers: list[Buyer]

    def of(self, word: str) -> set[str]:
        return {id for buyer in self.buyers for id, told in buyer.told.items() if told == word}

    async def press(self, origin: str, seconds: float) -> None:
        await self.press_while(origin, asyncio.sleep(seconds))

    async def press_while(self, origin: str, meanwhile: Awaitable[T]) -> T:
        until = asyncio.Event()
        pressing = [asyncio.create_task(buyer.go_on(origin, until)) for buyer in self.buyers]
        try:
            return await meanwhile
        finally:
            until.set()
            await asyncio.gather(*pressing)

    async def ask_unknown(self, origin: str) -> None:
        """By its id: each is answered now, as stored or not."""
        async with httpx.AsyncClient(base_url=origin, timeout=30) as client:
            for buyer in self.buyers:
                for id in [id for id, told in buyer.told.items() if told == "unknown"]:
                    buyer.told[id] = await buyer.ask(client, id)
                    assert buyer.told[id] != "unknown", buyer.refusals[-1]


def market(folder: Path, buyers: int = 4) -> Market:
    return Market([Buyer(folder, number) for number in range(buyers)])


async def stored() -> list[str]:
    """The guests' orders, once for each reservation that they hold."""
    rows = await in_use().query(
        'SELECT l."order" AS id FROM preorder_line l JOIN reservation r ON r.line = l.id'
        ' JOIN preorder p ON p.id = l."order" WHERE p.guest_key_hash IS NOT NULL'
    )
    return [row["id"] for row in rows]


async def check(said: Settings, market: Market) -> int:
    """Acknowledged once, unknown at most once, refused never; and every sum and the record hold."""
    async with opened(said):
        there = await stored()
        assert len(there) == len(set(there)), "an order twice"
        assert market.of("ok") <= set(there), "acknowledged and lost"
        assert not market.of("fail") & set(there), "refused and stored"
        assert set(there) <= market.of("ok") | market.of("unknown"), "nobody asked for it"
        assert await verify.faults(list(verify.VERIFIED)) == []
    return len(set(there) - market.of("ok"))
