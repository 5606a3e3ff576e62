"""Where a lot that was scanned unusually often stands, and which are in reach."""

from __future__ import annotations

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from market.access import whose
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.domain.scans import queries
from market.domain.scans.queries import SignalView


async def signal(id: str) -> tuple[SignalView, Place]:
    """With the lot's farmer and group."""
    if not is_id(id):
        raise NotThere
    try:
        found = await queries.signal(id)
    except Missing:
        raise NotThere from None
    return found, await whose.of_group(found.group, owner=found.farmer or "")


async def seen(permit: Permit) -> list[SignalView]:
    """Those that wait first."""
    found = await queries.signals()
    places = {group: await whose.of_group(group) for group in {one.group for one in found}}
    return [one for one in found if permit.sees(places[one.group])]
