"""What the label means, and what it does not; and the files of the site itself."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from market.web import static_files
from market.web.kept import kept
from market.web.page import Ask, page

A_DAY = "public, max-age=86400"


@get("/about", opt={"op": "about.read"})
async def about(request: Ask) -> Response[bytes]:
    return kept(request, page(request, "about.html"))


@get("/sign.svg", opt={"op": "static.read"})
async def sign() -> Response[bytes]:
    """At an address that never changes: the manifest and printed things name it."""
    return _file("sign.svg")


@get("/favicon.ico", opt={"op": "static.read"})
async def favicon() -> Response[bytes]:
    """For those who ask without looking into the page."""
    return _file("sign.svg")


def _file(name: str) -> Response[bytes]:
    kind, content = static_files.fetch(static_files.address(name).removeprefix("/static/"))
    return Response(content, media_type=kind, headers={"cache-control": A_DAY})


DOORS: list[Any] = [about, sign, favicon]
