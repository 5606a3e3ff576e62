"""A forgotten PIN at the doors: who may begin, and who may be the second."""

from __future__ import annotations

from datetime import datetime

from certification.basis.ids import is_id
from certification.basis.transaction import run
from certification.groups import queries as groups
from market.access import deeds, members
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.domain.recovery import commands, queries
from market.domain.recovery.rules import Begun, RecoveryView, Unknown


async def begin(id: str, person: str, permit: Permit, at: datetime) -> Begun:
    """Only who could give every role that the person holds: the code opens all of them."""
    deeds.ensure_storable(id, id)
    belongs = await members.reached(permit, person, at)
    await members.ensure_may_give_all(permit, await groups.roles_of(person, at))
    group = belongs[0] if belongs else None
    return await run(commands.begin, id, person, group, by=permit.person, at=at)


async def confirm(id: str, permit: Permit, at: datetime) -> tuple[RecoveryView, str]:
    """What it was, and the code."""
    found = await reached(id, permit, at)
    return found, await run(commands.confirm, id, by=permit.person, at=at)


async def reached(id: str, permit: Permit, at: datetime) -> RecoveryView:
    """NotThere where the person is not in reach; OwnCause where the table says so."""
    if not is_id(id):
        raise NotThere
    try:
        found = await queries.recovery(id)
    except Unknown:
        raise NotThere from None
    await members.reached(permit, found.person, at)
    return found


async def waiting(permit: Permit, at: datetime) -> list[RecoveryView]:
    """Those in reach."""
    found = []
    for one in await queries.waiting(at):
        try:
            await members.reached(permit, one.person, at)
        except NotThere:
            continue
        found.append(one)
    return found
