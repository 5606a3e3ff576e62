"""What is exported is written as it is read: a hundred times the events, the same memory."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from certification.basis.database import in_use
from market.app import opened
from market.jobs import readers
from market.settings import Settings

EVENTS = 100_000
MORE_MB_MAX = 16
"""So much more at most than the same command takes for the demo's few hundred."""

AGAIN = (
    "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {})"
    ' INSERT INTO epcis_event (seq, event, kind, "group", public, at, told_at, body)'
    " SELECT e.seq + CAST(n.n AS BIGINT) * 1000000000, e.event || '!' || n.n, e.kind,"
    ' e."group", e.public, e.at, e.told_at, e.body FROM epcis_event e CROSS JOIN n'
)


async def grow(said: Settings, many: int) -> int:
    """The demo's own events again and again."""
    async with opened(said):
        await readers.tell_events()
        [row] = await in_use().query("SELECT count(*) AS many FROM epcis_event")
        if many:
            await in_use().query(AGAIN, -(-many // row["many"]))
            [row] = await in_use().query("SELECT count(*) AS many FROM epcis_event")
        return int(row["many"])


def exported(said: Settings, to: Path) -> tuple[float, float]:
    """Seconds, and megabytes at the peak, of the command itself."""
    given = {"MARKET_DATA": str(said.data), "DATABASE_URL": said.database_url}
    began = time.perf_counter()
    asked = subprocess.Popen(
        [sys.executable, "-c", "from market.cli import main; raise SystemExit(main())",
         "export", "epcis", "--from", "2000-01-01", "--until", "2100-01-01", "--to", str(to)],
        env={**os.environ, **given},
    )  # fmt: skip
    _, status, used = os.wait4(asked.pid, 0)
    asked.returncode = os.waitstatus_to_exitcode(status)
    assert asked.returncode == 0
    return time.perf_counter() - began, used.ru_maxrss / 1024


@pytest.mark.long
async def test_a_hundred_thousand_events_take_no_more_memory_than_a_few_hundred(
    demo: Settings, engine: str, tmp_path: Path, record_property
) -> None:
    few, to = await grow(demo, 0), tmp_path / "epcis.jsonld"
    few_s, few_mb = exported(demo, to)
    assert len(json.loads(to.read_bytes())["epcisBody"]["eventList"]) == few
    many = await grow(demo, EVENTS)
    many_s, many_mb = exported(demo, to)
    written = to.stat().st_size / 1e6
    assert len(json.loads(to.read_bytes())["epcisBody"]["eventList"]) == many >= EVENTS
    record_property(
        "figure", f"{engine}: {many:,} events, {written:.0f} MB written in {many_s:.1f} s,"
        f" {many_mb:.0f} MB of memory at the peak; {few} events: {few_s:.1f} s, {few_mb:.0f} MB",
    )  # fmt: skip
    assert many_mb - few_mb <= MORE_MB_MAX
