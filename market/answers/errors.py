"""How a refusal is said: problem+json to programs, a page to people; a bug is a bare 500."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from certification.basis.database import Doomed
from certification.basis.refusal import Refusal
from certification.basis.transaction import TooContended
from market.answers import clauses
from market.answers.language import language_of, words_for
from market.answers.refusals import (
    Broken,
    DatabaseAway,
    Malformed,
    Mistyped,
    NoRoom,
    NoSuchPage,
    TooBusy,
    TooLarge,
    WrongMethod,
)
from market.answers.words import LANGUAGES
from market.db import is_away, is_full

log = logging.getLogger(__name__)
Asked = Request[Any, Any, Any]
RenderPage = Callable[[Asked, str, Mapping[str, object]], str]
"""Request, template, values -> HTML."""

FOR_PROGRAMS = ("/api/", "/log/", "/epcis/", "/status/", "/contexts/", "/.well-known/")
FILES_FOR_PROGRAMS = (".json", ".jwt")
PIN_AGAIN = "access.step_up_needed"
BROKE_OFF = "client disconnected prematurely"
"""Litestar's word for a body that ends too early: a bad line, and for Litestar a bug of ours."""
OF_STATUS = {404: NoSuchPage, 405: WrongMethod, 413: TooLarge}


class Answers:
    """Exception handlers for Litestar, made with our way to render a page."""

    def __init__(self, render: RenderPage) -> None:
        self.render = render
        self.handlers: dict[type[Exception], Callable[[Asked, Any], Response[Any]]] = {
            Refusal: self.refused,
            HTTPException: self.litestar_refused,
            TooContended: self.too_busy,
            RecursionError: self.unreadable,  # JSON nested too deeply
            UnicodeDecodeError: self.unreadable,  # a text in JSON or a form that is no UTF-8
            Exception: self.broken,
        }

    def refused(self, asked: Asked, no: Refusal) -> Response[Any]:
        said = self._said(asked, no)
        if isinstance(wait := no.facts.get("retry_after_s"), int):
            said.headers["retry-after"] = str(wait)
        return said

    def _said(self, asked: Asked, no: Refusal) -> Response[Any]:
        path = asked.scope["path"]
        if path.startswith(FOR_PROGRAMS) or path.endswith(FILES_FOR_PROGRAMS):
            return problem(asked, no)
        if no.status == 401:
            return _first(asked, "/sign-in")
        if no.code == PIN_AGAIN:
            return _first(asked, "/step-up")
        page = self.render(asked, "refusal.html", {"no": no})
        spoken = {"content-language": language_of(asked, LANGUAGES)}
        return Response(
            page.encode(), status_code=no.status, media_type="text/html", headers=spoken
        )

    def unreadable(self, asked: Asked, error: Exception) -> Response[Any]:
        """Litestar and msgspec let these pass; they would be 500."""
        log.info("unreadable at %s: %s", asked.scope["path"], type(error).__name__)
        return self.refused(asked, Malformed(where=[]))

    def litestar_refused(self, asked: Asked, error: HTTPException) -> Response[Any]:
        if error.detail == BROKE_OFF:
            return self.unreadable(asked, error)
        if error.status_code >= 500:  # ImproperlyConfigured and its like are bugs too
            return self.broken(asked, error)
        said = self.refused(asked, _of_litestar(error))
        for name, value in (error.headers or {}).items():
            if name.lower() in ("allow", "retry-after"):
                said.headers[name] = value
        return said

    def too_busy(self, asked: Asked, error: Exception) -> Response[Any]:
        log.warning("too contended at %s: %s", asked.scope["path"], error)
        said = self.refused(asked, TooBusy())
        said.headers["retry-after"] = "2"
        return said

    def broken(self, asked: Asked, error: Exception) -> Response[Any]:
        if no := _of_the_database(error):
            log.warning("%s at %s: %s", no.code, asked.scope["path"], error)
            said = self.refused(asked, no)
            said.headers["retry-after"] = "5"
            return said
        log.error("broken at %s", asked.scope["path"], exc_info=error)
        return self.refused(asked, Broken())


def _of_the_database(error: BaseException | None) -> Refusal | None:
    """Neither our bug nor the reader's fault: no room, or nobody there."""
    while isinstance(error, Doomed):
        error = error.__cause__
    if is_full(error):
        return NoRoom()
    return DatabaseAway() if is_away(error) else None


def _first(asked: Asked, door: str) -> Redirect:
    """Through that door first. A form goes along (307), so that nothing typed is lost."""
    onto = f"next={quote(_page_of(asked))}"
    if asked.method in ("GET", "HEAD"):
        return Redirect(f"{door}?{onto}", status_code=303)
    return Redirect(f"{door}/unsent?{onto}&to={quote(asked.scope['path'])}", status_code=307)


def _page_of(asked: Asked) -> str:
    """The page that is asked for, or on which the button was pressed."""
    if asked.method in ("GET", "HEAD"):
        query = asked.scope.get("query_string", b"").decode("latin-1")
        return asked.scope["path"] + (f"?{query}" if query else "")
    path, query = came_from(asked)
    return (path or "/") + (f"?{query}" if query else "")


def came_from(asked: Asked) -> tuple[str, str]:
    """Path and query of the page before, as the browser says; empty where it says nonsense."""
    try:
        before = urlsplit(asked.headers.get("referer", ""))
    except ValueError:  # such as `http://[`
        return "", ""
    return before.path, before.query


def problem(asked: Asked, no: Refusal) -> Response[bytes]:
    """RFC 9457."""
    say = words_for(asked)
    clauses.note(asked, no)
    body: dict[str, object] = {
        "type": f"urn:market:{no.code}",
        "title": say.refusal(no),
        "status": no.status,
        "code": no.code,
        "facts": no.facts,
    }
    if by := clauses.clause(no):
        body["clause"] = by
    if isinstance(no, Mistyped):
        body["fields"] = {
            name: {"code": why.code, "title": say.refusal(why)} for name, why in no.wrong.items()
        }
    return Response(
        msgspec.json.encode(body),
        status_code=no.status,
        media_type="application/problem+json",
    )


def _of_litestar(error: HTTPException) -> Refusal:
    kind = OF_STATUS.get(error.status_code)
    if kind is not None:
        return kind()
    where = error.extra if isinstance(error.extra, list) else []
    return Malformed(where=[_where(part) for part in where])


def _where(part: object) -> str:
    if not isinstance(part, Mapping):
        return str(part)
    return f"{part.get('key', '')}: {part.get('message', '')}".strip(": ")
