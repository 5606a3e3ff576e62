"""What became otherwise since a plan was made: its problem against the problem of the rows now."""

from __future__ import annotations

from typing import Literal

import msgspec

from market.domain.trips.problem import Problem, Visit

Kind = Literal[
    "stop_added", "stop_gone", "window_moved", "ordered_more", "ordered_less", "required",
    "plot_added", "plot_gone", "lots_changed", "trucks_changed", "kept_otherwise",
]  # fmt: skip


class Changed(msgspec.Struct, frozen=True):
    kind: Kind
    visit: str
    """The id of the place or plot; empty for trucks."""
    grams: int = 0


def changed(then: Problem, now: Problem) -> list[Changed]:
    """Stop by stop, plot by plot; nothing where the plan still speaks of the same day."""
    before = {visit.id: visit for visit in then.visits}
    after = {visit.id: visit for visit in now.visits}
    found = [Changed("trucks_changed", "")] if _trucks(then) != _trucks(now) else []
    for id, visit in after.items():
        found += _of(visit, before[id]) if id in before else [_come(visit)]
    gone = [visit for id, visit in before.items() if id not in after]
    return found + [
        Changed("stop_gone" if visit.kind == "stop" else "plot_gone", visit.id) for visit in gone
    ]


def _trucks(of: Problem) -> list[tuple[object, ...]]:
    return [(t.id, t.capacity_grams, t.shift, t.crates, t.rest, t.has) for t in of.trucks]


def _come(visit: Visit) -> Changed:
    kind: Kind = "stop_added" if visit.kind == "stop" else "plot_added"
    return Changed(kind, visit.id, sum(visit.goods.values()))


def _of(now: Visit, then: Visit) -> list[Changed]:
    found = [Changed("kept_otherwise", now.id)] if now.needs != then.needs else []
    if now.kind == "plot":
        return [*found, *([Changed("lots_changed", now.id)] if now.goods != then.goods else [])]
    if (now.windows, now.promised) != (then.windows, then.promised):
        found.append(Changed("window_moved", now.id))
    more = sum(now.goods.values()) - sum(then.goods.values())
    if now.goods != then.goods:
        found.append(Changed("ordered_more" if more >= 0 else "ordered_less", now.id, abs(more)))
    if now.required and not then.required:
        found.append(Changed("required", now.id))
    return found
