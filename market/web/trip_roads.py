"""How roads are told and drawn on the planner's page: along them, if the plan was made on them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from market.answers.words import Words
from market.domain.trips.estimate import Spot
from market.domain.trips.ways import CORRECTED
from market.gateways.roads import ways as roads
from market.settings import Settings
from market.web.trip_map import Way

ESTIMATE = "estimate"


class Drawn(NamedTuple):
    """One way for each truck."""

    ways: list[Way]
    straight: bool
    credit: str


async def drawn(said: Settings, of_plan: str, calls: Sequence[Sequence[Spot]]) -> Drawn:
    """`calls`: where each truck goes, in order. A plan on straight lines is drawn by them."""
    straight = [Way([call], dashed=True) for call in calls]
    if source(of_plan) == ESTIMATE:
        return Drawn(straight, straight=True, credit="")
    spots = list(dict.fromkeys(spot for call in calls for spot in call))
    at = {spot: number for number, spot in enumerate(spots)}
    legs = [[(at[a], at[b]) for a, b in pairwise(call)] for call in calls]
    found = await roads.lines(said, spots, [leg for call in legs for leg in call])
    if found.source == ESTIMATE:
        return Drawn(straight, straight=True, credit="")
    lines = iter(found.lines)
    ways = [Way([line for _ in call if (line := next(lines))], dashed=False) for call in legs]
    return Drawn(ways, straight=False, credit=found.credit)


def told(say: Words, of_plan: str) -> str:
    """`own_graph, 2026-11-20, © OpenStreetMap contributors` as a person reads it."""
    _, _, rest = of_plan.partition(", ")
    parts = rest.split(", ") if rest else []
    day = say.day(parts.pop(0)) if parts and parts[0][:1].isdigit() else ""
    return ", ".join(filter(None, [say(f"plan.roads.{source(of_plan)}"), day, *parts]))


def source(of_plan: str) -> str:
    return of_plan.partition(", ")[0].removesuffix(CORRECTED)
