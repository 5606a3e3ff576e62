"""Order by order: the best of all days of one truck with few visits, whatever they ask for.

Depth first. An order is not followed when its next visit comes too late or asks for what is not
aboard, nor when way and work so far cost more than the best day known, less all that could still
be earned. The break is put where it costs least when an order is priced.
"""

from __future__ import annotations

import msgspec

from market.domain.trips.build import built
from market.domain.trips.ground import Goods, Ground
from market.domain.trips.improve import Search
from market.domain.trips.insert import LEFT_OUT

VISITS_PROVED, NODES_MAX = 8, 150_000
"""Within about two seconds."""
TRIED = 60
"""Iterations of the search that give the day to be beaten."""


class Node(msgspec.Struct, frozen=True):
    """An order so far: where and when it ends at the earliest, what is aboard, what it cost."""

    places: tuple[int, ...]
    here: int
    now: int
    aboard: Goods
    load: int
    way: int
    worked: int


class TooMany(Exception):
    """Nothing is proved."""


def best_order(ground: Ground) -> tuple[tuple[int, ...], ...] | None:
    """The places of the one truck; None for too many visits, or orders."""
    rig = ground.rigs[0]
    asked = ({*ground.plots, *ground.stops} & rig.allowed) - set(rig.fixed)
    if len(asked) > VISITS_PROVED or ground.reload in rig.fixed:
        return None
    try:
        return _Orders(ground, sorted(asked)).run()
    except TooMany:
        return None


class _Orders:
    def __init__(self, ground: Ground, asked: list[int]) -> None:
        self.ground, self.rig, self.asked = ground, ground.rigs[0], asked
        self.nodes = 0
        visits = (*ground.plots, *ground.stops)
        walked_up = (60 * grams * satang for p in visits for _, grams, satang in
                     ground.walkup.get(p, ()))  # fmt: skip
        self.most = sum(ground.value[place] for place in visits) + sum(walked_up)
        """All that a day can bring."""
        [places] = Search(ground, 0).run(lambda done: done / TRIED)
        self.best = (self._price(places), places)

    def run(self) -> tuple[tuple[int, ...], ...]:
        begun = built(self.ground, self.rig, self.rig.fixed)
        assert begun, "the search began with it"
        ground, aboard, load = self.ground, self.rig.aboard, self.rig.load
        for place in begun.places:
            aboard, load = self._loaded(aboard, load, place)
        ways = zip(begun.spots[:-1], begun.spots[1:-1], strict=False)
        way = sum(ground.metres[a][b] for a, b in ways)
        lasts, earliest, _ = begun.before[-1]
        self._offer(tuple(begun.places), 0)
        self._follow(Node(tuple(begun.places), begun.spots[-2], lasts + earliest, aboard, load,
                          way * self.rig.per_metre, 0))  # fmt: skip
        return (self.best[1],)

    def _loaded(self, aboard: Goods, load: int, place: int) -> tuple[Goods, int]:
        goods = self.ground.goods[place]
        return tuple([a + b for a, b in zip(aboard, goods, strict=True)]), (
            load + self.ground.weight[place]
        )

    def _follow(self, node: Node) -> None:
        self.nodes += 1
        if self.nodes > NODES_MAX:
            raise TooMany
        for place in self.asked:
            if place not in node.places and (onward := self._visit(node, place)):
                self._go_on(onward)
        if self._may_reload(node) and (onward := self._reload(node)):
            self._follow(onward)

    def _may_reload(self, node: Node) -> bool:
        """After somebody was visited, as often as trips are left."""
        reload = self.ground.reload
        somebody = node.places[-1] != reload if node.places else self.rig.under_way
        return somebody and node.places.count(reload) < self.rig.trips_more

    def _go_on(self, node: Node) -> None:
        home = self.ground.seconds[node.here][self.rig.end]
        least = node.way + self.ground.metres[node.here][self.rig.end] * self.rig.per_metre
        least += (node.worked + home) * self.rig.per_second
        if least - self.most < self.best[0]:
            self._offer(node.places, least)
            self._follow(node)

    def _visit(self, node: Node, place: int) -> Node | None:
        ground, rig = self.ground, self.rig
        way = ground.seconds[node.here][place]
        arrive = node.now + way
        window = next((w for w in ground.windows[place] if arrive <= w[1]), None)
        if window is None:
            return None
        aboard, load = self._loaded(node.aboard, node.load, place)
        if min(aboard, default=0) < 0 or load > rig.truck.capacity_grams:
            return None
        stays = ground.service[place]
        now = max(arrive, window[0]) + stays
        if now + ground.seconds[place][rig.end] > rig.returns[2]:
            return None
        return Node(
            (*node.places, place), place, now, aboard, load,
            node.way + ground.metres[node.here][place] * rig.per_metre, node.worked + way + stays,
        )  # fmt: skip

    def _reload(self, node: Node) -> Node | None:
        ground, rig = self.ground, self.rig
        lasts, (opens, closes) = rig.token[ground.reload]
        way = ground.seconds[node.here][rig.base]
        if node.now + way > closes:
            return None
        return Node(
            (*node.places, ground.reload), rig.base, max(node.now + way, opens) + lasts,
            ground.goods[0], 0, node.way + ground.metres[node.here][rig.base] * rig.per_metre,
            node.worked + way + lasts,
        )  # fmt: skip

    def _offer(self, places: tuple[int, ...], least: int) -> None:
        broken = self._broken(places)
        earned = sum(self.ground.value[place] for place in places)
        if broken + least - earned - (self.most if self.ground.walkup else 0) >= self.best[0]:
            return
        cost = self._price(places)
        if (cost, places) < self.best:
            self.best = (cost, places)

    def _price(self, places: tuple[int, ...]) -> int:
        route = built(self.ground, self.rig, places)
        if route is None or not route.holds:
            return 1000 * LEFT_OUT
        earned = sum(self.ground.value[place] for place in places)
        return route.cost - earned + self._broken(places)

    def _broken(self, places: tuple[int, ...]) -> int:
        left_out = self.ground.required - set(places)
        return sum(self.ground.priority[place] for place in left_out) * LEFT_OUT
