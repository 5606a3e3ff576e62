"""OR-Tools' routing with a dimension for each crop: many plots feed one stop, as on our days.

It knows ways, duty, windows, crops, kilograms, crates, overtime, locks and what stops are worth.
Breaks, further trips, sales to passers-by, freshness and told times are left to whoever prices its
routes: they are read as an order of visits, and mended where they do not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from market.domain.trips.ground import DAY_S, Ground
from market.domain.trips.improve import Places

UNIT = 6_000
"""Parts of a satang in OR-Tools' costs: a tenth of a satang."""
PROMISE = 10**10
Heard = Callable[[Places], None]


class NotInstalled(RuntimeError):
    """The planner does without."""


def solve(ground: Ground, seconds: float, warm: Places | None, heard: Heard) -> None:
    """Tells each better plan, until the time is over; from `warm` where that can be read."""
    try:
        from ortools.constraint_solver import (  # noqa: PLC0415
            pywrapcp,
            routing_enums_pb2,
        )
    except ImportError:
        raise NotInstalled("ortools") from None
    model = _Model(ground, pywrapcp)
    given = pywrapcp.DefaultRoutingSearchParameters()
    given.first_solution_strategy = (
        routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    )
    given.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    given.time_limit.FromMilliseconds(max(int(seconds * 1000), 1))
    model.run(given, warm, heard)


