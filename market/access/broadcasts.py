"""To whom one may write: the own group, or an area that one is an officer of."""

from __future__ import annotations

from certification.areas import queries as areas
from certification.basis.ids import is_id
from market.access import whose
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.domain.broadcasts import queries, rules
from market.domain.broadcasts.rules import BroadcastView


async def ensure_within(permit: Permit, organ: str, area: str) -> None:
    if bool(organ) == bool(area):
        raise rules.NoPlace(field="organ")
    if area:
        permit.check(Place(area=area))
        areas.area(area)
    else:
        permit.check(await whose.of_group(organ))


async def one(permit: Permit, id: str) -> BroadcastView:
    if not is_id(id):
        raise NotThere
    try:
        found = await queries.broadcast(id)
    except rules.BroadcastMissing:
        raise NotThere from None
    await ensure_within(permit, found.organ or "", found.area or "")
    return found


def within(permit: Permit) -> list[str]:
    """The areas of an officer's grants."""
    return sorted({reach.value for reach in permit.reaches if reach.scope == "area"})


async def listed(permit: Permit) -> list[BroadcastView]:
    return await queries.of_places(permit.groups(), within(permit))
