"""What a scan costs where a thousand lots were harvested, and a million: `./run bench history`.

Two markets from one demo; in the second a million lots more, of the same land and people over
three years, each with its stock, its code and its entry in the log. The same lots are scanned in
both, in turn within each round, each lot once: server CPU per answer (its processes by the kernel's
clock; on PostgreSQL the database's too), the ratio is that of its own round.

"cold": the page was never made. "cold, first of its kin": something was told to the log since, so
that what it shares with other lots of its land is asked anew too.
Keeps bench/results/history.json; ends with 1 where the limit is passed.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import asyncpg

from bench.ground import report, servers, stall
from bench.ground.bulk import Lay, laying
from bench.trace import FORGETS_S, KEPT, KIN, Counted, cost_of, scans
from certification.basis.database import Database
from market.db import engine_for

MORE, SEED, ROUNDS = 1_000_000, 20261126, 5
TIMES = 1.5
DAYS = 1_000
ALIKE = (
    'SELECT row_number() OVER (ORDER BY id) - 1 AS turn, "group", plot, farmer, crop, planting,'
    " claim, because, scheme, certificate FROM lot WHERE deed IS NULL AND claim = 'organic'"
)


def measure(data: Path, url: str, *roots: int, more: int, rounds: int) -> dict[str, Any]:
    asyncio.run(stall.demo(data, url))
    codes = asyncio.run(stall.harvests(data, url, count=(KEPT + KIN) * (rounds + 1)))
    other = data / "grown"
    grown = asyncio.run(_copied(data, url, other))
    began = time.perf_counter()
    lots = asyncio.run(_grow(grown, more))
    print(f"  {lots['few']:,} lots, and {lots['many']:,} ({time.perf_counter() - began:.0f} s)")
    with servers.market(data, url) as few, servers.market(other, grown) as many:
        ours: list[Counted] = [(one, (one.pid, *roots)) for one in (few, many)]

        def told() -> None:
            for folder, of in ((data, url), (other, grown)):
                asyncio.run(stall.harvests(folder, of, count=1))
            time.sleep(FORGETS_S)

        kin, rest = codes[: KIN * (rounds + 1)], codes[KIN * (rounds + 1) :]
        found = {}
        for what, each, of in (("cold", KEPT, rest), ("cold, first of its kin", KIN, kin)):
            costs = list[tuple[float, float]]()
            for turn in range(rounds + 1):
                if each == KIN:
                    told()
                asks = scans(of[each * turn : each * (turn + 1)])
                costs.append((cost_of(*ours[0], asks)[0], cost_of(*ours[1], asks)[0]))
            found[what] = _compared(costs[1:])
            print(report.line(what, found[what]["micros"], found[what]["ratio"], TIMES))
    return {**lots, "subjects": found}


def _compared(costs: list[tuple[float, float]]) -> dict[str, Any]:
    return {
        "micros": report.spread([many for _, many in costs], 1),
        "few_micros": report.spread([few for few, _ in costs], 1),
        "ratio": report.spread([many / few for few, many in costs]),
        "limit": TIMES,
    }


async def _copied(data: Path, url: str, into: Path) -> str:
    """The same market once more: files, keys and rows."""
    shutil.copytree(data, into)
    if url.startswith("sqlite"):
        return f"sqlite:///{into / 'market.sqlite'}"
    connection = await asyncpg.connect(url.replace("/postgres?", "/template1?"))
    try:
        await connection.execute("CREATE DATABASE grown TEMPLATE postgres")
    finally:
        await connection.close()
    return url.replace("/postgres?", "/grown?")


async def _grow(url: str, more: int) -> dict[str, int]:
    db = engine_for(url)
    await db.open()
    try:
        few = await _count(db)
        async with laying(db) as lay:
            await _lots(db, lay, more)
        return {"few": few, "many": await _count(db)}
    finally:
        await db.close()


async def _count(db: Database) -> int:
    [row] = await db.query("SELECT COUNT(*) AS many FROM lot")
    return int(row["many"])


async def _lots(db: Database, lay: Lay, more: int) -> None:
    [like] = await db.query(f"SELECT COUNT(*) AS many FROM ({ALIKE}) AS alike")
    await db.query(f"CREATE TEMPORARY TABLE alike AS {ALIKE}")
    await db.query("CREATE UNIQUE INDEX alike_by_turn ON alike (turn)")
    of = f"CROSS JOIN alike l WHERE l.turn = (i * 7919 + {SEED}) % {like['many']}"
    same = {
        name: f'l."{name}"'
        for name in ("group", "plot", "farmer", "crop", "planting", "claim", "because", "scheme",
                     "certificate")
    }  # fmt: skip
    me = {"by": "'bench'", "at": lay.at}
    id, code = lay.id("lot", "i"), lay.code("Z", "i")
    await lay("lot", more, of, id=id, code=code, harvested_on=lay.day(f"i % {DAYS} - {DAYS}"),
              grams="2000", **same, **me)  # fmt: skip
    buckets = dict.fromkeys(("held_grams", "leased_grams", "waste_grams", "used_grams"), "0")
    await lay("stock", more, id=lay.id("stock", "i"), kind="'lot'", source=id, frozen="0",
              capacity_grams="2000", available_grams="500", sold_grams="1500",
              **buckets)  # fmt: skip
    await lay("public_code", more, code=code, kind="'lot'", subject=id, issued_at=lay.at,
              bound_at=lay.at)  # fmt: skip
    [head] = await db.query("SELECT seq FROM log_head")
    await lay("log_entry", more, seq=f"{head['seq']} + 1 + i", at=lay.at, tag="'lots.harvested'",
              subject=id, actor="'bench'", body=lay.bytes(300), prev=lay.bytes(32),
              leaf=lay.bytes(32))  # fmt: skip
    await db.query("UPDATE log_head SET seq = seq + {}", more)


def over(found: dict[str, Any]) -> list[str]:
    return [
        what for what, one in found["subjects"].items() if one["ratio"]["median"] > one["limit"]
    ]


def told(found: dict[str, Any]) -> list[str]:
    return [
        f"{what}: {found['many']:,} lots cost {one['ratio']['median']}x of {found['few']:,}"
        f" ({one['ratio']['min']} to {one['ratio']['max']}; limit {one['limit']}x),"
        f" {one['few_micros']['median'] / 1000:.3f} and {one['micros']['median'] / 1000:.3f} ms"
        for what, one in found["subjects"].items()
    ] + [f"seed {SEED}; load {report.machine()['load_average'][0]}"]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lots", type=int, default=MORE)
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    asked.add_argument("--only", choices=["sqlite", "postgres"])
    said = asked.parse_args()
    print(report.machine())
    found: dict[str, Any] = {}
    for engine, data, url, roots in servers.engines(said.only):
        print(engine)
        found[engine] = measure(data, url, *roots, more=said.lots, rounds=said.rounds)
    report.keep("history", found)
    return 1 if any(over(of) for of in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
