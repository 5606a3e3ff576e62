"""Whether a day makes sense at all, before any engine looks at it."""

from __future__ import annotations

from market.domain.trips.problem import TRUCKS_MAX, VISITS_MAX, NotADay, Problem, Truck, Visit


def ensure_sound(problem: Problem) -> None:
    """Refuses what no engine could make sense of; done once, at the door."""
    visits = {visit.id for visit in problem.visits}
    ids = [visit.id for visit in problem.visits] + [truck.id for truck in problem.trucks]
    _ensure(len(ids) == len(set(ids)), "an id stands twice")
    _ensure(not any(id.startswith("@") for id in ids), "an id begins with @")
    _ensure(0 < len(problem.trucks) <= TRUCKS_MAX, "no truck, or too many")
    _ensure(len(problem.visits) <= VISITS_MAX, "too many visits")
    _ensure_roads(problem)
    for visit in problem.visits:
        _ensure_visit(visit)
    for truck in problem.trucks:
        _ensure_truck(truck)
        _ensure_way(problem, truck, visits)


def _ensure_roads(problem: Problem) -> None:
    size = len(problem.metres)
    square = [len(m) == size and all(len(row) == size for row in m)
              for m in (problem.metres, problem.seconds)]  # fmt: skip
    _ensure(size > len(problem.visits) and all(square), "the matrices do not fit the visits")
    _ensure(len(problem.spots) in (0, size), "the spots do not fit the matrices")
    for row in (*problem.metres, *problem.seconds):
        _ensure(min(row, default=0) >= 0, "a negative way")


def _ensure_visit(visit: Visit) -> None:
    _ensure(bool(visit.windows), f"{visit.id} has no window")
    ends = [edge for window in visit.windows for edge in window]
    _ensure(ends == sorted(ends) and ends[0] >= 0, f"{visit.id}: windows out of order")
    _ensure(visit.service_s >= 0, f"{visit.id}: negative service")
    _ensure(all(grams > 0 for grams in visit.goods.values()), f"{visit.id}: goods of nothing")
    asked = (*visit.walkup.values(), *visit.satang_per_kg.values(), visit.crates, visit.ready_s)
    _ensure(min(asked) >= 0 and visit.priority > 0, f"{visit.id}: a number below nothing")
    _ensure(visit.kind == "stop" or not visit.walkup, f"{visit.id}: nobody walks up to a plot")


def _ensure_truck(truck: Truck) -> None:
    _ensure(0 <= truck.shift[0] <= truck.shift[1], "a shift ends before it begins")
    _ensure(truck.capacity_grams > 0, "a truck that carries nothing")
    _ensure(min(truck.overtime_s, truck.crates or 0) >= 0, f"{truck.id}: a number below nothing")
    if (rest := truck.rest) is not None:
        _ensure(rest.seconds > 0, f"{truck.id}: a break of no time")
        _ensure(rest.window[0] <= rest.window[1], f"{truck.id}: a break ends before it begins")
    if (reload := truck.reload) is not None:
        _ensure(reload.trips >= 1 and reload.service_s >= 0, f"{truck.id}: no trip")
        _ensure(reload.open[0] <= reload.open[1], f"{truck.id}: the base closes before it opens")


def _ensure_way(problem: Problem, truck: Truck, visits: set[str]) -> None:
    """Starts and ends at a base; what it is to visit first is of the day."""
    bases = {0, *range(len(visits) + 1, len(problem.metres))}
    _ensure(truck.start in bases, f"{truck.id} starts at no base")
    _ensure(truck.end is None or truck.end in bases, f"{truck.id} ends at no base")
    first = [id for id in truck.first if not id.startswith("@")]
    _ensure(set(first) <= visits, f"{truck.id} begins with a visit nobody knows")
    _ensure(len(first) == len(set(first)), f"{truck.id} begins with a visit made twice")
    if truck.position:
        _ensure(0 <= truck.position.made <= len(truck.first), f"{truck.id} made more than it had")


def _ensure(holds: bool, why: str) -> None:  # noqa: FBT001
    if not holds:
        raise NotADay(why=why)
