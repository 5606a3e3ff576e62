"""Lots that were scanned unusually often: the list, one of them, and what it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.areas import queries as areas
from certification.basis.refusal import Refusal
from certification.crops import queries as crops
from certification.groups import queries as groups
from certification.people import queries as people
from market.access import deeds, scans
from market.access.guard import may
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.scans import commands, queries, rules
from market.domain.scans.queries import SignalView
from market.web import sheets
from market.web.form import Form
from market.web.page import Ask, onward, page

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/scans", opt={"op": "scan.read"})
async def listed(request: Ask, permit: Mine) -> Response[bytes]:
    """`?as=csv`, `?as=xlsx`."""
    say, found = words_for(request), await scans.seen(permit)
    if kind := sheets.kind(request):
        return (sheets.book if kind == "xlsx" else sheets.sheet)("scans", *await _rows(say, found))
    named = {one: say.name(await groups.group(one)) for one in {of.group for of in found}}
    return page(
        request, "scans.html", found=found, groups=named,
        crops={one.crop: say.name(crops.crop(one.crop).name) for one in found},
    )  # fmt: skip


async def _rows(
    say: Words, found: Sequence[SignalView]
) -> tuple[list[str], list[tuple[object, ...]]]:
    head = [
        say("Code"), say("Crop"), say("Producer group"), say("Noted on"), say("Day of the lot"),
        say("Scans"), say("Packets"), say("Scans to be expected"), say("Still usual"),
        say("State"), say("What it was"), say("Told places"),
    ]  # fmt: skip
    rows = list[tuple[object, ...]]()
    for one in found:
        told = [f"{_area(say, of.area)} {of.times}" for of in await queries.places(one.lot)]
        rows.append((
            one.code, say.name(crops.crop(one.crop).name), say.name(await groups.group(one.group)),
            say.moment(one.at), one.day, one.scans, one.packets, _expected(one.packets),
            rules.most(one.packets, one.day), say(f"scans.state.{one.state}"),
            say(f"scans.because.{one.because}") if one.because else "", ", ".join(told),
        ))  # fmt: skip
    return head, rows


def _expected(packets: int) -> int:
    return round(packets * rules.READERS * rules.OPENS)


def _area(say: Words, code: str) -> str:
    return say.name(areas.area(code).name)


@get("/scans/{id:str}", opt={"op": "scan.read"})
async def one_page(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await scans.signal(id)
    permit.check(place)
    return await _shown(request, found, place)


@post("/scans/{id:str}", opt={"op": "scan.judge"})
async def judge(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """`deed`: look, end."""
    _, place = await scans.signal(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        if form.raw("deed") == "look":
            await deeds.done(commands.look, rules.Look(form.id(), id), by=permit.person, at=at)
        else:
            await deeds.done(commands.end, _ended(form, id), by=permit.person, at=at)
    except Refusal as no:
        now = await queries.signal(id)
        return await _shown(request, now, place, no=no, typed=form.typed)
    return onward(f"/scans/{id}")


def _ended(form: Form, id: str) -> rules.End:
    because = form.choice("because", rules.BECAUSE)
    words = form.text("words", most=rules.WORDS_MAX, required=False)
    form.done()
    return rules.End(form.id(), id, cast("Any", because), words)


async def _shown(
    request: Ask, of: SignalView, place: Place, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    names = await people.names([one for one in (of.looked_by, of.ended_by) if one])
    return page(
        request, "scans_one.html", no=no, typed=typed or {}, of=of,
        crop=say.name(crops.crop(of.crop).name), group=await groups.group(of.group),
        expected=_expected(of.packets), usual=rules.most(of.packets, of.day),
        days=await queries.days(of.lot),
        places=[[_area(say, one.area), one.times] for one in await queries.places(of.lot)],
        looked_by=names.get(of.looked_by or "", ""), ended_by=names.get(of.ended_by or "", ""),
        recalls=may(request, "recall.drill", place),
        judges=may(request, "scan.judge", place) and of.ended_at is None,
        because=[[one, say(f"scans.because.{one}")] for one in rules.BECAUSE],
    )  # fmt: skip


DOORS: list[Any] = [listed, one_page, judge]
