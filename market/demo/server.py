"""A server of its own for the walk: another process, on a free port, on the same data."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx

from market.settings import Settings

MARKET = (sys.executable, "-c", "from market.cli import main; raise SystemExit(main())")
STARTS_SECONDS, STOPS_SECONDS = 60, 20


class DidNotStart(Exception):
    """With the last of what the server said."""


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[str]:
    """The address it answers at, until the end."""
    port = _free_port()
    origin = f"http://127.0.0.1:{port}"
    said_to_it = environment(settings, MARKET_ORIGIN=origin, MARKET_PORT=str(port))
    log = settings.data / "walk-server.log"
    with log.open("w", encoding="utf-8") as said:
        server = subprocess.Popen(  # noqa: ASYNC220, S603  (ours; awaited by asking)
            [*MARKET, "serve", "--port", str(port)],
            env=said_to_it, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        await _answers(origin, server, lambda: log.read_text(encoding="utf-8")[-2_000:])
        yield origin
    finally:
        server.terminate()
        await asyncio.to_thread(_ended, server)


def command(settings: Settings, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """`market …` on the same data, as somebody else would type it."""
    return subprocess.run(  # noqa: S603  (our own command)
        [*MARKET, *words], env=environment(settings), capture_output=True, text=True, check=False
    )


def environment(settings: Settings, **also: str) -> dict[str, str]:
    return {
        **os.environ,
        "MARKET_DATA": str(settings.data),
        "DATABASE_URL": settings.database_url,
        **also,
    }


async def _answers(origin: str, server: subprocess.Popen[bytes], said: object) -> None:
    async with httpx.AsyncClient(base_url=origin, timeout=2) as asking:
        for _ in range(STARTS_SECONDS * 5):
            if server.poll() is not None:
                break
            try:
                if (await asking.get("/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.2)
    assert callable(said)
    raise DidNotStart(said())


def _ended(server: subprocess.Popen[bytes]) -> None:
    try:
        server.wait(STOPS_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])
