"""A week planned by all engines, apart from whoever serves: `python -m
market.gateways.engines.week_apart SECONDS SEED`.

A `week.Week` as JSON on standard input; a line with a number for each day that is planned, then one
with the whole, `week.Planned`. Whoever started it may kill it at any moment.
"""

from __future__ import annotations

import sys

import msgspec

from market.domain.trips.problem import Plan, Problem
from market.domain.trips.week import Week, planned
from market.gateways.engines.side_by_side import best_of


def main() -> None:
    seconds, seed = sys.argv[1:]
    week = msgspec.json.decode(sys.stdin.buffer.read(), type=Week)
    done = 0

    def solve(problem: Problem) -> Plan:
        nonlocal done
        plan = best_of(problem, float(seconds), int(seed))
        done += 1
        _tell(str(done).encode())
        return plan

    _tell(msgspec.json.encode(planned(week, solve)))


def _tell(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
