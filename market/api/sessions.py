"""Signing in for programs: the secret that is answered goes into `Authorization: Bearer`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, delete, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from certification.basis.transaction import run
from market.access.address import address_of
from market.access.permit import Permit
from market.domain.accounts import commands

Ask = Request[Any, Any, Any]


class Enrol(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    pin: str


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    device_secret: str
    pin: str


class StepUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pin: str


class SignedIn(msgspec.Struct, frozen=True):
    person: str
    session_secret: str
    device_secret: str = ""


@post("/api/v1/devices", opt={"op": "sign_in.do"}, tags=["sessions"], summary="Use a printed code")
async def enrol(request: Ask, data: JSONBody[Enrol], at: NamedDependency[datetime]) -> SignedIn:
    let_in = await commands.enrol(data.code, data.pin, address=address_of(request), at=at)
    return SignedIn(let_in.person, let_in.session_secret, let_in.device_secret)


@post("/api/v1/sessions", opt={"op": "sign_in.do"}, tags=["sessions"], summary="Sign in by PIN")
async def sign_in(request: Ask, data: JSONBody[SignIn], at: NamedDependency[datetime]) -> SignedIn:
    where = address_of(request)
    let_in = await commands.sign_in(data.device_secret, data.pin, address=where, at=at)
    return SignedIn(let_in.person, let_in.session_secret)


@post(
    "/api/v1/sessions/step-up",
    opt={"op": "step_up.do"},
    tags=["sessions"],
    summary="Give the PIN again before money or a certificate; answers a new secret",
)
async def step_up(
    request: Ask,
    data: JSONBody[StepUp],
    permit: NamedDependency[Permit],
    at: NamedDependency[datetime],
) -> SignedIn:
    where = address_of(request)
    secret = await commands.step_up(request.state.session, data.pin, address=where, at=at)
    return SignedIn(permit.person, secret)


@delete("/api/v1/sessions", opt={"op": "sign_out.do"}, tags=["sessions"], summary="Sign out")
async def sign_out(request: Ask) -> None:
    if request.state.session:
        await run(commands.end_session, request.state.session)


DOORS = [enrol, sign_in, step_up, sign_out]
