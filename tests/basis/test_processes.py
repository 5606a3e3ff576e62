"""More than one process, and processes that die."""

import asyncio
import signal
import subprocess
import sys
import time

import pytest

from certification.basis import log
from certification.basis.database import Database
from certification.basis.proof import verify
from certification.basis.transaction import run
from market.db import Postgres
from tests.basis.conftest import ROOT
from tests.basis.village import Plot, Stock, map_plot
from tests.beside import SETTINGS

COMMITS = 200
PAGE = 100
"""What `log.consume` takes at once, where nobody says otherwise."""


async def grams() -> int:
    [row] = await Stock.select()
    return int(row["grams"])


async def agrees(db: Database, acknowledged: set[str]) -> int:
    """What was acknowledged is there, once; plot, stock and log tell the same story."""
    present = {row["id"] for row in await Plot.select(Plot.id)}
    assert acknowledged <= present
    assert 10_000 - await grams() == len(present)
    entries = await log.after(0, limit=10_000)
    assert [entry.seq for entry in entries] == list(range(1, len(present) + 1))
    assert sorted(entry.subject for entry in entries) == sorted(present)
    assert await verify([Plot]) is None
    return len(present)


async def test_two_processes_write_at_once(
    village_db: Database, village_url: str, another_process
) -> None:
    two = [another_process(village_url, "write", name, COMMITS) for name in ("a", "b")]
    said = [process.communicate(timeout=60)[0].split() for process in two]
    assert [process.returncode for process in two] == [0, 0]
    assert await agrees(village_db, {*said[0], *said[1]}) == 2 * COMMITS


async def test_a_worker_reads_while_the_service_writes(
    village_db: Database, village_url: str, another_process
) -> None:
    """Two processes; the worker is killed midway and another goes on with the page it died on."""

    async def write() -> None:
        for number in range(COMMITS):
            await run(map_plot, f"plot-{number}")

    await village_db.query("INSERT INTO log_cursor (reader, seq) VALUES ('notices', 0)")
    writing = asyncio.create_task(write())
    first = another_process(village_url, "read", COMMITS)
    heard = [await asyncio.to_thread(first.stdout.readline) for _ in range(10)]
    first.kill()
    heard += first.stdout.read().splitlines()  # not communicate: lines already buffered count too
    second = another_process(village_url, "read", COMMITS)
    said, _ = await asyncio.to_thread(second.communicate, timeout=60)
    await writing
    again, last = [int(seq) for seq in said.split()], int(heard[-1])
    assert again[0] <= last + 1  # none is passed over
    assert last - again[0] < PAGE  # and no more than the page it died on comes again
    assert again == list(range(again[0], COMMITS + 1))
    assert [int(seq) for seq in heard] == list(range(1, len(heard) + 1))
    assert await verify([Plot]) is None


async def alone_again(db: Database) -> None:
    """PostgreSQL may still be at the last COMMIT of a process that is no more."""
    async with asyncio.timeout(10):
        while isinstance(db, Postgres):
            assert db.pool
            [row] = await db.query(
                "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND application_name <> {}",
                SETTINGS["application_name"],
            )
            if row["n"] <= db.pool.get_size():
                return
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("after_ms", [0, 5, 20, 60, 120, 200, 300])
async def test_kill_9_of_a_writer(
    village_db: Database, village_url, another_process, after_ms: int
) -> None:
    """Killed somewhere in its 200 commits: nothing acknowledged is lost, nothing is half there."""
    process = another_process(village_url, "write", "a", COMMITS)
    first = process.stdout.readline()
    time.sleep(after_ms / 1000)
    process.send_signal(signal.SIGKILL)
    acknowledged = {first.strip(), *process.stdout.read().split()}
    await alone_again(village_db)
    assert await agrees(village_db, acknowledged) <= len(acknowledged) + 1
    again = another_process(village_url, "write", "b", 5)  # and nobody has to repair anything
    assert len(again.communicate(timeout=30)[0].split()) == 5
    await agrees(village_db, acknowledged)


@pytest.mark.parametrize("ending", ["await db.close()", "raise SystemExit(3)"])
async def test_the_process_ends(url: str, ending: str) -> None:
    """Threads of connections left open would keep it alive for ever."""
    script = f"""
import asyncio, contextlib
from market.db import engine_for
async def main():
    db = engine_for({url!r})
    await db.open()
    async with contextlib.AsyncExitStack() as stack:
        if "Exit" in {ending!r}:
            stack.push_async_callback(db.close)
        await db.fetch("SELECT 1")
        {ending}
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=10, check=False)
    assert done.returncode == (3 if "Exit" in ending else 0)
