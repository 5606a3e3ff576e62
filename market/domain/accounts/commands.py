"""Enrolment, sign-in and its throttle, sessions and devices.

`enrol`, `sign_in`, `step_up` and `register_buyer` hash a PIN, which must not hold the database:
they open their transactions themselves and are called without `run`.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

from certification.basis import codes, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run, transaction
from certification.groups.queries import grants_of
from certification.people import commands as people
from certification.people import queries as persons
from certification.people.rules import NobodyKnown, Particulars
from market.domain.accounts import pins, queries, rules, tries
from market.domain.accounts.queries import Enrolled, secret_hash


async def open_pins(path: Path, cost: pins.Cost | None = None) -> None:
    """At start-up: use the pepper file, made for a database in which nobody has a PIN yet."""
    if not pins.is_at(path) and not await queries.anybody_enrolled():
        pins.create(path)
    pins.use(path, cost)


async def issue_code(person: str, *, by: str, at: datetime) -> str:
    """`XXXXX-XXXXX`, to be printed once; an older unused code of this person stops working."""
    body = "".join(secrets.choice(codes.ALPHABET) for _ in range(rules.CODE_LETTERS - 1))
    code = body + codes.check_character(body)
    async with transaction():
        if not await persons.exist([person]):
            raise NobodyKnown(person=person)
        await _void_codes(person, at)
        await in_use().query(
            "INSERT INTO enrolment_code (id, person, code_hash, issued_by, issued_at, expires_at)"
            " VALUES ({}, {}, {}, {}, {}, {})",
            new_id(), person, secret_hash(code), by, at, at + rules.CODE_LASTS,
        )  # fmt: skip
        log.append(rules.CodeIssued(person), subject=person, by=by, at=at)
    return f"{code[:5]}-{code[5:]}"


async def enrol(code: str, pin: str, *, address: str, at: datetime) -> rules.LetIn:
    """A new device, and the PIN chosen on it: it replaces an older one and ends its sessions."""
    typed, digits = _read_code(code), rules.pin(pin)
    keys = {"address": pins.pseudonym(address)}
    await tries.claim(keys, at)
    person = await queries.person_of_code(secret_hash(typed), at)
    own = await persons.particulars(person)
    rules.ensure_not_own_number(digits, (own.phone, own.member_number, own.national_id))
    pin_hash = await pins.hashed(person, digits)
    return await run(_enrol, secret_hash(typed), person, pin_hash, keys, at)


async def _enrol(
    code_hash: str, person: str, pin_hash: str, keys: tries.Keys, at: datetime
) -> rules.LetIn:
    async with transaction():
        used = await in_use().query(
            "UPDATE enrolment_code SET used_at = {} WHERE code_hash = {} AND used_at IS NULL"
            " AND expires_at > {} RETURNING id",
            at, code_hash, at,
        )  # fmt: skip
        if not used:
            raise rules.CodeUsed
        await in_use().query(
            "INSERT INTO credential (person, pin_hash, changed_at) VALUES ({}, {}, {})"
            " ON CONFLICT (person) DO UPDATE SET pin_hash = excluded.pin_hash,"
            " changed_at = excluded.changed_at",
            person, pin_hash, at,
        )  # fmt: skip
        await in_use().query("DELETE FROM session WHERE person = {}", person)
        await tries.forgive(keys)
        return await _let_in_with_new_device(person, at)


async def register_buyer(
    id: str, name: str, phone: str, pin: str, *, address: str, at: datetime
) -> rules.LetIn:
    """On the buyer's own device, without a code. The phone is unverified: it shows no old order."""
    digits = rules.pin(pin)
    if not phone.strip():
        raise rules.PhoneMissing(field="phone")
    rules.ensure_not_own_number(digits, [phone])
    await tries.claim({"address": pins.pseudonym(address)}, at)
    pin_hash = await pins.hashed(id, digits)
    return await run(_register_buyer, id, Particulars(name, phone), pin_hash, at)


async def _register_buyer(
    id: str, particulars: Particulars, pin_hash: str, at: datetime
) -> rules.LetIn:
    async with transaction():
        if await persons.exist([id]):
            raise rules.AlreadyRegistered
        await people.register(id, particulars, by=id, at=at)
        new = await in_use().query(
            "INSERT INTO credential (person, pin_hash, changed_at) VALUES ({}, {}, {})"
            " ON CONFLICT (person) DO NOTHING RETURNING person",
            id, pin_hash, at,
        )  # fmt: skip
        if not new:
            raise rules.AlreadyRegistered
        return await _let_in_with_new_device(id, at)


async def sign_in(device_secret: str, pin: str, *, address: str, at: datetime) -> rules.LetIn:
    device = await queries.enrolled(device_secret)
    if device is None:
        raise rules.DeviceUnknown
    keys = await _ensure_right(device, pin, address, at)
    return await run(_sign_in, device, keys, at)


async def _sign_in(device: Enrolled, keys: tries.Keys, at: datetime) -> rules.LetIn:
    async with transaction():
        await _ensure_pin_unchanged(device)
        await tries.forgive(keys)
        secret = await _open_session(device.person, device.id, at)
    return rules.LetIn(device.person, device.id, "", secret)


