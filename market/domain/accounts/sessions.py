"""Sessions and devices as rows: begun, in use, ended by who signed in, by loss, by the clock."""

from __future__ import annotations

import secrets
from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import transaction
from certification.groups.queries import grants_of
from market.domain.accounts import queries, rules, tries
from market.domain.accounts.queries import secret_hash


async def begin(person: str, device: str, at: datetime) -> str:
    """For the browser only: the row holds its hash."""
    secret = secrets.token_urlsafe(32)
    idle, whole = rules.limits(grant.role for grant in await grants_of(person, at))
    await in_use().query(
        "INSERT INTO session (secret_hash, person, device, began_at, seen_at, idle_until, ends_at)"
        " VALUES ({}, {}, {}, {}, {}, {}, {})",
        secret_hash(secret), person, device, at, at, at + idle, at + whole,
    )  # fmt: skip
    return secret


async def let_in_on_device(
    person: str, on: rules.Browser, address: str, at: datetime
) -> rules.LetIn:
    """A session on the device that the browser is, made one where it is none yet."""
    known = await queries.enrolled(on.device_secret)
    device, secret = (known[0].id, "") if known else await _new_device(on.kind, at)
    await in_use().query(
        "INSERT INTO enrolment (id, device, person, since, address) VALUES ({}, {}, {}, {}, {})"
        " ON CONFLICT (device, person) DO UPDATE SET since = excluded.since, until = NULL,"
        " address = excluded.address",
        new_id(), device, person, at, address,
    )  # fmt: skip
    log.append(rules.DeviceEnrolled(device, person), subject=person, by=person, at=at)
    await end(on.session_secret)
    return rules.LetIn(person, device, secret, await begin(person, device, at))


async def _new_device(kind: str, at: datetime) -> tuple[str, str]:
    device, secret = new_id(), secrets.token_urlsafe(32)
    await in_use().query(
        "INSERT INTO device (id, secret_hash, kind, enrolled_at) VALUES ({}, {}, {}, {})",
        device, secret_hash(secret), kind, at,
    )  # fmt: skip
    return device, secret


async def touch(session_secret: str, *, at: datetime) -> bool:
    """Say that the session is in use; writes at most once in five minutes."""
    found = await queries.standing(session_secret, at)
    if found is None or at < found.seen_at + rules.TOUCH_EVERY:
        return False
    idle, _ = rules.limits(grant.role for grant in found.actor.grants)
    async with transaction():
        touched = await in_use().query(
            "UPDATE session SET seen_at = {}, idle_until = {} WHERE secret_hash = {}"
            " AND seen_at < {} RETURNING person",
            at, at + idle, secret_hash(session_secret), at,
        )  # fmt: skip
    return bool(touched)


async def end(session_secret: str) -> None:
    """Signing out; ending what has ended changes nothing."""
    async with transaction():
        await in_use().query(
            "DELETE FROM session WHERE secret_hash = {}", secret_hash(session_secret)
        )


async def end_all(person: str, *, by: str, at: datetime) -> None:
    async with transaction():
        await in_use().query("DELETE FROM session WHERE person = {}", person)
        log.append(rules.SessionsEnded(person), subject=person, by=by, at=at)


async def end_on(device: str, person: str, *, by: str, at: datetime) -> None:
    """Signed out there; the PIN opens it again."""
    async with transaction():
        ended = await in_use().query(
            "DELETE FROM session WHERE device = {} AND person = {} RETURNING person", device, person
        )
        if ended:
            log.append(rules.SessionsEnded(person), subject=person, by=by, at=at)


async def revoke_device(device: str, person: str, *, by: str, at: datetime) -> rules.DeviceRevoked:
    """A lost phone: this person's sessions there end at once, and no PIN opens one again.

    Others who sign in on it are not touched: each says so for themselves.
    """
    event = rules.DeviceRevoked(device, person)
    async with transaction():
        if not await _end_enrolments(person, device, at):
            raise rules.NoSuchDevice(device=device)
        log.append(event, subject=person, by=by, at=at)
    return event


async def shut_out(person: str, at: datetime) -> None:
    """No code, no device and no session is left that works; features above tell why."""
    async with transaction():
        await void_codes(person, at)
        await _end_enrolments(person, "", at)


async def close(person: str, *, by: str, at: datetime) -> None:
    """When a person is erased: nothing is left that lets them in."""
    async with transaction():
        await shut_out(person, at)
        await in_use().query("DELETE FROM credential WHERE person = {}", person)
        log.append(rules.Closed(person), subject=person, by=by, at=at)


async def sweep(at: datetime) -> None:
    """For the clock: forget sessions that ended and tries that no longer count."""
    async with transaction():
        await in_use().query("DELETE FROM session WHERE ends_at <= {} OR idle_until <= {}", at, at)
        await tries.forget(at)


async def void_codes(person: str, at: datetime) -> None:
    """Those not used yet."""
    await in_use().query(
        "UPDATE enrolment_code SET expires_at = {} WHERE person = {} AND used_at IS NULL"
        " AND expires_at > {}",
        at, person, at,
    )  # fmt: skip


async def _end_enrolments(person: str, device: str, at: datetime) -> bool:
    """On that device, or on all where none is named."""
    ended = await in_use().query(
        "UPDATE enrolment SET until = {}, address = NULL WHERE person = {}"
        " AND device IN ({}, CASE WHEN {} = '' THEN device END) AND until IS NULL RETURNING id",
        at, person, device, device,
    )  # fmt: skip
    await in_use().query(
        "DELETE FROM session WHERE person = {}"
        " AND device IN ({}, CASE WHEN {} = '' THEN device END)",
        person, device, device,
    )  # fmt: skip
    return bool(ended)
