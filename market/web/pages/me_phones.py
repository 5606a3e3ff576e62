"""Where one is signed in: this phone, other phones, one that was lost, one more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.people import queries as people
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.accounts import commands, line, queries, sessions
from market.domain.accounts.rules import CODE_LASTS, DeviceView
from market.gateways import line_login
from market.web.page import onward, page
from market.web.pages.sign_in import browser, signed_out

Ask = Request[Any, Any, Any]
Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
LINE = "line"


@get("/me/devices", opt={"op": "me.read"})
async def phones(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    return await _shown(request, permit, at)


async def _shown(
    request: Ask, permit: Permit, at: datetime, no: Refusal | None = None
) -> Response[bytes]:
    say, found = words_for(request), await queries.devices_of(permit.person, at)
    here = await queries.standing(browser(request).session_secret, at)
    shown = [
        {
            "of": one,
            "kind": say(f"me.device.{one.kind}"),
            "seen": _seen(say, one, at),
            "here": here is not None and here.device == one.id,
        }
        for one in found
    ]
    shown.sort(key=lambda one: not one["here"])
    return page(
        request, "me_devices.html", no=no, line=line_login.in_use() is not None, devices=shown,
        linked=await line.is_linked(permit.person),
    )  # fmt: skip


def _seen(say: Words, device: DeviceView, at: datetime) -> str:
    """In words, as one speaks of it."""
    if device.seen_at is None:
        return say("Not signed in there now")
    days = (local_day(at) - local_day(device.seen_at)).days
    if days == 0:
        return say("Signed in, used today")
    if days == 1:
        return say("Signed in, used yesterday")
    return say("Signed in, used {count} days ago", count=days)


@post("/me/devices/{id:str}/sign-out", opt={"op": "me.edit"})
async def sign_out_there(id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await _ensure_mine(id, permit, at)
    await run(sessions.end_on, id, permit.person, by=permit.person, at=at)
    return onward("/me/devices")


@post("/me/devices/{id:str}/revoke", opt={"op": "me.edit"})
async def revoke(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """A lost phone; or LINE, as another way in."""
    if id == LINE:
        try:
            await run(line.unlink, permit.person, by=permit.person, at=at)
        except Refusal as no:
            return await _shown(request, permit, at, no)
        return onward("/me/devices")
    await _ensure_mine(id, permit, at)
    await run(sessions.revoke_device, id, permit.person, by=permit.person, at=at)
    return onward("/me/devices")


@post("/me/sessions/end", opt={"op": "sign_out.everywhere"})
async def sign_out_everywhere(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    await run(sessions.end_all, permit.person, by=permit.person, at=at)
    return signed_out(request, "/sign-in")


@post("/me/devices/code", opt={"op": "me.enrol"})
async def code(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """For another phone of one's own; shown on this answer and nowhere else."""
    made = await run(commands.issue_code, permit.person, by=permit.person, at=at)
    return page(
        request, "admin_card.html", back="/me/devices", code=made,
        name=(await people.particulars(permit.person)).name,
        until=local_day(at + CODE_LASTS),
    )  # fmt: skip


async def _ensure_mine(device: str, permit: Permit, at: datetime) -> None:
    if device not in {one.id for one in await queries.devices_of(permit.person, at)}:
        raise NotThere
    permit.check(Place(owner=permit.person))


DOORS = [phones, sign_out_there, revoke, sign_out_everywhere, code]
