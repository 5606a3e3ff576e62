"""Every few minutes: is there a lot that was scanned more often than its packets explain?"""

from __future__ import annotations

from datetime import datetime, timedelta

from market.domain.scans import commands as scans

AGAIN_AFTER = timedelta(minutes=5)
_judged: list[datetime] = []


async def tick(at: datetime) -> None:
    if _judged and abs(at - _judged[0]) < AGAIN_AFTER:
        return
    _judged[:] = [at]
    await scans.judge(at)
