"""Ways corrected by what trucks took: the past is held against the roads as they are known now."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from market.domain.trips.estimate import Spot
from market.domain.trips.learned_legs import LEGS_MIN, Learned, Leg, corrected
from market.domain.trips.problem import Matrix
from market.domain.trips.ways import PLACES_MAX, Ways
from market.domain.truck_day.driven import Driven
from market.gateways.roads.ways import ways
from market.settings import Settings


async def learned_ways(
    said: Settings, spots: Sequence[Spot], past: Sequence[Driven], weekday: int, hour: int
) -> Ways:
    """Between the spots; one question for them and for where trucks drove before."""
    names = [name(spot) for spot in spots]
    if len(past) < LEGS_MIN:
        return await ways(said, spots, names)
    known = dict(zip(names, range(len(spots)), strict=True))
    every = list(spots)
    for spot in (spot for leg in past for spot in (leg.start, leg.end)):
        if name(spot) not in known and len(every) < PLACES_MAX:
            known[name(spot)] = len(every)
            every.append(spot)
    whole = await ways(said, every, [name(spot) for spot in every])
    taught = Learned(
        Leg(name(leg.start), name(leg.end), whole.metres[a][b], whole.seconds[a][b],
            leg.actual_s, leg.left_at.weekday(), leg.left_at.hour)
        for leg in past
        if (a := known.get(name(leg.start))) is not None
        if (b := known.get(name(leg.end))) is not None
    )  # fmt: skip
    many = len(spots)
    mine = msgspec.structs.replace(
        whole, metres=_part(whole.metres, many), seconds=_part(whole.seconds, many)
    )
    return corrected(mine, names, taught, weekday, hour)


def _part(matrix: Matrix, many: int) -> Matrix:
    return tuple(row[:many] for row in matrix[:many])


def name(spot: Spot) -> str:
    """Who lies at the same metre is the same place."""
    return f"{spot[0]:.5f},{spot[1]:.5f}"
