"""Promises that cannot all be kept: which the fewest are, as far as anybody can say.

A bound from below by what no plan can get round: who is reached by no truck alone, stops of which
no truck takes two, a crop of which there is too little. And from above by trying each broken
promise again, in a day without stops that are nobody's promise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import msgspec
from msgspec.structs import replace

from market.domain.trips.build import built
from market.domain.trips.ground import Ground, Rig
from market.domain.trips.improve import Places, Progress, Search
from market.domain.trips.problem import Problem, Visit

PAIRS_OF = 60
"""More promises are not held against one another."""


class Least(msgspec.Struct, frozen=True):
    """Any plan breaks so many promises, and so much of what they weigh (`priority`)."""

    many: int
    weight: int


def least(ground: Ground, broken: Sequence[int]) -> Least:
    """`broken`: those of a plan, which are the first to be suspected."""
    fixed = {place for rig in ground.rigs for place in rig.fixed}
    promised = sorted(ground.required - fixed)
    rigs = list({rig.kind: rig for rig in ground.rigs if not rig.truck.out}.values())
    alone = {place for place in promised if not _reached(ground, rigs, [place])}
    rest = [place for place in promised if place not in alone]
    found = max(
        (_of_crop(ground, crop, rest) for crop in range(len(ground.crops))),
        default=Least(0, 0), key=lambda one: (one.weight, one.many),
    )  # fmt: skip
    apart = _apart(ground, rigs, sorted(rest, key=lambda p: (p not in broken, p))[:PAIRS_OF])
    many, weight = max(found.many, apart.many), max(found.weight, apart.weight)
    return Least(len(alone) + many, sum(ground.priority[p] for p in alone) + weight)


def until(end: float, clock: Callable[[], float]) -> Callable[[], Progress]:
    """Half of what is left to each search."""

    def effort() -> Progress:
        began = clock()
        left = (end - began) / 2
        return lambda _: (clock() - began) / left if left > 0 else 1.0

    return effort


def _reached(ground: Ground, rigs: Sequence[Rig], places: list[int]) -> bool:
    """By some truck in this order, its goods not asked for: visits between only make it later."""
    return any(
        set(places) <= rig.allowed and built(ground, rig, [*rig.fixed, *places]) is not None
        for rig in rigs
    )


def _apart(ground: Ground, rigs: Sequence[Rig], promised: Sequence[int]) -> Least:
    """Of stops no two of which one truck takes, each truck takes one."""
    never: dict[int, set[int]] = {place: set() for place in promised}
    for a, b in combinations(promised, 2):
        if not (_reached(ground, rigs, [a, b]) or _reached(ground, rigs, [b, a])):
            never[a].add(b)
            never[b].add(a)
    trucks = sum(not rig.truck.out for rig in ground.rigs)
    best = Least(0, 0)
    for first in promised:
        group = [first]
        for place in sorted(never[first], key=lambda p: (-ground.priority[p], p)):
            if all(place in never[one] for one in group):
                group.append(place)
        weights = sorted(ground.priority[place] for place in group)
        spare = weights[: max(len(group) - trucks, 0)]
        best = max(best, Least(len(spare), sum(spare)), key=lambda one: (one.weight, one.many))
    return best


def _of_crop(ground: Ground, crop: int, promised: Sequence[int]) -> Least:
    """Stops go without until what is left suffices: as few, and as light, as can be."""
    wants = {p: -ground.goods[p][crop] for p in promised if ground.goods[p][crop] < 0}
    short = sum(wants.values())
    short -= sum(ground.goods[plot][crop] for plot in ground.plots)
    short -= sum(rig.aboard[crop] for rig in ground.rigs)
    if short <= 0:
        return Least(0, 0)
    many, left = 0, short
    for grams in sorted(wants.values(), reverse=True):
        if left > 0:
            many, left = many + 1, left - grams
    weight, left = 0, short
    for place in sorted(wants, key=lambda p: ground.priority[p] / wants[p]):
        if left > 0:  # of the last one its share alone: no whole stops weigh less
            weight += -(-ground.priority[place] * min(left, wants[place]) // wants[place])
            left -= wants[place]
    return Least(many, weight)


def kept_more(
    ground: Ground, places: Places, seed: int, effort: Callable[[], Progress]
) -> Places | None:
    """Each broken promise tried again beside those that are kept, or instead of lighter ones, the
    heaviest first; None where nothing can be kept more. `effort` is made anew for each search,
    and there are no more of them when it is spent from the beginning.
    """
    before = _weight(ground, places)
    while (better := _one_more(ground, places, seed, effort)) is not None:
        places = better
    return places if _weight(ground, places) < before else None


def _one_more(
    ground: Ground, places: Places, seed: int, effort: Callable[[], Progress]
) -> Places | None:
    broken = _broken(ground, places)
    for place in sorted(broken, key=lambda p: (-ground.priority[p], p)):
        if effort()(0) >= 1:
            return None
        bare = Ground(_only_promises(ground, broken - {place}))
        search = Search(bare, seed, _without(places, bare))
        found = _until_lighter(search, effort(), ground.priority[place])
        if found is not None:
            again = Search(ground, seed, found).run(effort())
            if _weight(ground, again) < _weight(ground, places):
                return again
    return None


def _only_promises(ground: Ground, off: set[int]) -> Problem:
    def bare(place: int, visit: Visit) -> Visit:
        gone = place in off or (not visit.is_plot and place not in ground.required)
        return replace(visit, off="left_out") if gone and not visit.off else visit

    visits = ground.problem.visits
    return replace(ground.problem, visits=tuple(bare(n, v) for n, v in enumerate(visits, 1)))


def _without(places: Places, bare: Ground) -> Places:
    known = {*bare.plots, *bare.stops, bare.reload, bare.rest}
    return tuple(tuple(place for place in one if place in known) for one in places)


def _until_lighter(search: Search, progress: Progress, weight: int) -> Places | None:
    found: list[Places] = []

    def heard(places: Places, _: int) -> None:
        if _weight(search.ground, places) < weight:
            found.append(places)

    search.run(lambda done: 1.0 if found else progress(done), heard)
    return found[-1] if found else None


def _broken(ground: Ground, places: Places) -> set[int]:
    fixed = {place for rig in ground.rigs for place in rig.fixed}
    return set(ground.required) - fixed - {place for one in places for place in one}


def _weight(ground: Ground, places: Places) -> int:
    return sum(ground.priority[place] for place in _broken(ground, places))
