"""A deed that is asked for at a door is done once, however often its id comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import json

from certification.basis import asked
from certification.basis.ids import is_id, new_id
from certification.basis.transaction import run, transaction
from market.access.refusals import NotAnId, NotAText
from market.domain.spoken import commands as spoken
from market.domain.spoken.rules import Speak

T = TypeVar("T")


class Deed(Protocol):
    """A command's Struct that carries the id of what it makes."""

    @property
    def id(self) -> str: ...


class For(msgspec.Struct, frozen=True):
    """For whom it is done, in which group, and what it is about; the deed itself by default."""

    person: str
    group: str
    subject: str = ""


async def once(
    command: Callable[..., Awaitable[T]], data: Deed, answer: type[T], *, by: str, at: datetime,
    whom: For | None = None,
) -> T:  # fmt: skip
    """`command(data, by=, at=)` in one transaction; the same again is answered as before.

    For commands that do not see to it themselves. `answer` is the command's event. What is done
    for somebody else (`whom`) waits for that person's word.
    """
    ensure_storable(data, data.id)

    async def do() -> T:
        done = await command(data, by=by, at=at)
        await say(data.id, done, whom, by, at)
        return done

    async def asked_once() -> T:
        deed: str = answer.__struct_config__.tag  # type: ignore[attr-defined]  # an event has a tag
        return await asked.once(data.id, deed, data, do, answer, by=by, at=at)

    return await run(asked_once)


async def helped(
    command: Callable[..., Awaitable[T]], id: str, data: Any, *, by: str, at: datetime, whom: For
) -> T:
    """`command(id, data, by=, at=)`, which itself sees to it that twice is once."""
    ensure_storable(data, id)

    async def both() -> T:
        async with transaction():
            done = await command(id, data, by=by, at=at)
            await say(id, done, whom, by, at)
            return done

    return await run(both)


async def done(
    command: Callable[..., Awaitable[T]], data: Deed, *, by: str, at: datetime,
    whom: For | None = None,
) -> T:  # fmt: skip
    """`command(data, by=, at=)`, which itself sees to it that twice is once."""
    ensure_storable(data, data.id)

    async def both() -> T:
        async with transaction():
            done = await command(data, by=by, at=at)
            await say(data.id, done, whom, by, at)
            return done

    return await run(both)


async def claimed(
    command: Callable[..., Awaitable[T]], data: Any, *, by: str, at: datetime, whom: For
) -> T:
    """`command(data, by=, at=)`, which claims a state, so that twice is refused.

    The word that is asked of whom it is done for has an id of its own.
    """
    ensure_storable(data)

    async def both() -> T:
        async with transaction():
            done = await command(data, by=by, at=at)
            await say(new_id(), done, whom, by, at)
            return done

    return await run(both)


async def say(id: str, done: object, whom: For | None, by: str, at: datetime) -> None:
    """In the deed's own transaction: it waits for that person's word."""
    if whom is not None and whom.person:
        deed: str = done.__struct_config__.tag  # type: ignore[attr-defined]  # an event has a tag
        said = Speak(id, whom.person, deed, whom.subject or id, whom.group)
        await spoken.say(said, by=by, at=at)


def ensure_storable(data: Any, *ids: str) -> None:
    """An id is a UUIDv7, and no text holds a NUL, which PostgreSQL does not store."""
    if not all(is_id(id) for id in ids):
        raise NotAnId(field="id")
    if rb"\u0000" in json.encode(data):
        raise NotAText
