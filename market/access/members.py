"""Whom one may act for, and which roles one may give: no higher than one's own.

A code to sign in is the key to all that its bearer may do, so it is given only by who could give
every role that the bearer holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from certification.basis.ids import is_id
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.groups.rules import PLACES, RoleView
from certification.people import queries as people
from market.access.permit import Permit, Place
from market.access.refusals import NotThere, NotYoursToGive
from market.access.whose import of_group

LED = frozenset({"farmer", "inspector", "operator"})
MAY_GIVE = {
    "leader": LED,
    "secretariat": LED | {"committee", "leader"},
    "admin": frozenset(PLACES),
}
"""Whoever keeps money, papers or the system is named by an administrator."""


async def reached(permit: Permit, person: str, at: datetime) -> tuple[str, ...]:
    """The groups in which the person belongs or holds a role; NotThere where none is in reach."""
    if not is_id(person) or not await people.exist([person]):
        raise NotThere
    held = [role.group for role in await groups.roles_of(person, at) if role.group]
    belongs = tuple(dict.fromkeys([*await groups.groups_of(person, local_day(at)), *held]))
    places = [Place(owner=person), *[await of_group(one, owner=person) for one in belongs]]
    if not any(permit.sees(place) for place in places):
        raise NotThere
    return belongs


def givable(permit: Permit, place: Place) -> frozenset[str]:
    """The roles that one may give there."""
    given = [
        MAY_GIVE[grant.role]
        for grant in permit.grants
        if grant.role == "admin"
        or (grant.role in MAY_GIVE and grant.covers(place.group, place.network))
    ]
    return frozenset().union(*given)


async def ensure_may_give(permit: Permit, role: str, group: str) -> None:
    place = await of_group(group) if group else Place()
    if role in PLACES and role not in givable(permit, place):
        raise NotYoursToGive(role=role)


async def ensure_may_give_all(permit: Permit, roles: Iterable[RoleView]) -> None:
    for one in roles:
        await ensure_may_give(permit, one.role, one.group)
