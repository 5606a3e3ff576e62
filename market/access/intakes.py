"""Where a weighing at the collection point stands: with who grew it and the group."""

from __future__ import annotations

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from market.access import whose
from market.access.permit import Place
from market.access.refusals import NotThere
from market.domain.intake import queries
from market.domain.intake.queries import IntakeView


async def intake(id: str) -> tuple[IntakeView, Place]:
    """Its owner is who brought it."""
    if not is_id(id):
        raise NotThere
    try:
        found = await queries.intake(id)
    except Missing:
        raise NotThere from None
    return found, await whose.of_group(found.group, owner=found.farmer or "")
