"""A round closes with a hundred thousand order lines: `./run bench closing`.

All of them confirmed, at five places, of two thousand offers. The clock comes by, sets aside what
is ordered and writes the harvest list part by part, telling how far it is; once it is broken off
half way and goes on. What farmers are told must be what was confirmed, to the gram.
Keeps bench/results/closing.json; ends with 1 where it takes longer than 30 s.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.ground import report, servers
from bench.ground.sold import Sold
from certification.basis import schema
from certification.basis.database import Database, in_use
from market.db import MIGRATIONS, open_database
from market.domain.cycles import clockwork, harvest
from market.domain.products.tables import Product

LINES, PLACES, LIMIT_S = 100_000, 5, 30.0
AT = datetime(2026, 6, 1, tzinfo=UTC)


class Killed(BaseException):
    """As if the process ended here."""


async def lay(db: Database, lines: int) -> str:
    """One round in which every order stands."""
    sold = Sold(db, lines, 20261126)
    await sold.lay()
    named = Product(
        id=await sold.id("product", 0), network=await sold.id("group", 0), crop="kale",
        name_th="คะน้า", name_en="Kale", unit="kg", vat_class="exempt", by="p-dao", at=AT,
    )  # fmt: skip
    await Product.insert(named)
    cycle = await sold.id("cycle", 0)
    stops = [await sold.id("cycle place", number) for number in range(PLACES)]
    await db.query(
        "UPDATE cycle SET opens_at = {}, closes_at = {}, state = 'done'",
        AT - timedelta(days=2), AT - timedelta(days=1),
    )  # fmt: skip
    await db.query("UPDATE cycle SET closes_at = {}, state = 'open' WHERE id = {}", AT, cycle)
    for number, stop in enumerate(stops):
        await db.query(
            "UPDATE cycle_place SET cycle = {}, pickup_from = {}, pickup_until = {} WHERE id = {}",
            cycle, AT + timedelta(days=1), AT + timedelta(days=2), stop,
        )  # fmt: skip
        where = f"id >= '{await sold.id('order', number * lines * 2 // 5 // PLACES)}'"
        await db.query(
            f"UPDATE preorder SET cycle = {{}}, stop = {{}}, state = 'confirmed' WHERE {where}",
            cycle, stop,
        )  # fmt: skip
    return cycle


async def measure(url: str, lines: int) -> dict[str, Any]:
    db = await open_database(url)
    try:
        await schema.migrate(db, MIGRATIONS)
        cycle = await lay(db, lines)
        parts = list[tuple[int, int]]()

        def heard(_: str, of: int, done: int) -> None:
            parts.append((of, done))
            print(f"  {done:,} of {of:,} lines", flush=True)
            if len(parts) == 2:
                raise Killed

        began = time.perf_counter()
        try:
            await clockwork.advance(AT, heard)
        except Killed:
            print("  broken off, and begun again")
        await clockwork.advance(AT, heard)
        seconds = time.perf_counter() - began
        return {
            "seconds": round(seconds, 2), "parts": len(parts), **await _checked(cycle, lines),
        }  # fmt: skip
    finally:
        await db.close()


async def _checked(cycle: str, lines: int) -> dict[str, int]:
    [row] = await in_use().query(
        "SELECT COUNT(*) AS lines, CAST(SUM(pl.grams) AS BIGINT) AS grams FROM preorder o"
        ' JOIN preorder_line pl ON pl."order" = o.id WHERE o.cycle = {}',
        cycle,
    )
    view = await harvest.harvest(cycle)
    assert view.frozen_at is not None
    assert row["lines"] == lines == sum(line.orders for line in view.lines)
    assert row["grams"] == view.grams
    return {"lines": lines, "told": len(view.lines)}


def told(one: dict[str, Any]) -> str:
    return (
        f"{one['lines']:,} lines, {one['told']:,} of the harvest list, broken off once: closed in"
        f" {one['seconds']} s (limit {LIMIT_S:g} s); load {report.machine()['load_average'][0]}"
    )


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lines", type=int, default=LINES)
    asked.add_argument("--only", choices=["sqlite", "postgres"])
    said = asked.parse_args()
    print(report.machine())
    found = {}
    for engine, _, url, _ in servers.engines(said.only):
        print(f"\n{engine}")
        found[engine] = asyncio.run(measure(url, said.lines))
        one = found[engine]
        print(told(one), "ok" if one["seconds"] <= LIMIT_S else "OVER")
    report.keep("closing", found)
    return 1 if any(one["seconds"] > LIMIT_S for one in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
