"""The people of the demo, their groups and roles: founded three years before its day."""

from __future__ import annotations

import hashlib

from certification.basis.transaction import run
from certification.groups import commands as groups
from certification.groups.rules import Grants
from certification.people import commands as people
from certification.people.rules import Particulars, Relate
from market.demo.days import Days, named
from market.demo.people import (
    ADMIN,
    GROUPS,
    KIN,
    PEOPLE,
    Person,
    member_number,
    phone,
    who,
)

FOUNDED = -1_100
"""Longer ago than any time of conversion."""
CONSENT = "ยินยอมให้แสดงชื่อบนหน้าของล็อต"


async def settle(days: Days) -> None:
    await run(_people, days)
    await run(_groups, days)


async def _people(days: Days) -> None:
    at = days.at(FOUNDED)
    for person in PEOPLE:
        particulars = Particulars(person.name, phone(person), member_number(person))
        await people.register(person.id, particulars, by=ADMIN, at=at, sample=True)
        if person.name_shown:
            digest = hashlib.sha256(CONSENT.encode()).hexdigest()
            consent = named("consent", person.key)
            await people.consent(
                consent, person.id, "public_name", digest, given=True, by=person.id, at=at
            )
    await groups.grant_first_admin(ADMIN, by=ADMIN, at=at)
    for one, other, degree in KIN:
        kin = Relate(
            named("kin", one, other), who(one), who(other), "kin", days.on(FOUNDED), degree
        )
        await people.relate(kin, by=ADMIN, at=at)


async def _groups(days: Days) -> None:
    at = days.at(FOUNDED, 10)
    for group in GROUPS:
        await groups.found(group, by=ADMIN, at=at)
    for person in PEOPLE:
        for group_id in person.groups:
            membership = named("membership", person.key)
            since = days.on(FOUNDED)
            await groups.join(membership, group_id, person.id, since=since, by=ADMIN, at=at)
        for role, place in person.roles:
            await groups.grant_role(_grant(person, role, place), by=ADMIN, at=at)


def _grant(person: Person, role: str, place: str) -> Grants:
    id = named("grant", person.key, role)
    if place.isdecimal():
        return Grants(id, person.id, role, area=place)
    return Grants(id, person.id, role, place)
