"""By the calendar: unpaid orders give their grams back, cycles open, close and end, applications
that nobody follows lapse, farmers hear that a certificate or a paper by others ends, exact amounts
and old tries are freed."""

from __future__ import annotations

from datetime import datetime, timedelta

from certification.basis.transaction import run
from certification.certificates import endings
from certification.inspections import lapses
from certification.marks import commands as marks
from market.domain.accounts import sessions
from market.domain.broadcasts import commands as broadcasts
from market.domain.complaints import commands as complaints
from market.domain.cycles import clockwork as cycles
from market.domain.cycles import templates
from market.domain.notices import cut_offs
from market.domain.orders import commands as orders
from market.domain.payments import commands as payments
from market.domain.search import commands as search
from market.jobs import standing

AGAIN_AFTER = timedelta(minutes=5)
_looked: list[datetime] = []


def _looks_again(at: datetime) -> bool:
    """What is due by the day is not asked for every second."""
    if _looked and abs(at - _looked[0]) < AGAIN_AFTER:
        return False
    _looked[:] = [at]
    return True


async def tick(at: datetime) -> None:
    """Scans for what is due, so that a worker that slept for a day misses nothing."""
    while await run(orders.expire, at=at):
        pass
    await standing.take_turns(at)
    await lapses.lapse(at=at)
    await broadcasts.go(at)
    await cut_offs.remind(at)
    if _looks_again(at):
        await run(search.follow)
        await endings.remind(at=at)
        await marks.remind(at=at)
        await complaints.take_back(at=at)
        await cycles.settle(at)
        await templates.make_ahead(at)
    await cycles.advance(at)
    await run(payments.free_amounts, at=at)
    await run(sessions.sweep, at)
