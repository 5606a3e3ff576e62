"""Where one wishes to be told, when not and of what not; and what was sent there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.access.permit import Permit, Place
from market.answers import notices
from market.answers.language import language_of, words_for
from market.answers.words import Words
from market.domain.contacts import commands, queries, rules
from market.domain.notices import queries as told
from market.domain.notices.queries import DeliveryView
from market.web.form import Form
from market.web.hours import typed as typed_hour
from market.web.page import onward, page

Ask = Request[Any, Any, Any]
Mine = NamedDependency[Permit]
Now = NamedDependency[datetime]
CHIPS = {
    "sent": ("ok", "check"), "waiting": ("info", "clock"), "sending": ("info", "clock"),
    "failed": ("bad", "no"), "unknown": ("warn", "warn"),
}  # fmt: skip


@get("/me/notices", opt={"op": "me.read"})
async def notices_page(request: Ask, permit: Mine) -> Response[bytes]:
    permit.check(Place(owner=permit.person))
    return await _shown(request, permit.person)


@post("/me/contacts/{channel:str}", opt={"op": "me.edit"})
async def ask(request: Ask, channel: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """A code goes to the phone or address; for LINE the page shows what to send us."""
    permit.check(Place(owner=permit.person))
    form = await Form.of(request)
    try:
        address, language = form.raw("address"), language_of(request)
        await run(commands.ask, channel, address, language, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit.person, no, form.typed)
    return onward("/me/notices")


@post("/me/contacts/{channel:str}/proof", opt={"op": "me.edit"})
async def prove(request: Ask, channel: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    permit.check(Place(owner=permit.person))
    form = await Form.of(request)
    try:
        code = form.text("code", most=20)
        form.done()
        await commands.prove(channel, code, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit.person, no, form.typed)
    return onward("/me/notices")


@post("/me/contacts/{channel:str}/end", opt={"op": "me.edit"})
async def end(channel: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    permit.check(Place(owner=permit.person))
    await run(commands.end, channel, by=permit.person, at=at)
    return onward("/me/notices")


@post("/me/quiet-hours", opt={"op": "me.edit"})
async def quiet(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    permit.check(Place(owner=permit.person))
    form = await Form.of(request)
    try:
        begins, ends = form.minutes("from_minute"), form.minutes("until_minute")
        form.done()
        day = rules.DAY_MINUTES
        await run(commands.set_quiet, begins % day, ends % day, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit.person, no, form.typed)
    return onward("/me/notices")


@post("/me/topics", opt={"op": "me.edit"})
async def topics(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    permit.check(Place(owner=permit.person))
    form = await Form.of(request)
    wanted = set(form.all("topic"))
    muted = [one for one in rules.TOPICS if one not in wanted]
    await run(commands.choose, muted, by=permit.person, at=at)
    return onward("/me/notices")


async def _shown(
    request: Ask, person: str, no: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response[bytes]:
    say, hours, muted = words_for(request), await queries.quiet(person), await queries.muted(person)
    known = {one.channel: one for one in await queries.contacts_of(person)}
    line = request.app.state.settings.messages.line
    channels = [
        {
            "name": name,
            "words": say(f"channel.{name}"),
            "state": known[name].state if name in known else "",
            "address": _hidden(name, known[name].address) if name in known else "",
            "code": queries.code(known["line"].id, "line", known["line"].asked_at)
            if name == "line" and "line" in known
            else "",
        }
        for name in queries.open_channels()
    ]
    return page(
        request,
        "me_notices.html",
        no=no,
        typed=typed or {},
        channels=channels,
        account=line.account if line else "",
        has_phone=bool(await queries.phone(person)),
        quiet_from=typed_hour(hours.from_minute),
        quiet_until=typed_hour(hours.until_minute),
        topics=[(one, say(f"topic.{one}"), one not in muted) for one in rules.TOPICS],
        deliveries=[_row(one, say) for one in await told.deliveries_of(person)],
    )


def _hidden(channel: str, address: str) -> str:
    """Enough to know it by; a phone is lent to many in a village."""
    if channel == "line" or not address:
        return ""
    name, mark, rest = address.partition("@")
    return f"{name[:2]}…{mark}{rest}" if mark else f"…{address[-4:]}"


def _row(one: DeliveryView, say: Words) -> dict[str, object]:
    kind, look = CHIPS[one.state]
    return {
        "of": one,
        "said": notices.said(say, one.kind, one.facts),
        "channel": say(f"channel.{one.channel}"),
        "chip": {"kind": kind, "icon": look, "words": say(f"delivery.{one.state}")},
        "why": say(f"delivery.why.{one.why}") if one.why and one.state != "sent" else "",
    }


DOORS = [notices_page, ask, prove, end, quiet, topics]
