"""No room on the disk: reading goes on, writing is refused in plain words and resumes by itself.

SQLite only: a full disk of PostgreSQL's is another machine's. The size of a file stands for the
size of the disk, because a limit can be set and lifted from outside on any Linux.
"""

import asyncio
import contextlib
import resource
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from market.backup.take import take
from market.demo.server import MARKET, environment
from tests.faults import harness
from tests.faults.conftest import Villages
from tests.faults.test_backup import head

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
RESUMES_SECONDS = 10


def limit(pid: int, most_bytes: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))


async def test_buyers_order_until_the_disk_is_full(villages: Villages, tmp_path: Path) -> None:
    village = villages.copy("sqlite", tmp_path / "data")
    market = harness.market(tmp_path / "diaries")
    async with harness.served(village) as server:
        await market.press(server.origin, 0.5)
        [worker] = server.workers()
        limit(worker, 100_000)  # of any file: less than the WAL has already
        await market.press(server.origin, 1.5)
        refused = {word for buyer in market.buyers for word in buyer.refusals}
        assert refused == {"507 answers.no_room"}
        await still_read(server.origin)
        limit(worker, resource.RLIM_INFINITY)
        before = len(market.of("ok"))
        async with asyncio.timeout(RESUMES_SECONDS):
            while len(market.of("ok")) == before:
                await market.press(server.origin, 0.3)
        await market.ask_unknown(server.origin)
    assert await harness.check(village, market) == 0


@pytest.mark.long
async def test_a_disk_that_is_really_full(
    villages: Villages, tmp_path: Path, record_property
) -> None:
    """A small disk of its own and a file that eats the rest; needs the right to mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "small", disk]).returncode:
        pytest.skip("missing on this machine: the right to mount")
    try:
        village = villages.copy("sqlite", disk / "data")
        market = harness.market(tmp_path / "diaries")
        async with harness.served(village) as server:
            await market.press(server.origin, 1.0)
            fill(disk / "filler")
            await market.press(server.origin, 3.0)
            refused = {word for buyer in market.buyers for word in buyer.refusals}
            assert refused == {"507 answers.no_room"}
            await still_read(server.origin)
            (disk / "filler").unlink()
            before, began = len(market.of("ok")), time.monotonic()
            async with asyncio.timeout(RESUMES_SECONDS):
                while len(market.of("ok")) == before:
                    await market.press(server.origin, 0.2)
            resumed = time.monotonic() - began
            await market.ask_unknown(server.origin)
        assert await harness.check(village, market) == 0
        record_property(
            "figure",
            f"{len(market.of('ok'))} orders acknowledged, 0 lost; refused by 507 only, pages read"
            f" meanwhile; resumed {resumed:.1f} s after there was room",
        )
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def fill(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))


async def still_read(origin: str) -> None:
    async with httpx.AsyncClient(base_url=origin, timeout=20) as reader:
        assert (await reader.get("/readyz")).status_code == 200
        assert (await reader.get("/")).status_code == 200
        assert (await reader.get("/log")).status_code == 200


async def test_a_backup_or_restore_without_room_touches_nothing(
    villages: Villages, tmp_path: Path
) -> None:
    village, kept = villages.copy("sqlite", tmp_path / "data"), tmp_path / "kept"
    await take(village, kept, at=NOW)
    before = await head(village)
    for words in (["backup", str(tmp_path / "other")], ["restore", str(kept), "--replace"]):
        told = subprocess.run(
            [*MARKET, *words], env=environment(village), capture_output=True, text=True,
            preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY)
            ),
        )  # fmt: skip
        assert told.returncode == 1, told.stderr
        assert "ดิสก์เต็ม" in told.stderr
    assert not list(tmp_path.glob("other*"))
    assert not (village.data / "market_restoring").exists()
    assert await head(village) == before
