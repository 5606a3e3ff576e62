"""Where a recall stands, which are in reach, and of which group or network one is opened."""

from __future__ import annotations

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from market.access import whose
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.domain.recalls import queries
from market.domain.recalls.queries import RecallView


async def recall(id: str) -> tuple[RecallView, Place]:
    """It stands where its group or network does."""
    if not is_id(id):
        raise NotThere
    try:
        found = await queries.recall(id)
    except Missing:
        raise NotThere from None
    return found, await whose.of_group(found.organ)


async def organs(permit: Permit) -> list[str]:
    """The groups and networks of one's own roles, and the groups of these networks."""
    return list(dict.fromkeys([*sorted(permit.groups()), *await whose.groups_reached(permit)]))


async def seen(permit: Permit) -> list[RecallView]:
    return await queries.recalls(await organs(permit))
