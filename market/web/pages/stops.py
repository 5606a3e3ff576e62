"""Where and when the market stands: for the eye, and for a calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.areas import queries as areas
from certification.basis import log
from certification.basis.units import THAILAND
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.offers import queries as offers
from market.domain.offers.queries import CycleView
from market.domain.offers.rules import CycleStop
from market.domain.places import queries
from market.domain.places.rules import Opening, PlaceView, next_opening
from market.domain.trips.calls import Call, calls
from market.domain.truck_day import eta
from market.domain.truck_day import queries as truck_day
from market.web import calendar, for_line
from market.web.hours import hours, weekly
from market.web.kept import kept
from market.web.maps import Mark, places
from market.web.page import Ask, page

At = NamedDependency[datetime]
KEPT_DAYS = 7
"""So long a calendar is told of a day that was, so that it hears of its end."""


class Expected(msgspec.Struct, frozen=True):
    """The truck at a stop, today: a range of time, never where it is."""

    state: str
    """ahead, overdue: nobody has told that it came; here, left, off"""
    eta: str
    told_at: datetime | None


class Stop(msgspec.Struct, frozen=True):
    number: int
    """On the map."""
    place: PlaceView
    address: str
    opening: Opening | None
    day: str
    hours: str
    state: str
    """now, today, later, unknown: no weekday is set"""
    weekly: list[tuple[str, str]]
    rounds: list[CycleView]
    """In which goods may be ordered for here, now."""
    truck: Expected | None
    """Today's, if a plan was published."""
    trucks: list[tuple[str, str, bool]] = []
    """Of the days after: when, about what time, and whether it was called off."""


@get("/stops", opt={"op": "stop.read"})
async def stops(request: Ask, at: At) -> Response[bytes]:
    say, found = words_for(request), await coming(request, at, words_for(request))
    marks = [
        (one.place.tambon, Mark(one.place.lat_e6 / 1e6, one.place.lon_e6 / 1e6, blurred=False))
        for one in found
    ]
    title = say("Where the market stands")
    text = _as_text(say, found, f"{request.app.state.settings.origin}/stops")
    if for_line.wanted(request):
        return kept(request, for_line.plain(text))
    map_ = places(title, say.names, marks)
    shown = page(request, "stops.html", stops=found, map=map_, text=text if found else "")
    return kept(request, shown)


def _as_text(say: Words, found: list[Stop], address: str) -> str:
    lines = [f"• {say.name(one.place)} {one.day} {one.hours}".rstrip() for one in found]
    return for_line.text(say("Where the market stands"), lines, address)


@get("/stops.ics", opt={"op": "stop.read"})
async def stops_calendar(request: Ask, at: At) -> Response[bytes]:
    """RFC 5545: each weekly window, and the pick-ups of rounds that are open."""
    return await _calendar(request, at, await queries.all_places())


@get("/stops/{place:str}/calendar.ics", opt={"op": "stop.read"})
async def stop_calendar(request: Ask, place: FromPath[str], at: At) -> Response[bytes]:
    return await _calendar(request, at, [await queries.public_place(place[:36])])


async def _calendar(request: Ask, at: datetime, found: list[PlaceView]) -> Response[bytes]:
    say, origin = words_for(request), request.app.state.settings.origin
    rounds = await offers.open_cycles(at)
    road = await _on_the_road(request, at)
    written = calendar.written(found, rounds, road.calls, say, origin, at)
    answer = Response(written, media_type="text/calendar; charset=utf-8", headers={})
    return kept(request, answer)


class OnTheRoad(NamedTuple):
    """What published plans say; each is driven again by the checker, so it is kept until something
    was done anywhere, or the minute is over."""

    known_by: tuple[int, datetime]
    calls: list[Call]
    expected: dict[str, truck_day.Stop]


