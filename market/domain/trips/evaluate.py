"""What a given order of visits means, and what one plan changes against another.

Both stand on the checker, so that a page and the planner never tell different times.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from market.domain.trips.check import Checked, check
from market.domain.trips.problem import Earlier, Plan, Problem, Unserved

TELL_S = 600
"""Buyers hear of it when their stop moves by more than this."""


def evaluate(problem: Problem, routes: Sequence[Sequence[str]]) -> Checked:
    """Times, loads, slack, cost and every fault of routes put in order by hand.

    `routes` has one list of ids for each truck, `problem.BASE` and `problem.BREAK` among them where
    the truck reloads or rests. A stop left out is no fault, a promise left out is.
    """
    served = {id for ids in routes for id in ids}
    named = tuple(
        Unserved(visit.id, visit.off or "left_out") for visit in problem.visits
        if visit.id not in served and (visit.kind == "stop" or visit.off)
    )  # fmt: skip
    checked = check(problem, Plan(tuple(map(tuple, routes)), 0, "by hand", named))
    return replace(checked, faults=tuple(fault for fault in checked.faults if fault.rule != 13))


def told(problem: Problem, plan: Plan, before: Earlier | None = None) -> Earlier:
    """What people are told by a plan: when each visit begins, and by which truck.

    Visits already made keep the times of `before`; give it also to keep its costs of changes.
    """
    begins, trucks = dict[str, int](), dict[str, str]()
    checked = check(problem, plan)
    for truck, ids, seen in zip(problem.trucks, plan.routes, checked.days, strict=True):
        if before:
            made = [id for id in truck.made if id in before.begins]
            begins |= {id: before.begins[id] for id in made}
        visits = [one for one in seen if not one.visit.startswith("@")]
        begins |= {one.visit: one.begin for one in visits}
        trucks |= {id: truck.id for id in ids if id in begins}
    return replace(before, begins=begins, trucks=trucks) if before else Earlier(begins, trucks)


class Move(msgspec.Struct, frozen=True):
    """What another plan changes for one visit; times in seconds after midnight."""

    visit: str
    kind: Literal["moved", "other_truck", "dropped", "added"]
    minutes: int
    """Later by so much; below nothing: earlier."""
    before_s: int | None
    after_s: int | None
    before_truck: str | None
    after_truck: str | None
    tell: bool
    """Buyers must hear of it: dropped, moved by more than ten minutes, or out of what they
    were promised."""


def diff(problem: Problem, before: Earlier, after: Earlier, tell_s: int = TELL_S) -> list[Move]:
    """In the order of the problem; what stays to the minute on the same truck is not named."""
    moves = []
    for visit in problem.visits:
        was, now = before.begins.get(visit.id), after.begins.get(visit.id)
        trucks = before.trucks.get(visit.id), after.trucks.get(visit.id)
        minutes = _minutes(was, now)
        if (was is None) == (now is None) and not minutes and trucks[0] == trucks[1]:
            continue
        kind: Literal["moved", "other_truck", "dropped", "added"]
        kind = "moved" if trucks[0] == trucks[1] else "other_truck"
        if now is None:
            kind = "dropped"
        elif was is None:
            kind = "added"
        tell = kind == "dropped" or abs(minutes) * 60 > tell_s
        if now is not None and visit.promised:
            tell = tell or not visit.promised[0] <= now <= visit.promised[1]
        tell = tell and visit.kind == "stop"
        moves.append(Move(visit.id, kind, minutes, was, now, *trucks, tell))
    return moves


def _minutes(was: int | None, now: int | None) -> int:
    if was is None or now is None:
        return 0
    return (abs(now - was) + 30) // 60 * (1 if now >= was else -1)
