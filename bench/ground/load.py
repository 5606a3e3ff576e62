"""Load from a process of its own, so that nothing of it is counted as the server's.

Each ask is the bytes of a whole HTTP/1.1 request. They are sent in turn over so many connections,
each once, or over and over for some seconds. What is told: how many answers of which status and
code, how long the slowest twentieth and hundredth waited, and of the first answer the body.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from time import monotonic

import msgspec

LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
CODE = re.compile(rb'"code":"([a-z_]+\.[a-z_]+)"')
TIMEOUT_S = 300


class Told(msgspec.Struct, frozen=True):
    outcome: dict[str, int]
    """By `status` or `status code`."""
    seconds: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    first: bytes

    @property
    def answers(self) -> int:
        return sum(self.outcome.values())


class Work(msgspec.Struct, frozen=True):
    ports: list[int]
    """Connections take them in turn: two servers on one database."""
    asks: list[bytes]
    connections: int
    seconds: float
    """0: each ask once."""


def load(
    ports: Sequence[int], asks: Sequence[bytes], *, connections: int = 16, seconds: float = 0
) -> Told:
    work = msgspec.msgpack.encode(Work(list(ports), list(asks), connections, seconds))
    said = subprocess.run(
        [sys.executable, "-m", "bench.ground.load"], input=work, stdout=subprocess.PIPE,
        check=True, timeout=TIMEOUT_S, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return msgspec.msgpack.decode(said.stdout, type=Told)


def get(path: str, **headers: str) -> bytes:
    told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{told}\r\n".encode()


def post(path: str, body: bytes, **headers: str) -> bytes:
    return _sent("POST", path, body, headers)


def put(path: str, body: bytes = b"", **headers: str) -> bytes:
    return _sent("PUT", path, body, headers)


def _sent(method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    said = {"content_type": "application/json", **headers, "content_length": str(len(body))}
    told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in said.items())
    return f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{told}\r\n".encode() + body


async def _work(work: Work) -> Told:
    asks: Iterator[bytes] = cycle(work.asks) if work.seconds else iter(work.asks)
    open_ = [
        await asyncio.open_connection("127.0.0.1", work.ports[n % len(work.ports)], limit=1 << 21)
        for n in range(work.connections)
    ]
    outcome, waits, bodies = Counter[str](), list[float](), list[bytes]()
    began = monotonic()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for ask in asks:
            asked_at = monotonic()
            writer.write(ask)
            status, body = await _answer(reader)
            waits.append(monotonic() - asked_at)
            code = CODE.search(body) if status[0] in "45" else None
            outcome[f"{status} {code[1].decode()}" if code else status] += 1
            if not bodies:
                bodies.append(body)
            if work.seconds and monotonic() - began > work.seconds:
                break
        writer.close()

    await asyncio.gather(*(one(*pair) for pair in open_))
    took = monotonic() - began
    waits.sort()
    p50, p95, p99 = (waits[len(waits) * part // 100] * 1_000 for part in (50, 95, 99))
    return Told(dict(outcome), took, p50, p95, p99, bodies[0])


async def _answer(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    body = await reader.readexactly(int(length[1])) if length and head[9:12] != b"304" else b""
    return head[9:12].decode(), body


if __name__ == "__main__":
    given = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Work)
    sys.stdout.buffer.write(msgspec.msgpack.encode(asyncio.run(_work(given))))
