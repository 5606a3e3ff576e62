"""The finding that follows from something prohibited in a diary: nobody has to go first."""

from __future__ import annotations

from datetime import datetime

from certification.basis.ids import following
from certification.basis.transaction import transaction
from certification.inputs import queries as inputs
from certification.inspections import found
from certification.inspections.found import Found
from certification.schemes import queries as schemes

ITEMS = {
    "fertiliser": "N05", "pest": "N14", "disease": "N14", "weed": "N15", "hormone": "N16",
    "seed": "N03",
}  # fmt: skip
"""The question of the checklist that speaks of it; N18, every bought input is on the list, else."""


async def find_use(use: str, scheme: str, *, by: str, at: datetime) -> bool:
    """Critical, once for a use. Whether it is new."""
    async with transaction():
        told = await inputs.use(use)
        version = next(one.version for one in told.judged if one.scheme == scheme)
        content = (await schemes.version(version)).content
        listed = next((one for one in content.inputs if one.code == told.code), None)
        made = await found.make(Found(
            id=following(use, "finding"), source="use", about=use, plot=told.plot,
            farmer=told.farmer, version=version,
            item=ITEMS.get(listed.kind if listed else "", "N18"), severity="critical",
            what=listed.name.th if listed else told.product or "", found_by=told.by,
        ), by=by, at=at)  # fmt: skip
    return made is not None
