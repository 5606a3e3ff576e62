"""Naming a place where goods change hands."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from certification.areas import queries as areas
from certification.basis.refusal import Invalid, Refusal
from certification.basis.transaction import run
from certification.basis.units import arabic
from certification.groups import queries as groups
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.refusals import FieldWrong
from market.answers.words import Words
from market.domain.places import commands, queries
from market.domain.places.rules import DefinePlace, PlaceView, Window
from market.web.form import Form
from market.web.page import onward, page
from market.web.sheets import sheet, wanted

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
WINDOWS = 3
CLOCK = r"([01]?[0-9]|2[0-4])[.:]([0-5][0-9])"
HOURS = re.compile(rf"{CLOCK}\s*[-–]\s*{CLOCK}")
"""09.00-11.00"""


class TambonUnknown(Invalid):
    """No tambon's outline that we hold has this point in it."""

    code = "places.tambon_unknown"


@get("/places/new", opt={"op": "place.define"})
async def new_page(request: Ask, permit: Mine) -> Response[bytes]:
    return await _shown(request, permit)


@post("/places/new", opt={"op": "place.define"})
async def define(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("network"))
    try:
        asked = _place(form)
        form.done()
        deeds.ensure_storable(asked, asked.id)
        await run(commands.define, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, form=form, no=no)
    return onward("/places/new")


def _place(form: Form) -> DefinePlace:
    lat, lon = form.degrees("lat"), form.degrees("lon")
    tambon = arabic(form.raw("tambon")) or areas.tambon_at(lat, lon) or ""
    if not tambon and not {"lat", "lon"} & form.wrong.keys():
        form.wrong_is("tambon", TambonUnknown(field="tambon"))
    windows = [_window(form, number) for number in range(1, WINDOWS + 1)]
    return DefinePlace(
        form.id(), form.text("network"), form.choice("kind", ("pickup", "stop", "base")),
        form.text("name_th", most=120), form.text("name_en", most=120), tambon[:6],
        _e6(form, "lat", lat), _e6(form, "lon", lon),
        tuple(sorted(window for window in windows if window)),
    )  # fmt: skip


def _e6(form: Form, name: str, degrees: float) -> int:
    if not -180 <= degrees <= 180:
        form.wrong_is(name, FieldWrong(field=name))
        return 0
    return round(degrees * 1_000_000)


def _window(form: Form, number: int) -> Window | None:
    day, hours = form.raw(f"weekday_{number}"), form.raw(f"hours_{number}")
    if not hours:
        return None
    said = HOURS.fullmatch(arabic(hours))
    if said is None or day not in set("1234567"):
        form.wrong_is(f"hours_{number}", FieldWrong(field=f"hours_{number}"))
        return None
    begins, ends = int(said[1]) * 60 + int(said[2]), int(said[3]) * 60 + int(said[4])
    return Window(int(day), begins, ends)


async def _shown(
    request: Ask, permit: Permit, *, form: Form | None = None, no: Refusal | None = None
) -> Response[bytes]:
    say = words_for(request)
    reached = [await groups.group(id) for id in sorted(permit.groups())]
    known = [place for group in reached for place in await _all_of(group.id)]
    if wanted(request):
        return _csv(say, known)
    return page(
        request, "place_new.html", no=no, typed=form.typed if form else {},
        networks=[[group.id, say.name(group)] for group in reached],
        places=[[one, areas.address(one.tambon, say.language)] for one in known],
        days=[[str(n), say(f"weekday.{n}")] for n in range(1, 8)], numbers=range(1, WINDOWS + 1),
    )  # fmt: skip


async def _all_of(network: str) -> list[PlaceView]:
    return await queries.places(network) + await queries.bases(network)


def _csv(say: Words, known: list[PlaceView]) -> Response[bytes]:
    head = [say("Name in Thai"), say("Name in English"), say("Tambon"), say("Code of the tambon"),
            say("Latitude"), say("Longitude"), say("When goods are picked up")]  # fmt: skip
    rows = [
        (one.name_th, one.name_en, areas.address(one.tambon, say.language), one.tambon,
         f"{one.lat_e6 / 1e6:.6f}", f"{one.lon_e6 / 1e6:.6f}",
         ", ".join(_said(window, say) for window in one.windows))
        for one in known
    ]  # fmt: skip
    return sheet("places", head, rows)


def _said(window: Window, say: Words) -> str:
    opens, closes = (
        f"{minute // 60:02}.{minute % 60:02}"
        for minute in (window.opens_minute, window.closes_minute)
    )
    return f"{say(f'weekday.{window.weekday}')} {opens}-{closes}"


DOORS = [new_page, define]
