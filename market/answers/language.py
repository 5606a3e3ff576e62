"""Which language an answer is in: `/en/…`, then the reader's last choice, then the browser's."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, cast
from urllib.parse import parse_qs

from litestar import Request
from litestar.types import ASGIApp, Receive, Scope, Send

from market.answers.words import LANGUAGES, Words, words

COOKIE = "language"
CHOSEN = "chosen_language"
"""The name in the scope's state: an address that began with a language chose it."""


class LanguagePrefix:
    """Takes `/th` or `/en` off the path, so that every page stands at both."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for language in LANGUAGES:
            path = str(scope.get("path", ""))
            if path == f"/{language}" or path.startswith(f"/{language}/"):
                rest = path[len(language) + 1 :] or "/"
                chosen = {**(scope.get("state") or {}), CHOSEN: language}
                changed = {"path": rest, "raw_path": rest.encode(), "state": chosen}
                scope = cast("Scope", {**scope, **changed})
                break
        await self.app(scope, receive, send)


def language_of(request: Request[Any, Any, Any]) -> str:
    """`?lang=` and the path choose; a cookie remembers; else what the browser prefers."""
    chosen = chosen_language(request)
    if chosen:
        return chosen
    remembered = request.cookies.get(COOKIE, "")
    if remembered in LANGUAGES:
        return remembered
    return preferred(request.headers.get("accept-language", ""))


def chosen_language(request: Request[Any, Any, Any]) -> str:
    state = request.scope.get("state") or {}
    if state.get(CHOSEN) in LANGUAGES:
        return str(state[CHOSEN])
    query = request.scope.get("query_string", b"").decode("latin-1")
    asked = parse_qs(query).get("lang", [""])[0] if "lang=" in query else ""
    return asked if asked in LANGUAGES else ""


def words_for(request: Request[Any, Any, Any]) -> Words:
    return words(language_of(request))


@lru_cache(maxsize=512)
def preferred(accept: str) -> str:
    """Thai unless the reader prefers another of ours."""
    found = re.findall(
        r"([a-z*][a-z0-9*-]{0,20})[ \t]*(?:;[ \t]*q=([01](?:\.[0-9]{0,3})?))?(?:,|$|;)",
        accept[:400].lower(),
    )
    weights = {tag.split("-")[0]: float(q or 1) for tag, q in reversed(found[:20])}
    best = max(LANGUAGES, key=lambda ours: weights.get(ours, 0))
    return best if weights.get(best, 0) > 0 else LANGUAGES[0]
