"""The forward market's figures, on both engines: `./run bench market` (`--quick` for a first look).

- a rush: five hundred buyers at once for twice of what is there, as `./run bench rush` has it;
- an order of two goods, from the basket to confirmed, by the API and by page: the CPU of the
  server's processes (on PostgreSQL the database's too), beside what a bare Litestar handler takes
  that returns the bytes of a placed order once; and the same among 10,000 offers instead of 100;
- the first page of the shop among 100 and among 10,000 offers.

Floor, few and many take turns within each round; a ratio is the median of those of the rounds.
Keeps bench/results/market.json; ends with 1 where a limit is passed.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from bench import rush
from bench.ground import crowd, report, servers, stall
from bench.ground.cost import Cost
from bench.ground.crowd import Basket, Crowd
from bench.ground.load import get, load

FEW, MANY = 100, 10_000
LIMITS = {"sqlite": 250.0, "postgres": 420.0}
FLAT, SHOP_P95_MS = 1.2, 300.0
CONNECTIONS = 16
FLOOR_TIMES = 20
"""The floor takes each body so often, for it takes so little."""
WAYS = ("api", "page")


class Stand:
    """One server, its round, and all processes that work for it."""

    def __init__(self, made: Crowd, server: servers.Server, roots: tuple[int, ...]) -> None:
        self.crowd, self.server, self.roots = made, server, (server.pid, *roots)

    def micros(self, asks: list[bytes], status: str) -> float:
        """For each of them."""
        with Cost(*self.roots) as cost:
            told = load([self.server.port], asks, connections=CONNECTIONS)
            cost.units = told.answers
        assert told.outcome == {status: len(asks)}, told.outcome
        return cost.micros

    def order(self, way: str, count: int) -> dict[str, float]:
        """Each step from the basket to confirmed."""
        made = crowd.baskets(self.crowd, count)
        steps = self._by_api(made) if way == "api" else self._by_page(made)
        return {step: self.micros(asks, status) for step, asks, status in steps}

    def _by_api(self, made: list[Basket]) -> Iterator[tuple[str, list[bytes], str]]:
        yield "place", crowd.placing(self.crowd, made), "201"
        yield "ask for the amount", crowd.asking(made), "200"
        yield "confirm", asyncio.run(crowd.confirming(self.crowd, made)), "200"

    def _by_page(self, made: list[Basket]) -> Iterator[tuple[str, list[bytes], str]]:
        yield "basket", crowd.looking(made), "200"
        yield "order", crowd.ordering(self.crowd, made), "303"
        yield "code to pay", asyncio.run(crowd.paying(self.crowd, made)), "200"
        yield "confirm", asyncio.run(crowd.confirming(self.crowd, made)), "200"

    def shop(self, count: int) -> tuple[float, float]:
        """(CPU of the first page, how long the slowest twentieth waits when asked one by one)"""
        asks = [get(f"/shop/{self.crowd.cycle}")] * count
        with Cost(*self.roots) as cost:
            told = load([self.server.port], asks, connections=1)
            cost.units = told.answers
        assert told.outcome == {"200": count}, told.outcome
        return cost.micros, told.p95_ms


@contextmanager
def stands(data: Path, url: str, *roots: int) -> Iterator[dict[int, Stand]]:
    """By the number of their offers: two copies of the demo, a server for each."""
    asyncio.run(stall.demo(data, url))
    with ExitStack() as stack:
        found = {}
        for offers, (folder, at) in _copies(data, url, stack).items():
            made = asyncio.run(crowd.gathered(folder, at, offers))
            found[offers] = Stand(made, stack.enter_context(servers.market(folder, at)), roots)
            asyncio.run(crowd.sign_in(made, found[offers].server.port))
        yield found


def _copies(data: Path, url: str, stack: ExitStack) -> dict[int, tuple[Path, str]]:
    other = stack.enter_context(servers.folder()) / "many"
    shutil.copytree(data, other)
    at = f"sqlite:///{other / 'market.sqlite'}"
    if not url.startswith("sqlite"):
        at = _named(url, "many")
        assert at != url
        asyncio.run(_copy_database(url))
    return {FEW: (data, url), MANY: (other, at)}


def _named(url: str, database: str) -> str:
    """The same server; `postgres` is also the name of who asks."""
    return re.sub(r"/postgres(?=\?|$)", f"/{database}", url)


async def _copy_database(url: str) -> None:
    connection = await asyncpg.connect(_named(url, "template1"))
    try:
        await connection.execute("CREATE DATABASE many TEMPLATE postgres")
    finally:
        await connection.close()


def measure(
    data: Path, url: str, *roots: int, rounds: int, orders: int, limit: float
) -> dict[str, Any]:
    with stands(data, url, *roots) as there, ExitStack() as stack:
        first = crowd.placing(there[FEW].crowd, crowd.baskets(there[FEW].crowd, 1))
        body = load([there[FEW].server.port], first, connections=1).first
        floor = stack.enter_context(servers.floor(body, data))
        bare = Stand(there[FEW].crowd, floor, ())
        told = [_round(there, bare, orders) for _ in range(rounds + 1)][1:]  # the first warms
    return _found(told, limit)


def _round(there: dict[int, Stand], bare: Stand, orders: int) -> dict[str, float]:
    asks = crowd.placing(bare.crowd, crowd.baskets(bare.crowd, orders))
    asks = [ask.replace(b"POST /api/v1/orders ", b"POST /floor ", 1) for ask in asks]
    told = {"floor": bare.micros(asks * FLOOR_TIMES, "201")}
    for offers, stand in there.items():
        for way in WAYS:
            steps = stand.order(way, orders)
            told |= {f"{way} {offers}: {step}": micros for step, micros in steps.items()}
            told[f"{way} {offers}"] = sum(steps.values())
        told[f"shop {offers}"], told[f"shop p95 {offers}"] = stand.shop(orders)
    return told


def _found(told: list[dict[str, float]], limit: float) -> dict[str, Any]:
    def of(name: str, beside: str) -> dict[str, float]:
        return report.spread([one[name] / one[beside] for one in told])

    names = {name: report.spread([one[name] for one in told], 1) for name in told[0]}
    found: dict[str, Any] = {"micros": {n: v for n, v in names.items() if "p95" not in n}}
    found["ratios"] = {
        **{f"{way}, beside the floor": (of(f"{way} {FEW}", "floor"), limit) for way in WAYS},
        **{
            f"{what}, {MANY:,} offers beside {FEW}": (of(f"{what} {MANY}", f"{what} {FEW}"), FLAT)
            for what in (*WAYS, "shop")
        },
    }
    found["shop_p95_ms"] = names[f"shop p95 {MANY}"]
    return found


def over(found: dict[str, Any]) -> list[str]:
    """What is not as it must be; how long a page waits is judged on an idle machine only."""
    return [name for name, (one, limit) in found["ratios"].items() if one["median"] > limit]


def lines(engine: str, found: dict[str, Any]) -> Iterator[str]:
    for name, micros in found["micros"].items():
        yield f"  {engine}: {name:32} {micros['median'] / 1000:9.3f} ms of CPU"
    for name, (one, limit) in found["ratios"].items():
        said = "ok" if one["median"] <= limit else "OVER"
        ratio = f"{one['median']:.2f}× ({one['min']:.2f} to {one['max']:.2f}; limit {limit:g}×)"
        yield f"  {engine}: {name}: {ratio} {said}"
    p95 = found["shop_p95_ms"]["median"]
    yield f"  {engine}: shop, {MANY:,} offers: p95 {p95:.0f} ms of {SHOP_P95_MS:.0f} ms"


def rushes(only: str | None) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for engine, data, url, roots in servers.engines(only):
        asyncio.run(stall.demo(data, url))
        for processes in (1, 2) if engine == "postgres" else (1,):
            yield (
                f"{engine}, {processes} process{'es' if processes > 1 else ''}",
                rush.rush(data, url, *roots, processes=processes),
            )


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", choices=["sqlite", "postgres"])
    asked.add_argument("--quick", action="store_true", help="one round of few orders, no rush")
    said = asked.parse_args()
    rounds, orders = (1, 40) if said.quick else (5, 200)
    found: dict[str, Any] = {}
    bad = []
    for engine, data, url, roots in servers.engines(said.only):
        found[engine] = measure(
            data, url, *roots, rounds=rounds, orders=orders, limit=LIMITS[engine]
        )
        print(*lines(engine, found[engine]), sep="\n", flush=True)
        bad += over(found[engine])
    for name, runs in () if said.quick else rushes(said.only):
        found[f"rush, {name}"] = runs
        print(*(f"  rush, {name}: {rush.told(run)}" for run in runs), sep="\n", flush=True)
        bad += [fault for run in runs for fault in (*rush.wrong(run), *(["late"] * rush.late(run)))]
    report.keep("market", found)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
