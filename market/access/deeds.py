"""A deed that is asked for at a door is done once, however often its id comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar

from msgspec import json

from certification.basis import asked
from certification.basis.ids import is_id
from certification.basis.transaction import run
from market.access.refusals import NotAnId, NotAText

T = TypeVar("T")


class Deed(Protocol):
    """A command's Struct that carries the id of what it makes."""

    @property
    def id(self) -> str: ...


async def once(
    command: Callable[..., Awaitable[T]], data: Deed, answer: type[T], *, by: str, at: datetime
) -> T:
    """`command(data, by=, at=)` in one transaction; the same again is answered as before.

    For commands that do not see to it themselves. `answer` is the command's event.
    """
    ensure_storable(data, data.id)

    async def do() -> T:
        return await command(data, by=by, at=at)

    async def asked_once() -> T:
        deed: str = answer.__struct_config__.tag  # type: ignore[attr-defined]  # an event has a tag
        return await asked.once(data.id, deed, data, do, answer, by=by, at=at)

    return await run(asked_once)


def ensure_storable(data: Any, *ids: str) -> None:
    """An id is a UUIDv7, and no text holds a NUL, which PostgreSQL does not store."""
    if not all(is_id(id) for id in ids):
        raise NotAnId(field="id")
    if rb"\u0000" in json.encode(data):
        raise NotAText
