"""A contact is asked for, proved by a code that came there, and ended whenever the person likes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from certification.basis import log
from certification.basis.database import Row, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run, transaction
from certification.basis.units import arabic
from certification.people import sealed, vault
from market.domain.contacts import queries, rules
from market.domain.contacts.rules import ContactAsked, ContactEnded, ContactProved, Quiet


async def ask(channel: str, address: str, language: str, *, by: str, at: datetime) -> ContactAsked:
    """Of oneself only; the phone is the one that the vault holds, so nobody else's is rung."""
    rules.ensure_channel(channel, queries.open_channels())
    if channel == "email":
        address = rules.mail(address)
    if channel == "sms":
        address = await queries.phone(by)
        if not address:
            raise rules.NoPhone
    async with transaction():
        contact = await _asked(channel, address if channel != "line" else "", language, by, at)
        event = ContactAsked(contact, by, channel, log.instant(at))
        log.append(event, subject=contact, by=by, at=at)
    return event


async def _asked(channel: str, address: str, language: str, person: str, at: datetime) -> str:
    before = await in_use().query(
        "UPDATE contact SET tries = 0 WHERE person = {} AND channel = {}"
        " RETURNING id, asked_at, asked_times",
        person, channel,
    )  # fmt: skip
    [row] = before or [{"id": new_id(), "asked_at": None, "asked_times": 0}]
    times = rules.asks(at, row["asked_at"], row["asked_times"])
    kept = await sealed.seal(person, address) if address else None
    index = vault.blind_index("contact", address) if address else None
    written = await in_use().query(
        "INSERT INTO contact (id, person, channel, sealed, address_index, language, asked_at,"
        " asked_times, tries) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, 0)"
        " ON CONFLICT (person, channel) DO UPDATE SET sealed = excluded.sealed,"
        " address_index = excluded.address_index, language = excluded.language,"
        " asked_at = excluded.asked_at, asked_times = excluded.asked_times, tries = 0,"
        " proved_at = NULL, ended_at = NULL RETURNING id",
        row["id"], person, channel, kept, index, language, at, times,
    )  # fmt: skip
    return str(written[0]["id"])


async def prove(channel: str, said: str, *, by: str, at: datetime) -> ContactProved:
    """A wrong try is counted for good, whatever is answered; the right code twice is once."""
    tried = await run(_tried, channel, by)
    if tried["proved_at"]:
        return ContactProved(tried["id"], channel)
    if tried["tries"] > rules.TRIES_MAX or at - tried["asked_at"] > rules.CODE_LASTS:
        raise rules.CodeIsOver
    wanted = queries.code(tried["id"], channel, tried["asked_at"])
    if channel == "line" or not rules.same(wanted, arabic("".join(said.split()))):
        raise rules.WrongCode(field="code")
    return await run(_proved, tried["id"], channel, tried["asked_at"], by=by, at=at)


async def _tried(channel: str, person: str) -> Row:
    rows = await in_use().query(
        "UPDATE contact SET tries = tries + 1 WHERE person = {} AND channel = {}"
        " AND ended_at IS NULL RETURNING id, asked_at, proved_at, tries",
        person, channel,
    )  # fmt: skip
    if not rows:
        raise rules.NothingAsked
    return rows[0]


async def _proved(
    contact: str, channel: str, asked_at: datetime, *, by: str, at: datetime
) -> ContactProved:
    """Only what was asked: an address that was typed anew meanwhile needs its own code."""
    event = ContactProved(contact, channel)
    async with transaction():
        if await in_use().query(
            "UPDATE contact SET proved_at = {}, tries = 0 WHERE id = {} AND asked_at = {}"
            " AND proved_at IS NULL AND ended_at IS NULL RETURNING id",
            at, contact, asked_at,
        ):  # fmt: skip
            log.append(event, subject=contact, by=by, at=at)
        elif not await in_use().query(
            "SELECT id FROM contact WHERE id = {} AND asked_at = {} AND proved_at IS NOT NULL",
            contact, asked_at,
        ):  # fmt: skip
            raise rules.CodeIsOver
    return event


