"""Applications that nobody follows lapse; those that a visit belongs to wait for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from certification.applications import commands as applications
from certification.applications.refusals import NotNow
from certification.applications.rules import VISIT_DAYS
from certification.basis.database import in_use
from certification.basis.transaction import run
from certification.basis.units import local_day

DUE = (
    "SELECT a.id FROM application a WHERE a.lapses_on <= {} AND a.state IN ('returned', 'accepted')"
    " AND NOT EXISTS (SELECT 1 FROM inspection i WHERE i.application = a.id"
    " AND (i.state IN ('assigned', 'under_way') OR i.planned_on > {})) ORDER BY a.id LIMIT 100"
)


async def lapse(*, at: datetime) -> int:
    """All whose day has come, however long nobody looked; how many."""
    today, lapsed = local_day(at), 0
    for row in await in_use().query(DUE, today, today - timedelta(days=VISIT_DAYS)):
        try:
            await run(applications.lapse, str(row["id"]), at=at)
            lapsed += 1
        except NotNow:  # followed at this moment
            continue
    return lapsed
