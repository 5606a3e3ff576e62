"""Why a visit is not made, and the cheapest change with which it would be: tried, never guessed.

`off`        it is off today
`no_truck`   no truck has what it needs, or may come
`cold`       what is ordered must be kept cold, and no truck of the day does
`no_road`    no road leads there from where a truck stands, or back from there
`far`        no truck alone reaches it in time and is back in time; `seconds` it would be late
`crop`       the day's plots have not so much of the crop; `grams` that are missing
`spoken_for` there is enough of the crop, but what is left after the others does not suffice
`room`       no truck that has the time can carry it, or what it needs
`time`       no truck has time for it; `seconds` by which windows would have to give, at the least
`worth`      it could be served, and would cost `satang` more than it earns
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from market.domain.trips.build import built
from market.domain.trips.changes import Changes
from market.domain.trips.ground import Ground, Rig
from market.domain.trips.insert import LEFT_OUT, Inserting, State
from market.domain.trips.problem import COLD, SATANG_UNIT, Change, Unserved
from market.domain.trips.route import Route
from market.domain.trips.ways import NO_WAY


def reasons(ground: Ground, routes: Sequence[Route]) -> tuple[Unserved, ...]:
    """One for each stop, and each promise, that is on no route, in the order of the problem."""
    asking = _Asking(ground, list(routes))
    served = {place for route in routes for place in (*route.places, *route.rig.made)}
    return tuple(
        asking.why(place)
        for place, visit in enumerate(ground.problem.visits, start=1)
        if place not in served and (not visit.is_plot or visit.required)
    )


class _Asking:
    def __init__(self, ground: Ground, routes: list[Route]) -> None:
        self.ground, self.state = ground, State(ground, routes)
        self.trying = Inserting(ground, Random(0), blink=0.0)  # noqa: S311 - nothing is drawn
        self.free = set(ground.plots) - self.state.on_the_road()
        self.changes = Changes(ground.problem, self.state)

    def why(self, place: int) -> Unserved:
        visit = self.ground.problem.visits[place - 1]
        if visit.off:
            return Unserved(visit.id, "off")
        promised = place in self.ground.required
        if found := self.trying.cheapest(self.state, place, self.free, LEFT_OUT):
            number, route = found
            more = route.cost - self.state.routes[number].cost - self.ground.value[place]
            satang = max(-(-more // SATANG_UNIT), 0)
            change = Change("value", visit.id, satang)
            return Unserved(visit.id, "worth", {"satang": satang}, promised, change)
        reason, facts = self._impossible(place)
        change_ = self.changes.cheapest(place)
        return Unserved(visit.id, reason, facts, promised, change_)

    def _impossible(self, place: int) -> tuple[str, dict[str, int]]:
        ground = self.ground
        rigs = [rig for rig in ground.rigs if place in rig.allowed]
        if not rigs:
            return ("cold" if self._lacks_cold(place) else "no_truck"), {}
        if beyond := self._beyond(rigs, place):
            return beyond
        if missing := self._missing(place):
            return "crop", {"grams": missing}
        shorts = [s for route in self.state.routes for s in self._shorts(route, place)]
        if shorts and min(shorts) > 0:
            return "spoken_for", {"grams": min(shorts)}
        if shorts:
            return "room", {}
        return "time", {"seconds": min(self._lateness(r, place) for r in self.state.routes
                                       if place in r.rig.allowed)}  # fmt: skip

    def _lacks_cold(self, place: int) -> bool:
        """Everything else is had by a truck that may come."""
        visit = self.ground.problem.visits[place - 1]
        return COLD in visit.needs and any(
            not rig.truck.out and visit.truck in (None, rig.truck.id)
            and set(visit.needs) - {COLD} <= set(rig.truck.has)
            for rig in self.ground.rigs
        )  # fmt: skip

    def _beyond(self, rigs: Sequence[Rig], place: int) -> tuple[str, dict[str, int]] | None:
        """Of each truck, if it went nowhere else."""
        if all(_no_road(self.ground, rig, place) for rig in rigs):
            return "no_road", {}
        late = min(_late(self.ground, rig, [*rig.fixed, place]) for rig in rigs)
        return ("far", {"seconds": late}) if late else None

    def _missing(self, stop: int) -> int:
        """Of all plots of the day together, and what trucks have aboard already."""
        ground = self.ground
        return sum(
            max(-wants - sum(ground.goods[plot][crop] for plot in ground.plots)
                - sum(rig.aboard[crop] for rig in ground.rigs), 0)
            for crop, wants in enumerate(ground.goods[stop])
        )  # fmt: skip

    def _shorts(self, route: Route, stop: int) -> list[int]:
        """Grams that are missing wherever the truck has time for it, free plots not counted."""
        wanted, places = self.ground.goods[stop], route.places
        return [
            sum(route.short(at, wanted))
            for _, at in self.trying.positions(route, stop)
            if built(self.ground, route.rig, [*places[:at], stop, *places[at:]])
        ]

    def _lateness(self, route: Route, stop: int) -> int:
        return min(
            _late(self.ground, route.rig, [*route.places[:at], stop, *route.places[at:]])
            for at in range(len(route.rig.fixed), len(route.places) + 1)
        )


def _no_road(ground: Ground, rig: Rig, place: int) -> bool:
    return max(ground.seconds[rig.start][place], ground.seconds[place][rig.end]) >= NO_WAY


def _late(ground: Ground, rig: Rig, places: Sequence[int]) -> int:
    """Seconds by which windows and shift would have to give, all in all, driven in this order."""
    now, here, late = rig.leaves[1], rig.start, 0
    for place in places:
        lasts, windows = ground.service[place], ground.windows[place]
        if place > ground.nowhere:
            lasts, (opens, closes) = rig.token[place]
            there = here if place == ground.rest else rig.base
        else:
            there = place
            now_there = now + ground.seconds[here][there]
            after = [w for w in windows if now_there <= w[1]]
            opens, closes = (after or windows[-1:] or [(0, 0)])[0]
        now += ground.seconds[here][there]
        late += max(now - closes, 0)
        now = max(min(now, closes), opens) + lasts
        here = there
    return late + max(now + ground.seconds[here][rig.end] - rig.returns[2], 0)
