"""The public addresses that are asked for most, answered before Litestar's router.

    /L/{code}   /L/{code}/qr.svg   /healthz   /static/{name}        also under /th and /en

Litestar has the same routes and this calls their very handlers, so policy, words and tests see one
page; what is spared is the way to it, and all of it where the bytes are still true. Who is signed
in, whatever is asked otherwise than browsers ask, what is not found and what breaks: all that goes
to Litestar. A page of a lot that is sent whole to a stranger is counted, in memory alone.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import Any, cast

from litestar import Litestar, Request, Response
from litestar.enums import ScopeType
from litestar.status_codes import HTTP_200_OK
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from certification.basis.refusal import Refusal
from market.access.guard import Clock
from market.access.policy import Policy, PolicyIsWrong
from market.answers.headers import Headers
from market.answers.language import CHOSEN, COOKIE, EVERY, preferred
from market.answers.words import LANGUAGES
from market.domain.scans.counted import Counter
from market.domain.trace import scan
from market.web.alike import AllKin, Ready
from market.web.negotiated import PAGE
from market.web.negotiated import preferred as preferred_kind
from market.web.pages import public_files, trace
from market.web.ready import Answer, Asked, Raw, Sent, ready
from market.web.shelf import Key, Shelf

log = logging.getLogger(__name__)
OPERATIONS = ("trace.read", "health.read", "static.read")
ADDRESS = re.compile(r"(?:/(th|en|ms))?/L/([0-9A-HJKMNP-TV-Z]{8})(/qr\.svg)?")
"""As it is printed; any other spelling is led here by Litestar."""

CHOICES = {b"": "", **{f"lang={language}".encode(): language for language in EVERY}}
"""The queries that are answered here, and what they choose."""

HOST = re.compile(rb"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])?(:[0-9]{1,5})?")


class Hot:
    def __init__(
        self, inner: ASGIApp, app: Litestar, clock: Clock, counter: Counter | None = None
    ) -> None:
        self.inner, self.app, self.clock = inner, app, clock
        self.counter = counter or Counter()
        self.shelf = Shelf[Answer](clock)
        self.kin = AllKin()
        self.fixed: dict[str, Answer] = {}
        self._cookie: str = app.state.cookie
        self._always = Headers(app.state.settings.origin)
        ensure_public(app.state.policy)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = cast("HTTPScope", scope)
        if scope["type"] == ScopeType.HTTP and asked["method"] == "GET":
            headers = dict(asked["headers"])
            said = await self._said(asked, headers)
            if said is not None:
                await send(said[0])
                return await send(said[1])
            send = self._counting(asked, headers, send)
        return await self.inner(scope, receive, send)

    def _counting(self, scope: HTTPScope, headers: Raw, send: Send) -> Send:
        """Of a page of a lot that Litestar makes for a stranger: one that was made of others."""
        match = ADDRESS.fullmatch(scope["path"])
        if match is None or match[3] or not _plain(scope["query_string"], headers, scope):
            return send
        if not self._language(match[1] or CHOICES[scope["query_string"]], headers, EVERY):
            return send

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == HTTP_200_OK:
                self.counter.note(match[2], headers)
            await send(message)

        return counted

    def _note(self, match: re.Match[str] | None, how: str, headers: Raw) -> None:
        if match is not None and match[3] is None and how != "unchanged":
            self.counter.note(match[2], headers)

    async def _said(self, scope: HTTPScope, headers: Raw) -> Sent | None:
        path, query = scope["path"], scope["query_string"]
        match = ADDRESS.fullmatch(path)
        if match is None and path != "/healthz" and not path.startswith("/static/"):
            return None
        if not _plain(query, headers, scope):
            return None
        prefix = (match and match[1]) or ""
        among = EVERY if match and not match[3] else LANGUAGES
        if prefix and prefix not in among:
            return None
        language = self._language(prefix or CHOICES[query], headers, among)
        if not language:
            return None
        try:
            if (answer := await self._kept((path, query, language), match)) is not None:
                how = answer.how(headers)
                self._note(match, how, headers)
                return answer.sent.get(how) or await answer.said(how)
        except Refusal:
            pass
        except Exception:
            log.exception("left to Litestar: %s", path)
        return None

    async def _kept(self, key: Key, match: re.Match[str] | None) -> Answer | None:
        if match is None:
            return await self._fixed(key[0])
        if self.shelf.is_due():
            await self.shelf.look()
        answer, is_true = self.shelf.get(key)
        return answer if is_true else await self._made(key, match, answer)

    def _language(self, chosen: str, headers: Raw, among: tuple[str, ...]) -> str:
        """Empty for whoever may be signed in."""
        if b"authorization" in headers:
            return ""
        remembered = ""
        if (cookie := headers.get(b"cookie")) is not None:
            signed_in, remembered = _cookies(cookie, self._cookie)
            if signed_in:
                return ""
        if chosen in among or remembered in among:
            return chosen if chosen in among else remembered
        return preferred(headers.get(b"accept-language", b"").decode("latin-1"), among)

    async def _made(self, key: Key, match: re.Match[str], before: Answer | None) -> Answer | None:
        """Anew, or as before where it rests on the same."""
        version = self.shelf.version
        if match[3]:
            answer = await self._drawn(key, match)
        else:
            answer = await self._lot(key, match, before, version)
        if answer is not None:
            self.shelf.keep(key, answer, version)
        return answer

    async def _lot(
        self, key: Key, match: re.Match[str], before: Answer | None, version: int
    ) -> Answer | None:
        found = await self.kin.of(match[2], self.shelf.today, version)
        if found is None or (before is not None and before.rests_on == found):
            return before if found else None
        kin, told = found
        lot, way = scan.own(told), (match[1], *key[1:])
        day = await kin.alike.day(lot.harvested_on)
        if (ready_for := kin.ready.get(way)) is None:
            ready_for = kin.ready[way] = Ready(self._asked(key, match), day, self._always)
        return ready_for.answer(day, scan.lone(lot), found)

    async def _drawn(self, key: Key, match: re.Match[str]) -> Answer | None:
        asked = self._asked(key, match)
        drawn = cast("Response[bytes]", await trace.lot_qr.fn(asked, match[2]))
        return ready(drawn, asked, self._always)

    async def _fixed(self, path: str) -> Answer | None:
        """What no deed changes."""
        if (found := self.fixed.get(path)) is not None:
            return found
        asked = self._request(path, b"", "", "")
        if path == "/healthz":
            answer = Response((await public_files.alive.fn()).encode(), media_type="text/plain")
        else:
            answer = await public_files.static_file.fn(asked, path.removeprefix("/static/"))
        self.fixed[path] = made = ready(answer, asked, self._always)
        return made

    def _asked(self, key: Key, match: re.Match[str]) -> Asked:
        prefix = match[1] or ""
        return self._request(key[0][3:] if prefix else key[0], *key[1:], prefix)

    def _request(self, path: str, query: bytes, language: str, prefix: str) -> Asked:
        """As a stranger's browser would ask that prefers the language."""
        state = {CHOSEN: prefix} if prefix else {}
        headers = [(b"accept-language", language.encode())]
        scope = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
            "query_string": query, "headers": headers, "state": state, "litestar_app": self.app,
        }  # fmt: skip
        return Request(cast("HTTPScope", scope))


def _plain(query: bytes, headers: Raw, scope: HTTPScope) -> bool:
    """Nothing is said twice, nothing else than the page is asked for, and nothing that Litestar
    would stumble over."""
    once = len(headers) == len(cast("list[Any]", scope["headers"]))
    page = preferred_kind(headers.get(b"accept", b"").decode("latin-1")) == PAGE
    return once and page and query in CHOICES and _is_host(headers.get(b"host", b""))


@lru_cache(maxsize=64)
def _is_host(said: bytes) -> bool:
    return HOST.fullmatch(said) is not None


@lru_cache(maxsize=512)
def _cookies(said: bytes, session: str) -> tuple[bool, str]:
    """Whether somebody may be signed in, and the language that was chosen before."""
    scope = {"type": "http", "headers": [(b"cookie", said)]}
    cookies = Request[Any, Any, Any](cast("HTTPScope", scope)).cookies
    return bool(cookies.get(session)), cookies.get(COOKIE, "")


def ensure_public(policy: Policy) -> None:
    for operation in OPERATIONS:
        if not policy.is_public(operation):
            raise PolicyIsWrong(f"{operation} is answered without asking who asks")
