"""Signing in with LINE: one way out and back for one browser, and whose LINE it is."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import msgspec

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.refusal import Refusal
from certification.basis.transaction import run, transaction
from certification.groups.queries import grants_of
from certification.people import commands as people
from certification.people.rules import Particulars
from market.domain.accounts import pins, queries, rules, sessions, tries
from market.domain.accounts.queries import secret_hash
from market.domain.accounts.tables import LineLink

LASTS = timedelta(minutes=10)


class LineOff(Refusal):
    """No channel of LINE's is set up here."""

    code = "accounts.line_off"


class LineAttemptUnknown(Refusal):
    """Begun in another browser, too long ago, or come back already."""

    code = "accounts.line_attempt_unknown"


class LineNotBelieved(Refusal):
    code = "accounts.line_not_believed"


class LineUnreachable(Refusal):
    code, status = "accounts.line_unreachable", 503


class StaffUsePin(Refusal):
    """Who keeps papers, money or land does it with the own PIN."""

    code = "accounts.staff_use_pin"


class LineLinked(msgspec.Struct, frozen=True, tag="accounts.line_linked"):
    person: str


class LineUnlinked(msgspec.Struct, frozen=True, tag="accounts.line_unlinked"):
    person: str


class OnlyLine(Refusal):
    """There is no PIN: without LINE nobody could get in any more."""

    code = "accounts.only_line"


async def set_out(*, address: str, at: datetime) -> str:
    """A secret for the browser's cookie alone; LINE's answer is taken with it once, and soon."""
    await tries.claim(tries.of_address(address), at)
    secret = secrets.token_urlsafe(32)
    async with transaction():
        await in_use().query("DELETE FROM line_attempt WHERE expires_at <= {}", at)
        await in_use().query(
            "INSERT INTO line_attempt (secret_hash, expires_at) VALUES ({}, {})",
            secret_hash(secret), at + LASTS,
        )  # fmt: skip
    return secret


async def come_back(secret: str, *, at: datetime) -> None:
    """Spent before LINE is asked, so that an answer brought twice is refused."""
    async with transaction():
        spent = await in_use().query(
            "DELETE FROM line_attempt WHERE secret_hash = {} AND expires_at > {}"
            " RETURNING secret_hash",
            secret_hash(secret), at,
        )  # fmt: skip
    if not spent:
        raise LineAttemptUnknown


async def sign_in(
    subject: str, name: str, *, on: rules.Browser, address: str, at: datetime, links: bool = False
) -> rules.LetIn:
    """Who is known by this LINE; else who `links` it, being signed in here; else somebody new."""
    found = await queries.standing(on.session_secret, at) if links else None
    here = found.actor.person if found else ""
    return await run(
        _sign_in, pins.pseudonym(f"line {subject}"), name, here, on, pins.pseudonym(address), at
    )


async def _sign_in(
    index: str, name: str, here: str, on: rules.Browser, address: str, at: datetime
) -> rules.LetIn:
    async with transaction():
        person = await _whose(index) or await _link(index, here or new_id(), name, here, at)
        if await grants_of(person, at):
            raise StaffUsePin
        return await sessions.let_in_on_device(person, on, address, at)


async def _whose(index: str) -> str:
    rows = await in_use().query(
        "SELECT l.person FROM line_link l JOIN person p ON p.id = l.person"
        " AND p.erased_at IS NULL WHERE l.subject_index = {}",
        index,
    )
    return str(rows[0]["person"]) if rows else ""


async def _link(index: str, person: str, name: str, here: str, at: datetime) -> str:
    if not here:
        await people.register(person, Particulars(name or "LINE"), by=person, at=at)
    await in_use().query("DELETE FROM line_link WHERE person = {}", person)
    row = LineLink(person=person, subject_index=index, since=at)
    await insert(row)
    log.append(LineLinked(person), subject=person, by=person, at=at)
    return person


async def is_linked(person: str) -> bool:
    return bool(await in_use().query("SELECT person FROM line_link WHERE person = {}", person))


async def unlink(person: str, *, by: str, at: datetime) -> None:
    """From now on this LINE opens nothing here. OnlyLine. Twice is once."""
    async with transaction():
        if not await queries.has_pin(person):
            raise OnlyLine
        if await in_use().query("DELETE FROM line_link WHERE person = {} RETURNING person", person):
            log.append(LineUnlinked(person), subject=person, by=by, at=at)
