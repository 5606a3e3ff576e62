"""Lists as a text to paste into a chat: a title, short lines, and where to look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar import Request, Response

TEXT = "text/plain; charset=utf-8"


def text(title: str, lines: Iterable[str], address: str) -> str:
    return "\n".join([title, *lines, address])


def wanted(request: Request[Any, Any, Any]) -> bool:
    return request.query_params.get("as") == "text"


def plain(said: str) -> Response[bytes]:
    return Response(said.encode(), media_type=TEXT)
