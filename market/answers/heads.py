"""HEAD (RFC 9110 9.3.2): what GET would answer, without its body, at every address."""

from __future__ import annotations

from typing import Any, cast

from litestar.types import ASGIApp, Message, Receive, Scope, Send


class Heads:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if cast("dict[str, Any]", scope).get("method") == "HEAD":
            await self.app(cast("Scope", {**scope, "method": "GET"}), receive, without_body)
        else:
            await self.app(scope, receive, send)
