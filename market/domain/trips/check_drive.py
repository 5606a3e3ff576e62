"""One truck's day driven in plain steps, for the checker; nothing here is known to any engine.

The truck is home as early as it can be, and leaves its base as late as that allows.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import msgspec

from market.domain.trips.problem import BASE, BREAK, Problem, Truck, Visit, Window

PLANNING_S = 2 * 86_400


class Fault(msgspec.Struct, frozen=True):
    """Rule by number as in docs/model/route.md; `amount` says by how many seconds or grams."""

    rule: int
    truck: str
    visit: str
    why: str
    amount: int = 0


class Seen(msgspec.Struct, frozen=True):
    """One visit, break or reload as it happens: seconds after midnight, grams by crop."""

    visit: str
    arrive: int
    begin: int
    leave: int
    aboard: dict[str, int]
    """When leaving, should nobody walk up."""
    sold: dict[str, int] = {}
    """To passers-by, as expected."""
    left: dict[str, int] = {}
    """When leaving, after all that was sold as expected."""
    crates: int = 0
    slack_s: int = 0
    """So much later it may begin and all that follows is still kept."""


class Step(msgspec.Struct, frozen=True):
    id: str
    spot: int
    windows: tuple[Window, ...]
    service_s: int
    visit: Visit | None = None


def steps_of(problem: Problem, truck: Truck, ids: tuple[str, ...]) -> list[Step]:
    """What is still to be driven; unknown ids are passed over, rule 1 names them."""
    known = {visit.id: place for place, visit in enumerate(problem.visits, start=1)}
    here, steps = standing(problem, truck), []
    for id in ids[len(truck.made) :]:
        if id == BREAK and truck.rest:
            steps.append(Step(id, here, (truck.rest.window,), truck.rest.seconds))
        elif id == BASE and truck.reload:
            here = truck.start
            steps.append(Step(id, here, (truck.reload.open,), truck.reload.service_s))
        elif id in known:
            here = known[id]
            visit = problem.visits[here - 1]
            steps.append(Step(id, here, may_begin(visit), visit.service_s, visit))
    return steps


def standing(problem: Problem, truck: Truck) -> int:
    """The place where what is planned begins."""
    if truck.position and truck.position.home:
        return truck.start if truck.end is None else truck.end
    last = next((id for id in reversed(truck.made) if id != BREAK), BASE)
    if last == BASE:
        return truck.start
    return next(p for p, visit in enumerate(problem.visits, start=1) if visit.id == last)


def may_begin(visit: Visit, *, promise: bool = True) -> tuple[Window, ...]:
    """When service may begin: windows, ready lots, the promise, and its own length."""
    told = visit.promised if promise and visit.promised else (0, 10 * PLANNING_S)
    shorter = visit.service_s if visit.inside else 0
    cut = [
        (max(opens, visit.ready_s, told[0]), min(closes - shorter, told[1]))
        for opens, closes in visit.windows
    ]
    return tuple((opens, closes) for opens, closes in cut if opens <= closes)


class Drive:
    """Times; the goods are reckoned by `Goods`."""

    def __init__(self, problem: Problem, truck: Truck, ids: tuple[str, ...]) -> None:
        self.problem, self.truck = problem, truck
        self.steps = steps_of(problem, truck, ids)
        self.from_spot = standing(problem, truck)
        self.faults: list[Fault] = []
        self.times: list[tuple[int, int, int]] = []
        at = truck.position.at_s if truck.position else truck.shift[0]
        self.left = self.back = at
        if self.steps or (truck.position and not truck.out):
            self._forward(at)
            if not truck.position:
                self.left = self._backward(at)
                self._forward(self.left)
            self._day()

    def home(self, spot: int) -> tuple[int, int]:
        """Metres and seconds from there."""
        end = self.truck.end
        if end is None:
            return 0, 0
        return self.problem.metres[spot][end], self.problem.seconds[spot][end]

    def _forward(self, now: int) -> None:
        self.faults, self.times = [], []
        here = self.from_spot
        for step in self.steps:
            arrive = now + self.problem.seconds[here][step.spot]
            begin = self._begin(step, arrive)
            now, here = begin + step.service_s, step.spot
            self.times.append((arrive, begin, now))
        self.back = now + self.home(here)[1]

    def _begin(self, step: Step, arrive: int) -> int:
        for opens, closes in step.windows:
            if arrive <= closes:
                return max(arrive, opens)
        rule, late = {BREAK: 5, BASE: 11}.get(step.id, 4), arrive
        if step.windows:
            late = arrive - step.windows[-1][1]
        if step.visit and step.visit.promised:
            plain = may_begin(step.visit, promise=False)
            rule = 9 if any(arrive <= closes for _, closes in plain) else 4
        self._fault(rule, step.id, f"is reached {late} s late", late)
        return arrive

    def _backward(self, earliest: int) -> int:
        """The latest departure with which nobody is served outside a window or home later."""
        if not self.steps:
            return earliest
        latest = self.back - self.home(self.steps[-1].spot)[1]
        for at in range(len(self.steps) - 1, -1, -1):
            step, begun = self.steps[at], self.times[at][1]
            latest = self._last_begin(step, latest - step.service_s, begun)
            before = self.steps[at - 1].spot if at else self.from_spot
            latest -= self.problem.seconds[before][step.spot]
        return max(latest, earliest)

    def _last_begin(self, step: Step, latest: int, begun: int) -> int:
        if not any(opens <= begun <= closes for opens, closes in step.windows):
            return begun
        closes = [w[1] for w in step.windows if w[0] <= latest]
        return max(min(latest, closes[-1]), begun) if closes else begun

    def slacks(self) -> list[int]:
        """How much later each may begin, all that follows being kept."""
        if not self.steps:
            return []
        latest = self.truck.shift[1] + self.truck.overtime_s
        latest -= self.home(self.steps[-1].spot)[1]
        found = []
        for at in range(len(self.steps) - 1, -1, -1):
            step, begun = self.steps[at], self.times[at][1]
            latest = self._last_begin(step, latest - step.service_s, begun)
            found.append(latest - begun)
            before = self.steps[at - 1].spot if at else self.from_spot
            latest -= self.problem.seconds[before][step.spot]
        return found[::-1]

    def _day(self) -> None:
        """Rules 5 and 15: the shift, overtime, the break, the planning day."""
        truck = self.truck
        late = self.back - truck.shift[1] - truck.overtime_s
        if late > 0:
            self._fault(5, "", f"is back {late} s after the shift", late)
        if self.back > PLANNING_S:
            self._fault(15, "", "is back after the planning day", self.back - PLANNING_S)
        rests = sum(step.id == BREAK for step in self.steps)
        if rests > 1:
            self._fault(5, BREAK, "is taken more than once", rests)
        if truck.rest and not rests and not self._rested(truck):
            self._fault(5, BREAK, "is not taken", truck.rest.seconds)

    def _rested(self, truck: Truck) -> bool:
        """Before the day began, after it ended, or before the plan was made anew."""
        assert truck.rest
        opens, closes = truck.rest.window
        if truck.position:
            return truck.position.rested or self.back <= closes
        return self.left >= opens + truck.rest.seconds or self.back <= closes

    def metres(self) -> int:
        spots = [self.from_spot, *(step.spot for step in self.steps)]
        way = sum(self.problem.metres[a][b] for a, b in pairwise(spots))
        return way + self.home(spots[-1])[0]

    def _fault(self, rule: int, visit: str, why: str, amount: int = 0) -> None:
        self.faults.append(Fault(rule, self.truck.id, visit, why, amount))


class Goods:
    """What is aboard, by crop, after every step; a reload begins a new trip with nothing."""

    def __init__(self, drive: Drive) -> None:
        self.drive, self.truck = drive, drive.truck
        self.faults: list[Fault] = []
        self.aboard: list[dict[str, int]] = []
        self.crates: list[int] = []
        self.sold: list[dict[str, int]] = []
        self._promised()
        self._walked_up()

    def _promised(self) -> None:
        position = self.truck.position
        aboard = Counter(position.aboard if position else {})
        crates = position.crates if position else 0
        use_by: dict[str, int] = {}
        for step, (_, begin, _) in zip(self.drive.steps, self.drive.times, strict=True):
            if step.id == BASE:
                aboard, crates, use_by = Counter(), 0, {}
            if visit := step.visit:
                self._exchange(visit, aboard)
                self._in_time(visit, begin, use_by)
                crates += visit.crates if visit.kind == "plot" else -visit.crates
                self._fits(visit, aboard, crates)
            self.aboard.append({crop: n for crop, n in sorted(aboard.items()) if n})
            self.crates.append(crates)

    def _exchange(self, visit: Visit, aboard: Counter[str]) -> None:
        for crop, grams in visit.goods.items():
            aboard[crop] += grams if visit.kind == "plot" else -grams
            if aboard[crop] < 0:
                short = -aboard[crop]
                self._fault(7, visit.id, f"{short} g of {crop} short", short)

    def _in_time(self, visit: Visit, begin: int, use_by: dict[str, int]) -> None:
        """Which lot goes to whom is not planned, so the earliest use-by aboard counts for all."""
        for crop in visit.goods:
            if visit.kind == "plot" and visit.use_by_s is not None:
                use_by[crop] = min(visit.use_by_s, use_by.get(crop, visit.use_by_s))
            late = begin - use_by.get(crop, begin)
            if visit.kind == "stop" and late > 0:
                self._fault(8, visit.id, f"{crop} is handed over {late} s after its time", late)

    def _fits(self, visit: Visit, aboard: Counter[str], crates: int) -> None:
        if (over := sum(aboard.values()) - self.truck.capacity_grams) > 0:
            self._fault(6, visit.id, f"{over} g over the capacity", over)
        if self.truck.crates is not None and crates > self.truck.crates:
            many = crates - self.truck.crates
            self._fault(6, visit.id, f"{many} crates over the capacity", many)
        if crates < 0:
            self._fault(6, visit.id, f"{-crates} crates short", -crates)

    def _walked_up(self) -> None:
        """Passers-by get what is promised to nobody further on, the first comers first."""
        gone = Counter[str]()
        for at, step in enumerate(self.drive.steps):
            if step.id == BASE:
                gone = Counter()
            sold = {}
            for crop, wanted in sorted((step.visit.walkup if step.visit else {}).items()):
                spare = min(self.aboard[n].get(crop, 0) for n in self._trip_from(at)) - gone[crop]
                if (grams := min(wanted, max(spare, 0))) > 0:
                    sold[crop] = grams
                    gone[crop] += grams
            self.sold.append(sold)

    def _trip_from(self, at: int) -> list[int]:
        steps = self.drive.steps
        until = next((n for n in range(at + 1, len(steps)) if steps[n].id == BASE), len(steps))
        return list(range(at, until))

    def left(self) -> list[dict[str, int]]:
        """Aboard after each step, should all be sold as expected."""
        gone, found = Counter[str](), []
        for step, aboard, sold in zip(self.drive.steps, self.aboard, self.sold, strict=True):
            gone = Counter() if step.id == BASE else gone + Counter(sold)
            after = {crop: grams - gone[crop] for crop, grams in aboard.items()}
            found.append({crop: grams for crop, grams in after.items() if grams})
        return found

    def _fault(self, rule: int, visit: str, why: str, amount: int = 0) -> None:
        self.faults.append(Fault(rule, self.truck.id, visit, why, amount))
