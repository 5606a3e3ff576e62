"""What a scan costs beside a bare Litestar handler of the same bytes: `./run bench trace`.

Server CPU per answer (utime + stime of its processes; on PostgreSQL of the database's too), floor
and subject in turn within each round; the ratio is that of its own round. Whether the client asked
for gzip is said of each. "cold": nothing of that lot is in memory; each lot is asked for once
in each language, and before every round something is told to the log, so that all is forgotten.
Keeps bench/results/trace.json; ends with 1 where a limit is passed.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.ground import report, servers, stall
from bench.ground.cost import Cost
from bench.ground.load import get, load

LOTS = 400
COLD = {"sqlite": 2.5, "postgres": 4.0}
GZIP = {"accept_encoding": "gzip"}
FORGETS_S = 0.7
"""Longer than the server takes to see what was told."""

Asks = list[bytes]


def subjects(codes: list[str], etag: str, cold: float) -> dict[str, tuple[Asks, float]]:
    """What is asked, and the limit."""
    page = f"/L/{codes[0]}"
    each = [(code, language) for code in codes for language in ("th", "en")]
    return {
        "warm 200": ([get(page)], 1.0),
        "warm 200, gzip asked": ([get(page, **GZIP)], 1.0),
        "warm 304": ([get(page, if_none_match=etag)], 1.0),
        "warm 304, gzip asked": ([get(page, if_none_match=etag, **GZIP)], 1.0),
        "cold 200": ([get(f"/L/{code}", accept_language=of) for code, of in each], cold),
    }


def measure(data: Path, url: str, *roots: int, rounds: int, seconds: float, cold: float) -> Any:
    asyncio.run(stall.demo(data, url))
    codes = asyncio.run(stall.harvests(data, url, count=LOTS))
    found = {}
    with servers.market(data, url) as ours:
        for language in ("en", "th"):  # the map of a tambon is drawn once for each
            body, etag = _fetched(ours.port, codes[0], language)
        with servers.floor(body, data) as floor:
            print(f"  page of {len(body):,} bytes")
            for what, (asks, limit) in subjects(codes, etag, cold).items():
                is_cold = what.startswith("cold")
                forget = (lambda: _told(data, url)) if is_cold else (lambda: None)
                found[what] = _in_turn(
                    (floor, (floor.pid,)), (ours, (ours.pid, *roots)), asks,
                    rounds=rounds, seconds=0 if is_cold else seconds, before=forget,
                )  # fmt: skip
                found[what]["limit"] = limit
                print(report.line(what, found[what]["micros"], found[what]["ratio"], limit))
                print(f"  {'its floor':44} {found[what]['floor_micros']['median'] / 1000:8.3f} ms")
    return {"bytes": len(body), "subjects": found}


def _in_turn(
    floor: tuple[servers.Server, tuple[int, ...]], ours: tuple[servers.Server, tuple[int, ...]],
    asks: Asks, *, rounds: int, seconds: float, before: Callable[[], None],
) -> dict[str, Any]:  # fmt: skip
    plain = [get("/floor")]
    floors, mine, p99 = list[float](), list[float](), list[float]()
    for _ in range(rounds):
        before()
        floors.append(_micros(*floor, plain * len(asks) if not seconds else plain, seconds)[0])
        micros, slowest = _micros(*ours, asks, seconds)
        mine.append(micros)
        p99.append(slowest)
    return {
        "micros": report.spread(mine, 1),
        "floor_micros": report.spread(floors, 1),
        "ratio": report.spread([one / other for one, other in zip(mine, floors, strict=True)]),
        "p99_ms": report.spread(p99),
    }


def _micros(
    server: servers.Server, roots: tuple[int, ...], asks: Asks, seconds: float
) -> tuple[float, float]:
    with Cost(*roots) as cost:
        told = load([server.port], asks, seconds=seconds)
        cost.units = told.answers
    assert set(told.outcome) <= {"200", "304"}, told.outcome
    return cost.micros, told.p99_ms


def _told(data: Path, url: str) -> None:
    """A deed, so that the server forgets every page."""
    asyncio.run(stall.harvests(data, url, count=1))
    time.sleep(FORGETS_S)


def _fetched(port: int, code: str, language: str) -> tuple[bytes, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", f"/L/{code}", headers={"accept-language": language})
    answer = connection.getresponse()
    return answer.read(), answer.headers["etag"] or ""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--seconds", type=float, default=2)
    asked.add_argument("--only", choices=["sqlite", "postgres"])
    said = asked.parse_args()
    found: dict[str, Any] = {}
    for engine, data, url, roots in servers.engines(said.only):
        print(engine)
        found[engine] = measure(
            data, url, *roots, rounds=said.rounds, seconds=said.seconds, cold=COLD[engine]
        )
    report.keep("trace", found)
    over = [
        what for of in found.values() for what, one in of["subjects"].items()
        if one["ratio"]["median"] > one["limit"]
    ]  # fmt: skip
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
