"""Ways that an operator's trucks drove as they were planned, for what they teach."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise

import msgspec
from piccolo.table import Table

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.units import THAILAND
from market.domain.fleet import queries as fleet
from market.domain.trips import queries as trips
from market.domain.trips import rows as places
from market.domain.trips.estimate import Spot
from market.domain.trips.learned_legs import Leg
from market.domain.trips.parts import place_of
from market.domain.trips.queries import Published
from market.domain.trips.ways import is_corrected
from market.domain.truck_day.queries import TruckView
from market.domain.truck_day.tables import DrivenLeg

AT_BASE = "base"
"""So begins the id of a visit at the base."""
LEG = "SELECT l.goes_from AS start, l.goes_to AS end_, l.metres, l.planned_s, l.took_s, l.left_at"
LEGS = (
    f"{LEG}, l.corrected FROM truck_leg l JOIN day_truck d ON d.id = l.truck"
    ' JOIN truck_day t ON t.id = d.day WHERE t.operator = {} AND t."on" >= {}'
    " ORDER BY l.left_at, l.id"
)
VISITS = (
    "SELECT place AS id, FALSE AS plot, arrived_at, left_at FROM stop_visit WHERE truck = {}"
    " UNION ALL SELECT plot AS id, TRUE AS plot, arrived_at, left_at FROM plot_visit"
    " WHERE truck = {} ORDER BY arrived_at, id"
)


class Driven(msgspec.Struct, frozen=True):
    start: Spot
    end: Spot
    actual_s: int
    left_at: datetime
    """Bangkok."""


class Visited(msgspec.Struct, frozen=True):
    id: str
    plot: bool
    arrived_at: datetime
    left_at: datetime | None


async def visited(truck: str) -> list[Visited]:
    """Stops and plots where somebody pressed, in the order in which it came there."""
    return [
        Visited(row["id"], bool(row["plot"]), row["arrived_at"], row["left_at"])
        for row in await in_use().query(VISITS, truck, truck)
    ]


async def legs(operator: str, since: date) -> list[Driven]:
    """To hold them against the roads as they are known now."""
    rows = await in_use().query(LEGS, operator, since)
    known = await places.named([id for row in rows for id in (row["start"], row["end_"])])
    return [
        Driven(known[row["start"]].spot, known[row["end_"]].spot, row["took_s"],
               row["left_at"].astimezone(THAILAND))
        for row in rows
        if row["start"] in known and row["end_"] in known
    ]  # fmt: skip


async def taught(operator: str, since: date, *, corrected: bool) -> list[Leg]:
    """To hold what was planned against what it took, of plans whose ways were made alike."""
    found = []
    for row in await in_use().query(LEGS, operator, since):
        if bool(row["corrected"]) == corrected:
            local = row["left_at"].astimezone(THAILAND)
            found.append(
                Leg(row["start"], row["end_"], row["metres"], row["planned_s"], row["took_s"],
                    local.weekday(), local.hour)
            )  # fmt: skip
    return found


async def of_truck(truck: str) -> list[tuple[str, str, int, int, int, int]]:
    """Start, end, metres, planned and taken seconds, hour; the last driven last."""
    rows = await in_use().query(
        f"{LEG} FROM truck_leg l WHERE l.truck = {{}} ORDER BY l.left_at, l.id", truck
    )
    return [
        (row["start"], row["end_"], row["metres"], row["planned_s"], row["took_s"],
         row["left_at"].astimezone(THAILAND).hour)
        for row in rows
    ]  # fmt: skip


async def keep(of: TruckView, to: str, *, by: str, at: datetime) -> list[tuple[type[Table], str]]:
    """The way to where it has come now, if the plan had it and nothing between."""
    plan = await trips.published_plan(of.day)
    if plan is None or of.departed_at is None:
        return []
    before = await visited(of.id)
    start, left = (before[-1].id, before[-1].left_at) if before else ("", of.departed_at)
    planned = _planned(plan, of.truck, start, to)
    id, base = new_id(), (await fleet.truck(of.truck)).base
    if planned is None or left is None or left > at or (start or base) == to:
        return []
    await insert(
        DrivenLeg(
            id=id, truck=of.id, goes_from=start or base, goes_to=to, metres=planned[0],
            planned_s=planned[1], corrected=is_corrected(plan.problem.roads),
            took_s=round((at - left).total_seconds()), left_at=left, by=by, at=at,
        )
    )  # fmt: skip
    return [(DrivenLeg, id)]


def _planned(plan: Published, truck: str, start: str, to: str) -> tuple[int, int] | None:
    """Metres and seconds from `start`, or from the base, straight to `to`."""
    each = enumerate(plan.problem.visits, start=1)
    number = {place_of(visit.id): place for place, visit in each}
    for vehicle, ids in zip(plan.problem.trucks, plan.plan.routes, strict=True):
        way = [place_of(id) for id in ids if not id.startswith(AT_BASE)]
        if vehicle.id == truck and (start, to) in pairwise(["", *way]):
            here, there = number[start] if start else vehicle.start, number[to]
            return plan.problem.metres[here][there], plan.problem.seconds[here][there]
    return None
