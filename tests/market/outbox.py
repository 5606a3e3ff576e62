"""Channels that keep what they are given, and a buyer who is reached by them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import msgspec

from certification.basis.transaction import run
from market.domain.contacts import commands as contacts
from market.domain.contacts import queries as known
from market.domain.notices import queries
from market.gateways.letters.kept import Kept
from market.jobs import readers, sending
from tests.cast import NOK, NOW

ORIGIN = "https://market.example"
NOKS_LINE = "U" + "4" * 32


class World(msgspec.Struct):
    line: Kept
    sms: Kept
    email: Kept


@contextmanager
def world() -> Iterator[World]:
    there = World(
        Kept("line", idempotent=True), Kept("sms", idempotent=False),
        Kept("email", idempotent=False),
    )  # fmt: skip
    sending.use([there.line, there.sms, there.email], ORIGIN)
    try:
        yield there
    finally:
        sending.use([], "")


async def on_line(person: str = NOK, *, language: str = "en", at: datetime = NOW) -> None:
    """Linked, by the code that the page shows."""
    asked = await run(contacts.ask, "line", "", language, by=person, at=at)
    assert await contacts.link(known.code(asked.contact, "line", at), NOKS_LINE, at=at)


async def by_sms(there: World, person: str = NOK, *, at: datetime = NOW) -> None:
    """Proved, by the code that came there."""
    await run(contacts.ask, "sms", "", "th", by=person, at=at)
    await told(at)
    code = "".join(one for one in there.sms.arrived[-1].text if one.isdecimal())
    await contacts.prove("sms", code, by=person, at=at)
    there.sms.arrived.clear()


async def told(at: datetime) -> None:
    """The log is read and what is due is sent."""
    await readers.read_on(at)
    await sending.send_all(at)


async def states(person: str = NOK) -> list[tuple[str, str, str, str]]:
    """Kind, channel, state, reason; the oldest first."""
    return [
        (one.kind, one.channel, one.state, one.why)
        for one in reversed(await queries.deliveries_of(person))
        if not one.kind.startswith("contacts.")
    ]
