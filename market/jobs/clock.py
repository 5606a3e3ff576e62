"""By the calendar: unpaid orders give their grams back, exact amounts become free again."""

from __future__ import annotations

from datetime import datetime

from certification.basis.transaction import run
from market.domain.orders import commands as orders


async def tick(at: datetime) -> None:
    """Scans for what is due, so that a worker that slept for a day misses nothing."""
    await run(orders.expire, at=at)
