"""Answers that are made while they are sent, so that a large one needs no room."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any

from litestar.response import Stream
from litestar.response.streaming import ASGIStreamingResponse
from litestar.types import Receive, Send

from certification.basis.units import THAILAND


class InTurn(ASGIStreamingResponse):
    """Sends in the task that was asked: Litestar's own opens another one, which listens for a
    client that goes by a call within a call and breaks where each answer comes at once."""

    __slots__ = ()

    async def send_body(self, send: Send, receive: Receive) -> None:  # noqa: ARG002  (its name)
        await self._stream(send)


class Growing(Stream):
    """A file that is made while it is sent."""

    def to_asgi_response(self, *given: Any, **named: Any) -> InTurn:
        made = super().to_asgi_response(*given, **named)
        made.__class__ = InTurn
        assert isinstance(made, InTurn)
        return made


class Outlet:
    """A file that can only be written to, and is emptied again and again."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def write(self, content: bytes) -> int:
        self.waiting += content
        return len(content)

    def flush(self) -> None:
        """Nothing is kept back."""

    def taken(self) -> bytes:
        content = bytes(self.waiting)
        self.waiting.clear()
        return content


async def zipped_as_they_grow(
    files: Iterable[tuple[str, AsyncIterator[bytes]]], at: datetime
) -> AsyncIterator[bytes]:
    """Files too large to be held, each sent as it is made."""
    outlet, on = Outlet(), at.astimezone(THAILAND)
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as file:  # type: ignore[call-overload]
        for name, content in files:
            info = zipfile.ZipInfo(name, (on.year, on.month, on.day, 0, 0, 0))
            info.external_attr, info.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            with file.open(info, "w") as part:
                async for piece in content:
                    part.write(piece)
                    yield outlet.taken()
    yield outlet.taken()