async def _on_the_road(request: Ask, at: datetime) -> OnTheRoad:
    known_by = (await log.head())[0], at.replace(second=0, microsecond=0)
    known: OnTheRoad | None = request.app.state.get("on_the_road")
    if known is None or known.known_by != known_by:
        since = at.astimezone(THAILAND).date() - timedelta(days=KEPT_DAYS)
        known = OnTheRoad(known_by, await calls(since), await eta.expected(at))
        request.app.state["on_the_road"] = known
    return known


async def coming(request: Ask, at: datetime, say: Words) -> list[Stop]:
    """What is open now or next comes first."""
    local = at.astimezone(THAILAND)
    rounds = await offers.open_cycles(at)
    road = await _on_the_road(request, at)
    coming = [one for one in road.calls if one.on > local.date()]
    found = []
    for place in await queries.all_places():
        opening = next_opening(place.windows, local.date(), local.hour * 60 + local.minute)
        here = [one for one in rounds if one.at_place(place.id)]
        hours_here = [stop for one in here for stop in one.at_place(place.id)]
        found.append((opening or _pickup(hours_here), place, here))
    found.sort(key=lambda one: (one[0] is None, one[0] or Opening(date.max, 0, 0), one[1].id))
    expected = {place: _expected(say, one, local) for place, one in road.expected.items()}
    return [
        msgspec.structs.replace(
            _stop(number, place, opening, here, local, say, expected.get(place.id)),
            trucks=[_call(say, one) for one in coming if one.place == place.id],
        )
        for number, (opening, place, here) in enumerate(found, 1)
    ]


class Comes(msgspec.Struct, frozen=True):
    """The truck at the place and on the day of an order: today's, or what the plan says."""

    truck: Expected | None
    trucks: list[tuple[str, str, bool]]


async def comes(request: Ask, at: datetime, place: str, on: date) -> Comes:
    say, road = words_for(request), await _on_the_road(request, at)
    here, local = road.expected.get(place), at.astimezone(THAILAND)
    if here and on == local.date():
        return Comes(_expected(say, here, local), [])
    calls = [one for one in road.calls if one.place == place and one.on == on]
    return Comes(None, [_call(say, one) for one in calls])


def _expected(say: Words, stop: truck_day.Stop, local: datetime) -> Expected:
    state = "left" if stop.left_at else "here" if stop.is_here else "ahead"
    when = ""
    if stop.earliest_minute is not None and stop.latest_minute is not None:
        when = hours(say, stop.earliest_minute, stop.latest_minute)
        if state == "ahead" and stop.latest_minute < _minute(local):
            state = "overdue"
    return Expected("off" if stop.cancelled else state, when, stop.told_at)


def _pickup(stops: list[CycleStop]) -> Opening | None:
    """Of a place without weekdays: the next round's."""
    if not stops:
        return None
    begins = min(one.pickup_from for one in stops).astimezone(THAILAND)
    ends = min(one.pickup_until for one in stops).astimezone(THAILAND)
    return Opening(begins.date(), _minute(begins), _minute(ends))


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute


def _stop(
    number: int, place: PlaceView, opening: Opening | None, here: list[CycleView],
    local: datetime, say: Words, truck: Expected | None,
) -> Stop:  # fmt: skip
    state = "unknown"
    if opening:
        today = opening.on == local.date()
        under_way = today and opening.opens_minute <= _minute(local)
        state = "now" if under_way else "today" if today else "later"
    day = f"{say(f'weekday.{opening.on.isoweekday()}')} {say.day(opening.on)}" if opening else ""
    time = hours(say, opening.opens_minute, opening.closes_minute) if opening else ""
    where = areas.address(place.tambon, say.names)
    week = weekly(say, place.windows)
    return Stop(number, place, where, opening, day, time, state, week, here, truck)


def _call(say: Words, call: Call) -> tuple[str, str, bool]:
    on = f"{say(f'weekday.{call.on.isoweekday()}')} {say.day(call.on)}"
    early, late = call.between_s
    return on, hours(say, early // 60, late // 60), call.cancelled


DOORS: list[Any] = [stops, stops_calendar, stop_calendar]
