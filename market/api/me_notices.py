"""Where one is told outside the page, when not and of what not; what was sent; and LINE's word."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access.permit import Permit, Place
from market.answers import notices
from market.answers.language import language_of, words_for
from market.domain.contacts import commands, queries
from market.domain.contacts.rules import ContactAsked, ContactProved, ContactView, Quiet
from market.domain.notices import queries as told
from market.gateways.letters.line import signed

Ask = Request[Any, Any, Any]
Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
TAGS = ["notices"]
BODY_BYTES_MAX = 200_000


class NewContact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`address`: of e-mail only; the phone is the one that the group has written down."""

    address: str = ""


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str


class Muted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    topics: list[str]


class Sent(msgspec.Struct, frozen=True):
    """`said`: the sentence in the language that was asked for."""

    id: str
    kind: str
    said: str
    channel: str
    state: str
    why: str
    due_at: datetime
    settled_at: datetime | None


class NoticeSettings(msgspec.Struct, frozen=True):
    channels: tuple[str, ...]
    """Those that are open here."""
    contacts: list[ContactView]
    quiet: Quiet
    muted: tuple[str, ...]
    sent: list[Sent]


@get(
    "/api/v1/me/notice-settings",
    opt={"op": "me.read"},
    tags=TAGS,
    summary="Where I am told outside the page, when not, of what not, and what was sent",
)
async def read_settings(request: Ask, permit: Mine) -> NoticeSettings:
    permit.check(Place(owner=permit.person))
    say, person = words_for(request), permit.person
    return NoticeSettings(
        queries.open_channels(),
        await queries.contacts_of(person),
        await queries.quiet(person),
        await queries.muted(person),
        [
            Sent(
                one.id, one.kind, notices.said(say, one.kind, one.facts), one.channel, one.state,
                one.why, one.due_at, one.settled_at,
            )
            for one in await told.deliveries_of(person)
        ],
    )  # fmt: skip


@post(
    "/api/v1/me/contacts/{channel:str}",
    opt={"op": "me.edit"},
    tags=TAGS,
    summary="Ask to be told by line, sms or email: a code goes there, which proves it",
)
async def ask_contact(
    request: Ask, channel: FromPath[str], data: JSONBody[NewContact], permit: Mine, at: Now
) -> ContactAsked:
    permit.check(Place(owner=permit.person))
    language = language_of(request)
    return await run(commands.ask, channel, data.address, language, by=permit.person, at=at)


@put(
    "/api/v1/me/contacts/{channel:str}/proof",
    opt={"op": "me.edit"},
    tags=TAGS,
    summary="The code that came there; LINE's is sent to the account in LINE instead",
)
async def prove_contact(
    channel: FromPath[str], data: JSONBody[Code], permit: Mine, at: Now
) -> ContactProved:
    permit.check(Place(owner=permit.person))
    return await commands.prove(channel, data.code, by=permit.person, at=at)


@delete(
    "/api/v1/me/contacts/{channel:str}",
    opt={"op": "me.edit"},
    tags=TAGS,
    summary="Stop being told there; the address is forgotten",
)
async def end_contact(channel: FromPath[str], permit: Mine, at: Now) -> None:
    permit.check(Place(owner=permit.person))
    await run(commands.end, channel, by=permit.person, at=at)


@put(
    "/api/v1/me/quiet-hours",
    opt={"op": "me.edit"},
    tags=TAGS,
    summary="When nothing is sent, in minutes of the day in Bangkok; both alike for never",
)
async def set_quiet(data: JSONBody[Quiet], permit: Mine, at: Now) -> Quiet:
    permit.check(Place(owner=permit.person))
    return await run(
        commands.set_quiet, data.from_minute, data.until_minute, by=permit.person, at=at
    )


@put(
    "/api/v1/me/muted-topics",
    opt={"op": "me.edit"},
    tags=TAGS,
    summary="Of what I am not told outside the page; all of them at once",
)
async def mute(data: JSONBody[Muted], permit: Mine, at: Now) -> Muted:
    permit.check(Place(owner=permit.person))
    return Muted([*await run(commands.choose, data.topics, by=permit.person, at=at)])


@post(
    "/webhooks/line",
    opt={"op": "line.tell"},
    status_code=200,
    include_in_schema=False,
    request_max_body_size=BODY_BYTES_MAX,
)
async def line_tells(request: Ask, at: Now) -> Response[bytes]:
    """Signed by LINE, or nothing is read; told again it changes nothing."""
    said, body = request.app.state.settings.messages.line, await request.body()
    mark = request.headers.get("x-line-signature", "")
    if said is None or not signed(body, mark, said.secret):
        return Response(b"", status_code=403)
    for one in _events(body):
        match one:
            case {"type": "message", "source": {"userId": str(who)}, "message": {"text": str(it)}}:
                await commands.link(it, who, at=at)
            case {"type": "unfollow", "source": {"userId": str(who)}}:
                await run(commands.unfollowed, who, at=at)
    return Response(b"")


def _events(body: bytes) -> list[dict[str, Any]]:
    try:
        return msgspec.convert(msgspec.json.decode(body)["events"], list[dict[str, Any]])
    except (ValueError, TypeError, KeyError):
        return []


DOORS = [
    read_settings, ask_contact, prove_contact, end_contact, set_quiet, mute, line_tells,
]  # fmt: skip
