"""Did our own page send this? Asked of the browser, not of a token, so forms need no script.

Browsers say where a POST comes from, in `Sec-Fetch-Site` (on https and loopback) or `Origin`;
whoever says neither sends no cookie, or is refused. Our cookie is `SameSite=Lax` besides.
"""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection

from market.access.refusals import OtherSite

SAFE = frozenset(["GET", "HEAD", "OPTIONS"])


def check(connection: ASGIConnection[Any, Any, Any, Any], origin: str) -> None:
    if connection.scope.get("method", "GET") in SAFE:
        return
    headers = connection.headers
    site, said = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        ours = site in ("same-origin", "none")
    elif said is not None:
        ours = said == origin
    else:
        ours = "cookie" not in headers
    if not ours:
        raise OtherSite
