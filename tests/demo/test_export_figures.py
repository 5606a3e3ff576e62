"""What is exported is written as it is read: a hundred times the events, the same memory."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from certification.basis.database import in_use
from certification.basis.ids import new_id
from market.app import opened
from market.domain.labels.tables import LabelRun
from market.jobs import readers
from market.settings import Settings
from tests.cast import MALEE, NOW

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


PERIOD = ("epcis", "--from", "2000-01-01", "--until", "2100-01-01")


def exported(said: Settings, to: Path, asked_for: Sequence[str] = PERIOD) -> tuple[float, float]:
    """Seconds, and megabytes at the peak, of the command itself."""
    given = {"MARKET_DATA": str(said.data), "DATABASE_URL": said.database_url}
    began = time.perf_counter()
    asked = subprocess.Popen(
        [sys.executable, "-c", "from market.cli import main; raise SystemExit(main())",
         "export", *asked_for, "--to", str(to)],
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


async def pack(said: Settings, many: int) -> str:
    """As if one harvest had been packed again and again; the code of its group."""
    async with opened(said):
        [row] = await in_use().query(
            'SELECT l.id, g.code, g.network FROM lot l JOIN producer_group g ON g.id = l."group"'
            " WHERE l.deed IS NULL ORDER BY l.id LIMIT 1"
        )
        for _ in range(0, many, 1_000):
            runs = [
                LabelRun(
                    id=new_id(), lot=row["id"], sheet="a4-3x8", packet_grams=500, labels=1,
                    start_at=1, reprint_of=None, level="M", reason=None, by=MALEE, at=NOW,
                )
                for _ in range(1_000)
            ]  # fmt: skip
            await LabelRun.insert(*runs)
        return str(row["code"])


@pytest.mark.long
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_hundred_thousand_lines_of_the_sortable_sheet_take_no_more_memory(
    demo: Settings, engine: str, kind: str, tmp_path: Path, record_property
) -> None:
    to = tmp_path / f"sheet.{kind}"
    asked = ("fsma204", "--group", await pack(demo, 0))
    few_s, few_mb = exported(demo, to, asked)
    await pack(demo, EVENTS)
    many_s, many_mb = exported(demo, to, asked)
    record_property(
        "figure", f"{engine} {kind}: {EVENTS:,} lines, {to.stat().st_size / 1e6:.0f} MB in"
        f" {many_s:.1f} s, {many_mb:.0f} MB of memory at the peak; the demo's: {few_s:.1f} s,"
        f" {few_mb:.0f} MB",
    )  # fmt: skip
    assert to.stat().st_size > EVENTS * 20
    assert many_mb - few_mb <= MORE_MB_MAX