class _Model:
    """Nodes are the visits asked for, then where each truck starts, then where each ends."""

    def __init__(self, ground: Ground, pywrapcp: Any) -> None:
        self.ground = ground
        rigs, fixed = ground.rigs, {place for rig in ground.rigs for place in rig.fixed}
        self.places = sorted(
            place for place in {*ground.plots, *ground.stops} | fixed
            if place < ground.nowhere and ground.windows[place]
        )  # fmt: skip
        asked = len(self.places)
        self.node = {place: node for node, place in enumerate(self.places)}
        self.spots = [*self.places, *(rig.start for rig in rigs), *(rig.end for rig in rigs)]
        starts = [asked + n for n in range(len(rigs))]
        ends = [asked + len(rigs) + n for n in range(len(rigs))]
        self.manager = pywrapcp.RoutingIndexManager(len(self.spots), len(rigs), starts, ends)
        self.routing = pywrapcp.RoutingModel(self.manager)
        self._ways()
        self._times()
        self._goods()
        self._visits()

    def _at(self, index: int) -> int:
        return int(self.manager.IndexToNode(index))

    def _ways(self) -> None:
        metres = self.ground.metres
        for number, rig in enumerate(self.ground.rigs):
            rate = rig.per_metre / UNIT
            costs = [[round(metres[a][b] * rate) for b in self.spots] for a in self.spots]
            told = self.routing.RegisterTransitMatrix(costs)
            self.routing.SetArcCostEvaluatorOfVehicle(told, number)

    def _times(self) -> None:
        ground, asked = self.ground, len(self.places)
        stays = [ground.service[place] for place in self.places]
        stays += [0] * (len(self.spots) - asked)
        lasts = [
            [stay + ground.seconds[a][b] for b in self.spots]
            for stay, a in zip(stays, self.spots, strict=True)
        ]
        told = self.routing.RegisterTransitMatrix(lasts)
        self.routing.AddDimension(told, DAY_S, DAY_S, False, "time")  # noqa: FBT003
        time = self.routing.GetDimensionOrDie("time")
        for place, node in self.node.items():
            windows = ground.windows[place]
            begin = time.CumulVar(self.manager.NodeToIndex(node))
            begin.SetRange(windows[0][0], windows[-1][1])
            for (_, closes), (opens, _) in pairwise(windows):
                begin.RemoveInterval(closes + 1, opens - 1)
        for number, rig in enumerate(ground.rigs):
            start, end = self.routing.Start(number), self.routing.End(number)
            time.CumulVar(start).SetRange(rig.leaves[1], rig.leaves[2])
            time.CumulVar(end).SetRange(0, max(rig.returns[2], rig.leaves[1]))
            time.SetSpanCostCoefficientForVehicle(round(rig.per_second / UNIT), number)
            if rig.per_second_over:
                over = round(rig.per_second_over / UNIT)
                time.SetCumulVarSoftUpperBound(end, rig.truck.shift[1], over)
            self.routing.AddVariableMinimizedByFinalizer(time.CumulVar(end))
            self.routing.AddVariableMaximizedByFinalizer(time.CumulVar(start))

    def _goods(self) -> None:
        """For each crop, and crates, never below nothing; in all never above the capacity."""
        ground, rigs = self.ground, self.ground.rigs
        for crop in range(len(ground.goods[0])):
            grams = [ground.goods[place][crop] for place in self.places]
            most = [rig.truck.capacity_grams for rig in rigs]
            if crop == len(ground.crops):
                most = [10**9 if rig.truck.crates is None else rig.truck.crates for rig in rigs]
            self._dimension(f"crop {crop}", grams, most, [rig.aboard[crop] for rig in rigs])
        weights = [ground.weight[place] for place in self.places]
        most = [rig.truck.capacity_grams for rig in rigs]
        self._dimension("weight", weights, most, [rig.load for rig in rigs])

    def _dimension(self, name: str, gives: list[int], most: list[int], aboard: list[int]) -> None:
        changes = gives + [0] * (len(self.spots) - len(gives))
        told = self.routing.RegisterUnaryTransitVector(changes)
        self.routing.AddDimensionWithVehicleCapacity(told, 0, most, False, name)  # noqa: FBT003
        dimension = self.routing.GetDimensionOrDie(name)
        for number, grams in enumerate(aboard):
            dimension.CumulVar(self.routing.Start(number)).SetValue(grams)

    def _visits(self) -> None:
        ground = self.ground
        for place, node in self.node.items():
            index = self.manager.NodeToIndex(node)
            worth = max(ground.value[place], 0) // UNIT
            for _, grams, satang in ground.walkup.get(place, ()):
                worth += 60 * grams * satang // UNIT
            if place in ground.required:
                worth += ground.priority[place] * PROMISE
            self.routing.AddDisjunction([index], worth)
            may = [n for n, rig in enumerate(ground.rigs) if place in rig.allowed]
            if len(may) < len(ground.rigs):
                self.routing.SetAllowedVehiclesForIndex(may, index)
        for number, rig in enumerate(ground.rigs):
            before = self.routing.Start(number)
            for place in [p for p in rig.fixed if p in self.node]:
                index = self.manager.NodeToIndex(self.node[place])
                self.routing.solver().Add(self.routing.NextVar(before) == index)
                before = index

    def run(self, given: Any, warm: Places | None, heard: Heard) -> None:
        self.routing.CloseModelWithParameters(given)
        best: list[int] = []

        def better() -> None:
            cost = self.routing.CostVar().Max()
            if not best or cost < best[0]:
                best[:] = [cost]
                heard(self._routes())

        self.routing.AddAtSolutionCallback(better)
        first = self._read(warm) if warm else None
        if first is None:
            self.routing.SolveWithParameters(given)
        else:
            self.routing.SolveFromAssignmentWithParameters(first, given)

    def _read(self, warm: Places) -> Any:
        routes = [
            [self.manager.NodeToIndex(self.node[place]) for place in places if place in self.node]
            for places in warm
        ]
        return self.routing.ReadAssignmentFromRoutes(routes, True)  # noqa: FBT003

    def _routes(self) -> Places:
        found = []
        for number in range(len(self.ground.rigs)):
            places, index = [], self.routing.NextVar(self.routing.Start(number)).Value()
            while not self.routing.IsEnd(index):
                places.append(self.places[self._at(index)])
                index = self.routing.NextVar(index).Value()
            found.append(tuple(places))
        return tuple(found)