async def link(said: str, address: str, *, at: datetime) -> ContactProved | None:
    """Somebody sent this to us on LINE: whose code it is, or nobody's."""
    word = said.strip().upper()
    for row in await queries.asked_on_line(at - rules.CODE_LASTS):
        if rules.same(queries.code(row["id"], "line", row["asked_at"]), word):
            return await run(_linked, row["id"], row["person"], row["asked_at"], address, at=at)
    return None


async def _linked(
    contact: str, person: str, asked_at: datetime, address: str, *, at: datetime
) -> ContactProved | None:
    event = ContactProved(contact, "line")
    kept, index = await sealed.seal(person, address), vault.blind_index("contact", address)
    async with transaction():
        claimed = await in_use().query(
            "UPDATE contact SET proved_at = {}, sealed = {}, address_index = {} WHERE id = {}"
            " AND asked_at = {} AND proved_at IS NULL AND ended_at IS NULL RETURNING id",
            at, kept, index, contact, asked_at,
        )  # fmt: skip
        if not claimed:
            return None
        log.append(event, subject=contact, by=person, at=at)
    return event


async def end(channel: str, *, by: str, at: datetime) -> ContactEnded | None:
    """The address goes at once; what is on its way there is not sent any more."""
    rules.ensure_known(channel)
    return await _ended("person = {} AND channel = {}", [by, channel], by, at)


async def unfollowed(address: str, *, at: datetime) -> None:
    """LINE says that this person does not want us there any more."""
    index = vault.blind_index("contact", address)
    await _ended("address_index = {} AND channel = {}", [index, "line"], "", at)


async def forget(person: str, *, by: str, at: datetime) -> None:
    """When a person is erased: no address, and no print of one, is left."""
    async with transaction():
        await _ended("person = {}", [person], by, at)
        await in_use().query("DELETE FROM quiet_hours WHERE person = {}", person)
        await in_use().query("DELETE FROM muted_topic WHERE person = {}", person)


async def _ended(which: str, told: Sequence[str], by: str, at: datetime) -> ContactEnded | None:
    event = None
    async with transaction():
        for row in await in_use().query(
            "UPDATE contact SET ended_at = {}, sealed = NULL, address_index = NULL,"  # noqa: S608
            f" proved_at = NULL WHERE {which} AND ended_at IS NULL RETURNING id, person, channel",
            at, *told,
        ):  # fmt: skip
            event = ContactEnded(row["id"], row["channel"])
            log.append(event, subject=row["id"], by=by or row["person"], at=at)
    return event


async def set_quiet(from_minute: int, until_minute: int, *, by: str, at: datetime) -> Quiet:
    """Not told to the record: when a person sleeps is nobody's business."""
    said = rules.hours(from_minute, until_minute)
    await in_use().query(
        "INSERT INTO quiet_hours (id, person, from_minute, until_minute, at)"
        " VALUES ({}, {}, {}, {}, {}) ON CONFLICT (person) DO UPDATE SET"
        " from_minute = excluded.from_minute, until_minute = excluded.until_minute,"
        " at = excluded.at",
        new_id(), by, said.from_minute, said.until_minute, at,
    )  # fmt: skip
    return said


async def choose(muted: Sequence[str], *, by: str, at: datetime) -> tuple[str, ...]:
    """All of them at once; nor is this told to the record."""
    topics = rules.muted(muted)
    async with transaction():
        await in_use().query("DELETE FROM muted_topic WHERE person = {}", by)
        for topic in topics:
            await in_use().query(
                "INSERT INTO muted_topic (id, person, topic, at) VALUES ({}, {}, {}, {})"
                " ON CONFLICT (person, topic) DO NOTHING",
                new_id(), by, topic, at,
            )  # fmt: skip
    return topics
