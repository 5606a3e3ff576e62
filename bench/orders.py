"""What an order costs over HTTP beside a bare Litestar handler: `./run bench orders`.

Guests order at 16 connections; the floor takes the same bodies and returns the same bytes. Server
CPU per order (on PostgreSQL its processes counted), floor and orders in turn within each round.
Keeps bench/results/orders.json; ends with 1 where a limit is passed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

import msgspec

from bench.ground import report, servers, stall
from bench.ground.cost import Cost
from bench.ground.load import load, post
from market.domain.offers.rules import MakeOffer

CONNECTIONS, ORDERS = 16, 200
FLOOR_TIMES = 20
"""The floor takes each body so often: /proc counts in hundredths of a second."""
LIMITS = {"sqlite": 200.0, "postgres": 330.0}
PLENTY_GRAMS = 100_000_000


def measure(data: Path, url: str, *roots: int, rounds: int, limit: float) -> dict[str, Any]:
    asyncio.run(stall.demo(data, url))
    made = asyncio.run(stall.offered(data, url, PLENTY_GRAMS))
    floors, mine, p99 = list[float](), list[float](), list[float]()
    with servers.market(data, url) as ours:
        first = load([ours.port], asks(made, 20), connections=1).first
        with servers.floor(first, data) as floor:
            for number in range(1, rounds + 1):
                bodies = asks(made, ORDERS, after=1_000 * number)
                bare = [_floor(body) for body in bodies] * FLOOR_TIMES
                floors.append(_micros(floor, (floor.pid,), bare)[0])
                micros, slowest = _micros(ours, (ours.pid, *roots), bodies)
                mine.append(micros)
                p99.append(slowest)
    found = {
        "micros": report.spread(mine, 1),
        "floor_micros": report.spread(floors, 1),
        "ratio": report.spread([one / other for one, other in zip(mine, floors, strict=True)], 1),
        "p99_ms": report.spread(p99),
        "limit": limit,
        "connections": CONNECTIONS,
        "orders": ORDERS,
    }
    print(report.line("an order", found["micros"], found["ratio"], limit))
    print(f"  {'its floor':44} {found['floor_micros']['median'] / 1000:8.3f} ms")
    return found


def asks(made: MakeOffer, count: int, *, after: int = 0, grams: int = 200) -> list[bytes]:
    return [
        post("/api/v1/orders", msgspec.json.encode(stall.order(made, grams, after + number)))
        for number in range(count)
    ]


def _floor(ask: bytes) -> bytes:
    return ask.replace(b"POST /api/v1/orders ", b"POST /floor ", 1)


def _micros(
    server: servers.Server, roots: tuple[int, ...], bodies: list[bytes]
) -> tuple[float, float]:
    with Cost(*roots) as cost:
        told = load([server.port], bodies, connections=CONNECTIONS)
        cost.units = told.answers
    assert told.outcome == {"201": len(bodies)}, told.outcome
    return cost.micros, told.p99_ms


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--only", choices=["sqlite", "postgres"])
    said = asked.parse_args()
    found: dict[str, Any] = {}
    for engine, data, url, roots in servers.engines(said.only):
        print(engine)
        found[engine] = measure(data, url, *roots, rounds=said.rounds, limit=LIMITS[engine])
    report.keep("orders", found)
    return 1 if any(one["ratio"]["median"] > one["limit"] for one in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
