"""Five hundred people press the button at once, for twice of what is there: `./run bench rush`.

A lot of 50 kg, sizes that divide it, three runs on each engine, and on PostgreSQL with two
processes as well. What must be exact: 50,000 g are sold and held, everybody else is told
`sold_out`, nobody anything else. The last is answered within 1.5 × 500 × the CPU of one order that
has the server to itself; an order's CPU is the server's, on PostgreSQL with the database's.
Keeps bench/results/rush.json; ends with 1 where anything is not so.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from bench.ground import report, servers, stall
from bench.ground.cost import Cost
from bench.ground.load import load, post
from market import settings
from market.app import opened
from market.domain.lots import queries as lots
from market.domain.offers.rules import MakeOffer

BUYERS, STOCK_GRAMS, TIMES = 500, 50_000, 1.5
LONGEST_S = 30
"""However busy the machine is."""
SIZES = ((200,), (100, 100, 400), (200,))
"""Grams, of the buyers in turn: 200 g on average, and whatever is left somebody wants."""

ALONE = 60


def rush(data: Path, url: str, *roots: int, processes: int = 1) -> list[dict[str, Any]]:
    """Three runs on what the demo has laid out there."""
    with servers.market(data, url, processes=processes) as ours:
        micros = _alone(data, url, ours, *roots)
        return [_run(data, url, ours, roots, sizes, micros) for sizes in SIZES]


def _alone(data: Path, url: str, ours: servers.Server, *roots: int) -> float:
    """What one order costs when nobody else asks."""
    made = asyncio.run(stall.offered(data, url, STOCK_GRAMS))
    load([ours.port], _asks(made, (200,), 10), connections=1)
    with Cost(ours.pid, *roots) as cost:
        cost.units = load([ours.port], _asks(made, (200,), ALONE), connections=1).answers
    return cost.micros


def _run(
    data: Path, url: str, ours: servers.Server, roots: tuple[int, ...],
    sizes: tuple[int, ...], micros: float,
) -> dict[str, Any]:  # fmt: skip
    made = asyncio.run(stall.offered(data, url, STOCK_GRAMS))
    with Cost(ours.pid, *roots) as cost:
        told = load([ours.port], _asks(made, sizes, BUYERS), connections=BUYERS)
        cost.units = told.answers
    stock = asyncio.run(_stock(data, url, made.stock))
    allowed = TIMES * BUYERS * micros / 1e6
    return {
        "sizes": sizes,
        "outcome": told.outcome,
        "sold_grams": stock.held_grams + stock.sold_grams,
        "left_grams": stock.available_grams,
        "answered_s": round(told.seconds, 2),
        "allowed_s": round(allowed, 2),
        "micros_alone": round(micros),
        "micros_in_the_rush": round(cost.micros),
        "p99_ms": round(told.p99_ms),
        "load_average": round(os.getloadavg()[0], 2),
    }


def wrong(run: dict[str, Any]) -> list[str]:
    """What is not as it must be; the time allowed by the CPU of one order is judged apart, for a
    machine may have other work."""
    found = []
    if (run["sold_grams"], run["left_grams"]) != (STOCK_GRAMS, 0):
        found.append(f"sold {run['sold_grams']} g, left {run['left_grams']} g")
    if run["outcome"].keys() != {"201", "409 lots.sold_out"}:
        found.append(f"answers {run['outcome']}")
    if run["answered_s"] > LONGEST_S:
        found.append(f"the last was answered after {run['answered_s']} s")
    if sum(run["outcome"].values()) != BUYERS:
        found.append(f"{sum(run['outcome'].values())} answers")
    return found


def late(run: dict[str, Any]) -> bool:
    """Where the machine had other work, that much more time is allowed as there was less of it."""
    busy = max(1.0, run["load_average"] / (os.cpu_count() or 1))
    return bool(run["answered_s"] > run["allowed_s"] * busy)


async def _stock(data: Path, url: str, id: str) -> lots.Buckets:
    async with opened(settings.read({"MARKET_DATA": str(data), "DATABASE_URL": url})):
        return await lots.stock(id)


def _asks(made: MakeOffer, sizes: tuple[int, ...], count: int) -> list[bytes]:
    return [
        post(
            "/api/v1/orders",
            msgspec.json.encode(stall.order(made, sizes[number % len(sizes)], number)),
        )
        for number in range(count)
    ]


def told(run: dict[str, Any]) -> str:
    sold = run["outcome"].get("201", 0)
    return (
        f"{sold} orders, {run['sold_grams']:,} g sold, {run['left_grams']} g left,"
        f" {run['outcome'].get('409 lots.sold_out', 0)} told sold out; all answered in"
        f" {run['answered_s']} s of {run['allowed_s']} s; CPU per answer"
        f" {run['micros_in_the_rush'] / 1000:.1f} ms, alone {run['micros_alone'] / 1000:.1f} ms"
    )


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", choices=["sqlite", "postgres"])
    found: dict[str, list[dict[str, Any]]] = {}
    for engine, data, url, roots in servers.engines(asked.parse_args().only):
        asyncio.run(stall.demo(data, url))
        for processes in (1, 2) if engine == "postgres" else (1,):
            name = f"{engine}, {processes} process{'es' if processes > 1 else ''}"
            found[name] = rush(data, url, *roots, processes=processes)
            for run in found[name]:
                print(f"{name}: {told(run)}; load {run['load_average']}", *wrong(run), flush=True)
    report.keep("rush", found)
    return 1 if any(wrong(run) or late(run) for runs in found.values() for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
