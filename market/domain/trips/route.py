"""One truck's visits in order, with what is needed to judge an insertion without driving it anew.

A segment of visits is (duration, earliest start, latest start), after Vidal et al. (2013, "A hybrid
genetic algorithm with adaptive diversity management", section 4.1) without time warp: two segments
join in a few additions, and the whole route's duration is its duty with the latest departure that
does not lengthen the day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from market.domain.trips.ground import Goods, Ground, Rig
from market.domain.trips.problem import Window
from market.domain.trips.reckon import extras, tails

Segment = tuple[int, int, int]


def join(first: Segment, way: int, then: Segment) -> Segment | None:
    """None where the second cannot be reached in time."""
    lasts, earliest, latest = first
    then_lasts, then_earliest, then_latest = then
    lasts += way
    then_earliest -= lasts
    then_latest -= lasts
    if earliest > then_latest:
        return None
    wait = then_earliest - latest
    if wait < 0:
        wait = 0
    if then_earliest > earliest:
        earliest = then_earliest
    if then_latest < latest:
        latest = then_latest
    return lasts + then_lasts + wait, earliest - wait, latest


class Route:
    """Feasible in time, as built; `holds` tells whether it is so in goods."""

    __slots__ = (
        "before", "cost", "ground", "holds", "least", "memo", "most", "most_crates", "places",
        "rest", "rig", "spots", "whole",
    )  # fmt: skip

    def __init__(
        self, ground: Ground, rig: Rig, places: list[int], spots: list[int],
        before: list[Segment], rest: list[Segment], whole: Segment,
    ) -> None:  # fmt: skip
        self.ground, self.rig, self.places, self.spots = ground, rig, places, spots
        self.before, self.rest, self.whole = before, rest, whole
        self.memo: dict[int, list[tuple[int, int]]] = {}
        self.least, self.most, self.most_crates = tails(ground, rig, places)
        self.holds = self._holds()
        self.cost = self._cost()

    def _holds(self) -> bool:
        """Never short of anything, never more aboard than it carries."""
        truck, least = self.rig.truck, self.least
        if max(self.most) > truck.capacity_grams or (least[0] and min(map(min, least)) < 0):
            return False
        if truck.crates is None or not self.ground.crates:
            return True
        return max(self.most_crates) <= truck.crates

    def _cost(self) -> int:
        """In parts of a satang, less what passers-by buy; a truck that stays costs nothing."""
        rig, metres = self.rig, self.ground.metres
        if not self.places and not rig.under_way:
            return 0
        way = sum(metres[a][b] for a, b in pairwise(self.spots))
        cost = way * rig.per_metre + self.whole[0] * rig.per_second
        cost += max(self.back - rig.truck.shift[1], 0) * rig.per_second_over
        if not self.ground.rich:
            return cost
        return cost + extras(self.ground, rig, self.places, begins(self), (self.leaves, self.back))

    @property
    def leaves(self) -> int:
        return self.whole[1]

    @property
    def back(self) -> int:
        return self.whole[0] + self.whole[1]

    def insertions(self, place: int) -> list[tuple[int, int]]:
        """What it costs in way and duty to put `place` before the n-th, and n, where time allows.

        Remembered: most routes stay as they are from one ruin to the next.
        """
        known = self.memo.get(place)
        if known is None:
            allowed = place in self.rig.allowed
            known = self.memo[place] = sorted(
                (cost, at)
                for window in (self.ground.windows[place] if allowed else ())
                for cost, at in self._insertions(place, window)
            )
        return known

    def _insertions(  # noqa: C901, PLR0915 - the innermost loop
        self, place: int, window: tuple[int, int]
    ) -> Iterator[tuple[int, int]]:
        """The joins are written out: nine tenths of a search are spent here."""
        ground, rig = self.ground, self.rig
        opens, closes = window
        stays, away, metres = ground.service[place], ground.seconds[place], ground.metres
        per_metre, per_second, duty = rig.per_metre, rig.per_second, self.whole[0]
        spots, fixed, open_end = self.spots, len(rig.fixed), rig.end == ground.nowhere
        for at, (lasts, earliest, latest) in enumerate(self.before):
            if at < fixed:
                continue
            previous, following = spots[at], spots[at + 1]
            reached = lasts + ground.seconds[previous][place]
            if earliest + reached > closes:
                return  # and later visits are later still: roads keep the triangle inequality
            wait = opens - reached - latest
            begin = opens - reached
            if begin < earliest:
                begin = earliest
            last_begin = closes - reached
            if last_begin > latest:
                last_begin = latest
            if wait > 0:
                begin -= wait
                reached += wait
            reached += stays + away[following]
            then_lasts, then_earliest, then_latest = self.rest[at]
            if begin + reached > then_latest:
                continue
            wait = then_earliest - reached - last_begin
            if wait < 0:
                wait = 0
            longer = metres[previous][place] + metres[place][following]
            longer -= metres[previous][following]
            cost = longer * per_metre + (reached + then_lasts + wait - duty) * per_second
            yield (max(cost, 0) if open_end else cost), at

    def short(self, at: int, goods: Goods) -> list[int]:
        """Grams by crop that a stop at `at` would want beyond what is spare from there on."""
        least = self.least[at]
        return [max(-goods[crop] - least[crop], 0) for crop in range(len(goods))]

    def carries(self, at: int, place: int) -> bool:
        """Whether what `place` gives may be aboard, too, from `at` on."""
        ground, truck = self.ground, self.rig.truck
        if self.most[at] + ground.weight[place] > truck.capacity_grams:
            return False
        if truck.crates is None or not ground.crates:
            return True
        return self.most_crates[at] + ground.goods[place][-1] <= truck.crates


def along(
    ground: Ground, rig: Rig, places: Sequence[int]
) -> tuple[list[int], list[tuple[Window, ...]], list[int]]:
    """How long each lasts, when it may begin, and where: from where the truck stands to its end."""
    stays, windows, spots = [], [], [rig.start]
    for place in places:
        if place < ground.nowhere:
            stays.append(ground.service[place])
            windows.append(ground.windows[place])
            spots.append(place)
        else:
            lasts, window = rig.token[place]
            stays.append(lasts)
            windows.append((window,))
            spots.append(spots[-1] if place == ground.rest else rig.base)
    spots.append(rig.end)
    return stays, windows, spots


def begins(route: Route) -> list[int]:
    """When each visit, reload and break begins."""
    ground, spots = route.ground, route.spots
    stays, windows, _ = along(ground, route.rig, route.places)
    now, found = route.leaves, []
    for at, stay in enumerate(stays):
        now += ground.seconds[spots[at]][spots[at + 1]]
        now = max(now, next(w for w in windows[at] if now <= w[1])[0])
        found.append(now)
        now += stay
    return found
