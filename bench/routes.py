"""The planner on the eight green-market days: first plan, best after some seconds, spread of seeds.

    python -m bench.routes [SECONDS]

A gap is 100 x (cost - best known) / (10 x all walk-up value of the day); negative is better than
anybody found before. Seconds are of CPU, so that a busy machine changes the load, not the figures.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path

from market.domain.trips import day_file, solve
from market.domain.trips.check import check
from market.domain.trips.exact import proved
from market.domain.trips.ground import Ground
from market.domain.trips.improve import Search
from market.domain.trips.problem import Problem

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "routes.json"
BEST_KNOWN = {
    "GM-s1-p6-m4-t1": 4098, "GM-s2-p8-m6-t1": 1797, "GM-s3-p10-m8-t1": 2895,
    "GM-s4-p12-m10-t2": 10597, "GM-s5-p16-m12-t2": 11882, "GM-s6-p20-m20-t4": 14263,
    "GM-s7-p30-m30-t5": 6263, "GM-s8-p60-m60-t10": 11350,
}  # fmt: skip
"""OR-Tools for 45 s, or it and ours one after the other, before this planner was written."""
SEEDS = (1, 2, 3)


def measured(problem: Problem, seconds: float) -> dict[str, object]:
    began = time.process_time()
    Search(Ground(problem), 1).first()
    first_s = time.process_time() - began
    proof = proved(problem)
    costs = [_found(problem, seconds, seed) for seed in SEEDS]
    worth = 10 * sum(visit.value_satang for visit in problem.visits) / 100
    best = BEST_KNOWN[problem.name]
    gaps = [round(100 * (cost - best) / worth, 2) for cost in costs]
    return {
        "day": problem.name, "first_ms": round(first_s * 1000, 1), "proved": proof is not None,
        "best_known": best, "costs": costs, "gaps_percent": gaps,
        "median_gap_percent": statistics.median(gaps),
    }  # fmt: skip


def _found(problem: Problem, seconds: float, seed: int) -> int:
    plan = solve.by_time(problem, seconds, seed, time.process_time)
    assert check(problem, plan).faults == ()
    return round(plan.cost / 600_000)


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    days = [
        measured(day_file.read(path.read_bytes()), seconds)
        for path in sorted((HERE / "days").glob("*.json"))
    ]
    medians = [float(str(day["median_gap_percent"])) for day in days]
    report = {
        "seconds_of_cpu": seconds, "seeds": SEEDS, "load": os.getloadavg()[0], "days": days,
        "mean_of_medians_percent": round(statistics.mean(medians), 2),
        "worst_percent": max(medians),
    }  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1))
    for day in days:
        proof = "proved" if day["proved"] else ""
        print(
            f"{day['day']:20} first {day['first_ms']:6} ms",
            day["costs"],
            day["gaps_percent"],
            proof,
        )
    mean, worst = report["mean_of_medians_percent"], report["worst_percent"]
    print(f"gap, median of {len(SEEDS)} seeds: mean {mean} %, worst {worst} %")


if __name__ == "__main__":
    main()
