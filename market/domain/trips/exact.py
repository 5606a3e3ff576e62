"""The best day of one truck, proved: every order that could still be best is followed to its end.

Dynamic programming over (who was visited, who was last). Of two ways to the same state one is
dropped when the other is no longer in metres or duty, can be done as early, and can wait as late:
whatever follows, it costs no more.
"""

from __future__ import annotations

import msgspec

from market.domain.trips.problem import Problem, Truck
from market.domain.trips.route import Ground, Segment, join

WAYS_MAX = 100_000
"""About two seconds; beyond it nothing is proved."""


class Way(msgspec.Struct, frozen=True):
    places: tuple[int, ...]
    segment: Segment
    metres: int


def proved(problem: Problem, most: int = WAYS_MAX) -> tuple[tuple[int, ...], ...] | None:
    """The places of the one truck; None for several trucks or windows, or too many ways.

    With several windows the earliest way home need not be the shortest duty, and a plan is driven
    home early.
    """
    if len(problem.trucks) != 1 or any(len(visit.windows) > 1 for visit in problem.visits):
        return None
    return _Proof(Ground(problem), problem.trucks[0]).run(most)


class _Proof:
    def __init__(self, ground: Ground, truck: Truck) -> None:
        self.ground, self.truck = ground, truck
        self.base: Segment = (0, truck.shift[0], truck.shift[1])
        self.best: tuple[int, tuple[int, ...]] | None = None

    def run(self, most: int) -> tuple[tuple[int, ...], ...] | None:
        ground, ways = self.ground, 0
        level = {(0, 0): [Way((), self.base, 0)]}
        self._offer(Way((), self.base, 0))
        while level:
            onward: dict[tuple[int, int], list[Way]] = {}
            for (visited, _), found in level.items():
                stock = self._stock(visited)
                for way in found:
                    for place in range(1, len(ground.windows)):
                        if not visited >> place & 1 and self._fits(stock, place):
                            ways += self._follow(way, visited | 1 << place, place, onward)
                            if ways > most:
                                return None
            level = onward
        return (self.best[1],) if self.best else None

    def _stock(self, visited: int) -> list[int]:
        aboard = [0] * len(self.ground.crops)
        for place, goods in enumerate(self.ground.goods):
            if visited >> place & 1:
                aboard = [a + b for a, b in zip(aboard, goods, strict=True)]
        return aboard

    def _fits(self, stock: list[int], place: int) -> bool:
        after = [a + b for a, b in zip(stock, self.ground.goods[place], strict=True)]
        return min(after, default=0) >= 0 and sum(after) <= self.truck.capacity_grams

    def _follow(
        self, way: Way, visited: int, place: int, onward: dict[tuple[int, int], list[Way]]
    ) -> int:
        """Whether the way that goes on to `place` is kept: 1 or 0."""
        ground, here = self.ground, way.places[-1] if way.places else 0
        there = (ground.service[place], *ground.windows[place][0])
        joined = join(way.segment, ground.seconds[here][place], there)
        if joined is None:
            return 0
        longer = Way((*way.places, place), joined, way.metres + ground.metres[here][place])
        rivals = onward.setdefault((visited, place), [])
        if any(_no_worse(rival, longer) for rival in rivals):
            return 0
        rivals[:] = [rival for rival in rivals if not _no_worse(longer, rival)]
        rivals.append(longer)
        self._offer(longer)
        return 1

    def _offer(self, way: Way) -> None:
        """Home from here, where everybody who must be is visited."""
        ground, truck = self.ground, self.truck
        if not ground.required <= set(way.places):
            return
        here = way.places[-1] if way.places else 0
        home = join(way.segment, ground.seconds[here][0], self.base)
        if home is None:
            return
        metres = way.metres + ground.metres[here][0]
        cost = metres * truck.satang_per_km * 60 + home[0] * truck.satang_per_min * 1000
        cost -= sum(ground.value[place] for place in way.places)
        if self.best is None or (cost, way.places) < self.best:
            self.best = (cost, way.places)


def _no_worse(one: Way, other: Way) -> bool:
    """Whatever follows: duty is what it lasts, the rest, and the wait its latest start leaves."""
    (lasts, earliest, latest), (lasts_2, earliest_2, latest_2) = one.segment, other.segment
    return (
        one.metres <= other.metres
        and lasts <= lasts_2
        and earliest + lasts <= earliest_2 + lasts_2
        and latest + lasts >= latest_2 + lasts_2
    )
