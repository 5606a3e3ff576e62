"""Whom one may act for, and which roles one may give: no higher than one's own.

A code to sign in is the key to all that its bearer may do, so it is given only by who could give
every role that the bearer holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from certification.basis.ids import is_id
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.groups.rules import PLACES, RoleView
from certification.people import queries as people
from certification.people.refusals import LivesWithNobody, NobodyKnown
from certification.people.rules import RelationView
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


NOWHERE = Place()
"""Covered by no permit but one for everything."""


async def reached(permit: Permit, person: str, at: datetime) -> tuple[str, ...]:
    """The groups in which the person belongs or holds a role; NotThere where none is in reach.

    OwnCause where the table says so and it is oneself.
    """
    if not is_id(person) or not await people.exist([person]):
        raise NotThere
    held = [role.group for role in await groups.roles_of(person, at) if role.group]
    belongs = tuple(dict.fromkeys([*await groups.groups_of(person, local_day(at)), *held]))
    places = [Place(owner=person), *[await of_group(one, owner=person) for one in belongs]]
    permit.check(next(filter(permit.sees, places), NOWHERE))
    return belongs


async def reached_or_left(permit: Permit, person: str, at: datetime) -> None:
    """As `reached`; for who reaches a whole network also one who belongs nowhere in it any more:
    else a slip of the finger would take somebody off every list."""
    once = await groups.left(at, person) if is_id(person) and await people.exist([person]) else ()
    places = [await of_group(network, owner=person) for _, network in once]
    if found := next(filter(permit.sees, places), None):
        permit.check(found)
    else:
        await reached(permit, person, at)


async def left_behind(permit: Permit, at: datetime) -> tuple[str, ...]:
    """Those of the networks in reach who belong nowhere any more."""
    gone = await groups.left(at)
    seen = {network: permit.sees(await of_group(network)) for _, network in gone}
    return tuple(dict.fromkeys(person for person, network in gone if seen[network]))


async def relation_judged(permit: Permit, id: str, at: datetime) -> RelationView:
    """For who ends it: one of the two is in reach, and neither is oneself."""
    try:
        found = await people.relation(id)
    except NobodyKnown:
        raise NotThere from None
    belongs = await reached(permit, found.person, at)
    if permit.person in (found.person, found.other):
        mine = [await of_group(one, owner=permit.person) for one in belongs]
        permit.check(next(filter(permit.sees, mine), Place(owner=permit.person)))
    return found


async def relation_of_mine(permit: Permit, id: str) -> RelationView:
    """One that was told of oneself, by whoever it was."""
    try:
        found = await people.relation(id) if is_id(id) else None
    except NobodyKnown:
        found = None
    if found is None or permit.person not in (found.person, found.other):
        raise NotThere
    return found


async def household_judged(permit: Permit, person: str, at: datetime) -> str:
    """For who says that somebody left it: the person is in reach, and the asker lives elsewhere."""
    belongs = await reached(permit, person, at)
    found = await people.household(person, local_day(at))
    if found is None or found.until is not None:
        raise LivesWithNobody
    if permit.person in found.persons:
        mine = [await of_group(one, owner=permit.person) for one in belongs]
        permit.check(next(filter(permit.sees, mine), Place(owner=permit.person)))
    return found.id


async def ensure_within(
    permit: Permit, persons: Collection[str], organs: Iterable[str], at: datetime
) -> None:
    """Each may be named in a deed of these groups or networks; NotThere otherwise.

    For ids inside a body: whoever is named there is afterwards shown by name. Those who belong to
    the organ or hold a role in it or in its network, an officer of its area, and whom the asker
    reaches anyway. A consumer or a guest of an agency is of the network by the role of inspector.
    """
    around = [await of_group(organ) for organ in dict.fromkeys(organs)]
    for person in persons:
        if not is_id(person) or not await _within(permit, person, around, at):
            raise NotThere


async def _within(permit: Permit, person: str, around: list[Place], at: datetime) -> bool:
    grants = await groups.grants_of(person, at)
    if any(grant.covers_area(place.area) for grant in grants for place in around):
        return True
    held = [grant.group for grant in grants if grant.group]
    belongs = {*await groups.groups_of(person, local_day(at)), *held}
    if belongs & {near for place in around for near in (place.group, place.network)}:
        return True
    if permit.everywhere():
        return await people.exist([person])
    places = [Place(owner=person), *[await of_group(one, owner=person) for one in belongs]]
    return any(permit.sees(place) for place in places)


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
