"""Over what somebody's sheet reaches: the groups that were asked for, and whether by name.

Names are for who has a role in the group; an officer of the province knows land and papers, and
asks the group whose they are.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from certification.basis import codes
from certification.groups import queries as groups
from certification.groups.rules import NETWORK
from market.access import whose
from market.access.permit import Permit, Place
from market.domain.exchange.rules import FIRST, LAST, Scope
from market.domain.trace.past import subject


class Asked(NamedTuple):
    today: date
    since: date | None = None
    until: date | None = None
    lot: str = ""
    """A code, as it was typed."""


async def scope(permit: Permit, group: str, asked: Asked) -> Scope:
    place = await whose.of_group(group)
    permit.check(place)
    named = permit.sees(Place(group=place.group, network=place.network))
    return await reached(group, asked, names=named)


async def reached(group: str, asked: Asked, *, names: bool) -> Scope:
    found = await groups.group(group)
    theirs = await groups.networks_groups(group) if found.kind == NETWORK else (found,)
    return Scope(
        groups=tuple(one.id for one in theirs),
        networks=(found.network or found.id,),
        since=asked.since or FIRST,
        until=asked.until or LAST,
        lot=await subject(codes.read(asked.lot), "lot") if asked.lot else None,
        today=asked.today,
        names=names,
    )
