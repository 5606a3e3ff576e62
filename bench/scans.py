"""`./run bench scans`: how often honest lots are noted, and how soon copied labels are.

Each lot is scanned day by day by readers as they come, drawn at random and judged by the rule
of `market.domain.scans` as the committee's clock does it. The seed is fixed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from functools import lru_cache
from statistics import median

from market.domain.scans import rules

DAYS = 60
PACKETS = (10, 40, 200)
HONEST = 20_000
COPIED = 1_000
SHELF = (0.3, 0.25, 0.15, 0.1, 0.08, 0.05, 0.04, 0.03)
"""Which part of its scans an honest packet gets on which day."""
REAL = 0.05, 1.5
"""Readers of a packet and opens of a reader as they are rather to be expected."""

Scans = Callable[[random.Random, int], Iterator[int]]


@lru_cache(maxsize=4_096)
def threshold(packets: int, day: int) -> int:
    return rules.most(packets, day)


def noted(scans: Iterator[int], packets: int) -> int | None:
    """The day on which the rule speaks."""
    seen = 0
    for day, more in enumerate(scans, 1):
        seen += more
        if more and seen > threshold(packets, day):
            return day
    return None


def poisson(chance: random.Random, mean: float) -> int:
    if mean <= 0:
        return 0
    if mean > 50:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    least, product, count = math.exp(-mean), chance.random(), 0
    while product > least:
        product *= chance.random()
        count += 1
    return count


def opened(chance: random.Random, readers: float, opens: float) -> int:
    """By so many readers as come, each geometrically often."""
    again = math.log(1 - 1 / opens)
    count = poisson(chance, readers)
    return sum(1 + int(math.log(1 - chance.random()) / again) for _ in range(count))


def honest(readers: float, opens: float, spread: float = 0) -> Scans:
    """`spread`: lots differ in how much people care, by a gamma of that variance around one."""

    def scans(chance: random.Random, packets: int) -> Iterator[int]:
        care = chance.gammavariate(1 / spread, spread) if spread else 1.0
        for day in range(DAYS):
            share = SHELF[day] if day < len(SHELF) else 0.0
            yield opened(chance, packets * readers * care * share, opens)

    return scans


def copied(each_day: int) -> Scans:
    """From the third day on so many packets with the same label are sold each day elsewhere."""

    def scans(chance: random.Random, packets: int) -> Iterator[int]:
        for day, own in enumerate(honest(*REAL)(chance, packets)):
            yield own + (opened(chance, each_day * REAL[0], REAL[1]) if day > 1 else 0)

    return scans


def days(scans: Scans, packets: int, lots: int, seed: int) -> list[int]:
    """On which day each that was noted was."""
    chance = random.Random(seed)
    found = (noted(scans(chance, packets), packets) for _ in range(lots))
    return [day for day in found if day is not None]


HONEST_LOTS: tuple[tuple[str, Scans], ...] = (
    ("as to be expected, 0.05 × 1.5", honest(*REAL)),
    ("as the rule assumes, 0.25 × 2", honest(rules.READERS, rules.OPENS)),
    ("as assumed, lots differ (var 0.25)", honest(rules.READERS, rules.OPENS, 0.25)),
    ("half as much again, 0.375 × 2", honest(1.5 * rules.READERS, rules.OPENS)),
)


def main() -> None:
    print(f"Honest lots noted within {DAYS} days, of {HONEST} each")
    for name, scans in HONEST_LOTS:
        rates = [len(days(scans, packets, HONEST, 1)) / HONEST for packets in PACKETS]
        told = "   ".join(f"{n} packets {rate:.3%}" for n, rate in zip(PACKETS, rates, strict=True))
        print(f"  {name:36} {told}")
    print("Copied labels from day 3 on: noted, and how many days after the first copy (median)")
    for each_day in (20, 50, 100, 300, 1_000):
        line = []
        for packets in PACKETS:
            found = days(copied(each_day), packets, COPIED, 2)
            after = f"{median(found) - 2:.0f} d" if found else "–"
            line.append(f"{packets} packets {len(found) / COPIED:.0%}, {after}")
        print(f"  {each_day:5} copies a day   {'   '.join(line)}")


if __name__ == "__main__":
    main()
