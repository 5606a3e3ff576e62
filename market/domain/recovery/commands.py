"""Begin, confirm, stop; the code is told once, to whoever confirmed."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.asked import AskedOtherwise
from certification.basis.database import in_use
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.people import queries as people
from market.domain.accounts import commands as accounts
from market.domain.accounts import sessions
from market.domain.recovery import queries, rules
from market.domain.recovery.tables import Recovery


async def begin(id: str, person: str, group: str | None, *, by: str, at: datetime) -> rules.Begun:
    """The same id again changes nothing."""
    event = rules.Begun(id, person, group or "")
    async with transaction():
        if by == person:
            raise rules.SameHands
        if not await accounts.claim_pin(person):  # of two who begin at once the second waits here
            raise rules.NoPinYet
        if any(one.id != id for one in await queries.waiting(at, [person])):
            raise rules.Waiting
        new = await in_use().query(
            'INSERT INTO recovery (id, person, "group", begun_by, begun_at, expires_at)'
            " VALUES ({}, {}, {}, {}, {}, {}) ON CONFLICT (id) DO NOTHING RETURNING id",
            id, person, group, by, at, at + rules.LASTS,
        )  # fmt: skip
        if new:
            log.append(event, (Recovery, id), subject=person, by=by, at=at)
        elif (await queries.recovery(id)).person != person:
            raise AskedOtherwise(id=id)
    return event


async def confirm(id: str, *, by: str, at: datetime) -> str:
    """The code. What let the person in before ends: a thief may have had it."""
    async with transaction():
        found = await queries.recovery(id)
        near = await people.related(by, local_day(at))
        rules.ensure_second(found, [one.person for one in near], by=by)
        await _claim(id, "confirmed", by, at)
        await sessions.shut_out(found.person, at)
        code = await accounts.issue_anew(found.person, by=by, at=at)
        event = rules.Confirmed(id, found.person, found.group or "")
        log.append(event, (Recovery, id), subject=found.person, by=by, at=at)
    return code


async def stop(id: str, *, by: str, at: datetime) -> rules.Stopped:
    """By those who could have gone on with it, and by whom it is about."""
    async with transaction():
        found = await queries.recovery(id)
        await _claim(id, "stopped", by, at)
        event = rules.Stopped(id, found.person)
        log.append(event, (Recovery, id), subject=found.person, by=by, at=at)
    return event


CLAIM = {
    "confirmed": "UPDATE recovery SET confirmed_by = {}, confirmed_at = {}",
    "stopped": "UPDATE recovery SET stopped_by = {}, stopped_at = {}",
}


async def _claim(id: str, what: str, by: str, at: datetime) -> None:
    claimed = await in_use().query(
        CLAIM[what] + " WHERE id = {} AND confirmed_at IS NULL AND stopped_at IS NULL"
        " AND expires_at > {} RETURNING id",
        by, at, id, at,
    )  # fmt: skip
    if not claimed:
        raise rules.Over
