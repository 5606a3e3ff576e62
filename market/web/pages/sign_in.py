"""Getting in: a known phone asks for its PIN, a new one for the printed code; buyers register."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.access.address import address_of
from market.access.permit import Permit
from market.domain.accounts import commands, queries
from market.domain.accounts.rules import LetIn
from market.web.form import Form
from market.web.page import YEAR_S, onward, page, safe_next

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]


@get("/sign-in", opt={"op": "sign_in.do"})
async def sign_in_page(request: Ask) -> Response[bytes]:
    return await _shown(request, {}, None)


async def _shown(request: Ask, typed: dict[str, str], no: Refusal | None) -> Response[bytes]:
    device = request.cookies.get(device_cookie(request), "")
    known = bool(device) and await queries.enrolled(device) is not None
    asked: str = request.query_params.get("next", "/")
    onto = safe_next(typed.get("next") or asked)
    return page(request, "sign_in.html", no=no, typed=typed, known=known, onto=onto)


@post("/sign-in", opt={"op": "sign_in.do"})
async def sign_in(request: Ask, at: At) -> Response[bytes]:
    form = await Form.of(request)
    try:
        let_in = await commands.sign_in(
            request.cookies.get(device_cookie(request), ""),
            form.text("pin"),
            address=address_of(request),
            at=at,
        )
    except Refusal as no:
        return await _shown(request, form.typed, no)
    return _welcome(request, let_in, form.raw("next"))


@post("/enrol", opt={"op": "sign_in.do"})
async def enrol(request: Ask, at: At) -> Response[bytes]:
    form = await Form.of(request)
    code, pin = form.text("code"), form.text("new_pin")
    try:
        form.done()
        let_in = await commands.enrol(code, pin, address=address_of(request), at=at)
    except Refusal as no:
        return await _shown(request, {**form.typed, "way": "enrol"}, no)
    return _welcome(request, let_in, form.raw("next"))


@post("/register", opt={"op": "sign_in.do"})
async def register(request: Ask, at: At) -> Response[bytes]:
    form = await Form.of(request)
    id, name, phone = form.id(), form.text("name", most=120), form.text("phone", most=30)
    pin = form.text("new_pin")
    try:
        form.done()
        where = address_of(request)
        let_in = await commands.register_buyer(id, name, phone, pin, address=where, at=at)
    except Refusal as no:
        return await _shown(request, {**form.typed, "way": "register"}, no)
    return _welcome(request, let_in, form.raw("next"))


@get("/step-up", opt={"op": "step_up.do"})
async def step_up_page(request: Ask) -> Response[bytes]:
    return page(request, "step_up.html", onto=safe_next(request.query_params.get("next", "/")))


@post("/step-up", opt={"op": "step_up.do"})
async def step_up(request: Ask, permit: NamedDependency[Permit], at: At) -> Response[bytes]:
    """The PIN once more before money or a certificate; the session gets a new secret."""
    assert permit.person
    form = await Form.of(request)
    onto = safe_next(form.raw("next"))
    try:
        secret = await commands.step_up(
            request.state.session, form.text("pin"), address=address_of(request), at=at
        )
    except Refusal as no:
        return page(request, "step_up.html", no=no, onto=onto)
    answer = onward(onto)
    answer.set_cookie(_cookie(request, request.app.state.cookie, secret, None))
    return answer


@post("/sign-out", opt={"op": "sign_out.do"})
async def sign_out(request: Ask) -> Response[bytes]:
    """The phone stays enrolled: next time its PIN is enough."""
    if request.state.session:
        await run(commands.end_session, request.state.session)
    answer = onward("/")
    answer.delete_cookie(request.app.state.cookie)
    return answer


def device_cookie(request: Ask) -> str:
    return f"{request.app.state.cookie}-device"


def _welcome(request: Ask, let_in: LetIn, onto: str) -> Response[bytes]:
    answer = onward(safe_next(onto))
    answer.set_cookie(_cookie(request, request.app.state.cookie, let_in.session_secret, None))
    if let_in.device_secret:
        secret = let_in.device_secret
        answer.set_cookie(_cookie(request, device_cookie(request), secret, 5 * YEAR_S))
    return answer


def _cookie(request: Ask, name: str, secret: str, max_age: int | None) -> Cookie:
    """How long a session lasts is in its row; the browser only carries the secret."""
    return Cookie(
        key=name,
        value=secret,
        path="/",
        httponly=True,
        secure=request.app.state.settings.secure,
        samesite="lax",
        max_age=max_age or YEAR_S,
    )


DOORS = [sign_in_page, sign_in, enrol, register, step_up_page, step_up, sign_out]
