"""Enrolment, sign-in, and the PIN once more before a weighty deed.

`enrol`, `sign_in`, `step_up` and `register_buyer` hash a PIN, which must not hold the database:
they open their transactions themselves and are called without `run`.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

import msgspec

from certification.basis import codes, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run, transaction
from certification.people import commands as people
from certification.people import queries as persons
from certification.people.refusals import NobodyKnown
from certification.people.rules import Particulars
from market.domain.accounts import pins, queries, rules, sessions, tries
from market.domain.accounts.queries import Enrolled, secret_hash


async def open_pins(path: Path, cost: pins.Cost | None = None) -> None:
    """At start-up: use the pepper file, made for a database in which nobody has a PIN yet."""
    if not pins.is_at(path) and not await queries.anybody_enrolled():
        pins.create(path)
    pins.use(path, cost)


async def issue_code(person: str, *, by: str, at: datetime) -> str:
    """`XXXXX-XXXXX`, to be printed once; an older unused code of this person stops working.

    Who has a PIN already asks for a code alone, signed in; else it takes two (`recovery`).
    """
    async with transaction():
        if by != person and await queries.has_pin(person):
            raise rules.HasAPin
        return await issue_anew(person, by=by, at=at)


async def claim_pin(person: str) -> bool:
    """Whether there is a PIN; who else claims it waits until this transaction is over."""
    return bool(await in_use().query(
        "UPDATE credential SET changed_at = changed_at WHERE person = {} RETURNING person", person
    ))  # fmt: skip


async def issue_anew(person: str, *, by: str, at: datetime) -> str:
    """For features above that have asked whether it may be."""
    body = "".join(secrets.choice(codes.ALPHABET) for _ in range(rules.CODE_LETTERS - 1))
    code = body + codes.check_character(body)
    async with transaction():
        if not await persons.exist([person]):
            raise NobodyKnown(person=person)
        await sessions.void_codes(person, at)
        await in_use().query(
            "INSERT INTO enrolment_code (id, person, code_hash, issued_by, issued_at, expires_at)"
            " VALUES ({}, {}, {}, {}, {}, {})",
            new_id(), person, secret_hash(code), by, at, at + rules.CODE_LASTS,
        )  # fmt: skip
        log.append(rules.CodeIssued(person), subject=person, by=by, at=at)
    return f"{code[:5]}-{code[5:]}"


async def enrol(
    code: str, pin: str, *, address: str, at: datetime, on: rules.Browser = rules.NEW
) -> rules.LetIn:
    """A person on a device, and the PIN chosen on it: it replaces an older one everywhere.

    `on`: a device on which others sign in already takes one person more.
    """
    typed, digits = _read_code(code), rules.pin(pin)
    keys = tries.of_address(address)
    await tries.claim(keys, at)
    person = await queries.person_of_code(secret_hash(typed), at)
    own = await persons.particulars(person)
    rules.ensure_not_own_number(digits, (own.phone, own.member_number, own.national_id))
    pin_hash = await pins.hashed(person, digits)
    entry = _Entry(pin_hash, on, keys, pins.pseudonym(address))
    return await run(_enrol, secret_hash(typed), person, entry, at)


class _Entry(msgspec.Struct, frozen=True):
    """What is known before the transaction begins."""

    pin_hash: str
    on: rules.Browser
    keys: tries.Keys
    address: str


async def _enrol(code_hash: str, person: str, entry: _Entry, at: datetime) -> rules.LetIn:
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
            person, entry.pin_hash, at,
        )  # fmt: skip
        await in_use().query("DELETE FROM session WHERE person = {}", person)
        await tries.forgive(entry.keys, at)
        return await sessions.let_in_on_device(person, entry.on, entry.address, at)


async def register_buyer(
    id: str, told: Particulars, pin: str, *, address: str, at: datetime,
    on: rules.Browser = rules.NEW,
) -> rules.LetIn:  # fmt: skip
    """On the buyer's own device, without a code. The phone is unverified: it shows no old order."""
    digits = rules.pin(pin)
    if not (told.phone or "").strip():
        raise rules.PhoneMissing(field="phone")
    rules.ensure_not_own_number(digits, [told.phone])
    keys = tries.of_address(address)
    await tries.claim(keys, at)
    entry = _Entry(await pins.hashed(id, digits), on, keys, pins.pseudonym(address))
    return await run(_register_buyer, id, told, entry, at)


