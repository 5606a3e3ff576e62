"""From a secret in a cookie to who that is at this moment."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

import msgspec

from certification.basis.database import in_use
from certification.basis.refusal import Invalid
from certification.groups.queries import as_grant
from certification.people import queries as persons
from certification.people.rules import Actor
from market.domain.accounts import rules
from market.domain.accounts.tables import Credential, Enrolment, EnrolmentCode

FIND = (
    "SELECT s.person, s.device, s.began_at, s.seen_at, s.ends_at, s.stepped_up_until,"
    ' r.role, r."group", r.area, g.kind, g.network FROM session s'
    " JOIN person p ON p.id = s.person AND p.erased_at IS NULL"
    " JOIN enrolment e ON e.device = s.device AND e.person = s.person AND e.until IS NULL"
    " LEFT JOIN role_grant r ON r.person = s.person AND r.since <= {}"
    " AND (r.until IS NULL OR r.until > {})"
    ' LEFT JOIN producer_group g ON g.id = r."group"'
    " WHERE s.secret_hash = {} AND s.idle_until > {} AND s.ends_at > {} ORDER BY r.since, r.id"
)
"""One statement: whatever was ended, revoked or erased a moment ago is not found by it."""


class Enrolled(msgspec.Struct, frozen=True):
    """A person who may sign in on a device, and what the PIN is held against."""

    id: str
    """Of the device."""
    person: str
    pin_hash: str
    address: str | None = None
    """Pseudonym of the address of the last sign-in."""


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


async def enrolled(device_secret: str) -> tuple[Enrolled, ...]:
    """Those who may sign in on this device, the first enrolled first; empty where it is unknown."""
    rows = await in_use().query(
        "SELECT d.id, e.person, c.pin_hash, e.address FROM device d"
        " JOIN enrolment e ON e.device = d.id AND e.until IS NULL"
        " JOIN credential c ON c.person = e.person"
        " JOIN person p ON p.id = e.person AND p.erased_at IS NULL"
        " WHERE d.secret_hash = {} ORDER BY e.since, e.id",
        secret_hash(device_secret),
    )
    return tuple(Enrolled(**row) for row in rows)


async def enrolled_on(device: str, person: str) -> Enrolled | None:
    """Whose PIN it is; on a device of somebody else (a helper's) it counts as away from home."""
    rows = await in_use().query(
        "SELECT c.pin_hash, e.address FROM credential c"
        " JOIN person p ON p.id = c.person AND p.erased_at IS NULL"
        " LEFT JOIN enrolment e ON e.person = c.person AND e.device = {} AND e.until IS NULL"
        " WHERE c.person = {}",
        device, person,
    )  # fmt: skip
    return Enrolled(device, person, **rows[0]) if rows else None


async def device_of(session_secret: str, at: datetime) -> str:
    """On which device the session runs; SessionEnded."""
    found = await standing(session_secret, at)
    if found is None:
        raise rules.SessionEnded
    return found.device


async def enrolled_by_session(session_secret: str, at: datetime) -> Enrolled | None:
    found = await standing(session_secret, at)
    return await enrolled_on(found.device, found.actor.person) if found else None


async def meant(among: tuple[Enrolled, ...], who: str) -> tuple[Enrolled, ...]:
    """By member number or phone; who signs in alone on a device need not say."""
    if not who.strip():
        if len(among) > 1:
            raise rules.WhoMissing(field="who")
        return among
    named = set(await _numbered(who))
    return tuple(one for one in among if one.person in named)[: rules.SHARING_MAX]


async def _numbered(who: str) -> list[str]:
    found: list[str] = []
    with suppress(Invalid):
        found += [await persons.by_member_number(who) or ""]
    with suppress(Invalid):
        found += await persons.by_phone(who)
    return found


async def called(device_secret: str) -> list[str]:
    """The calling names of those who may sign in on this device."""
    found = await enrolled(device_secret)
    names = await persons.names(one.person for one in found)
    return [rules.calling_name(names[one.person]) for one in found if one.person in names]


async def devices_of(person: str, at: datetime) -> tuple[rules.DeviceView, ...]:
    """On which this person may sign in, the newest first."""
    devices = await in_use().query(
        "SELECT d.id, d.kind, e.since AS enrolled_at FROM enrolment e"
        " JOIN device d ON d.id = e.device WHERE e.person = {} AND e.until IS NULL"
        " ORDER BY e.since DESC, e.id DESC",
        person,
    )
    held = await in_use().query(
        "SELECT device, seen_at FROM session WHERE person = {} AND idle_until > {} AND ends_at > {}"
        " ORDER BY seen_at",
        person, at, at,
    )  # fmt: skip
    seen: dict[str, list[datetime]] = {}
    for one in held:
        seen.setdefault(one["device"], []).append(one["seen_at"])
    return tuple(
        rules.DeviceView(**row, sessions=len(times), seen_at=times[-1] if times else None)
        for row in devices
        for times in [seen.get(row["id"], [])]
    )


async def has_pin(person: str) -> bool:
    return bool(await in_use().query("SELECT person FROM credential WHERE person = {}", person))


async def pin_since(person: str) -> datetime | None:
    rows = await in_use().query("SELECT changed_at FROM credential WHERE person = {}", person)
    return rows[0]["changed_at"] if rows else None


async def states(persons: Collection[str], at: datetime) -> dict[str, str]:
    """`locked` (waits after wrong tries), `waiting` (a code is out), `enrolled`, `shut_out` (a PIN
    and no device), `never`."""
    if not (among := list(persons)):
        return {}
    codes = EnrolmentCode.used_at.is_null() & (EnrolmentCode.expires_at > at)
    found = {
        "shut_out": await Credential.select(Credential.person).where(
            Credential.person.is_in(among)
        ),
        "enrolled": await Enrolment.select(Enrolment.person).where(
            Enrolment.person.is_in(among), Enrolment.until.is_null()
        ),
        "waiting": await EnrolmentCode.select(EnrolmentCode.person).where(
            EnrolmentCode.person.is_in(among), codes
        ),
        "locked": [{"person": one} for one in await _locked(at)],
    }
    told = dict.fromkeys(among, "never")
    for state, rows in found.items():
        told |= {row["person"]: state for row in rows if row["person"] in told}
    return told


async def _locked(at: datetime) -> list[str]:
    """Whose next try is not looked at, on some device or anywhere."""
    rows = await in_use().query(
        "SELECT id, tries, free_at FROM wrong_try WHERE window_ends_at > {} OR free_at > {}", at, at
    )
    return [
        row["id"].rpartition(":")[2]
        for row in rows
        for kind in [row["id"].partition(":")[0]]
        if (kind in rules.LADDERS and row["free_at"] > at)
        or (kind.startswith("person_") and row["tries"] >= rules.BUDGETS[kind][0])
    ]


async def anybody_enrolled() -> bool:
    return bool(await in_use().query("SELECT person FROM credential LIMIT 1"))
