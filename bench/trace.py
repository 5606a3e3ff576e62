"""What a scan costs beside a bare Litestar handler of the same bytes: `./run bench trace`.

Server CPU per answer (of its processes by the kernel's clock; on PostgreSQL of the database's too),
floor and subject in turn within each round; the ratio is that of its own round. Whether the client
asked for gzip is said of each.

"cold": each lot is scanned once, in Thai or in English, and its page was never made: one query, one
render. What it shares with other lots of its land, planting, farmer and papers, and with others of
its day of harvest, was asked and made for others before. "cold, first of its kin": something was
told to the log, and nobody scanned a lot of that land since; now what it shares is asked too, and
found to be the same. "told since": the very page was made before something was told.
Keeps bench/results/trace.json; ends with 1 where a limit is passed.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.ground import report, servers, stall
from bench.ground.cost import Cost
from bench.ground.load import get, load

LOTS = 1_600
"""Of each cold round, which has its own: from all land that bears, of DAYS harvest days in turn. So
many that what a server does for sixteen new connections, and while the load starts, is little."""

KEPT = 400
"""That fit on the shelf of made pages together, to be asked for again."""

KIN = 30
"""So many lots in turn are of different land."""

COLD = {"sqlite": 2.5, "postgres": 4.0}
FIRST_OF_KIN = 6
"""So many times that, at most: two queries, one over eleven tables, and a connection for two."""

GZIP = {"accept_encoding": "gzip"}
FORGETS_S = 0.7
"""Longer than the server takes to see what was told."""

Asks = list[bytes]
Counted = tuple[servers.Server, tuple[int, ...]]
"""A server, and the processes whose CPU is its cost."""


def measure(data: Path, url: str, *roots: int, rounds: int, seconds: float, cold: float) -> Any:
    asyncio.run(stall.demo(data, url))
    codes = asyncio.run(stall.harvests(data, url, count=(LOTS + KIN) * (rounds + 1)))
    with servers.market(data, url) as server:
        for first in range(2):
            load([server.port], scans(codes[:KEPT], first))
        body, etag = _fetched(server.port, codes[0])
        with servers.floor(body, data) as bare:
            print(f"  page of {len(body):,} bytes")
            floor, ours = (bare, (bare.pid,)), (server, (server.pid, *roots))

            def told() -> None:
                asyncio.run(stall.harvests(data, url, count=1))
                time.sleep(FORGETS_S)

            page = f"/L/{codes[0]}"
            found = {
                what: _in_turn(floor, ours, [asks] * rounds, 1.0, seconds=seconds)
                for what, asks in {
                    "warm 200": [get(page)],
                    "warm 200, gzip asked": [get(page, **GZIP)],
                    "warm 304": [get(page, if_none_match=etag)],
                    "warm 304, gzip asked": [get(page, if_none_match=etag, **GZIP)],
                }.items()
            }
            again = [scans(codes[:KEPT])] * rounds
            found["told since, 200"] = _in_turn(floor, ours, again, cold, before=told)
            rest = codes[-KIN * rounds :]
            first = [scans(rest[KIN * n : KIN * (n + 1)]) for n in range(rounds)]
            found["cold, first of its kin, 200"] = _in_turn(
                floor, ours, first, FIRST_OF_KIN * cold, before=told
            )
            new = [scans(codes[LOTS * n : LOTS * (n + 1)]) for n in range(1, rounds + 1)]
            found["cold 200"] = _in_turn(floor, ours, new, cold)
    for what, one in found.items():
        print(report.line(what, one["micros"], one["ratio"], one["limit"]))
        print(f"  {'its floor':44} {one['floor_micros']['median'] / 1000:8.3f} ms")
    return {"bytes": len(body), "subjects": found}


def scans(codes: list[str], first: int = 0) -> Asks:
    """Each once, in one language and the other in turn."""
    in_turn = enumerate(codes, first)
    return [get(f"/L/{code}", accept_language=("th", "en")[n % 2]) for n, code in in_turn]


def _nothing() -> None:
    """Before a round that needs nothing."""


def _in_turn(
    floor: Counted, ours: Counted, rounds: Sequence[Asks], limit: float, *,
    seconds: float = 0, before: Callable[[], None] = _nothing,
) -> dict[str, Any]:  # fmt: skip
    plain = [get("/floor")]
    floors, mine, p99 = list[float](), list[float](), list[float]()
    for asks in rounds:
        before()
        floors.append(cost_of(*floor, plain, seconds or 1)[0])
        micros, slowest = cost_of(*ours, asks, seconds)
        mine.append(micros)
        p99.append(slowest)
    return {
        "micros": report.spread(mine, 1),
        "floor_micros": report.spread(floors, 1),
        "ratio": report.spread([one / other for one, other in zip(mine, floors, strict=True)]),
        "p99_ms": report.spread(p99),
        "limit": limit,
    }


def cost_of(
    server: servers.Server, roots: tuple[int, ...], asks: Asks, seconds: float = 0
) -> tuple[float, float]:
    with Cost(*roots) as cost:
        told = load([server.port], asks, seconds=seconds)
        cost.units = told.answers
    assert set(told.outcome) <= {"200", "304"}, told.outcome
    return cost.micros, told.p99_ms


def _fetched(port: int, code: str) -> tuple[bytes, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", f"/L/{code}")
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
