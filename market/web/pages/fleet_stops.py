"""Stops as the truck knows them: how long it stands there, who allowed it until when, the host."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.areas import queries as areas
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from market.access import deeds, trucks, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.fleet import commands, queries
from market.domain.fleet.rules import SetTerms, permission_state
from market.domain.places import commands as places_kept
from market.domain.places import queries as places
from market.domain.places.rules import PlaceView, Window
from market.web.form import Form
from market.web.hours import typed, weekly
from market.web.page import Ask, onward, page

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
WINDOWS, SPARE = 40, 2
"""Read of a form at most; empty rows below those that are there."""


class Stop(msgspec.Struct, frozen=True):
    place: PlaceView
    address: str
    terms: SetTerms | None
    permission: str
    weekly: list[tuple[str, str]]


@get("/truck/places", opt={"op": "truck.read"})
async def listed(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    say, found = words_for(request), []
    for place in await reached(permit):
        if not permit.sees(await whose.of_group(place.network)):
            continue
        terms = await queries.terms(place.id)
        found.append(_stop(say, place, terms, local_day(at)))
    return page(request, "fleet_stops.html", stops=found)


@get("/truck/places/{place:str}", opt={"op": "truck.read"})
async def one(request: Ask, place: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    return await _one(request, await trucks.stop(place, permit), at)


@post("/truck/places/{place:str}", opt={"op": "truck.keep"})
async def keep(request: Ask, place: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found = await trucks.stop(place, permit)
    form = await Form.of(request)
    try:
        asked, windows = _terms(form, found.id, local_day(at)), _windows(form)
        form.done()
        deeds.ensure_storable(asked)
        await run(_keep, asked, windows, permit.person, at)
    except Refusal as no:
        return await _one(request, found, at, form=form, no=no)
    return onward("/truck/places")


async def _keep(asked: SetTerms, windows: tuple[Window, ...], by: str, at: datetime) -> None:
    """Terms and times, both or neither."""
    await places_kept.change_windows(asked.place, windows, by=by, at=at)
    await commands.set_terms(asked, by=by, at=at)


async def reached(permit: Permit) -> list[PlaceView]:
    """Where the operator's trucks may stand."""
    owners = sorted({id for one in permit.groups() for id in await queries.networks_of(one)})
    return [place for owner in owners for place in await places.places(owner)]


def _terms(form: Form, place: str, today: date) -> SetTerms:
    value = form.satang("value") if form.raw("value") else None
    until = form.day("permitted_until", near=today) if form.raw("permitted_until") else None

    def words(name: str) -> str | None:
        return form.text(name, most=200, required=False) or None

    return SetTerms(
        place, form.whole("stall_minutes", least=1), form.ticked("required"),
        form.satang("fee") if form.raw("fee") else 0, value, words("permission"), until,
        words("parking_note"), words("host_name"), words("host_phone"),
        form.whole("visits_a_week", most=7) if form.raw("visits_a_week") else 1,
    )  # fmt: skip


def _windows(form: Form) -> tuple[Window, ...]:
    found = []
    for number in range(1, WINDOWS + 1):
        day = form.raw(f"weekday_{number}")
        if form.raw(f"opens_{number}") or form.raw(f"closes_{number}"):
            opens, closes = form.minutes(f"opens_{number}"), form.minutes(f"closes_{number}")
            found.append(Window(int(day) if day in set("1234567") else 0, opens, closes))
    return tuple(sorted(found))


def _stop(say: Words, place: PlaceView, terms: SetTerms | None, on: date) -> Stop:
    state = permission_state(terms.permitted_until if terms else None, on)
    where = areas.address(place.tambon, say.language)
    return Stop(place, where, terms, state, weekly(say, place.windows))


async def _one(
    request: Ask, place: PlaceView, at: datetime, *, form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say, terms = words_for(request), await queries.terms(place.id)
    return page(
        request, "fleet_stop.html", no=no, typed=form.typed if form else _typed(say, place, terms),
        stop=_stop(say, place, terms, local_day(at)),
        days=[["", "–"], *([str(n), say(f"weekday.{n}")] for n in range(1, 8))],
        numbers=range(1, len(place.windows) + SPARE + 1),
    )  # fmt: skip


def _typed(say: Words, place: PlaceView, terms: SetTerms | None) -> dict[str, str]:
    """As the form would have it."""
    said: dict[str, str] = {}
    for number, window in enumerate(place.windows, 1):
        said[f"weekday_{number}"] = str(window.weekday)
        for name, minute in (("opens", window.opens_minute), ("closes", window.closes_minute)):
            said[f"{name}_{number}"] = typed(minute)
    if terms is None:
        return said
    texts = ("permission", "parking_note", "host_name", "host_phone")
    said |= {name: getattr(terms, name) or "" for name in texts}
    said["visits_a_week"] = str(terms.visits_a_week)
    said |= {"stall_minutes": str(terms.stall_minutes), "fee": f"{terms.fee_satang / 100:g}",
             "permitted_until": say.day(terms.permitted_until)}  # fmt: skip
    if terms.value_satang is not None:
        said["value"] = f"{terms.value_satang / 100:g}"
    return said | ({"required": "yes"} if terms.required else {})


DOORS: list[Any] = [listed, one, keep]
