"""Answers as they are sent, each made when first asked for: whole, compressed, unchanged."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, cast

from litestar import Request, Response
from litestar.types import Message, Scope

from market.answers.headers import Headers, RawHeaders
from market.web import kept

Asked = Request[Any, Any, Any]
Raw = dict[bytes, bytes]
Sent = tuple[Message, Message]


class Manner:
    """Status and headers, which of many answers differ in nothing but length and ETag."""

    def __init__(self, plain: Response[bytes], asked: Asked, always: Headers) -> None:
        self._plain, self._asked, self._always = plain, asked, always
        self._patterns: dict[str, tuple[int, RawHeaders, tuple[int, int]]] = {}
        self.shrinks = "accept-encoding" in plain.headers.get("vary", "")

    async def said(self, how: str, content: Callable[[], bytes], etag: str) -> Sent:
        if (pattern := self._patterns.get(how)) is None:
            pattern = self._patterns[how] = await self._pattern(how)
        status, headers, places = pattern
        body = b"" if how == "unchanged" else content()
        if how == "gzip":
            body = kept.gzipped(body)
        headers = headers.copy()
        for place, value in zip(places, (b"%d" % len(body), etag.encode()), strict=True):
            if place >= 0:
                headers[place] = headers[place][0], value
        return (
            {"type": "http.response.start", "status": status, "headers": headers},
            {"type": "http.response.body", "body": body, "more_body": False},
        )

    async def _pattern(self, how: str) -> tuple[int, RawHeaders, tuple[int, int]]:
        answer = copy(self._plain)
        answer.headers = dict(answer.headers)
        if how != "plain":
            answer = kept.unchanged(answer) if how == "unchanged" else kept.squeezed(answer)
        sent: list[Any] = []

        async def caught(message: Message) -> None:
            sent.append(message)

        await answer.to_asgi_response(None, self._asked).start_response(caught)
        await self._always(sent[0], cast("Scope", self._asked.scope))
        headers = [*sent[0]["headers"]]
        names = [name for name, _ in headers]
        length, etag = (
            names.index(name) if name in names else -1 for name in (b"content-length", b"etag")
        )
        return sent[0]["status"], headers, (length, etag)


class Answer:
    __slots__ = ("_content", "_etag", "_manner", "rests_on", "sent", "weight")

    def __init__(
        self, content: Callable[[], bytes], etag: str, manner: Manner, size: int,
        rests_on: object = None,
    ) -> None:  # fmt: skip
        self._content, self._etag, self._manner = content, etag, manner
        self.sent: dict[str, Sent | None] = {}
        """None where it was sent once: most pages are asked for by one person, and it is cheaper to
        put one together again than to find room for all of them."""
        self.rests_on = rests_on
        self.weight = 2 * size + 4_000
        """As if it were kept from the first."""

    async def said(self, how: str) -> Sent:
        made = await self._manner.said(how, self._content, self._etag)
        self.sent[how] = made if how != "plain" or how in self.sent else None
        return made

    def how(self, headers: Raw) -> str:
        known = headers.get(b"if-none-match")
        if known and self._etag and kept.has(known.decode("latin-1"), self._etag):
            return "unchanged"
        asks = b"gzip" in headers.get(b"accept-encoding", b"").lower()
        return "gzip" if asks and self._manner.shrinks else "plain"


def ready(plain: Response[bytes], asked: Asked, always: Headers) -> Answer:
    manner = Manner(plain, asked, always)
    content = plain.content
    return Answer(lambda: content, plain.headers.get("etag", ""), manner, len(content))
