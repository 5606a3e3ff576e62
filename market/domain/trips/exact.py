"""The best day of one truck, proved: every order that could still be best is followed to its end.

Plain days by dynamic programming over (who was visited, who was last). Of two ways to the same
state one is dropped when the other is no longer in metres or duty, can be done as early, and can
wait as late: whatever follows, it costs no more. Days with several windows, breaks, further trips
or costs that hang on the hour: order by order, see `orders`.
"""

from __future__ import annotations

from itertools import pairwise

import msgspec

from market.domain.trips.build import built
from market.domain.trips.ground import Ground
from market.domain.trips.insert import LEFT_OUT
from market.domain.trips.orders import best_order
from market.domain.trips.problem import Problem
from market.domain.trips.route import Segment, join

WAYS_MAX = 100_000
"""About two seconds; beyond it nothing is proved."""
WAYS_PER_S = 8_000
"""Of a time that is given: a quarter of it."""


class Way(msgspec.Struct, frozen=True):
    places: tuple[int, ...]
    segment: Segment
    metres: int


def proved(problem: Problem, most: int = WAYS_MAX) -> tuple[tuple[int, ...], ...] | None:
    """The places of the one truck; None for several trucks, or too many ways."""
    if len(problem.trucks) != 1:
        return None
    ground = Ground(problem)
    return _Proof(ground).run(most) if _plain(ground) else best_order(ground)


def _plain(ground: Ground) -> bool:
    """With several windows the earliest way home need not be the shortest duty, and a plan is
    driven home early; what hangs on the hour or on the order cannot be dropped unseen."""
    rig = ground.rigs[0]
    windows = [ground.windows[place] for place in (*ground.plots, *ground.stops)]
    by_the_hour = ground.rich or ground.spoils or rig.trips_more or not rig.rested
    return not by_the_hour and all(len(several) <= 1 for several in windows)


class _Proof:
    def __init__(self, ground: Ground) -> None:
        self.ground, self.rig = ground, ground.rigs[0]
        self.best: tuple[int, tuple[int, ...]] | None = None
        fixed = set(self.rig.fixed)
        asked = {*ground.plots, *ground.stops} & self.rig.allowed
        self.asked = sorted(p for p in asked - fixed if ground.windows[p])

    def run(self, most: int) -> tuple[tuple[int, ...], ...] | None:
        begun = built(self.ground, self.rig, self.rig.fixed)
        if begun is None or not begun.holds or self.ground.reload in self.rig.fixed:
            return None
        start = Way(tuple(begun.places), begun.before[-1], self._metres(begun.spots[:-1]))
        self._offer(start)
        visited = sum(1 << place for place in begun.places if place < self.ground.nowhere)
        level, ways = {(visited, begun.spots[-2]): [start]}, 0
        while level:
            onward: dict[tuple[int, int], list[Way]] = {}
            for (visited, here), found in level.items():
                stock = self._stock(visited)
                for way in found:
                    for place in self.asked:
                        if not visited >> place & 1 and self._fits(stock, place):
                            there = (visited | 1 << place, place)
                            ways += self._follow(way, here, there, onward)
                            if ways > most:
                                return None
            level = onward
        return (self.best[1],) if self.best else None

    def _metres(self, spots: list[int]) -> int:
        return sum(self.ground.metres[a][b] for a, b in pairwise(spots))

    def _stock(self, visited: int) -> list[int]:
        aboard = list(self.rig.aboard)
        for place in range(1, len(self.ground.problem.visits) + 1):
            if visited >> place & 1:
                aboard = [a + b for a, b in zip(aboard, self.ground.goods[place], strict=True)]
        return aboard

    def _fits(self, stock: list[int], place: int) -> bool:
        return fits(self.ground, [a + b for a, b in zip(stock, self.ground.goods[place],
                                                        strict=True)])  # fmt: skip

    def _follow(
        self, way: Way, here: int, there: tuple[int, int],
        onward: dict[tuple[int, int], list[Way]],
    ) -> int:  # fmt: skip
        """Whether the way that goes on there is kept: 1 or 0."""
        ground, place = self.ground, there[1]
        lasts = (ground.service[place], *ground.windows[place][0])
        joined = join(way.segment, ground.seconds[here][place], lasts)
        if joined is None:
            return 0
        longer = Way((*way.places, place), joined, way.metres + ground.metres[here][place])
        rivals = onward.setdefault(there, [])
        if any(_no_worse(rival, longer) for rival in rivals):
            return 0
        rivals[:] = [rival for rival in rivals if not _no_worse(longer, rival)]
        rivals.append(longer)
        self._offer(longer)
        return 1

    def _offer(self, way: Way) -> None:
        """Home from here, promises left out being broken."""
        ground, rig = self.ground, self.rig
        here = way.places[-1] if way.places and way.places[-1] < ground.nowhere else rig.start
        home = join(way.segment, ground.seconds[here][rig.end], rig.returns)
        if home is None:
            return
        cost = sum(ground.priority[p] for p in ground.required - set(way.places)) * LEFT_OUT
        if way.places or rig.under_way:
            cost += (way.metres + ground.metres[here][rig.end]) * rig.per_metre
            cost += home[0] * rig.per_second
            over = max(home[0] + home[1] - rig.truck.shift[1], 0)
            cost += over * rig.per_second_over
        cost -= sum(ground.value[place] for place in way.places)
        if self.best is None or (cost, way.places) < self.best:
            self.best = (cost, way.places)


def fits(ground: Ground, aboard: list[int]) -> bool:
    """On the one truck: nothing short, nothing too much."""
    truck = ground.rigs[0].truck
    crates = aboard[-1] if ground.crates else 0
    if min(aboard, default=0) < 0 or sum(aboard) - crates > truck.capacity_grams:
        return False
    return truck.crates is None or crates <= truck.crates


def _no_worse(one: Way, other: Way) -> bool:
    """Whatever follows: duty is what it lasts, the rest, and the wait its latest start leaves."""
    (lasts, earliest, latest), (lasts_2, earliest_2, latest_2) = one.segment, other.segment
    return (
        one.metres <= other.metres
        and lasts <= lasts_2
        and earliest + lasts <= earliest_2 + lasts_2
        and latest + lasts >= latest_2 + lasts_2
    )
