"""Public facts may be read by pages of others too (CORS): JSON, whoever asks, and nothing else.

Never with credentials: what is sent so is the same for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable

from litestar.types import Message, Scope

OPEN = frozenset(
    ["trace.read", "log.read", "scheme.read", "registry.count", "crop.read", "catalogue.read"]
)
"""Operations that the policy gives to anyone, and that tell of nobody who asks."""
ANYONE = (b"access-control-allow-origin", b"*")
ASKED_BEFORE = (
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-headers", b"accept, accept-language, if-none-match"),
    (b"access-control-max-age", b"86400"),
)
JSON = (b"application/json", b"application/vc", b"application/vc+jwt")
EXPOSED = (b"access-control-expose-headers", b"link, etag")


class Shared:
    """A `before_send` hook."""

    def __init__(self) -> None:
        self.open: frozenset[str] = frozenset()

    def open_where(self, operations: Iterable[tuple[str, str, object]]) -> None:
        """Method, address and operation of each door; called when all of them stand."""
        self.open = frozenset(
            path for method, path, one in operations if method == "GET" and one in OPEN
        )

    async def __call__(self, message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        if scope.get("path_template") not in self.open:
            return
        if scope.get("method") == "OPTIONS":
            message["headers"] = [*message["headers"], ANYONE, *ASKED_BEFORE]
        elif scope.get("method") == "GET" and _is_json(message["headers"]):
            message["headers"] = [*message["headers"], ANYONE, EXPOSED]


def _is_json(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    told = {name.lower(): value for name, value in headers}
    kind = told.get(b"content-type", b"").split(b";")[0].strip()
    return kind in JSON or kind.endswith(b"+json")
