"""What a chat shows beside a link: a picture for each public page, by the same words as the page.

That of a lot and of a certificate says of which day it is: chats keep it, and papers may end.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from urllib.parse import urlsplit

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec.structs import replace

from certification.areas import queries as areas
from certification.basis import codes
from certification.basis.ids import is_id
from certification.basis.units import local_day
from market.access import whose
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.trace import made, queries
from market.domain.trace.alike import Trace, held_back
from market.domain.trace.made import MadeTrace
from market.domain.trace.rules import Somewhere
from market.web import goods
from market.web.cards import Card, digest, png
from market.web.goods import Stop
from market.web.kept import has, unchanged
from market.web.lot_parts import level_of
from market.web.page import Ask, weak
from market.web.pages import certificate, stops, trace
from market.web.produce import look_of

At = NamedDependency[datetime]
LINES = 3


@get("/L/{typed:str}/card.png", opt={"op": "trace.read"})
async def lot(request: Ask, typed: FromPath[str], at: At) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    of = await made.of_any(codes.read(typed), today)
    return await _drawn(request, _of_lot(say, of, today))


@get("/C/{typed:str}/card.png", opt={"op": "trace.read"})
async def paper(request: Ask, typed: FromPath[str], at: At) -> Response[bytes]:
    say, of = words_for(request), await queries.certificate_page(codes.read(typed), local_day(at))
    level, says = certificate.level_of(of), say(f"trace.state.{of.now.state}")
    if of.now.held:
        says = say("In conversion, not yet organic" if level == "wait" else "Valid today")
    crops = ", ".join(say.name(one) for one in of.crops)
    until = f"{say('Valid until')} {say.day(of.valid_until)}" if of.valid_until else ""
    return await _drawn(request, Card(
        say("PGS certificate") + f" {of.number}", level=level,
        above=_group(say, of.place),
        lines=_told(certificate.where(say, of)[0], crops, until), says=says,
        on=_as_of(say, of.now.on),
    ))  # fmt: skip


@get("/G/{typed:str}/card.png", opt={"op": "trace.read"})
async def group(request: Ask, typed: FromPath[str], at: At) -> Response[bytes]:
    say, of = words_for(request), await queries.group_page(codes.read(typed), local_day(at))
    lots = [one.name for one in of.lots]
    return await _drawn(request, Card(
        say.name(of.name), above=say.name(of.network) if of.network else "",
        lines=_told(say.name(of.address), ", ".join(dict.fromkeys(map(say.name, lots)))),
        says=f"{say('Member farmers')} {of.members} · {say('Registered plots')} {of.plots}",
    ))  # fmt: skip


@get("/shop/{cycle:str}/card.png", opt={"op": "shop.read"})
async def round_(request: Ask, cycle: FromPath[str], at: At) -> Response[bytes]:
    found, _ = await whose.cycle(cycle)
    say = words_for(request)
    there = await goods.stop(found, at, say)
    level, says = _until(say, there)
    lines = [f"{say.name(one.place)} {one.window}" for one in there.where]
    return await _drawn(request, Card(
        say.name(found), above=say.name(there.merchant), lines=_first(say, lines),
        says=says, level=level,
    ))  # fmt: skip


@get("/shop/{cycle:str}/{offer:str}/card.png", opt={"op": "shop.read"})
async def offer(
    request: Ask, cycle: FromPath[str], offer: FromPath[str], at: At
) -> Response[bytes]:
    found, _ = await whose.cycle(cycle)
    say = words_for(request)
    sold = await goods.some(cycle, [offer], {}, say) if is_id(offer) else []
    if not sold:
        raise NotThere
    [good] = sold
    there = await goods.stop(found, at, say)
    level, says = _until(say, there)
    lines = (say.baht(good.unit_price), f"{say('Tambon')} {good.tambon}", there.window)
    return await _drawn(request, Card(
        say.name(good.line), above=say.name(good.group), lines=_told(*lines),
        look=good.look, says=says, level=level,
    ))  # fmt: skip


@get("/stops/card.png", opt={"op": "stop.read"})
async def places(request: Ask, at: At) -> Response[bytes]:
    say = words_for(request)
    found = await stops.coming(request, at, say)
    lines = [f"{say.name(one.place)} {one.day} {one.hours}".rstrip() for one in found]
    return await _drawn(request, Card(
        say("Where the market stands"), lines=_first(say, lines),
        says=say("Who grew it, where, and who checked it"),
    ))  # fmt: skip


def _of_lot(say: Words, of: Trace | MadeTrace, today: date) -> Card:
    level, says = _claim(say, of)
    if isinstance(of, MadeTrace):
        above, where, last = say.name(of.group), "", of.harvested_until
    else:
        above, where = _group(say, of.place), areas.address(of.plot.tambon, say.names)
        last = of.harvested_on
    return Card(
        f"{say.name(of.crop_name)} {of.code[:4]}-{of.code[4:]}", level=level,
        above=above, look=look_of(of.crop), says=says, on=_as_of(say, today),
        lines=_told(where, f"{say('Day of harvest')} {say.day(last)}"),
    )  # fmt: skip


def _claim(say: Words, of: Trace | MadeTrace) -> tuple[str, str]:
    """As the head of its page says it."""
    if isinstance(of, MadeTrace):
        level, reason = trace.level_of_made(of), of.verdict.reason
    else:
        level = level_of(of, of.code, of.recalled)
        reason = held_back(of.tests, of.code) or of.verdict.reason
    if of.recalled:
        return level, say("Called back")
    if level == "bad":
        return level, say(f"trace.head.{reason}")
    claims = {"organic": "Organic, checked", "in_conversion": "In conversion, not yet organic"}
    return level, say(claims.get(of.claim, "Ordinary goods, not organic"))


def _until(say: Words, there: Stop) -> tuple[str, str]:
    if there.state == "open":
        return "ok", f"{say('Order until')} {say.moment(there.cycle.closes_at)}"
    if there.state == "soon":
        return "wait", say("Ordering opens {at}", at=there.cycle.opens_at)
    return "off", say("Ordering closed")


def _first(say: Words, lines: list[str]) -> tuple[str, ...]:
    more = len(lines) - LINES
    return (*lines[:LINES], *([say("and {count} more places", count=more)] if more > 0 else ()))


def _group(say: Words, place: Somewhere) -> str:
    return say.name(place.group) if place.group else ""


def _told(*lines: str) -> tuple[str, ...]:
    return tuple(filter(None, lines))


def _as_of(say: Words, on: date) -> str:
    return say("as of {on}", on=on)


async def _drawn(request: Ask, card: Card) -> Response[bytes]:
    """Whoever has it already is told so before anything is drawn."""
    host = urlsplit(request.app.state.settings.origin).netloc
    card = replace(card, market=words_for(request)("Talat Khiao"), host=host)
    etag = weak(digest(card))
    headers = {"etag": etag, "cache-control": "no-cache", "vary": "accept-language, cookie"}
    answer = Response(b"", status_code=200, media_type="image/png", headers=headers)
    if has(request.headers.get("if-none-match", ""), etag):
        return unchanged(answer)
    answer.content = await asyncio.to_thread(png, card)
    return answer


DOORS = [lot, paper, group, round_, offer, places]
