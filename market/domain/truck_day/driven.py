"""Legs that an operator's trucks drove from one stop straight to the next, for what they teach."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise

import msgspec

from certification.basis.database import in_use
from certification.basis.units import THAILAND
from market.domain.trips import queries as trips
from market.domain.trips.estimate import Spot

VISITS = (
    "SELECT d.day, v.truck, v.place, v.arrived_at, v.left_at, p.lat_e6, p.lon_e6"
    " FROM stop_visit v JOIN day_truck d ON d.id = v.truck JOIN truck_day t ON t.id = d.day"
    ' JOIN place p ON p.id = v.place WHERE t.operator = {} AND t."on" >= {}'
    " ORDER BY v.truck, v.arrived_at, v.id"
)


class Driven(msgspec.Struct, frozen=True):
    start: Spot
    end: Spot
    actual_s: int
    left_at: datetime
    """Bangkok."""


async def legs(operator: str, since: date) -> list[Driven]:
    """By the plan that was published nothing lay between: who fetches at a plot on the way is not
    seen to have been there.
    """
    follows: dict[str, set[tuple[str, str]]] = {}
    found = []
    for one, other in pairwise(await in_use().query(VISITS, operator, since)):
        if one["truck"] != other["truck"] or one["left_at"] is None:
            continue
        if one["day"] not in follows:
            plan = await trips.published_plan(one["day"])
            routes = plan.plan.routes if plan else ()
            follows[one["day"]] = {leg for route in routes for leg in pairwise(route)}
        if (one["place"], other["place"]) in follows[one["day"]]:
            start, end = ((v["lat_e6"] / 1e6, v["lon_e6"] / 1e6) for v in (one, other))
            lasts = (other["arrived_at"] - one["left_at"]).total_seconds()
            found.append(Driven(start, end, round(lasts), one["left_at"].astimezone(THAILAND)))
    return found