async def _register_buyer(
    id: str, particulars: Particulars, entry: _Entry, at: datetime
) -> rules.LetIn:
    async with transaction():
        if await persons.exist([id]):
            raise rules.AlreadyRegistered
        await people.register(id, particulars, by=id, at=at)
        new = await in_use().query(
            "INSERT INTO credential (person, pin_hash, changed_at) VALUES ({}, {}, {})"
            " ON CONFLICT (person) DO NOTHING RETURNING person",
            id, entry.pin_hash, at,
        )  # fmt: skip
        if not new:
            raise rules.AlreadyRegistered
        return await sessions.let_in_on_device(id, entry.on, entry.address, at)


async def sign_in(
    on: rules.Browser, pin: str, *, who: str = "", address: str, at: datetime
) -> rules.LetIn:
    """`who`: member number or phone, needed where several people share the device."""
    among, typed = await queries.enrolled(on.device_secret), rules.digits(pin)
    if not among:
        raise rules.DeviceUnknown
    found = await queries.meant(among, who)
    left = 0 if found else await _look_at_nobody(among[0].id, who, typed, address, at)
    for one in found:
        keys = tries.of_person(one, address)
        wrong = await tries.look(keys, one.person, typed, one.pin_hash, at)
        if wrong is None:
            entry = _Entry(one.pin_hash, on, keys, pins.pseudonym(address))
            return await run(_sign_in, one, entry, at)
        left = wrong
    raise rules.WrongPin(tries_left=left)


async def _look_at_nobody(device: str, who: str, pin: str, address: str, at: datetime) -> int:
    """The same work, the same wait and the same answer as for somebody's wrong PIN."""
    left = await tries.look(tries.of_nobody(device, who, address), "", pin, None, at)
    return left or 0


async def _sign_in(enrolled: Enrolled, entry: _Entry, at: datetime) -> rules.LetIn:
    async with transaction():
        await _ensure_unchanged(enrolled, entry.address)
        await tries.forgive(entry.keys, at)
        await sessions.end(entry.on.session_secret)
        secret = await sessions.begin(enrolled.person, enrolled.id, at)
    return rules.LetIn(enrolled.person, enrolled.id, "", secret)


async def step_up(session_secret: str, pin: str, *, address: str, at: datetime) -> str:
    """The PIN once more before a weighty deed; the session goes on under the secret returned."""
    device = await queries.enrolled_by_session(session_secret, at)
    if device is None:
        raise rules.SessionEnded
    keys = await ensure_right(device, pin, address=address, at=at)
    return await run(_step_up, session_secret, device, keys, at)


async def ensure_right(whose: Enrolled, pin: str, *, address: str, at: datetime) -> tries.Keys:
    """Outside every transaction; inside the one that follows, `tries.forgive` gives them back."""
    keys = tries.of_person(whose, address)
    left = await tries.look(keys, whose.person, rules.digits(pin), whose.pin_hash, at)
    if left is not None:
        raise rules.WrongPin(tries_left=left)
    return keys


async def _step_up(session_secret: str, device: Enrolled, keys: tries.Keys, at: datetime) -> str:
    fresh = secrets.token_urlsafe(32)
    async with transaction():
        await _ensure_unchanged(device, device.address)
        await tries.forgive(keys, at)
        renewed = await in_use().query(
            "UPDATE session SET secret_hash = {}, stepped_up_until = {}, seen_at = {}"
            " WHERE secret_hash = {} RETURNING person",
            secret_hash(fresh), at + rules.STEP_UP_LASTS, at, secret_hash(session_secret),
        )  # fmt: skip
        if not renewed:
            raise rules.SessionEnded
    return fresh


def _read_code(typed: str) -> str:
    code = codes.read(typed)
    fits = len(code) == rules.CODE_LETTERS and not set(code) - set(codes.ALPHABET)
    if not fits or codes.check_character(code[:-1]) != code[-1]:
        raise rules.CodeMistyped(field="code")
    return code


async def _ensure_unchanged(whose: Enrolled, address: str | None) -> None:
    """Claims PIN and enrolment: neither was replaced or ended while the PIN was looked at."""
    same = await in_use().query(
        "UPDATE credential SET changed_at = changed_at WHERE person = {} AND pin_hash = {}"
        " RETURNING person",
        whose.person, whose.pin_hash,
    )  # fmt: skip
    stays = await in_use().query(
        "UPDATE enrolment SET address = {} WHERE device = {} AND person = {} AND until IS NULL"
        " RETURNING id",
        address, whose.id, whose.person,
    )  # fmt: skip
    if not same or not stays:
        raise rules.DeviceUnknown
