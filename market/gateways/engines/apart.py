"""A day planned by all engines, apart from whoever serves: `python -m market.gateways.engines.apart
SECONDS SEED`.

A problem as JSON on standard input; each better plan, checked, is a line of JSON on standard
output, and the last one says why visits are not made. Whoever started it may kill it at any moment,
with all that it started, and has lost nothing but what it was about to find.
"""

from __future__ import annotations

import sys

import msgspec

from market.domain.trips.check import check
from market.domain.trips.problem import Plan, Problem, Unserved
from market.gateways.engines.side_by_side import Better, best_of


def main() -> None:
    seconds, seed = sys.argv[1:]
    problem = msgspec.json.decode(sys.stdin.buffer.read(), type=Problem)

    def told(better: Better) -> None:
        _tell(_plan(problem, better))

    _tell(best_of(problem, float(seconds), int(seed), told=told))


def _plan(problem: Problem, better: Better) -> Plan:
    """Reasons are looked for once, at the end."""
    served = {id for ids in better.routes for id in ids}
    named = tuple(
        Unserved(visit.id, visit.off or "unasked", promised=visit.required and not visit.off)
        for visit in problem.visits
        if visit.id not in served and (visit.kind == "stop" or visit.required)
    )
    cost = check(problem, Plan(better.routes, 0, better.engine, named)).cost
    return Plan(better.routes, cost, better.engine, named)


def _tell(plan: Plan) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(plan) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
