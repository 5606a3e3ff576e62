"""Whom somebody means: by an exact number wherever one reaches, by name inside one group only."""

from __future__ import annotations

from datetime import datetime

from certification.basis import spelling
from certification.basis.personal_numbers import NotAPhone
from certification.basis.refusal import Invalid, Missing
from certification.basis.units import arabic, local_day
from certification.groups import queries as groups
from certification.people import queries as people
from market.access import members, whose
from market.access.permit import Permit


class WhichGroup(Invalid):
    """A name, and no group to look for it in."""

    code = "finding.which_group"


async def found(permit: Permit, text: str, group: str, at: datetime) -> list[str]:
    """Persons; nobody who is out of reach, as if there were none. What has a digit is a number."""
    if group:
        permit.check(await whose.of_group(group))
    if any(letter.isdecimal() for letter in arabic(text)):
        return [one for one in await _numbered(text) if await _is_reached(permit, one, at)]
    if not group:
        raise WhichGroup(field="group")
    belong = await groups.members(group, local_day(at))
    held = [role.person for role in await groups.in_roles(group, at)]
    names = await people.names([*belong, *held])
    return spelling.search(text, names, lambda person: [names[person]])


async def _numbered(text: str) -> list[str]:
    member = await people.by_member_number(text)
    try:
        phoned = await people.by_phone(text)
    except NotAPhone:
        phoned = []
    return list(dict.fromkeys([*([member] if member else []), *phoned]))


async def _is_reached(permit: Permit, person: str, at: datetime) -> bool:
    try:
        await members.reached(permit, person, at)
    except Missing:
        return False
    return True
