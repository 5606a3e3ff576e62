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
    lasts = first[0] + way
    if first[1] + lasts > then[2]:
        return None
    wait = max(then[1] - lasts - first[2], 0)
    earliest = max(then[1] - lasts, first[1]) - wait
    return lasts + then[0] + wait, earliest, min(then[2] - lasts, first[2])


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

    def _insertions(self, place: int, window: tuple[int, int]) -> Iterator[tuple[int, int]]:
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
            wait = max(opens - reached - latest, 0)
            begin = max(opens - reached, earliest) - wait
            last_begin = min(closes - reached, latest)
            reached += stays + wait + away[following]
            then_lasts, then_earliest, then_latest = self.rest[at]
            if begin + reached > then_latest:
                continue
            wait = max(then_earliest - reached - last_begin, 0)
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


def built(ground: Ground, rig: Rig, places: Sequence[int]) -> Route | None:
    """None where a visit or the base is reached too late; the break is put where it costs least."""
    if rig.rested:
        return _built(ground, rig, places) if rig.trips_more == 0 else _trips(ground, rig, places)
    visits = [place for place in places if place != ground.rest]
    route = _trips(ground, rig, visits)
    free = route is not None and _free_of_rest(route)
    if route is None or (free and not ground.rich):
        return route
    tried = [
        _trips(ground, rig, [*visits[:at], ground.rest, *visits[at:]])
        for at in range(len(rig.fixed), len(visits) + 1)
    ]
    tried += [route] if free else []
    found = [one for one in tried if one is not None]
    return min(found, key=lambda one: one.cost, default=None)


def _trips(ground: Ground, rig: Rig, places: Sequence[int]) -> Route | None:
    """Without trips to nobody, and no more of them than allowed."""
    kept: list[int] = []
    for place in places:
        before = kept[-1:] or [-1 if rig.under_way else ground.reload]
        if place != ground.reload or before != [ground.reload]:
            kept.append(place)
    while len(kept) > len(rig.fixed) and kept[-1] == ground.reload:
        kept.pop()
    return _built(ground, rig, kept) if kept.count(ground.reload) <= rig.trips_more else None


def _free_of_rest(route: Route) -> bool:
    """The driver rests before the day or after it."""
    lasts, (opens, closes) = route.rig.token[route.ground.rest]
    if route.back <= closes:
        return True
    return not route.rig.under_way and (not route.places or route.leaves >= opens + lasts)


def _built(ground: Ground, rig: Rig, places: Sequence[int]) -> Route | None:
    stays, windows, spots = _along(ground, rig, places)
    chosen = _windows(ground, rig, stays, windows, spots)
    if chosen is None:
        return None
    before: list[Segment] = [rig.leaves]
    seconds = ground.seconds
    for at, window in enumerate(chosen):
        segment = join(before[-1], seconds[spots[at]][spots[at + 1]], (stays[at], *window))
        if segment is None:
            return None
        before.append(segment)
    rest: list[Segment] = [rig.returns]
    for at in range(len(chosen) - 1, -1, -1):
        joined = join((stays[at], *chosen[at]), seconds[spots[at + 1]][spots[at + 2]], rest[-1])
        if joined is None:
            return None
        rest.append(joined)
    rest.reverse()
    whole = join(before[-1], seconds[spots[-2]][spots[-1]], rig.returns)
    if whole is None:
        return None
    if not places and not rig.under_way:
        whole = (0, rig.leaves[1], rig.leaves[2])
    route = Route(ground, rig, list(places), spots, before, rest, whole)
    return None if ground.spoils and _spoiled(route) else route


def _along(
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


def _windows(
    ground: Ground, rig: Rig, stays: list[int], windows: list[tuple[Window, ...]], spots: list[int]
) -> list[Window] | None:
    """For each visit the window it begins in: home as early as can be, left as late for that."""
    now, seconds = rig.leaves[1], ground.seconds
    for at, stay in enumerate(stays):
        now += seconds[spots[at]][spots[at + 1]]
        for window in windows[at]:
            if now <= window[1]:
                break
        else:
            return None
        now = max(now, window[0]) + stay
    latest = now
    now += seconds[spots[-2]][spots[-1]]
    if now > rig.returns[2]:
        return None
    chosen = []
    for at in range(len(stays) - 1, -1, -1):
        begin = latest - stays[at]
        window = next(w for w in reversed(windows[at]) if w[0] <= begin)
        chosen.append(window)
        latest = min(begin, window[1]) - seconds[spots[at]][spots[at + 1]]
    return chosen[::-1]


def begins(route: Route) -> list[int]:
    """When each visit, reload and break begins."""
    ground, spots = route.ground, route.spots
    stays, windows, _ = _along(ground, route.rig, route.places)
    now, found = route.leaves, []
    for at, stay in enumerate(stays):
        now += ground.seconds[spots[at]][spots[at + 1]]
        now = max(now, next(w for w in windows[at] if now <= w[1])[0])
        found.append(now)
        now += stay
    return found


def _spoiled(route: Route) -> bool:
    """Whether something is handed over when its time has passed."""
    ground, until = route.ground, dict[int, int]()
    for place, begin in zip(route.places, begins(route), strict=True):
        if place == ground.reload:
            until = {}
        limit = ground.use_by[place]
        for crop in range(len(ground.crops)):
            if ground.goods[place][crop] > 0 and limit is not None:
                until[crop] = min(limit, until.get(crop, limit))
            elif ground.goods[place][crop] < 0 and begin > until.get(crop, begin):
                return True
    return False