async def step_up(session_secret: str, pin: str, *, address: str, at: datetime) -> str:
    """The PIN once more before a weighty deed; the session goes on under the secret returned."""
    device = await queries.enrolled_by_session(session_secret, at)
    if device is None:
        raise rules.SessionEnded
    keys = await _ensure_right(device, pin, address, at)
    return await run(_step_up, session_secret, device, keys, at)


async def _step_up(session_secret: str, device: Enrolled, keys: tries.Keys, at: datetime) -> str:
    fresh = secrets.token_urlsafe(32)
    async with transaction():
        await _ensure_pin_unchanged(device)
        await tries.forgive(keys)
        renewed = await in_use().query(
            "UPDATE session SET secret_hash = {}, stepped_up_until = {}, seen_at = {}"
            " WHERE secret_hash = {} RETURNING person",
            secret_hash(fresh), at + rules.STEP_UP_LASTS, at, secret_hash(session_secret),
        )  # fmt: skip
        if not renewed:
            raise rules.SessionEnded
    return fresh


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


async def end_session(session_secret: str) -> None:
    """Signing out; ending what has ended changes nothing."""
    async with transaction():
        await in_use().query(
            "DELETE FROM session WHERE secret_hash = {}", secret_hash(session_secret)
        )


async def end_all(person: str, *, by: str, at: datetime) -> None:
    async with transaction():
        await in_use().query("DELETE FROM session WHERE person = {}", person)
        log.append(rules.SessionsEnded(person), subject=person, by=by, at=at)


async def revoke_device(device: str, *, by: str, at: datetime) -> rules.DeviceRevoked:
    """A lost phone: its sessions end at once, and its secret never opens one again."""
    async with transaction():
        rows = await in_use().query(
            "UPDATE device SET revoked_at = {} WHERE id = {} AND revoked_at IS NULL"
            " RETURNING person",
            at, device,
        )  # fmt: skip
        if not rows:
            raise rules.NoSuchDevice(device=device)
        await in_use().query("DELETE FROM session WHERE device = {}", device)
        event = rules.DeviceRevoked(device, rows[0]["person"])
        log.append(event, subject=event.person, by=by, at=at)
    return event


async def close(person: str, *, by: str, at: datetime) -> None:
    """When a person is erased: no PIN, no code, no device, no session is left that works."""
    async with transaction():
        await _void_codes(person, at)
        await in_use().query("DELETE FROM session WHERE person = {}", person)
        await in_use().query("DELETE FROM credential WHERE person = {}", person)
        await in_use().query(
            "UPDATE device SET revoked_at = {} WHERE person = {} AND revoked_at IS NULL", at, person
        )
        log.append(rules.Closed(person), subject=person, by=by, at=at)


async def sweep(at: datetime) -> None:
    """For the clock: forget sessions that ended and tries that no longer count."""
    async with transaction():
        await in_use().query("DELETE FROM session WHERE ends_at <= {} OR idle_until <= {}", at, at)
        await tries.forget(at)


def _read_code(typed: str) -> str:
    code = codes.read(typed)
    fits = len(code) == rules.CODE_LETTERS and not set(code) - set(codes.ALPHABET)
    if not fits or codes.check_character(code[:-1]) != code[-1]:
        raise rules.CodeMistyped(field="code")
    return code


async def _ensure_right(device: Enrolled, pin: str, address: str, at: datetime) -> tries.Keys:
    """Count, then look; returns whose tries are forgiven once all is well."""
    keys = {"address": pins.pseudonym(address), "person": device.person, "device": device.id}
    typed = rules.digits(pin)
    tried = await tries.claim(keys, at)
    if not await pins.matches(device.person, typed, device.pin_hash):
        raise rules.WrongPin(tries_left=max(0, rules.FREE_TRIES - tried))
    return keys


async def _ensure_pin_unchanged(device: Enrolled) -> None:
    """Claims the credential: a PIN that was replaced while this one was hashed lets nobody in."""
    if not await in_use().query(
        "UPDATE credential SET changed_at = changed_at WHERE person = {} AND pin_hash = {}"
        " RETURNING person",
        device.person, device.pin_hash,
    ):  # fmt: skip
        raise rules.DeviceUnknown


async def _let_in_with_new_device(person: str, at: datetime) -> rules.LetIn:
    device, device_secret = new_id(), secrets.token_urlsafe(32)
    await in_use().query(
        "INSERT INTO device (id, person, secret_hash, enrolled_at) VALUES ({}, {}, {}, {})",
        device, person, secret_hash(device_secret), at,
    )  # fmt: skip
    event = rules.DeviceEnrolled(device, person)
    log.append(event, subject=person, by=person, at=at)
    return rules.LetIn(person, device, device_secret, await _open_session(person, device, at))


async def _open_session(person: str, device: str, at: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    idle, whole = rules.limits(grant.role for grant in await grants_of(person, at))
    await in_use().query(
        "INSERT INTO session (secret_hash, person, device, began_at, seen_at, idle_until, ends_at)"
        " VALUES ({}, {}, {}, {}, {}, {}, {})",
        secret_hash(secret), person, device, at, at, at + idle, at + whole,
    )  # fmt: skip
    return secret


async def _void_codes(person: str, at: datetime) -> None:
    await in_use().query(
        "UPDATE enrolment_code SET expires_at = {} WHERE person = {} AND used_at IS NULL"
        " AND expires_at > {}",
        at, person, at,
    )  # fmt: skip
