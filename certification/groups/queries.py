"""Groups by id, code and network; who belongs to them; what somebody may do where, right now."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from certification.basis import codes, spelling
from certification.basis.database import in_use
from certification.basis.units import local_day
from certification.groups import rules
from certification.groups.tables import Group
from certification.people.rules import Grant

VIEW = (Group.id, Group.code, Group.kind, Group.name_th, Group.name_en, Group.area, Group.network)


GROUP = "SELECT id, code, kind, name_th, name_en, area, network FROM producer_group"
ROLE_VIEW = 'SELECT id, person, role, "group", area, since FROM role_grant'
HELD = "since <= {} AND (until IS NULL OR until > {})"


async def group(id: str) -> rules.GroupView:
    """A group or a network; NoSuchGroup."""
    found = await _view("id", id)
    if found is None:
        raise rules.NoSuchGroup(group=id)
    return found


async def by_code(typed: str) -> rules.GroupView | None:
    """By the public code, as a person types it."""
    return await _view("code", codes.read(typed))


async def networks_groups(network: str) -> tuple[rules.GroupView, ...]:
    """The groups of a network, in the order of their founding."""
    rows = await Group.select(*VIEW).where(Group.network == network).order_by(Group.at, Group.id)
    return tuple(rules.GroupView(**row) for row in rows)


async def networks() -> tuple[rules.GroupView, ...]:
    rows = await Group.select(*VIEW).where(Group.kind == rules.NETWORK).order_by(Group.at, Group.id)
    return tuple(rules.GroupView(**row) for row in rows)


async def every() -> tuple[rules.GroupView, ...]:
    """All groups and networks, in the order of their founding."""
    rows = await Group.select(*VIEW).order_by(Group.at, Group.id)
    return tuple(rules.GroupView(**row) for row in rows)


async def search(text: str, limit: int = 10) -> list[rules.GroupView]:
    """By a part of the name or the code, one slip forgiven; the best first."""

    def names(of: rules.GroupView) -> tuple[str, ...]:
        return (of.name_th, of.name_en, of.code)

    return spelling.search(text, await every(), names)[:limit]


async def members(group: str, on: date) -> tuple[str, ...]:
    """Persons, in the order in which they joined."""
    rows = await in_use().query(
        'SELECT person FROM membership WHERE "group" = {} AND since <= {}'
        " AND (until IS NULL OR until >= {}) ORDER BY since, id",
        group, on, on,
    )  # fmt: skip
    return tuple(row["person"] for row in rows)


async def groups_of(person: str, on: date) -> tuple[str, ...]:
    """The groups this person belongs to on that day."""
    rows = await in_use().query(
        'SELECT "group" FROM membership WHERE person = {} AND since <= {}'
        " AND (until IS NULL OR until >= {}) ORDER BY since, id",
        person, on, on,
    )  # fmt: skip
    return tuple(row["group"] for row in rows)


async def belongs(person: str, group: str, at: datetime) -> bool:
    """As a member, or by a role in the group or its network: near enough to type for a farmer."""
    if group in await groups_of(person, local_day(at)):
        return True
    found = await _view("id", group)
    network = (found and found.network) or ""
    return any(grant.covers(group, network) for grant in await grants_of(person, at))


async def grants_of(person: str, at: datetime) -> tuple[Grant, ...]:
    rows = await in_use().query(
        'SELECT r.role, r."group", r.area, g.kind, g.network FROM role_grant r'
        ' LEFT JOIN producer_group g ON g.id = r."group"'
        " WHERE r.person = {} AND r.since <= {} AND (r.until IS NULL OR r.until > {})"
        " ORDER BY r.since, r.id",
        person, at, at,
    )  # fmt: skip
    return tuple(as_grant(row) for row in rows)


def as_grant(row: dict[str, Any]) -> Grant:
    """From `role, group, area` of role_grant with `kind, network` of its producer_group."""
    if row["kind"] == rules.NETWORK:
        return Grant(row["role"], row["group"], row["group"])
    return Grant(row["role"], row["group"] or "", row["network"] or "", row["area"] or "")


async def roles_of(person: str, at: datetime) -> tuple[rules.RoleView, ...]:
    """With the ids by which they are ended; the oldest first."""
    return await _roles(f"{ROLE_VIEW} WHERE person = {{}} AND {HELD}", person, at, at)


async def role(id: str, at: datetime) -> rules.RoleView:
    """NoSuchGrant where it never was or no longer holds."""
    found = await _roles(f"{ROLE_VIEW} WHERE id = {{}} AND {HELD}", id, at, at)
    if not found:
        raise rules.NoSuchGrant(grant=id)
    return found[0]


async def in_roles(group: str, at: datetime) -> tuple[rules.RoleView, ...]:
    """Every role that is held in this group or network itself."""
    return await _roles(f'{ROLE_VIEW} WHERE "group" = {{}} AND {HELD}', group, at, at)


async def in_roles_of_no_group(at: datetime) -> tuple[rules.RoleView, ...]:
    """Officers and administrators."""
    return await _roles(f'{ROLE_VIEW} WHERE "group" IS NULL AND {HELD}', at, at)


async def left(at: datetime, person: str | None = None) -> tuple[tuple[str, str], ...]:
    """Who belongs to no group and holds no role any more, with each network where that was so."""
    rows = await in_use().query(
        "SELECT DISTINCT was.person, COALESCE(g.network, g.id) AS network FROM"
        ' (SELECT person, "group" FROM membership'
        ' UNION SELECT person, "group" FROM role_grant WHERE "group" IS NOT NULL) was'
        ' JOIN producer_group g ON g.id = was."group"'
        " WHERE was.person = COALESCE({}, was.person) AND NOT EXISTS (SELECT 1 FROM membership m"
        " WHERE m.person = was.person AND (m.until IS NULL OR m.until >= {}))"
        " AND NOT EXISTS (SELECT 1 FROM role_grant r"
        " WHERE r.person = was.person AND (r.until IS NULL OR r.until > {}))"
        " ORDER BY 1, 2",
        person, local_day(at), at,
    )  # fmt: skip
    return tuple((row["person"], row["network"]) for row in rows)


async def _roles(statement: str, *values: object) -> tuple[rules.RoleView, ...]:
    rows = await in_use().query(f"{statement} ORDER BY since, id", *values)
    return tuple(
        rules.RoleView(**{**row, "group": row["group"] or "", "area": row["area"] or ""})
        for row in rows
    )


async def holders_of(role: str, group: str, at: datetime) -> tuple[str, ...]:
    """Who holds the role in this group or network, or in the network the group belongs to."""
    rows = await in_use().query(
        "SELECT DISTINCT r.person FROM role_grant r"
        ' JOIN producer_group asked ON r."group" IN (asked.id, asked.network)'
        " WHERE asked.id = {} AND r.role = {} AND r.since <= {}"
        " AND (r.until IS NULL OR r.until > {}) ORDER BY r.person",
        group, role, at, at,
    )  # fmt: skip
    return tuple(row["person"] for row in rows)


async def _view(by: Literal["id", "code"], value: str) -> rules.GroupView | None:
    rows = await in_use().query(f"{GROUP} WHERE {by} = {{}}", value)
    return rules.GroupView(**rows[0]) if rows else None
