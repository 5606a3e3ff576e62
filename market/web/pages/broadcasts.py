"""Writing to a group or an area: whom it reaches is seen before it is sent."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.areas import queries as areas
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.groups import queries as groups
from market.access import broadcasts, deeds
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.broadcasts import commands, queries, rules
from market.domain.broadcasts.rules import BroadcastView, BroadcastWritten, Reach, WriteBroadcast
from market.domain.contacts.rules import CHANNELS
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
CHIPS = {"waiting": ("info", "clock"), "went": ("ok", "check"), "stopped": ("off", "no")}


@get("/broadcasts", opt={"op": "broadcast.send"})
async def broadcasts_page(request: Ask, permit: Mine) -> Response[bytes]:
    return await _listed(request, permit)


@post("/broadcasts/preview", opt={"op": "broadcast.send"})
async def preview(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """Nothing is kept yet: what was typed goes along in the page."""
    form = await Form.of(request)
    if form.ticked("edit"):
        return await _listed(request, permit, typed=form.typed)
    data = _read(form)
    await broadcasts.ensure_within(permit, data.organ, data.area)
    try:
        rules.ensure_sound(data)
    except Refusal as no:
        return await _listed(request, permit, no, form.typed)
    say = words_for(request)
    reach = await queries.reach(data.organ or None, data.area or None, at)
    return page(
        request, "broadcast_preview.html", data=data, to=data.organ or data.area,
        place=await _place(say, data.organ, data.area), reach=reach, channels=_channels(say, reach),
        left=rules.A_DAY_MAX - await queries.written_today(data.organ or data.area, at),
    )  # fmt: skip


@post("/broadcasts", opt={"op": "broadcast.send"})
async def write(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    data = _read(form)
    await broadcasts.ensure_within(permit, data.organ, data.area)
    try:
        rules.ensure_sound(data)
        await deeds.once(commands.write, data, BroadcastWritten, by=permit.person, at=at)
    except Refusal as no:
        return await _listed(request, permit, no, form.typed)
    return onward("/broadcasts")


@post("/broadcasts/{id:str}/stop", opt={"op": "broadcast.send"})
async def stop(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await broadcasts.one(permit, id)
    try:
        await run(commands.stop, id, by=permit.person, at=at)
    except Refusal as no:
        return await _listed(request, permit, no)
    return onward("/broadcasts")


def _read(form: Form) -> WriteBroadcast:
    to, texts = form.raw("to"), (form.raw("text_th"), form.raw("text_en"))
    area = to if to.isdecimal() else ""
    return WriteBroadcast(form.id(), *texts, "" if area else to, area)


async def _listed(
    request: Ask, permit: Permit, no: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response[bytes]:
    say, found = words_for(request), await broadcasts.listed(permit)
    return page(
        request, "broadcasts.html", no=no, typed=typed or {}, most=rules.LETTERS_MAX,
        places=await _places(say, permit),
        broadcasts=[await _row(say, one) for one in found],
    )  # fmt: skip


async def _places(say: Words, permit: Permit) -> list[list[str]]:
    """Own groups; own areas, and those right below them."""
    found = [[one, say.name(await groups.group(one))] for one in sorted(permit.groups())]
    for code in broadcasts.within(permit):
        below = [one.code for one in areas.children(code)] if len(code) < 6 else []
        found += [[one, say.name(areas.area(one).name)] for one in (code, *below)]
    return found


async def _place(say: Words, organ: str | None, area: str | None) -> str:
    return say.name(await groups.group(organ)) if organ else say.name(areas.area(area or "").name)


async def _row(say: Words, one: BroadcastView) -> Shown:
    kind, look = CHIPS[one.state]
    return {
        "of": one,
        "place": await _place(say, one.organ, one.area),
        "text": one.text_th if say.names == "th" else one.text_en,
        "state": one.state,
        "chip": {"kind": kind, "icon": look, "words": say(f"broadcast.{one.state}")},
    }


def _channels(say: Words, reach: Reach) -> list[tuple[str, int]]:
    return [(say(f"channel.{one}"), reach.channels.get(one, 0)) for one in CHANNELS]


DOORS = [broadcasts_page, preview, write, stop]
