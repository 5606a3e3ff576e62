"""By the calendar: unpaid orders give their grams back, applications that nobody follows lapse,
exact amounts and old tries are freed."""

from __future__ import annotations

from datetime import datetime

from certification.basis.transaction import run
from certification.inspections import lapses
from market.domain.accounts import sessions
from market.domain.orders import commands as orders
from market.domain.payments import commands as payments


async def tick(at: datetime) -> None:
    """Scans for what is due, so that a worker that slept for a day misses nothing."""
    while await run(orders.expire, at=at):
        pass
    await lapses.lapse(at=at)
    await run(payments.free_amounts, at=at)
    await run(sessions.sweep, at)
