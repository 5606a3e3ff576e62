"""Whether a plan holds, and what it costs: told by simple steps that share nothing with engines.

Rules by number as in docs/model/route.md.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import msgspec

from market.domain.trips.problem import Plan, Problem, Truck, Visit


class Fault(msgspec.Struct, frozen=True):
    rule: int
    truck: str
    visit: str
    why: str


class Seen(msgspec.Struct, frozen=True):
    """One visit as it happens: seconds after midnight, grams aboard when leaving."""

    visit: str
    arrive: int
    begin: int
    leave: int
    aboard: dict[str, int]


class Checked(msgspec.Struct, frozen=True):
    """`leave_base` is the latest departure that does not lengthen the day."""

    faults: tuple[Fault, ...]
    cost: int
    days: tuple[tuple[Seen, ...], ...]
    leave_base: tuple[int, ...]
    back_at_base: tuple[int, ...]


def check(problem: Problem, plan: Plan) -> Checked:
    """Every fault, by rule; the plan is sound when there is none."""
    faults = [*_ids(problem, plan), *_promises(problem, plan)]
    known = {visit.id: place for place, visit in enumerate(problem.visits, start=1)}
    days, leaves, backs, cost = [], [], [], 0
    for truck, ids in zip(problem.trucks, plan.routes, strict=False):
        places = [known[id] for id in ids if id in known]
        driven = _Drive(problem, truck, places)
        faults += driven.faults
        cost += driven.cost
        days.append(tuple(driven.seen))
        leaves.append(driven.left)
        backs.append(driven.back)
    cost -= sum(
        problem.visits[known[id] - 1].value_satang * 60_000
        for ids in plan.routes for id in ids if id in known
    )  # fmt: skip
    if cost != plan.cost:
        faults.append(Fault(13, "", "", f"costs {cost}, the plan says {plan.cost}"))
    return Checked(tuple(faults), cost, tuple(days), tuple(leaves), tuple(backs))


def _ids(problem: Problem, plan: Plan) -> list[Fault]:
    known = {visit.id for visit in problem.visits}
    counted = Counter(id for ids in plan.routes for id in ids)
    faults = [Fault(1, "", id, "is no visit of the day") for id in counted if id not in known]
    faults += [Fault(1, "", id, f"is visited {n} times") for id, n in counted.items() if n > 1]
    if len(plan.routes) != len(problem.trucks):
        faults.append(Fault(1, "", "", "there is not one route for each truck"))
    return faults


def _promises(problem: Problem, plan: Plan) -> list[Fault]:
    """Every stop, and every plot that was promised a visit, is served or named with a reason."""
    served = {id for ids in plan.routes for id in ids}
    named = {one.id for one in plan.unserved if one.reason}
    asked = {visit.id for visit in problem.visits if visit.kind == "stop" or visit.required}
    return [
        *(Fault(2, "", id, "is not served and not named") for id in asked - served - named),
        *(Fault(2, "", id, "is served and named as not served") for id in served & named),
    ]


class _Drive:
    """One truck driven in order: as early as it can, then leaving as late as that allows."""

    def __init__(self, problem: Problem, truck: Truck, places: list[int]) -> None:
        self.problem, self.truck, self.places = problem, truck, places
        self.faults: list[Fault] = []
        self.seen: list[Seen] = []
        self.cost = 0
        self.left = self.back = truck.shift[0]
        if places:
            self._drive(truck.shift[0])
            self.left = self._latest()
            self._drive(self.left)
            self._reckon()

    def _drive(self, now: int) -> None:
        self.faults, self.seen = [], []
        here, aboard = 0, Counter[str]()
        for place in self.places:
            visit = self.problem.visits[place - 1]
            arrive = now + self.problem.seconds[here][place]
            begin = self._begin(visit, arrive)
            self._goods(visit, aboard)
            now, here = begin + visit.service_s, place
            carried = {crop: grams for crop, grams in sorted(aboard.items()) if grams}
            self.seen.append(Seen(visit.id, arrive, begin, now, carried))
        self.back = now + self.problem.seconds[here][0]
        if self.back > self.truck.shift[1]:
            late = self.back - self.truck.shift[1]
            self.faults.append(Fault(5, self.truck.id, "", f"is back {late} s after the shift"))

    def _begin(self, visit: Visit, arrive: int) -> int:
        for opens, closes in visit.windows:
            if arrive <= closes:
                return max(arrive, opens)
        late = arrive - visit.windows[-1][1]
        self.faults.append(Fault(4, self.truck.id, visit.id, f"is reached {late} s late"))
        return arrive

    def _goods(self, visit: Visit, aboard: Counter[str]) -> None:
        for crop, grams in visit.goods.items():
            aboard[crop] += grams if visit.kind == "plot" else -grams
            if aboard[crop] < 0:
                short = -aboard[crop]
                self.faults.append(Fault(7, self.truck.id, visit.id, f"{short} g of {crop} short"))
        if (load := sum(aboard.values())) > self.truck.capacity_grams:
            over = load - self.truck.capacity_grams
            self.faults.append(Fault(6, self.truck.id, visit.id, f"{over} g over the capacity"))

    def _latest(self) -> int:
        """The latest departure with which every visit begins in its window and nobody is later."""
        latest = self.back - self.problem.seconds[self.places[-1]][0]
        for step in range(len(self.places) - 1, -1, -1):
            visit, seen = self.problem.visits[self.places[step] - 1], self.seen[step]
            begin = latest - visit.service_s
            closes = [w[1] for w in visit.windows if w[0] <= begin]
            in_time = seen.begin <= visit.windows[-1][1]
            begin = min(begin, closes[-1] if closes and in_time else seen.begin)
            before = self.places[step - 1] if step else 0
            latest = begin - self.problem.seconds[before][self.places[step]]
        return max(latest, self.truck.shift[0])

    def _reckon(self) -> None:
        metres = sum(self.problem.metres[a][b] for a, b in pairwise([0, *self.places, 0]))
        driven = metres * self.truck.satang_per_km * 60
        self.cost = driven + (self.back - self.left) * self.truck.satang_per_min * 1000
