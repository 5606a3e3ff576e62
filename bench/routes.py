"""The planner's figures: the seeds' spread first, then gaps, first plans, proofs, replans.

    python -m bench.routes [SECONDS] [PART ...]      parts: days plain small hand again

A gap is 100 x (cost - best known) / (10 x all walk-up value of the day); negative is better than
anybody found before. The measure is OR-Tools alone on one core for the same seconds, in this run.
Seconds are of the wall, so a busy machine makes it worse: the load is told.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace

from market.domain.trips import day_file, solve
from market.domain.trips.check import check
from market.domain.trips.estimate import metres
from market.domain.trips.evaluate import evaluate
from market.domain.trips.exact import proved
from market.domain.trips.problem import Problem, Reload, Rest, Truck, Visit
from market.domain.trips.replan import BrokeDown, CalledOff, Event, Late, replan
from market.gateways.engines import plain
from market.gateways.engines.side_by_side import Better, best_of
from market.gateways.engines.worker import THEIRS

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "routes.json"
BEST_KNOWN = {
    "GM-s1-p6-m4-t1": 4098, "GM-s2-p8-m6-t1": 1797, "GM-s3-p10-m8-t1": 2895,
    "GM-s4-p12-m10-t2": 10597, "GM-s5-p16-m12-t2": 11882, "GM-s6-p20-m20-t4": 14263,
    "GM-s7-p30-m30-t5": 6263, "GM-s8-p60-m60-t10": 11350,
}  # fmt: skip
"""OR-Tools for 45 s, or it and ours one after the other, before this planner was written."""
SOLOMON_25 = {
    "R101.25": 6171, "RC101.25": 4611, "R112.25": 3930, "C101.25": 1913, "RC104.25": 3066,
}  # fmt: skip
HUNDRED = {
    "RC108": 11142, "R208": 7010, "X-n101-k25": 27591, "lr112": 1003766, "lrc206": 1159033,
}  # fmt: skip
SEEDS = (1, 2, 3)
UNIT = 600_000
"""Parts of a satang in a tenth of a baht."""
Row = dict[str, Any]


def day(name: str) -> Problem:
    return day_file.read((HERE / "days" / f"{name}.json").read_bytes())


def gap(problem: Problem, cost: float | None) -> float | None:
    worth = 10 * sum(visit.value_satang for visit in problem.visits) / 100
    return None if cost is None else round(100 * (cost - BEST_KNOWN[problem.name]) / worth, 2)


def alone(problem: Problem, seconds: float) -> float | None:
    """What OR-Tools finds by itself on one core in the same wall time; it has no seed.

    None: nothing that keeps all promises, better than the plan made before any engine starts.
    """
    plan = best_of(problem, seconds, 0, lines=("alone",))
    return round(plan.cost / UNIT, 1) if plan.engine == THEIRS and not plan.broken else None


def of_day(name: str, seconds: float) -> Row:
    problem = day(name)
    costs, firsts, ours = list[float](), list[float](), list[Any]()
    for seed in SEEDS:
        heard = list[Better]()
        plan = best_of(problem, seconds, seed, told=heard.append)
        assert check(problem, plan).faults == ()
        costs.append(round(plan.cost / UNIT, 1))
        firsts.append(heard[0].seconds)
        ours.append((plan.engine, plan.proved, heard[-1].seconds))
    theirs = [alone(problem, seconds) for _ in SEEDS]
    known = [cost for cost in theirs if cost is not None]
    return {
        "day": name, "costs": costs, "gaps": [gap(problem, cost) for cost in costs],
        "median_gap": gap(problem, statistics.median(costs)), "engines": ours,
        "first_s": max(firsts), "alone": theirs,
        "alone_gap": gap(problem, statistics.median(known)) if len(known) == len(SEEDS) else None,
    }  # fmt: skip


def days(seconds: float) -> Row:
    rows = []
    for name in BEST_KNOWN:
        rows.append(row := of_day(name, seconds))
        print(f"{name:19} {row['costs']} gaps {row['gaps']} median {row['median_gap']} %;"
              f" OR-Tools alone {row['alone']} {row['alone_gap']} %; first {row['first_s']} s"
              f" {[engine for engine, *_ in row['engines']]}", flush=True)  # fmt: skip
    medians = [row["median_gap"] for row in rows]
    worse = [row["day"] for row in rows
             if row["alone_gap"] is not None and row["median_gap"] > row["alone_gap"]]  # fmt: skip
    print(f"gap: mean {statistics.mean(medians):.2f} %, worst {max(medians)} %;"
          f" worse than OR-Tools alone: {worse or 'none'}")  # fmt: skip
    return {"days": rows, "mean": statistics.mean(medians), "worst": max(medians), "worse": worse}


def plain_(seconds: float) -> Row:
    said: Row = {}
    for names, lasts in ((SOLOMON_25, min(seconds, 1.0)), (HUNDRED, seconds)):
        for name, best in names.items():
            solved = [plain.solve(HERE / "instances" / f"{name}.vrp", lasts, s) for s in SEEDS]
            assert not any(one.faults for one in solved), solved
            gaps = [round(100 * (one.cost / best - 1), 2) for one in solved]
            said[name] = {"gaps": gaps, "engine": solved[0].engine, "seconds": lasts}
            print(f"{name:12} {lasts} s {gaps} median {statistics.median(gaps)} %"
                  f" ({solved[0].engine})", flush=True)  # fmt: skip
        medians = [statistics.median(said[name]["gaps"]) for name in names]
        print(f"  mean of medians {statistics.mean(medians):.2f} %, worst {max(medians)} %")
    return said


def small_day(chance: Random) -> Problem:
    """One truck, eight visits, two windows each, a break, a further trip, sales to passers-by."""
    spots = [(7 + chance.random() / 5, 100.4 + chance.random() / 5) for _ in range(9)]

    def windows() -> tuple[tuple[int, int], ...]:
        first, then = chance.randint(5, 9) * 3600, chance.randint(10, 15) * 3600
        return ((first, first + 5_400), (then, then + 5_400))

    plots = tuple(
        Visit(f"P{n}", "plot", windows(), 600, {"kale": chance.randint(5, 30) * 1000})
        for n in range(4)
    )
    stops = tuple(
        Visit(f"S{n}", "stop", windows(), 1800, {"kale": chance.randint(1, 8) * 1000},
              chance.randint(5, 60) * 1000, walkup={"kale": 9_000}, satang_per_kg={"kale": 3_000})
        for n in range(4)
    )  # fmt: skip
    truck = Truck("T1", 60_000, (4 * 3600, 19 * 3600), 400, 150,
                  rest=Rest(1800, (11 * 3600, 13 * 3600)),
                  reload=Reload(2, 900, (0, 86_400)))  # fmt: skip
    ways = metres(spots, 1.35)
    seconds = tuple(tuple(way // 10 for way in row) for row in ways)
    return Problem("small", plots + stops, (truck,), ways, seconds)


def small(_: float) -> Row:
    lasts, many = [], 0
    for seed in range(20):
        problem = small_day(Random(seed))
        began = time.process_time()
        many += proved(problem) is not None
        lasts.append(time.process_time() - began)
    print(f"8 visits, one truck: {many} of 20 proved, CPU median {statistics.median(lasts):.2f} s,"
          f" most {max(lasts):.2f} s")  # fmt: skip
    return {"proved": many, "of": 20, "most_cpu_s": round(max(lasts), 2)}


def hand(_: float) -> Row:
    """An order changed by hand, an event, an impossible day; at 60 and at 120 visits."""
    said: Row = {}
    for name in ("GM-s7-p30-m30-t5", "GM-s8-p60-m60-t10"):
        problem = day(name)
        plan = best_of(problem, 3.0, 1)
        moved = [list(ids) for ids in plan.routes]
        moved[0][:2] = moved[0][1::-1]
        each = [_cpu(lambda p=problem, m=moved: evaluate(p, m)) for _ in range(30)]
        happened: dict[str, list[Event]] = {
            "late": [Late("T1", 1_800)], "broke down": [BrokeDown("T2")],
            "called off": [CalledOff(plan.routes[2][-1])],
        }  # fmt: skip
        again = {}
        for what, events in happened.items():
            began = time.monotonic()
            made = replan(problem, plan, 9 * 3600, events, clock=time.monotonic)
            lasts = round(time.monotonic() - began, 2)
            far = [m for m in made.moves if m.kind == "moved" and abs(m.minutes) > 15]
            again[what] = (lasts, len(far), len(made.before.begins), len(made.plan.broken))
        half = problem.trucks[: len(problem.trucks) // 2]
        must = tuple(replace(visit, required=True) for visit in problem.visits)
        hard = replace(problem, visits=must, trucks=half)
        heard = list[Better]()
        impossible = best_of(hard, 4.0, 1, told=heard.append)
        assert check(hard, impossible).faults == ()
        said[name] = {
            "evaluate_ms": (round(statistics.median(each), 1), round(max(each), 1)),
            "replan": again, "impossible_first_s": heard[0].seconds,
            "broken": [(one.id, one.reason) for one in impossible.broken],
        }  # fmt: skip
        print(name, json.dumps(said[name]), flush=True)
    return said


def _cpu(does: Callable[[], object]) -> float:
    began = time.process_time()
    does()
    return (time.process_time() - began) * 1000


def again(_: float) -> Row:
    said = {}
    for name in list(BEST_KNOWN)[4:]:
        problem = day(name)
        runs = {day_file.answer(solve.by_iterations(problem, 60, 7)) for _ in range(10)}
        said[name] = len(runs)
    print(f"ten repeats with iterations: different answers {said}")
    return said


PARTS = {"days": days, "plain": plain_, "small": small, "hand": hand, "again": again}


def main() -> None:
    words = sys.argv[1:]
    seconds = float(words.pop(0)) if words and words[0][0].isdigit() else 10.0
    before = os.getloadavg()
    report: Row = {"seconds": seconds, "seeds": SEEDS, "cores": os.cpu_count()}
    for part in words or PARTS:
        report[part] = PARTS[part](seconds)
    report["load"] = (before, os.getloadavg())
    print(f"load before {before}, after {report['load'][1]}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
