"""Founding groups and networks, joining and leaving them, granting roles and ending them."""

from __future__ import annotations

from datetime import date, datetime

from certification.areas import queries as areas
from certification.basis import codes, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.groups import queries, rules
from certification.groups.tables import Group, Membership, RoleGrant
from certification.people import queries as people
from certification.people.commands import register
from certification.people.refusals import NobodyKnown
from certification.people.rules import Particulars, Registered

FIRST_ADMIN = "00000000-0000-7000-8000-000000000001"
"""The id of the first administrator's grant: being one row, it can be made only once."""


async def found(asked: rules.Found, *, by: str, at: datetime) -> rules.Founded:
    """The same group again, by the same id, answers with the code it has."""
    async with transaction():
        rules.ensure_can_be_founded(asked, await _kind(asked.network))
        areas.area(asked.area)
        code = await codes.issue(asked.kind, asked.id, at=at)
        new = await in_use().query(
            "INSERT INTO producer_group (id, code, kind, network, name_th, name_en, area, by, at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (id) DO NOTHING RETURNING id",
            asked.id, code, asked.kind, asked.network,
            asked.name_th.strip(), asked.name_en.strip(), asked.area, by, at,
        )  # fmt: skip
        if not new:
            raise rules.FoundedOtherwise(group=asked.id)
        event = rules.Founded(asked.id, code, asked.kind)
        log.append(event, (Group, asked.id), subject=asked.id, by=by, at=at)
    return event


async def admit(data: rules.Admit, *, by: str, at: datetime) -> Registered:
    """Registers, joins and makes a farmer in one; what is so already stays as it is."""
    said = Particulars(data.name, data.phone, data.member_number, address=data.address)
    async with transaction():
        event = await register(data.id, said, by=by, at=at)
        if data.group is None:
            return event
        if not await _membership_open(data.group, data.id):
            since = data.since or local_day(at)
            await join(new_id(), data.group, data.id, since=since, by=by, at=at)
        farmer = rules.Grants(new_id(), data.id, "farmer", data.group)
        if data.farmer and not await _held(farmer, at):
            await grant_role(farmer, by=by, at=at)
    return event


async def join(
    id: str, group: str, person: str, *, since: date, by: str, at: datetime
) -> rules.Joined:
    event = rules.Joined(id, group, person, str(since))
    async with transaction():
        if await _take_turn(group) != rules.GROUP:
            raise rules.OnlyGroupsHaveMembers(group=group)
        await _ensure_known(person)
        if await _membership_open(group, person):
            raise rules.AlreadyMember(group=group)
        new = await in_use().query(
            'INSERT INTO membership (id, "group", person, since, by)'
            " VALUES ({}, {}, {}, {}, {}) ON CONFLICT DO NOTHING RETURNING id",
            id, group, person, since, by,
        )  # fmt: skip
        if not new:
            raise rules.AlreadyMember(group=group)
        log.append(event, (Membership, id), subject=group, by=by, at=at)
    return event


async def leave(group: str, person: str, until: date, *, by: str, at: datetime) -> rules.Left:
    """`until` is the last day. Roles held in the group must have ended: RolesHeld."""
    async with transaction():
        await _take_turn(group)
        held = [grant for grant in await queries.grants_of(person, at) if grant.group == group]
        if held:
            raise rules.RolesHeld(roles=", ".join(grant.role for grant in held))
        rows = await in_use().query(
            'UPDATE membership SET until = {} WHERE "group" = {} AND person = {}'
            " AND until IS NULL RETURNING id, since",
            until, group, person,
        )  # fmt: skip
        if not rows:
            raise rules.NotInGroup(group=group)
        rules.ensure_ends_after(rows[0]["since"], until)
        event = rules.Left(rows[0]["id"], group, person, str(until))
        log.append(event, (Membership, event.membership), subject=group, by=by, at=at)
    return event


async def grant_role(asked: rules.Grants, *, by: str, at: datetime) -> rules.RoleGranted:
    """It holds from `at` on. Whether `by` may grant it is the door's question."""
    async with transaction():
        kind = await _take_turn(asked.group) if asked.group else None
        event = rules.grant(asked, kind, by=by)
        if asked.area:
            areas.area(asked.area)
        await _ensure_known(asked.person)
        member = bool(asked.group and await _membership_open(asked.group, asked.person))
        rules.ensure_member(asked, member=member)
        if await _held(asked, at):
            raise rules.AlreadyGranted(role=asked.role)
        await _write_grant(asked, event, by=by, at=at)
    return event


async def grant_first_admin(person: str, *, by: str, at: datetime) -> rules.RoleGranted:
    """Only where there never was an administrator: `market init`, who is also `by`."""
    asked = rules.Grants(FIRST_ADMIN, person, "admin")
    event = rules.RoleGranted(FIRST_ADMIN, person, "admin", "", "")
    async with transaction():
        await _ensure_known(person)
        if await RoleGrant.exists().where(RoleGrant.role == "admin"):
            raise rules.AdminExists
        await _write_grant(asked, event, by=by, at=at)
    return event


async def end_role(grant: str, *, by: str, at: datetime) -> rules.RoleEnded:
    """From `at` on it does not hold; every session sees it at its next request."""
    async with transaction():
        rows = await in_use().query(
            "UPDATE role_grant SET until = {}, ended_by = {} WHERE id = {} AND until IS NULL"
            " AND since < {} RETURNING person, role",
            at, by, grant, at,
        )  # fmt: skip
        if not rows:
            raise rules.NoSuchGrant(grant=grant)
        event = rules.RoleEnded(grant, rows[0]["person"], rows[0]["role"])
        log.append(event, (RoleGrant, grant), subject=event.person, by=by, at=at)
    return event


async def _write_grant(
    asked: rules.Grants, event: rules.RoleGranted, *, by: str, at: datetime
) -> None:
    new = await in_use().query(
        'INSERT INTO role_grant (id, person, role, "group", area, since, granted_by)'
        " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (id) DO NOTHING RETURNING id",
        asked.id, asked.person, asked.role, asked.group, asked.area, at, by,
    )  # fmt: skip
    if not new:
        raise (
            rules.AdminExists if asked.id == FIRST_ADMIN else rules.AlreadyGranted(role=asked.role)
        )
    log.append(event, (RoleGrant, asked.id), subject=asked.person, by=by, at=at)


async def _take_turn(group: str) -> str:
    """Claims the group's row, so that of two who change its people at once the second waits."""
    rows = await in_use().query(
        "UPDATE producer_group SET code = code WHERE id = {} RETURNING kind", group
    )
    if not rows:
        raise rules.NoSuchGroup(group=group)
    return str(rows[0]["kind"])


async def _kind(group: str | None) -> str | None:
    return (await queries.group(group)).kind if group else None


async def _ensure_known(person: str) -> None:
    if not await people.exist([person]):
        raise NobodyKnown(person=person)


async def _membership_open(group: str, person: str) -> bool:
    return await Membership.exists().where(
        Membership.group == group, Membership.person == person, Membership.until.is_null()
    )


async def _held(asked: rules.Grants, at: datetime) -> bool:
    rows = await in_use().query(
        "SELECT id FROM role_grant WHERE person = {} AND role = {}"
        " AND coalesce(\"group\", '') = {} AND coalesce(area, '') = {}"
        " AND since <= {} AND (until IS NULL OR until > {}) LIMIT 1",
        asked.person, asked.role, asked.group or "", asked.area or "", at, at,
    )  # fmt: skip
    return bool(rows)
