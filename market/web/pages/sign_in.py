"""Getting in: a known phone asks for a PIN, a new one for the printed code; buyers register.

In a village several people share a phone: the page asks who it is where more than one signs in.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.groups import queries as groups
from certification.people import queries as people
from certification.people.rules import Particulars
from market.access.address import address_of
from market.access.permit import Permit
from market.domain.accounts import commands, queries, sessions
from market.domain.accounts.rules import Browser, LetIn, kind_of_device
from market.gateways import line_login
from market.web import desks, unsent
from market.web.form import Form
from market.web.page import YEAR_S, onward, page, safe_next
from market.web.unsent import Unsent

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]


@get("/sign-in", opt={"op": "sign_in.do"})
async def sign_in_page(request: Ask) -> Response[bytes]:
    return await shown(request, {}, None, None)


@post("/sign-in/unsent", opt={"op": "sign_in.do"})
async def sign_in_with_a_form(request: Ask) -> Response[bytes]:
    return await shown(request, {}, None, unsent.brought(request, await Form.of(request)))


async def shown(
    request: Ask, typed: dict[str, str], no: Refusal | None, waits: Unsent | None
) -> Response[bytes]:
    secret, asked = browser(request).device_secret, request.query_params
    said = typed.get("next") or str(asked.get("next", ""))
    return page(
        request, "sign_in.html", no=no, typed=typed, unsent=waits,
        called=await queries.called(secret) if secret else [],
        code=asked.get("code", "")[:20],
        onto=safe_next(said) if said else "", line=line_login.in_use() is not None,
    )  # fmt: skip


@post("/sign-in", opt={"op": "sign_in.do"})
async def sign_in(request: Ask, at: At) -> Response[bytes]:
    form = await Form.of(request)
    try:
        let_in = await commands.sign_in(
            browser(request), form.text("pin"), who=form.text("who", most=30, required=False),
            address=address_of(request), at=at,
        )  # fmt: skip
    except Refusal as no:
        return await shown(request, form.typed, no, unsent.carried(form))
    return await _welcome(request, let_in, form, at)


@post("/enrol", opt={"op": "sign_in.do"})
async def enrol(request: Ask, at: At) -> Response[bytes]:
    form = await Form.of(request)
    code, pin = form.text("code"), form.text("new_pin")
    try:
        form.done()
        where, on = address_of(request), browser(request)
        let_in = await commands.enrol(code, pin, address=where, at=at, on=on)
    except Refusal as no:
        typed = {**form.typed, "way": "enrol"}
        return await shown(request, typed, no, unsent.carried(form))
    return await _welcome(request, let_in, form, at)


@post("/register", opt={"op": "sign_in.do"})
async def register(request: Ask, at: At) -> Response[bytes]:
    form = await Form.of(request)
    id, name, phone = form.id(), form.text("name", most=120), form.text("phone", most=30)
    pin = form.text("new_pin")
    try:
        form.done()
        where, on, told = address_of(request), browser(request), Particulars(name, phone)
        let_in = await commands.register_buyer(id, told, pin, address=where, at=at, on=on)
    except Refusal as no:
        typed = {**form.typed, "way": "register"}
        return await shown(request, typed, no, unsent.carried(form))
    return await _welcome(request, let_in, form, at)


@get("/step-up", opt={"op": "step_up.do"})
async def step_up_page(request: Ask) -> Response[bytes]:
    return page(
        request, "step_up.html", onto=safe_next(request.query_params.get("next", "/")), unsent=None
    )


@post("/step-up/unsent", opt={"op": "step_up.do"})
async def step_up_with_a_form(request: Ask) -> Response[bytes]:
    waits = unsent.brought(request, await Form.of(request))
    return page(request, "step_up.html", onto=waits.back, unsent=waits)


@post("/step-up", opt={"op": "step_up.do"})
async def step_up(request: Ask, permit: NamedDependency[Permit], at: At) -> Response[bytes]:
    """The PIN once more before money or a certificate; the session gets a new secret."""
    assert permit.person
    form = await Form.of(request)
    onto, waits = safe_next(form.raw("next")), unsent.carried(form)
    try:
        secret = await commands.step_up(
            request.state.session, form.text("pin"), address=address_of(request), at=at
        )
    except Refusal as no:
        return page(request, "step_up.html", no=no, onto=onto, unsent=waits)
    answer = await _send_on(request, waits, secret, at) if waits else onward(onto)
    answer.set_cookie(_cookie(request, request.app.state.cookie, secret, None))
    return answer


@post("/sign-out", opt={"op": "sign_out.do"})
async def sign_out(request: Ask) -> Response[bytes]:
    """The phone stays enrolled: next time its PIN is enough."""
    if request.state.session:
        await run(sessions.end, request.state.session)
    return signed_out(request, "/")


def signed_out(request: Ask, onto: str) -> Response[bytes]:
    """What this browser kept of our pages goes; its device secret stays."""
    answer = onward(onto)
    answer.delete_cookie(request.app.state.cookie)
    answer.headers["clear-site-data"] = '"cache", "storage"'
    return answer


def browser(request: Ask) -> Browser:
    """What it brings, and the session that ends when another begins in it."""
    return Browser(
        request.cookies.get(device_cookie(request), ""),
        request.state.session,
        kind_of_device(request.headers.get("user-agent", "")),
    )


def device_cookie(request: Ask) -> str:
    return f"{request.app.state.cookie}-device"


async def _welcome(request: Ask, let_in: LetIn, form: Form, at: datetime) -> Response[bytes]:
    onto = form.raw("next")
    if waits := unsent.carried(form):
        answer = await _send_on(request, waits, let_in.session_secret, at)
    else:
        answer = onward(safe_next(onto) if onto else await _own_desk(request, let_in.person, at))
    let_in_cookies(request, answer, let_in)
    return answer


def let_in_cookies(request: Ask, answer: Response[bytes], let_in: LetIn) -> None:
    answer.set_cookie(_cookie(request, request.app.state.cookie, let_in.session_secret, None))
    if let_in.device_secret:
        secret = let_in.device_secret
        answer.set_cookie(_cookie(request, device_cookie(request), secret, 5 * YEAR_S))


async def _send_on(request: Ask, waits: Unsent, secret: str, at: datetime) -> Response[bytes]:
    """A press sends it: another person may have signed in than the one who typed."""
    found = await queries.standing(secret, at)
    assert found
    request.state.actor = found.actor
    called = await people.names([found.actor.person])
    return page(request, "unsent.html", unsent=waits, name=called[found.actor.person])


async def _own_desk(request: Ask, person: str, at: datetime) -> str:
    """Where this person works, the desk that the browser remembers first; a buyer in the shop."""
    mine = desks.of({grant.role for grant in await groups.grants_of(person, at)})
    desk = desks.sits_at("", mine, request.cookies.get(desks.COOKIE, ""))
    return desk.bar[0].href if desk else "/"


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


DOORS = [
    sign_in_page, sign_in_with_a_form, sign_in, enrol, register,
    step_up_page, step_up_with_a_form, step_up, sign_out,
]  # fmt: skip
