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
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec

from certification.basis.database import in_use
from certification.basis.ids import following, new_id
from certification.basis.transaction import run
from market import verify
from market.app import opened
from market.demo.server import MARKET, environment
from market.domain.accounts import commands as accounts
from market.settings import Settings
from tests.cast import PRASERT
from tests.faults.history import CYCLE, OFFER, STEP_GRAMS

T = TypeVar("T")
HEALTHY_SECONDS, WAITS_SECONDS = 10, 60
PIN = "508294"
WORDS = ("ok", "fail", "unknown")


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

    async def again(self, client: httpx.AsyncClient) -> None:
        """What nobody answered, asked by its id: now it is told whether it is stored."""
        for id in [id for id, told in self.told.items() if told == "unknown"]:
            self.told[id] = await self.ask(client, id)
            assert self.told[id] != "unknown", self.refusals[-1]

    async def go_on(self, origin: str, until: asyncio.Event) -> None:
        async with httpx.AsyncClient(base_url=origin, timeout=20) as client:
            while not until.is_set():
                if await self.order(client) == "unknown":
                    await asyncio.sleep(0.05)


class Payer(Buyer):
    """Orders by PromptPay and asks what to transfer; then it is `due` at the treasurer's."""

    def __init__(self, folder: Path, number: int, due: list[tuple[str, int]]) -> None:
        super().__init__(folder, number)
        self.due = due

    async def order(self, client: httpx.AsyncClient) -> str:
        word = await super().order(client)
        id = [*self.asked][-1]
        if word != "ok" or self.asked[id]["rail"] != "promptpay":
            return word
        with contextlib.suppress(httpx.TransportError):
            key = {"x-order-key": following(id, "key")}
            answer = await client.put(f"/api/v1/orders/{id}/payment-request", headers=key)
            if answer.status_code == 200:
                self.due.append((id, answer.json()["satang"]))
        return word


class Treasurer(Buyer):
    """Confirms what is due, one after another, and writes down what was acknowledged."""

    def __init__(self, folder: Path, due: list[tuple[str, int]], secret: str) -> None:
        super().__init__(folder, 99)
        self.due, self.paid = due, dict[str, str]()
        self.by = {"authorization": f"Bearer {secret}"}

    async def order(self, client: httpx.AsyncClient) -> str:
        if not self.due:
            await asyncio.sleep(0.02)
            return ""
        order, satang = self.due.pop(0)
        id = new_id()
        self.asked[id] = {"id": id, "satang": satang, **self.shown(id, len(self.asked))}
        self.paid[id] = order
        self._write("invoke", id)
        self.told[id] = word = await self.ask(client, id)
        self._write(word, id)
        return word

    def shown(self, id: str, number: int) -> dict[str, str]:
        """By a look at the bank, by a slip, or in notes."""
        slip = {"kind": "slip", "bank": "004", "trans_ref": id.replace("-", "")}
        return ({"kind": "treasurer"}, slip, {"kind": "cash"})[number % 3]

    async def ask(self, client: httpx.AsyncClient, id: str) -> str:
        try:
            address = f"/api/v1/payments/{self.paid[id]}/confirmation"
            answer = await client.put(address, json=self.asked[id], headers=self.by)
        except httpx.TransportError:
            return "unknown"
        if answer.status_code != 200:
            self.refusals.append(f"{answer.status_code} {answer.json().get('code')}")
        return {2: "ok", 4: "fail"}.get(answer.status_code // 100, "unknown")


class Market(msgspec.Struct):
    """What the buyers say together."""

    buyers: list[Buyer]
    treasurer: Treasurer | None = None

    @property
    def people(self) -> list[Buyer]:
        return [*self.buyers, *([self.treasurer] if self.treasurer else [])]

    def of(self, word: str) -> set[str]:
        return {id for buyer in self.buyers for id, told in buyer.told.items() if told == word}

    async def press(self, origin: str, seconds: float) -> None:
        await self.press_while(origin, asyncio.sleep(seconds))

    async def press_while(self, origin: str, meanwhile: Awaitable[T]) -> T:
        until = asyncio.Event()
        pressing = [asyncio.create_task(buyer.go_on(origin, until)) for buyer in self.people]
        try:
            return await meanwhile
        finally:
            until.set()
            await asyncio.gather(*pressing)

    async def ask_unknown(self, origin: str) -> None:
        """By its id: each is answered now, as stored or not."""
        async with httpx.AsyncClient(base_url=origin, timeout=30) as client:
            for buyer in self.people:
                await buyer.again(client)


def market(folder: Path, buyers: int = 4) -> Market:
    return Market([Buyer(folder, number) for number in range(buyers)])


async def paying(folder: Path, said: Settings, origin: str) -> Market:
    """Four who pay, and Prasert, who has just signed in."""
    async with opened(said):
        code = await run(accounts.issue_code, PRASERT, by=PRASERT, at=datetime.now(UTC))
    async with httpx.AsyncClient(base_url=origin, timeout=30) as client:
        let_in = await client.post("/api/v1/devices", json={"code": code, "pin": PIN})
    due: list[tuple[str, int]] = []
    secret = let_in.json()["session_secret"]
    payers: list[Buyer] = [Payer(folder, number, due) for number in range(4)]
    return Market(payers, Treasurer(folder, due, secret))


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
        if market.treasurer:
            await _money_is_there(market.treasurer)
        assert await verify.faults(list(verify.VERIFIED)) == []
    return len(set(there) - market.of("ok"))


async def _money_is_there(treasurer: Treasurer) -> None:
    """Each payment that was acknowledged, once and whole, in the ledger too; none refused."""
    rows = await in_use().query("SELECT id, request FROM payment_evidence")
    told = {word: {i for i, said in treasurer.told.items() if said == word} for word in WORDS}
    there = {row["id"] for row in rows} & treasurer.told.keys()
    assert told["ok"] <= there, "acknowledged and lost"
    assert not told["fail"] & there, "refused and stored"
    paid = [row["request"] for row in rows if row["id"] in there]
    assert len(paid) == len(set(paid)), "paid twice"
    marks = ", ".join(["{}"] * len(paid)) or "''"
    posted = await in_use().query(
        f"SELECT id FROM ledger_entry WHERE kind = 'payment' AND subject IN ({marks})", *paid
    )
    assert sorted(row["id"] for row in posted) == sorted(there), "not once in the ledger"
    states = await in_use().query(f"SELECT state FROM preorder WHERE id IN ({marks})", *paid)
    assert {row["state"] for row in states} <= {"confirmed"}, "paid and not confirmed"
