"""The demo's inspectors of next year, proposed this week and not adopted yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from certification.assignment import commands, gathered, solve
from certification.assignment.plans import KeepPlan, Proposed
from certification.basis.units import local_day
from certification.schemes import queries as schemes
from market.demo.days import Days, named
from market.demo.people import NETWORK, who
from market.demo.story import Deed, deed

SEED, DAYS_AGO = 2569, 1


def propose_inspectors(days: Days) -> Iterator[Deed]:
    year = days.on(0).year + 1
    yield deed(_propose, named("season", "next"), year, by=who("wan"), at=days.at(-DAYS_AGO, 16))


async def _propose(id: str, year: int, *, by: str, at: datetime) -> Proposed:
    version = await schemes.in_force("sgs-pgs", local_day(at))
    due = await gathered.due(NETWORK, year)
    asked = await gathered.season(NETWORK, year, version, [*due], seed=SEED, at=at)
    applications = {plot: one.id for plot, one in due.items()}
    places = solve.fill(asked).places
    kept = KeepPlan(id, NETWORK, year, version.id, SEED, places, applications)
    return await commands.keep(kept, by=by, at=at)
