"""One truck's visits in order, with what is needed to judge an insertion without driving it anew.

A segment of visits is (duration, earliest start, latest start), after Vidal et al. (2013, "A hybrid
genetic algorithm with adaptive diversity management", section 4.1) without time warp: two segments
join in a few additions, and the whole route's duration is its duty with the latest departure that
does not lengthen the day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from market.domain.trips.problem import Problem, Truck, Window

Segment = tuple[int, int, int]
Goods = tuple[int, ...]
"""Grams by crop, in the order of `Ground.crops`."""


class Ground:
    """The problem as plain lists: place 0 is the base."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.crops = problem.crops
        self.seconds = problem.seconds
        self.metres = problem.metres
        self.windows = [(), *(visit.windows for visit in problem.visits)]
        self.service = [0, *(visit.service_s for visit in problem.visits)]
        self.value = [0, *(visit.value_satang * 60_000 for visit in problem.visits)]
        self.goods: list[Goods] = [(0,) * len(self.crops)]
        for visit in problem.visits:
            sign = 1 if visit.is_plot else -1
            self.goods.append(tuple(sign * visit.goods.get(crop, 0) for crop in self.crops))
        self.weight = [sum(goods) for goods in self.goods]
        places = list(enumerate(problem.visits, start=1))
        self.plots = [place for place, visit in places if visit.is_plot]
        self.stops = [place for place, visit in places if not visit.is_plot]
        self.required = {place for place, visit in places if visit.required}
        self.is_plot = [False, *(visit.is_plot for visit in problem.visits)]


def join(first: Segment, way: int, then: Segment) -> Segment | None:
    """None where the second cannot be reached in time."""
    lasts = first[0] + way
    if first[1] + lasts > then[2]:
        return None
    wait = max(then[1] - lasts - first[2], 0)
    earliest = max(then[1] - lasts, first[1]) - wait
    return lasts + then[0] + wait, earliest, min(then[2] - lasts, first[2])


class Route:
    """Feasible in time, as built; `short` tells whether it is so in goods."""

    __slots__ = (
        "before", "cost", "duty", "ground", "least", "memo", "most", "places", "rest", "truck",
    )  # fmt: skip

    def __init__(
        self, ground: Ground, truck: Truck, places: list[int], before: list[Segment],
        rest: list[Segment], duty: int,
    ) -> None:  # fmt: skip
        self.ground, self.truck, self.places = ground, truck, places
        self.before, self.rest, self.duty = before, rest, duty
        self.cost = _cost(ground, truck, places, duty)
        self.memo: dict[int, list[tuple[int, int]]] = {}
        self.least, self.most = _tails(ground, places)

    def insertions(self, place: int) -> list[tuple[int, int]]:
        """What it costs to put `place` before the n-th visit, and n, wherever time allows.

        Remembered: most routes stay as they are from one ruin to the next.
        """
        known = self.memo.get(place)
        if known is None:
            known = self.memo[place] = sorted(
                (cost, at)
                for window in self.ground.windows[place]
                for cost, at in self._insertions(place, window)
            )
        return known

    def _insertions(self, place: int, window: tuple[int, int]) -> Iterator[tuple[int, int]]:
        """The joins are written out: nine tenths of a search are spent here."""
        ground, truck = self.ground, self.truck
        opens, closes = window
        stays, away = ground.service[place], ground.seconds[place]
        per_metre, per_second = truck.satang_per_km * 60, truck.satang_per_min * 1000
        base_metres, duty = ground.metres, self.duty
        stations = [0, *self.places, 0]
        for at, (lasts, earliest, latest) in enumerate(self.before):
            previous, following = stations[at], stations[at + 1]
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
            longer = (
                base_metres[previous][place]
                + base_metres[place][following]
                - base_metres[previous][following]
            )
            yield longer * per_metre + (reached + then_lasts + wait - duty) * per_second, at

    def short(self, at: int, goods: Goods) -> list[int]:
        """Grams by crop that a stop at `at` would want beyond what is spare from there on."""
        least = self.least[at]
        return [max(-goods[crop] - least[crop], 0) for crop in range(len(goods))]

    def carries(self, at: int, grams: int) -> bool:
        """Whether so much more may be aboard from `at` on."""
        return self.most[at] + grams <= self.truck.capacity_grams


def built(ground: Ground, truck: Truck, places: Sequence[int]) -> Route | None:
    """None where a visit or the base is reached too late."""
    chosen = _windows(ground, truck, places)
    if chosen is None:
        return None
    base: Segment = (0, truck.shift[0], truck.shift[1])
    before, here = [base], 0
    for place, window in zip(places, chosen, strict=True):
        segment = join(before[-1], ground.seconds[here][place], (ground.service[place], *window))
        if segment is None:
            return None
        before.append(segment)
        here = place
    rest, here = [base], 0
    for place, window in zip(reversed(places), reversed(chosen), strict=True):
        joined = join((ground.service[place], *window), ground.seconds[place][here], rest[-1])
        if joined is None:
            return None
        rest.append(joined)
        here = place
    rest.reverse()
    whole = join(before[-1], ground.seconds[places[-1]][0], base) if places else base
    if whole is None:
        return None
    return Route(ground, truck, list(places), before, rest, whole[0] if places else 0)


def _windows(ground: Ground, truck: Truck, places: Sequence[int]) -> list[Window] | None:
    """For each visit the window it begins in: home as early as can be, left as late for that."""
    now, here = truck.shift[0], 0
    for place in places:
        now += ground.seconds[here][place]
        window = next((w for w in ground.windows[place] if now <= w[1]), None)
        if window is None:
            return None
        now = max(now, window[0]) + ground.service[place]
        here = place
    if now + ground.seconds[here][0] > truck.shift[1]:
        return None
    chosen, latest = [], now
    for place, before in zip(reversed(places), reversed([0, *places][:-1]), strict=True):
        begin = latest - ground.service[place]
        window = next(w for w in reversed(ground.windows[place]) if w[0] <= begin)
        chosen.append(window)
        latest = min(begin, window[1]) - ground.seconds[before][place]
    return chosen[::-1]


def _cost(ground: Ground, truck: Truck, places: Sequence[int], duty: int) -> int:
    """Driving and duty in parts of a satang; a truck that stays costs nothing."""
    if not places:
        return 0
    metres, here = 0, 0
    for place in places:
        metres += ground.metres[here][place]
        here = place
    metres += ground.metres[here][0]
    return metres * truck.satang_per_km * 60 + duty * truck.satang_per_min * 1000


def _tails(ground: Ground, places: Sequence[int]) -> tuple[list[Goods], list[int]]:
    """For each place in the order: the least of each crop, and the most in all, from there on.

    Counted before the visit at that place: what an insertion there may take, or add.
    """
    aboard, load = [0] * len(ground.crops), 0
    stocks, loads = [tuple(aboard)], [0]
    for place in places:
        aboard = [a + b for a, b in zip(aboard, ground.goods[place], strict=True)]
        load += ground.weight[place]
        stocks.append(tuple(aboard))
        loads.append(load)
    least, most = [stocks[-1]], [loads[-1]]
    for stock, one in zip(reversed(stocks[:-1]), reversed(loads[:-1]), strict=True):
        least.append(tuple(map(min, stock, least[-1])))
        most.append(max(one, most[-1]))
    least.reverse()
    most.reverse()
    return least, most
