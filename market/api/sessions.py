"""Signing in for programs: the secret that is answered goes into `Authorization: Bearer`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access.address import address_of
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.domain.accounts import commands, queries, sessions
from market.domain.accounts.rules import Browser, DeviceView

Ask = Request[Any, Any, Any]
Mine = NamedDependency[Permit]
Now = NamedDependency[datetime]


class Enrol(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """With `device_secret` one person more on a device on which others sign in already."""

    code: str
    pin: str
    device_secret: str = ""


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`who`: member number or phone; needed where several people share the device."""

    device_secret: str
    pin: str
    who: str = ""


class StepUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pin: str


class OwnCode(msgspec.Struct, frozen=True):
    """Told once; it lasts 14 days."""

    code: str


class SignedIn(msgspec.Struct, frozen=True):
    person: str
    session_secret: str
    device_secret: str = ""


@post("/api/v1/devices", opt={"op": "sign_in.do"}, tags=["sessions"], summary="Use a printed code")
async def enrol(request: Ask, data: JSONBody[Enrol], at: Now) -> SignedIn:
    where, on = address_of(request), Browser(data.device_secret)
    let_in = await commands.enrol(data.code, data.pin, address=where, at=at, on=on)
    return SignedIn(let_in.person, let_in.session_secret, let_in.device_secret)


@post("/api/v1/sessions", opt={"op": "sign_in.do"}, tags=["sessions"], summary="Sign in by PIN")
async def sign_in(request: Ask, data: JSONBody[SignIn], at: Now) -> SignedIn:
    where, on = address_of(request), Browser(data.device_secret)
    let_in = await commands.sign_in(on, data.pin, who=data.who, address=where, at=at)
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
    permit: Mine,
    at: Now,
) -> SignedIn:
    where = address_of(request)
    secret = await commands.step_up(request.state.session, data.pin, address=where, at=at)
    return SignedIn(permit.person, secret)


@delete("/api/v1/sessions", opt={"op": "sign_out.do"}, tags=["sessions"], summary="Sign out")
async def sign_out(request: Ask) -> None:
    if request.state.session:
        await run(sessions.end, request.state.session)


@get(
    "/api/v1/devices",
    opt={"op": "me.read"},
    tags=["sessions"],
    summary="The devices on which I may sign in, and when each was last seen",
)
async def list_devices(permit: Mine, at: Now) -> list[DeviceView]:
    return list(await queries.devices_of(permit.person, at))


@delete(
    "/api/v1/devices/{id:str}",
    opt={"op": "me.edit"},
    tags=["sessions"],
    summary="Lost: I never sign in on it again, unless with a new code",
)
async def revoke(id: FromPath[str], permit: Mine, at: Now) -> None:
    await _ensure_mine(id, permit, at)
    await run(sessions.revoke_device, id, permit.person, by=permit.person, at=at)


@delete(
    "/api/v1/devices/{id:str}/sessions",
    opt={"op": "me.edit"},
    tags=["sessions"],
    summary="Sign out on that device; its PIN opens it again",
)
async def sign_out_there(id: FromPath[str], permit: Mine, at: Now) -> None:
    await _ensure_mine(id, permit, at)
    await run(sessions.end_on, id, permit.person, by=permit.person, at=at)


@delete(
    "/api/v1/devices/sessions",
    opt={"op": "sign_out.everywhere"},
    tags=["sessions"],
    summary="Sign out everywhere, here too",
)
async def sign_out_everywhere(permit: Mine, at: Now) -> None:
    await run(sessions.end_all, permit.person, by=permit.person, at=at)


@post(
    "/api/v1/me/enrolment-codes",
    opt={"op": "me.enrol"},
    tags=["sessions"],
    summary="A code for another device of mine, told once; a PIN is chosen anew on it",
)
async def own_code(permit: Mine, at: Now) -> OwnCode:
    return OwnCode(await run(commands.issue_code, permit.person, by=permit.person, at=at))


async def _ensure_mine(device: str, permit: Permit, at: datetime) -> None:
    if device not in {one.id for one in await queries.devices_of(permit.person, at)}:
        raise NotThere
    permit.check(Place(owner=permit.person))


DOORS = [
    enrol, sign_in, step_up, sign_out, list_devices, revoke, sign_out_there, sign_out_everywhere,
    own_code,
]  # fmt: skip
