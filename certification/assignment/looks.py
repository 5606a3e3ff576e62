"""What all visits of an organ's groups told, for the report on who looks at whom how."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import TYPE_CHECKING

from certification.assignment import gathered
from certification.basis.database import in_use

if TYPE_CHECKING:
    from certification.assignment.collusion import Report, Seen


async def report(organ: str, on: date) -> Report:
    """Thousands of looks take some seconds: outside of every transaction."""
    from certification.assignment import collusion  # noqa: PLC0415  (numpy, 0.2 s of each start)

    return await asyncio.to_thread(collusion.report, await seen(organ, on))


async def seen(organ: str, on: date) -> list[Seen]:
    """Signed visits, each of those who signed with all that was found: they all stand for it,
    whoever typed."""
    from certification.assignment.collusion import Seen  # noqa: PLC0415  (as above)

    near = set(await gathered.groups_under(organ))
    rows = await in_use().query(
        'SELECT i.planned_on, m.person, h.person AS farmer, p."group",'
        " (SELECT COUNT(*) FROM finding f WHERE f.inspection = i.id) AS found"
        " FROM inspection_member m JOIN inspection i ON i.id = m.inspection"
        " JOIN plot p ON p.id = i.plot JOIN plot_holder h ON h.plot = i.plot"
        " WHERE i.state = 'signed' AND m.signed_at IS NOT NULL AND h.since <= i.planned_on"
        " AND (h.until IS NULL OR h.until >= i.planned_on) ORDER BY i.planned_on, m.id"
    )
    mine = [row for row in rows if row["group"] in near]
    persons = {row["person"] for row in mine} | {row["farmer"] for row in mine}
    homes = await gathered.homes(persons, on)
    return [
        Seen(row["planned_on"].year, row["person"], homes[row["person"]], homes[row["farmer"]],
             row["found"])
        for row in mine
    ]  # fmt: skip
