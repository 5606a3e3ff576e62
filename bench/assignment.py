"""Inspectors for a whole season of plots, how fast and how fairly: `./run bench assignment`.

One season of 500 plots and one of 3,000, each with two seasons before it that bind; the checker of
the tests, which shares nothing with the solver, looks at every one. Rings are then planted in
twenty seasons of 600 farmers and looked for (`--rings 3000`: of 3,000, some ten minutes). Keeps
bench/results/assignment.json; ends with 1 where a season of 500 takes more than ten seconds, a
forbidden pair is found, or the report misses its mark.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from typing import Any

from bench.ground import report
from certification.assignment import collusion, solve
from certification.assignment.rules import Look
from tests.certification.seasons import invented, wrong, years

SECONDS_MAX, FOUND_LEAST, FALSE_MOST = 10.0, 0.95, 0.02


def season(farmers: int) -> dict[str, Any]:
    """The third of three seasons."""
    looks: list[Look] = []
    for number in range(2026, 2029):
        asked = invented(farmers, number=number, history=looks)
        began = time.perf_counter()
        found = solve.fill(asked)
        took = time.perf_counter() - began
        lands = {land.plot: land.home for land in asked.lands}
        homes = {person.person: person.home for person in asked.inspectors}
        looks += [
            Look(number, p.person, homes[p.person], p.plot, lands[p.plot])
            for p in found.places
            if p.person
        ]
    loads = Counter(place.person for place in found.places if place.person)
    seats = {seat: Counter() for seat in asked.settings.panel}
    for place in found.places:
        seats[place.seat][place.person] += 1
    told = {
        "plots": farmers,
        "people": len(asked.inspectors),
        "seconds": round(took, 2),
        "forbidden": len(wrong(asked, found.places)),
        "empty": found.empty,
        "amiss": found.amiss,
        "loads": {str(n): count for n, count in sorted(Counter(loads.values()).items())},
        "most": {seat: max(count.values()) for seat, count in seats.items()},
        "km_a_seat": round(found.metres / 1000 / len(found.places), 1),
    }
    print(f"  {farmers} plots, {told['people']} people: {told['seconds']} s, "
          f"forbidden {told['forbidden']}, empty {found.empty}, follow-ups amiss {found.amiss}, "
          f"plots a person {told['loads']}, {told['km_a_seat']} km a seat")  # fmt: skip
    return told


def rings(farmers: int) -> dict[str, Any]:
    told = years(farmers, 20, seed=7)
    shares: dict[str, list[tuple[float, float]]] = {}
    for found in (1.5, 2.0, 3.0):
        for seed in (1, 2, 3):
            named = collusion.report(told.seen(seed, found=found)).rings
            shares.setdefault(str(found), []).append(told.judged(named))
        print(f"  {farmers} farmers, 20 seasons, {len(told.rings)} rings, {found} faults a look: "
              f"found {min(s for s, _ in shares[str(found)]):.0%} or more, "
              f"false {max(f for _, f in shares[str(found)]):.1%} or fewer")  # fmt: skip
    return {
        "farmers": farmers, "rings": len(told.rings), "forbidden": len(told.wrong),
        "empty": told.empty, "changed_by_hand": told.bent,
        "found_and_false_by_faults_a_look": {
            key: [[round(share, 3) for share in pair] for pair in pairs]
            for key, pairs in shares.items()
        },
    }  # fmt: skip


def main() -> int:
    words = argparse.ArgumentParser(prog="bench.assignment")
    words.add_argument("--rings", type=int, default=600, help="farmers of the twenty seasons")
    asked = words.parse_args()
    seasons = [season(500), season(3_000)]
    looked = rings(asked.rings)
    report.keep("assignment", {"seasons": seasons, "rings": looked})
    marks = looked["found_and_false_by_faults_a_look"]["3.0"]
    good = (
        seasons[0]["seconds"] <= SECONDS_MAX
        and not any(one["forbidden"] for one in (*seasons, looked))
        and all(found >= FOUND_LEAST and false <= FALSE_MOST for found, false in marks)
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
