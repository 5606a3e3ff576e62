"""How a person can be reached, and which code proves it; never written here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec

from certification.basis.database import Row, in_use
from certification.people import queries as people
from certification.people import sealed, vault
from certification.people.rules import Particulars
from market.domain.contacts import rules
from market.domain.contacts.rules import ContactView, Quiet

_open: set[str] = set()


def use(channels: Collection[str]) -> None:
    """At start-up: which channels somebody has set up here."""
    _open.clear()
    _open.update(channels)


def open_channels() -> tuple[str, ...]:
    return tuple(one for one in rules.CHANNELS if one in _open)


class Reached(msgspec.Struct, frozen=True):
    channel: str
    address: str
    language: str
    asked_at: datetime
    contact: str


async def contacts_of(person: str) -> list[ContactView]:
    rows = await in_use().query(
        "SELECT id, person, channel, sealed, asked_at, proved_at, ended_at FROM contact"
        " WHERE person = {} ORDER BY channel",
        person,
    )
    opened = await addresses(rows)
    return [
        ContactView(
            row["id"],
            row["channel"],
            "ended" if row["ended_at"] else "proved" if row["proved_at"] else "asked",
            opened.get(row["id"], ""),
            row["asked_at"],
        )
        for row in rows
    ]


async def addresses(rows: Collection[Row]) -> dict[str, str]:
    return await sealed.unseal(
        {row["id"]: (row["person"], row["sealed"]) for row in rows if row["sealed"]}
    )


async def told_on(person: str, topic: str) -> list[str]:
    """The channels on which this person is told of that topic outside the page."""
    if not _open:
        return []
    rows = await in_use().query(
        "SELECT channel FROM contact WHERE person = {} AND proved_at IS NOT NULL"
        " AND ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM muted_topic m"
        " WHERE m.person = contact.person AND m.topic = {}) ORDER BY channel",
        person, topic,
    )  # fmt: skip
    return [row["channel"] for row in rows if row["channel"] in _open]


async def reached(person: str, channel: str, *, proved: bool = True) -> Reached | None:
    """None where it ended meanwhile, was never proved, or is another phone now."""
    rows = await in_use().query(
        "SELECT id, person, sealed, language, asked_at, proved_at FROM contact"
        " WHERE person = {} AND channel = {} AND ended_at IS NULL",
        person, channel,
    )  # fmt: skip
    if not rows or (proved and rows[0]["proved_at"] is None):
        return None
    [row], opened = rows, await addresses(rows)
    address = opened.get(row["id"], "")
    if not address or (channel == "sms" and address != await phone(person)):
        return None
    return Reached(channel, address, row["language"], row["asked_at"], row["id"])


async def phone(person: str) -> str:
    return ((await people.particulars_of([person])).get(person) or _NOBODY).phone or ""


_NOBODY = Particulars("")


def code(contact: str, channel: str, asked_at: datetime) -> str:
    """Kept nowhere: it follows from the contact, the moment and the vault's key."""
    moment = asked_at.isoformat()
    return rules.code(channel, vault.blind_index("contact code", f"{contact} {moment}"))


async def quiet(person: str) -> Quiet:
    rows = await in_use().query(
        "SELECT from_minute, until_minute FROM quiet_hours WHERE person = {}", person
    )
    return Quiet(**rows[0]) if rows else Quiet()


async def sleeps(person: str, at: datetime) -> bool:
    return (await quiet(person)).is_now(rules.minute_of(at))


async def muted(person: str) -> tuple[str, ...]:
    rows = await in_use().query("SELECT topic FROM muted_topic WHERE person = {}", person)
    return rules.muted(row["topic"] for row in rows)


async def asked_on_line(since: datetime) -> list[Row]:
    """Those who wait for LINE to say who they are there."""
    return await in_use().query(
        "SELECT id, person, asked_at FROM contact WHERE channel = 'line' AND proved_at IS NULL"
        " AND ended_at IS NULL AND asked_at > {}",
        since,
    )
