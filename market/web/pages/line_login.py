"""Signing in with LINE: away, and back with a code that is taken once."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery

from certification.basis.refusal import Refusal
from market.access.address import address_of
from market.answers.language import words_for
from market.domain.accounts import line
from market.gateways import line_login
from market.gateways.line_login import LineLogin
from market.web.page import onward, safe_next
from market.web.pages.sign_in import browser, let_in_cookies, shown

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
COOKIE, LINK = "line", "link"
BACK = "/sign-in/line/back"


@get("/sign-in/line", opt={"op": "sign_in.do"})
async def away(
    request: Ask, at: At, next: FromQuery[str] = "", link: FromQuery[str] = ""
) -> Response[bytes]:
    """`link`: who is signed in here wants to be known by LINE too; never unasked, for a phone is
    shared."""
    try:
        login = _login()
        secret = await line.set_out(address=address_of(request), at=at)
    except Refusal as no:
        return await shown(request, {}, no, None)
    sent, onto = line_login.sent(secret), safe_next(next) if next else ""
    answer = onward(login.address(sent, _back(request), words_for(request).language))
    answer.set_cookie(
        _cookie(request, f"{secret}.{onto.encode().hex()}.{LINK if link else ''}", 600)
    )
    return answer


@get(BACK, opt={"op": "sign_in.do"})
async def back(request: Ask, at: At, code: FromQuery[str] = "") -> Response[bytes]:
    """Without a code somebody said no at LINE: back to the other ways, nothing happened."""
    state = request.query_params.get("state", "")  # as an argument it is a word of Litestar's
    secret, onto, link = (*request.cookies.get(COOKIE, "").split("."), "", "", "")[:3]
    try:
        login, sent = _login(), line_login.sent(secret)
        if not secret or not hmac.compare_digest(sent.state.encode(), state.encode()):
            raise line.LineAttemptUnknown
        await line.come_back(secret, at=at)
        if not code:
            return onward("/sign-in")
        known = await _known(login, code[:500], sent, _back(request), at)
        let_in = await line.sign_in(
            known.subject, known.name[:120], on=browser(request), address=address_of(request),
            at=at, links=link == LINK,
        )  # fmt: skip
    except Refusal as no:
        return await shown(request, {}, no, None)
    answer = onward(safe_next(_text(onto)) if onto else "/")
    let_in_cookies(request, answer, let_in)
    answer.set_cookie(_cookie(request, "", 0))
    return answer


def _login() -> LineLogin:
    if login := line_login.in_use():
        return login
    raise line.LineOff


async def _known(
    login: LineLogin, code: str, sent: line_login.Sent, back: str, at: datetime
) -> line_login.Known:
    try:
        return await login.who(code, sent, back, at)
    except line_login.NotBelieved:
        raise line.LineNotBelieved from None
    except line_login.Unreachable:
        raise line.LineUnreachable from None


def _back(request: Ask) -> str:
    return f"{request.app.state.settings.origin}{BACK}"


def _text(hexed: str) -> str:
    try:
        return bytes.fromhex(hexed).decode()
    except ValueError:
        return "/"


def _cookie(request: Ask, value: str, max_age: int) -> Cookie:
    return Cookie(
        key=COOKIE, value=value, path="/sign-in/line", httponly=True, max_age=max_age,
        secure=request.app.state.settings.secure, samesite="lax",
    )  # fmt: skip


DOORS = [away, back]
