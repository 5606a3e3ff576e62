"""A day planned anew while it is being driven: what is made stays, what was told is kept if it can.

A truck that is under way drives to its next visit whatever is planned, unless that is called off or
cannot hold any more. Goods aboard stay aboard; those of a truck that broke down lie where it stands
and are fetched like a plot's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from market.domain.trips.build import built
from market.domain.trips.check import Checked, check
from market.domain.trips.check_drive import Seen, standing
from market.domain.trips.evaluate import Move, diff, told
from market.domain.trips.ground import Ground
from market.domain.trips.problem import (
    BASE,
    BREAK,
    COLD,
    Earlier,
    Matrix,
    Plan,
    Position,
    Problem,
    Truck,
    Visit,
    Window,
)
from market.domain.trips.solve import by_time

HAND_OVER_S = 1_800


class Made(msgspec.Struct, frozen=True, tag=True):
    """A visit was left at `leave_s`; `aboard` is what the scale said then, if anybody weighed."""

    visit: str
    leave_s: int
    aboard: dict[str, int] | None = None


class Late(msgspec.Struct, frozen=True, tag=True):
    """The truck is so much behind what was planned."""

    truck: str
    seconds: int


class CalledOff(msgspec.Struct, frozen=True, tag=True):
    visit: str
    why: str = "cancelled"
    """Or `closed`, or `suspended`."""


class Changed(msgspec.Struct, frozen=True, tag=True):
    """All grams by crop that a plot gives now, or that a stop is to get now."""

    visit: str
    goods: dict[str, int]


class WindowsMoved(msgspec.Struct, frozen=True, tag=True):
    visit: str
    windows: tuple[Window, ...]


class BrokeDown(msgspec.Struct, frozen=True, tag=True):
    """The truck stands where it made its last visit."""

    truck: str


class AsItIs(msgspec.Struct, frozen=True, tag=True):
    """All that a truck did was written down: nothing of it is taken as made because it was planned.

    `left_s` is when it left its base, None where it still stands there. `made` has what it came to
    in that order, and when it left, or will; of `aboard` nothing is for where it stands now.
    """

    truck: str
    left_s: int | None
    made: tuple[tuple[str, int], ...] = ()
    aboard: dict[str, int] = {}
    crates: int = 0
    home: bool = False


Event = Made | Late | CalledOff | Changed | WindowsMoved | BrokeDown | AsItIs


class Replanned(msgspec.Struct, frozen=True):
    """`problem` is the day as it is now: keep it with the plan, both are needed to plan again."""

    problem: Problem
    plan: Plan
    moves: list[Move]
    before: Earlier
    after: Earlier


def replan(
    problem: Problem, published: Plan, now: int, events: Sequence[Event], seed: int = 0, *,
    clock: Callable[[], float], seconds: float = 1.5,
) -> Replanned:  # fmt: skip
    """The rest of the day after `events`, as near to the published plan as is worth it.

    `now` in seconds after midnight; `clock` counts seconds, as time.monotonic does.
    """
    later = anew(problem, published, now, events)
    plan = by_time(later, seconds, seed, clock, published.routes)
    assert later.earlier
    now_told = told(later, plan, later.earlier)
    moves = diff(later, later.earlier, now_told)
    return Replanned(later, plan, moves, later.earlier, now_told)


def anew(problem: Problem, published: Plan, now: int, events: Sequence[Event]) -> Problem:
    """The day as it is now: where trucks stand, what happened, what people were told.

    A stop that people were told of begins no more than a little earlier, though the truck waits.
    """
    checked, before = check(problem, published), told(problem, published, problem.earlier)
    day = after(_expected(replace(problem, earlier=before), before), events)
    for number in range(len(problem.trucks)):
        day = _stands(day, number, published, checked, (now, events))
    for event in events:
        if isinstance(event, BrokeDown):
            day = _broke_down(day, event.truck, now)
    return day


def _expected(problem: Problem, before: Earlier) -> Problem:
    """People come when they were told to."""
    day = problem
    for stop in problem.visits:
        if stop.kind == "stop" and stop.id in before.begins:
            earliest = max(stop.ready_s, before.begins[stop.id] - before.moved_s)
            day = _visit(day, stop.id, ready_s=earliest)
    return day


def after(day: Problem, events: Sequence[Event]) -> Problem:
    """With its visits as they are now; trucks stand where they stood."""
    for event in events:
        match event:
            case CalledOff(visit=id, why=why):
                day = _visit(day, id, off=why, required=False)
            case Changed(visit=id, goods=goods):
                day = _visit(day, id, goods={crop: n for crop, n in goods.items() if n > 0})
            case WindowsMoved(visit=id, windows=windows):
                day = _visit(day, id, windows=windows, ready_s=0)
    return day


def _visit(problem: Problem, id: str, **changed: object) -> Problem:
    visits = tuple(replace(v, **changed) if v.id == id else v for v in problem.visits)
    return replace(problem, visits=visits)


def _stands(
    problem: Problem, number: int, published: Plan, checked: Checked,
    happened: tuple[int, Sequence[Event]],
) -> Problem:  # fmt: skip
    """With the truck where it is now, and what it drives to if that still holds."""
    now, events = happened
    truck, ids = problem.trucks[number], published.routes[number]
    seen = checked.days[number]
    late = sum(e.seconds for e in events if isinstance(e, Late) and e.truck == truck.id)
    real = next((e for e in events if isinstance(e, AsItIs) and e.truck == truck.id), None)
    if real:
        return _real(problem, number, ids, real, now, late)
    made = _made(truck, ids, seen, happened)
    if made == len(truck.made) and not truck.position and checked.leave_base[number] > now:
        begins = max(truck.shift[0], now, checked.leave_base[number] + late if late else 0)
        shift = (min(begins, truck.shift[1]), truck.shift[1])
        return _truck(problem, number, replace(truck, shift=shift))
    there = _position(truck, ids, made, checked, number)
    for event in events:
        if isinstance(event, Made) and event.visit in ids[:made][-1:]:
            aboard = there.aboard if event.aboard is None else event.aboard
            there = replace(there, at_s=event.leave_s, aboard=aboard)
    there = replace(there, at_s=there.at_s + late)
    if made == len(ids) and truck.end is not None and checked.back_at_base[number] + late <= now:
        there = replace(there, at_s=now, home=True)
    return _onward(problem, number, (ids[:made], _next(ids, made)), there, now)


def _onward(
    problem: Problem, number: int, ways: tuple[tuple[str, ...], tuple[str, ...]], there: Position,
    now: int,
) -> Problem:  # fmt: skip
    """Under way it drives to where it was going, if that still holds."""
    made, onward = ways
    tries = [onward, ()] if onward and there.at_s < now else [()]
    for first in tries:
        at_s = there.at_s if first else max(there.at_s, now)
        truck, here = problem.trucks[number], replace(there, at_s=at_s)
        moved = replace(truck, first=(*made, *first), position=here)
        day = _truck(problem, number, _can_be_home(problem, moved))
        if not first or _holds(day, number):
            return day
    raise AssertionError("the second try stands still")


def _real(
    problem: Problem, number: int, ids: tuple[str, ...], real: AsItIs, now: int, late: int
) -> Problem:
    """A visit that was passed by is free again; one that was made out of turn is made."""
    truck = problem.trucks[number]
    if real.left_s is None:
        begins = min(max(truck.shift[0], now) + late, truck.shift[1])
        return _truck(problem, number, replace(truck, shift=(begins, truck.shift[1])))
    known = {visit.id for visit in problem.visits}
    came = [id for id, _ in real.made if id in known]
    last = max((at for at, id in enumerate(ids) if id in came), default=-1)
    way = tuple(id for id in ids[: last + 1] if id in came or id.startswith("@"))
    if [id for id in way if not id.startswith("@")] != came:
        way = tuple(came)
    at_s = (real.made[-1][1] if real.made else real.left_s) + late
    before = truck.position or Position(0, 0)
    there = Position(
        len(way), at_s, real.aboard, real.crates, before.rested or BREAK in way,
        1 + way.count(BASE), real.home,
    )  # fmt: skip
    onward = _next(ids, last + 1)
    day = _truck(problem, number, replace(truck, first=way, position=there))
    return _onward(day, number, (way, onward), there, now)


def _made(
    truck: Truck, ids: tuple[str, ...], seen: tuple[Seen, ...],
    happened: tuple[int, Sequence[Event]],
) -> int:  # fmt: skip
    """How many of its visits are begun: by what was told of them, else by the plan."""
    now, events = happened
    told_of = [ids.index(e.visit) for e in events if isinstance(e, Made) and e.visit in ids]
    if told_of:
        return max(max(told_of) + 1, len(truck.made))
    late = sum(e.seconds for e in events if isinstance(e, Late) and e.truck == truck.id)
    begun = sum(1 for one in seen if one.begin + late <= now)
    return len(truck.made) + begun


def _position(
    truck: Truck, ids: tuple[str, ...], made: int, checked: Checked, number: int
) -> Position:
    before = truck.position or Position(0, 0)
    fresh = made - len(truck.made)
    if fresh == 0:
        at_s = before.at_s if truck.position else checked.leave_base[number]
        return replace(before, made=made, at_s=at_s)
    last = checked.days[number][fresh - 1]
    since = ids[len(truck.made) : made]
    return Position(
        made, last.leave, last.left, last.crates, before.rested or BREAK in since,
        before.trips + since.count(BASE),
    )  # fmt: skip


def _next(ids: tuple[str, ...], made: int) -> tuple[str, ...]:
    """Up to the next visit, with a break or a reload that comes before it."""
    for at in range(made, len(ids)):
        if not ids[at].startswith("@"):
            return ids[made : at + 1]
    return ()


def _can_be_home(problem: Problem, truck: Truck) -> Truck:
    """Even a truck that is late may go home, and who missed the hour of rest rests no more."""
    assert truck.position
    at_s, end = truck.position.at_s, truck.end
    home = 0 if end is None else problem.seconds[standing(problem, truck)][end]
    back, rested = at_s + home, truck.position.rested
    if truck.rest and not rested and back > truck.rest.window[1]:
        rested = at_s > truck.rest.window[1]
        begins = max(at_s, truck.rest.window[0])
        back = back if rested else begins + truck.rest.seconds + home
    over = max(truck.overtime_s, back - truck.shift[1])
    return replace(truck, position=replace(truck.position, rested=rested), overtime_s=over)


def _holds(problem: Problem, number: int) -> bool:
    ground = Ground(problem)
    rig = ground.rigs[number]
    off = {visit.id for visit in problem.visits if visit.off}
    route = built(ground, rig, rig.fixed)
    return route is not None and route.holds and not off & set(rig.truck.first[len(rig.made) :])


def _truck(problem: Problem, number: int, truck: Truck) -> Problem:
    trucks = problem.trucks
    return replace(problem, trucks=(*trucks[:number], truck, *trucks[number + 1 :]))


def _broke_down(problem: Problem, id: str, now: int) -> Problem:
    """What it has aboard lies where it stands."""
    number = next(n for n, truck in enumerate(problem.trucks) if truck.id == id)
    truck = problem.trucks[number]
    if truck.out:
        return problem
    there, position = standing(problem, truck), truck.position
    problem = _truck(problem, number, replace(truck, first=truck.made, out=True))
    aboard = {crop: n for crop, n in (position.aboard if position else {}).items() if n > 0}
    if not aboard:
        return problem
    assert position
    until = max(t.shift[1] + t.overtime_s for t in problem.trucks)
    since = min(max(position.at_s, now), until)
    stock = Visit(f"stock-{id}", "plot", ((since, until),), HAND_OVER_S, aboard, required=True,
                  crates=position.crates,
                  needs=(COLD,) if set(problem.cold) & set(aboard) else ())  # fmt: skip
    return with_visit(problem, stock, beside=there)


def with_visit(problem: Problem, visit: Visit, *, beside: int) -> Problem:
    """One visit more, at the place `beside` of the matrices; further bases move up by one."""
    new = len(problem.visits) + 1

    def wider(matrix: Matrix) -> Matrix:
        rows = [(*row[:new], row[beside], *row[new:]) for row in matrix]
        return (*rows[:new], rows[beside], *rows[new:])

    def moved(place: int | None) -> int | None:
        return place + 1 if place is not None and place >= new else place

    trucks = tuple(
        replace(t, start=moved(t.start), end=moved(t.end)) for t in problem.trucks
    )  # fmt: skip
    spots = problem.spots
    if spots:
        spots = (*spots[:new], spots[beside], *spots[new:])
    return replace(
        problem, visits=(*problem.visits, visit), trucks=trucks, spots=spots,
        metres=wider(problem.metres), seconds=wider(problem.seconds),
    )  # fmt: skip
