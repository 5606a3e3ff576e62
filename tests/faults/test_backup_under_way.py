"""A backup while four buyers order; a restore that is killed midway: old or new, never between."""

import asyncio
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certification.basis import log
from certification.basis.transaction import run
from market import verify
from market.app import opened
from market.backup import keys
from market.backup.restore import restore
from market.backup.take import take
from market.demo.server import command, environment
from market.domain.accounts import commands as accounts
from market.settings import Settings
from tests.basis.conftest import ROOT
from tests.cast import ADMIN, MALEE
from tests.faults import harness
from tests.faults.conftest import Villages

SEED = int(os.environ.get("MARKET_LONG", "20261125"))


async def test_a_backup_while_four_buyers_order(
    village: Settings, villages: Villages, engine: str, tmp_path: Path
) -> None:
    """By the command, beside the service: what was acknowledged before it began is in it."""
    kept = tmp_path / "kept"
    market = harness.market(tmp_path / "diaries")

    async def back_up() -> set[str]:
        async with asyncio.timeout(60):
            while len(acknowledged := market.of("ok")) < 12:
                await asyncio.sleep(0.05)
        done = await asyncio.to_thread(command, village, ["backup", str(kept)])
        assert done.returncode == 0, done.stderr
        assert str(kept) in done.stdout
        return acknowledged

    async with harness.served(village) as server:
        before = await market.press_while(server.origin, back_up())
    assert await harness.check(village, market) == 0
    there, paper = villages.empty(engine, tmp_path / "there"), tmp_path / "keys.txt"
    keys.write_paper(village.data / "keys", paper)
    await restore(there, kept, paper=paper, replace=False, at=datetime.now(UTC))
    async with opened(there):
        found = await harness.stored()
    assert len(found) == len(set(found))
    assert before <= set(found) <= market.of("ok")


async def test_a_restore_killed_midway(village: Settings, engine: str, tmp_path: Path) -> None:
    print(f"seed {SEED}")
    await killed(village, tmp_path / "kept", times=3 if engine == "sqlite" else 1)


@pytest.mark.long
async def test_a_restore_killed_thirty_times(
    village: Settings, engine: str, tmp_path: Path, record_property
) -> None:
    old, new = await killed(village, tmp_path / "kept", times=30)
    figure = f"{engine}: a restore killed {old + new} times: {old} old, {new} new, 0 between"
    record_property("figure", figure)


async def killed(village: Settings, kept: Path, *, times: int) -> tuple[int, int]:
    await take(village, kept, at=datetime.now(UTC))
    new = await head(village)
    old, lasted = await going_on(village), await restored(village, kept, None)
    assert await head(village) == new
    chance, seen = random.Random(SEED), []
    for _ in range(times):
        old = await going_on(village)
        await restored(village, kept, chance.uniform(0, lasted * 1.2))
        seen.append(await head(village))
        assert seen[-1] in (old, new)
    await restored(village, kept, None)  # and then it can be done, with nothing to clear by hand
    assert await head(village) == new
    return times - seen.count(new), seen.count(new)


async def going_on(village: Settings) -> tuple[int, bytes]:
    """One deed after the backup."""
    async with opened(village):
        await run(accounts.issue_code, MALEE, by=ADMIN, at=datetime.now(UTC))
    return await head(village)


async def head(village: Settings) -> tuple[int, bytes]:
    async with opened(village):
        assert await verify.faults(list(verify.VERIFIED)) == []
        return await log.head()


async def restored(village: Settings, kept: Path, killed_after: float | None) -> float:
    """How long it took; killed after so many seconds, if any."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.restorer", str(kept)], cwd=ROOT,
        env=environment(village), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        began = time.monotonic()
        process.stdin.write("go\n")
        process.stdin.flush()
        if killed_after is None:
            assert process.stdout.readline() == "restored\n"
        else:
            await asyncio.sleep(killed_after)
            process.kill()
    if village.database_url.startswith("postgres"):
        await asyncio.sleep(0.2)  # PostgreSQL may still be at its last word
    return time.monotonic() - began
