"""Which language an answer is in: `/en/…`, then the reader's last choice, then the browser's.

What a scan leads to, and where the market stands, can be had in Malay as well; whoever reads that
meets Thai or English everywhere else, as if Malay had not been asked for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, cast
from urllib.parse import parse_qs

from litestar import Request
from litestar.types import ASGIApp, Receive, Scope, Send

from market.answers.words import LANGUAGES, MALAY, Words, words

COOKIE = "language"
EVERY = (*LANGUAGES, MALAY)
IN_MALAY = re.compile("/(?:[LlCc]/[^/]+|[Ll]/[^/]+/corrections|stops)")
CHOSEN = "chosen_language"
"""The name in the scope's state: an address that began with a language chose it."""


class LanguagePrefix:
    """Takes `/th` or `/en` off the path, so that every page stands at both; `/ms` of a page that is
    also in Malay."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        language, rest = path[1:3], path[3:] or "/"
        if language in EVERY and rest[0] == "/" and language in spoken(rest):
            chosen = {**(scope.get("state") or {}), CHOSEN: language}
            changed = {"path": rest, "raw_path": rest.encode(), "state": chosen}
            scope = cast("Scope", {**scope, **changed})
        await self.app(scope, receive, send)


def spoken(path: str) -> tuple[str, ...]:
    """In which languages the page at this address can be had."""
    return EVERY if IN_MALAY.fullmatch(path) else LANGUAGES


def language_of(request: Request[Any, Any, Any], among: tuple[str, ...] = ()) -> str:
    """`?lang=` and the path choose; a cookie remembers; else what the browser prefers.

    `among` is for what is said in fewer languages than the page that is asked for, or in more.
    """
    among = among or spoken(request.scope["path"])
    chosen = _asked(request)
    if chosen in among:
        return chosen
    remembered = request.cookies.get(COOKIE, "")
    if remembered in among:
        return remembered
    return preferred(request.headers.get("accept-language", ""), among)


def chosen_language(request: Request[Any, Any, Any]) -> str:
    """Empty where none was chosen, or one that this page does not have."""
    chosen = _asked(request)
    return chosen if chosen in spoken(request.scope["path"]) else ""


def _asked(request: Request[Any, Any, Any]) -> str:
    state = request.scope.get("state") or {}
    if state.get(CHOSEN):
        return str(state[CHOSEN])
    query = request.scope.get("query_string", b"").decode("latin-1")
    return parse_qs(query).get("lang", [""])[0] if "lang=" in query else ""


def words_for(request: Request[Any, Any, Any]) -> Words:
    return words(language_of(request))


@lru_cache(maxsize=512)
def preferred(accept: str, among: tuple[str, ...] = LANGUAGES) -> str:
    """Thai unless the reader prefers another of ours."""
    found = re.findall(
        r"([a-z*][a-z0-9*-]{0,20})[ \t]*(?:;[ \t]*q=([01](?:\.[0-9]{0,3})?))?(?:,|$|;)",
        accept[:400].lower(),
    )
    weights = {tag.split("-")[0]: float(q or 1) for tag, q in reversed(found[:20])}
    best = max(among, key=lambda ours: weights.get(ours, 0))
    return best if weights.get(best, 0) > 0 else LANGUAGES[0]
