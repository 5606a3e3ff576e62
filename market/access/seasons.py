"""Where a season's plan, its seats, swaps and overrides stand, for `Permit.check`."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from certification.assignment import gathered, plans, queries, solve
from certification.assignment.plans import KeepPlan
from certification.assignment.queries import OverrideView, PlanView, SeatView, SwapView
from certification.basis.ids import is_id
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.draws import queries as draws
from certification.draws.queries import DrawView
from certification.schemes import queries as schemes
from market.access import whose
from market.access.permit import Permit, Place
from market.access.refusals import NotThere

T = TypeVar("T")


async def plan(id: str) -> tuple[PlanView, Place]:
    found = await _there(queries.plan, id)
    return found, await whose.of_group(found.organ)


async def proposed(id: str, organ: str, year: int, charter: str, at: datetime) -> KeepPlan:
    """Some seconds of thought for hundreds of plots: outside of every transaction."""
    plans.ensure_season(year)
    version = await schemes.in_force(charter, local_day(at))
    due = await gathered.due(organ, year)
    if not due:
        raise plans.NothingDue
    seed = int.from_bytes(hashlib.sha256(id.encode()).digest()[:6])
    asked = await gathered.season(organ, year, version, [*due], seed=seed, at=at)
    found = await asyncio.to_thread(solve.fill, asked)
    applications = {plot: one.id for plot, one in due.items()}
    return KeepPlan(id, organ, year, version.id, seed, found.places, applications)


async def seat(id: str) -> tuple[SeatView, Place]:
    """It stands where the application does; its owner is who applied."""
    found = await _there(queries.seat, id)
    _, place = await whose.application(found.application)
    return found, place


async def seat_mine(id: str, permit: Permit) -> SeatView:
    """Only who sits there."""
    found = await _there(queries.seat, id)
    permit.check(Place(owner=permit.person if found.person == permit.person else ""))
    return found


async def override(id: str) -> tuple[OverrideView, Place]:
    found = await _there(queries.override, id)
    _, place = await seat(found.seat)
    return found, place


async def swap_mine(id: str, permit: Permit) -> SwapView:
    """Only the two of it."""
    found = await _there(queries.swap, id)
    two = (found.by, found.other)
    permit.check(Place(owner=permit.person if permit.person in two else ""))
    return found


async def draw(id: str) -> tuple[DrawView, Place]:
    found = await _there(draws.draw, id)
    return found, await whose.of_group(found.organ)


async def _there(query: Callable[[str], Awaitable[T]], id: str) -> T:
    if not is_id(id):
        raise NotThere
    try:
        return await query(id)
    except Refusal:
        raise NotThere from None
