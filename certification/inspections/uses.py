"""The finding that follows from something prohibited in a diary: nobody has to go first."""

from __future__ import annotations

import secrets
from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.inputs import queries as inputs
from certification.inspections import rules
from certification.inspections.rules import UseFound
from certification.inspections.tables import Finding
from certification.schemes import queries as schemes

ITEMS = {
    "fertiliser": "N05", "pest": "N14", "disease": "N14", "weed": "N15", "hormone": "N16",
    "seed": "N03",
}  # fmt: skip
"""The question of the checklist that speaks of it; N18, every bought input is on the list, else."""


async def find_use(use: str, scheme: str, *, by: str, at: datetime) -> bool:
    """Critical, once for a use. Whether it is new."""
    id = following(use, "finding")
    async with transaction():
        told = await inputs.use(use)
        version = next(one.version for one in told.judged if one.scheme == scheme)
        content = (await schemes.version(version)).content
        listed = next((one for one in content.inputs if one.code == told.code), None)
        item = ITEMS.get(listed.kind if listed else "", "N18")
        due = rules.due_on(None, "critical", content.rules, today=local_day(at))
        name = listed.name.th if listed else told.product or ""
        made = await in_use().query(
            "INSERT INTO finding (id, inspection, use, plot, item, severity, what, action, due_on,"
            " by, at, salt) VALUES ({}, {}, {}, {}, {}, 'critical', {}, {}, {}, {}, {}, {})"
            " ON CONFLICT (id) DO NOTHING RETURNING id",
            id, None, use, told.plot, item, name, None, due, told.by, at, secrets.token_bytes(16),
        )  # fmt: skip
        if made:
            event = UseFound(id, use, told.plot, item, str(due))
            log.append(event, (Finding, id), subject=told.plot, by=by, at=at)
    return bool(made)
