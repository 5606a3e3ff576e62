"""From a secret in a cookie to who that is at this moment."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from certification.basis.database import in_use
from certification.groups.queries import as_grant
from certification.people.rules import Actor
from market.domain.accounts import rules
from market.domain.accounts.tables import Device

FIND = (
    "SELECT s.person, s.device, s.began_at, s.seen_at, s.ends_at, s.stepped_up_until,"
    ' r.role, r."group", r.area, g.kind, g.network FROM session s'
    " JOIN person p ON p.id = s.person AND p.erased_at IS NULL"
    " JOIN device d ON d.id = s.device AND d.revoked_at IS NULL"
    " LEFT JOIN role_grant r ON r.person = s.person AND r.since <= {}"
    " AND (r.until IS NULL OR r.until > {})"
    ' LEFT JOIN producer_group g ON g.id = r."group"'
    " WHERE s.secret_hash = {} AND s.idle_until > {} AND s.ends_at > {} ORDER BY r.since, r.id"
)
"""One statement: whatever was ended, revoked or erased a moment ago is not found by it."""


class Enrolled(msgspec.Struct, frozen=True):
    """A device that may ask for the PIN, and what the PIN is held against."""

    id: str
    person: str
    pin_hash: str


def secret_hash(secret: str) -> str:
    """The secrets are 256 random bits (a code 45, used once): no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def actor(session_secret: str, at: datetime) -> Actor | None:
    found = await standing(session_secret, at)
    return found.actor if found else None


async def standing(session_secret: str, at: datetime) -> rules.Standing | None:
    """None where there is no such session, or it no longer holds."""
    rows = await in_use().query(FIND, at, at, secret_hash(session_secret), at, at)
    if not rows:
        return None
    first = rows[0]
    grants = (*(as_grant(row) for row in rows if row["role"]), rules.BUYER)
    stepped_up = first["stepped_up_until"] is not None and at < first["stepped_up_until"]
    found = rules.Standing(
        Actor(first["person"], grants, stepped_up),
        first["device"], first["began_at"], first["seen_at"], first["ends_at"],
    )  # fmt: skip
    return found if rules.holds(found, at) else None


async def person_of_code(code_hash: str, at: datetime) -> str:
    """Whose enrolment code it is; CodeUnknown, CodeUsed, CodeExpired."""
    rows = await in_use().query(
        "SELECT person, expires_at, used_at FROM enrolment_code WHERE code_hash = {}", code_hash
    )
    if not rows:
        raise rules.CodeUnknown(field="code")
    if rows[0]["used_at"] is not None:
        raise rules.CodeUsed
    if rows[0]["expires_at"] <= at:
        raise rules.CodeExpired
    return str(rows[0]["person"])


async def enrolled(device_secret: str) -> Enrolled | None:
    rows = await in_use().query(
        "SELECT d.id, d.person, c.pin_hash FROM device d"
        " JOIN credential c ON c.person = d.person"
        " JOIN person p ON p.id = d.person AND p.erased_at IS NULL"
        " WHERE d.secret_hash = {} AND d.revoked_at IS NULL",
        secret_hash(device_secret),
    )
    return Enrolled(**rows[0]) if rows else None


async def device_of(session_secret: str, at: datetime) -> str:
    """On which device the session runs; SessionEnded."""
    found = await standing(session_secret, at)
    if found is None:
        raise rules.SessionEnded
    return found.device


async def enrolled_by_session(session_secret: str, at: datetime) -> Enrolled | None:
    found = await standing(session_secret, at)
    if found is None:
        return None
    rows = await in_use().query(
        "SELECT pin_hash FROM credential WHERE person = {}", found.actor.person
    )
    return Enrolled(found.device, found.actor.person, rows[0]["pin_hash"]) if rows else None


async def devices_of(person: str) -> tuple[rules.DeviceView, ...]:
    """The newest first, revoked ones too."""
    rows = (
        await Device.select(Device.id, Device.enrolled_at, Device.revoked_at)
        .where(Device.person == person)
        .order_by(Device.enrolled_at, ascending=False)
    )
    return tuple(rules.DeviceView(**row) for row in rows)


async def anybody_enrolled() -> bool:
    return bool(await in_use().query("SELECT person FROM credential LIMIT 1"))
