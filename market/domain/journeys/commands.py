"""A day that was kept on paper is typed in, part by part, through the truck's own commands.

Each deed bears the time on the paper; beside it stands when it was typed, and by whom. A part is
typed whole or not at all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following, new_id
from certification.basis.transaction import transaction
from market.domain.journeys import rules
from market.domain.journeys.rules import Evening, Morning, StopOnPaper, TypedIn
from market.domain.journeys.tables import TypedFromPaper
from market.domain.truck_day import closing, loading, manifest, queries, stops
from market.domain.truck_day.queries import TruckView
from market.domain.truck_day.rules import LeaveBehind


async def type_morning(asked: Morning, *, by: str, at: datetime) -> TypedIn:
    """Loaded, counted, departed. What is short of its orders goes without."""

    async def do(truck: TruckView) -> tuple[datetime, datetime]:
        left = truck.at(asked.departed_minute)
        await loading.count_float(truck.id, asked.cash, by=by, at=left)
        for load in asked.loads:
            await loading.load(load, by=by, at=left, told_later=True)
        why = {(one.goes_to, one.lot): one.cause for one in asked.why}
        for line in await manifest.load_list(await queries.truck(truck.id)):
            if line.is_missing:
                id = following(asked.id, f"{line.goes_to} {line.lot}")
                cause = why.get((line.goes_to, line.lot), "short")
                without = LeaveBehind(id, truck.id, line.goes_to, line.lot, "short", cause)
                await loading.leave_behind(without, by=by, at=left)
        await loading.depart(truck.id, by=by, at=left)
        return left, left

    return await _typed(asked, "morning", do, by, at)


async def type_stop(asked: StopOnPaper, *, by: str, at: datetime) -> TypedIn:
    """Came, handed over, sold, decided on who did not come, left."""
    rules.ensure_later(asked.arrived_minute, asked.left_minute)

    async def do(truck: TruckView) -> tuple[datetime, datetime]:
        came, left = truck.at(asked.arrived_minute), truck.at(asked.left_minute)
        await stops.arrive(truck.id, asked.place, by=by, at=came)
        for given in asked.given:
            await stops.hand_over(given, truck.id, asked.place, by=by, at=came, told_later=True)
        for absent in asked.absent:
            await stops.decide(absent, by=by, at=left)
        for sale in asked.sales:
            await stops.sell(sale, by=by, at=left, told_later=True)
        await stops.leave(truck.id, asked.place, by=by, at=left)
        return came, left

    return await _typed(asked, asked.place, do, by, at)


async def type_evening(asked: Evening, *, by: str, at: datetime) -> TypedIn:
    """Costs, leftovers, the drawer; then the day is closed."""

    async def do(truck: TruckView) -> tuple[datetime, datetime]:
        back = truck.at(asked.closed_minute)
        for cost in asked.costs:
            await closing.tell_cost(cost, by=by, at=back)
        await closing.close(asked.close, by=by, at=back)
        return back, back

    return await _typed(asked, "evening", do, by, at)


Do = Callable[[TruckView], Awaitable[tuple[datetime, datetime]]]


async def _typed(
    asked: Morning | StopOnPaper | Evening, part: str, do: Do, by: str, at: datetime
) -> TypedIn:
    async def typed() -> TypedIn:
        truck = await queries.truck(asked.truck)
        for minute in asked.minutes:
            rules.ensure_past(truck.at(minute), at)
        begins, ends = await do(truck)
        id, event = new_id(), TypedIn(truck.id, part, begins.isoformat(), ends.isoformat())
        if not await in_use().query(
            'INSERT INTO typed_from_paper (id, truck, part, paper_from, paper_until, "by", at)'
            " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (truck, part) DO NOTHING"
            " RETURNING id",
            *(id, truck.id, part, begins, ends, by, at),
        ):
            raise rules.TypedAlready()
        log.append(event, (TypedFromPaper, id), subject=truck.id, by=by, at=at)
        return event

    async with transaction():
        return await deeds.once(asked.id, "journeys.type_in", asked, typed, TypedIn, by=by, at=at)
