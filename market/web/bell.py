"""How many notices a person has not read: counted before a page is made, shown beside the bell."""

from __future__ import annotations

from typing import Any

from litestar import Request

from market.domain.notices import queries


async def count(request: Request[Any, Any, Any]) -> None:
    """A `before_request` hook; pages only, of those who are signed in."""
    actor = getattr(request.state, "actor", None)
    path = request.scope["path"]
    if actor and request.method == "GET" and not path.startswith(("/api/", "/static/")):
        request.state.unread = await queries.unread(actor.person)
