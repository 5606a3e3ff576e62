"""A truck's day on paper and as files: to print, to open in a map, and is a newer plan out."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from market.access import journeys as reached
from market.access.guard import may
from market.access.permit import Permit
from market.access.whose import of_group
from market.answers.language import words_for
from market.domain.journeys import files, links
from market.domain.journeys.rules import Journey, NoPaper, NotPublished
from market.web import journey_files
from market.web.page import Ask, page
from market.web.papers import journey as papers
from market.web.papers import press

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
MEASURED = 64
"""Journeys of which it is remembered how large their papers are."""
KINDS = {"gpx": "application/gpx+xml", "geojson": "application/geo+json",
         "ics": "text/calendar; charset=utf-8"}  # fmt: skip


class Paper(msgspec.Struct, frozen=True):
    name: str
    octets: int


class Truck(msgspec.Struct, frozen=True):
    journey: Journey
    papers: list[Paper]
    files: list[Paper]
    in_app: list[str]
    in_browser: list[str]
    visits: list[tuple[Any, str, str, str]]
    """Each with its time and the addresses that lead there."""


@get("/truck/{day:str}/papers", opt={"op": "truck_paper.read"})
async def overview(request: Ask, day: FromPath[str], permit: Mine) -> Response[bytes]:
    head, _ = await reached.reached(day, permit)
    try:
        found = await reached.journeys(day, permit)
    except NotPublished:
        return page(request, "journeys.html", head=head, trucks=[], version=0, held=0)
    types = may(request, "truck_paper.type", await of_group(head.operator))
    held = request.query_params.get("version", "")
    return page(
        request, "journeys.html", head=head,
        trucks=[await _truck(request, one) for one in found],
        version=found[0].version if found else 0, types=types,
        held=int(held[:9]) if held.isascii() and held.isdigit() else 0,
    )  # fmt: skip


async def _truck(request: Ask, of: Journey) -> Truck:
    origin = request.app.state.settings.origin
    sizes = await asyncio.to_thread(_measured, msgspec.json.encode(of), origin)
    written = {kind: len(_file(request, of, kind, of.published_at)) for kind in KINDS}
    table = len(journey_files.table(of, words_for(request), "journey").content)
    return Truck(
        of, [Paper(name, octets) for name, octets in sizes],
        [Paper(kind, octets) for kind, octets in [*written.items(), ("csv", table)]],
        links.directions(of.points, links.APP_MAX), links.directions(of.points, links.BROWSER_MAX),
        [(one, papers.clock(one.arrive_s), links.there(one.spot), links.geo(one.spot))
         for one in of.visits],
    )  # fmt: skip


@lru_cache(maxsize=MEASURED)
def _measured(journey: bytes, origin: str) -> tuple[tuple[str, int], ...]:
    """Draws each once; what is said of an unchanged plan is not drawn again."""
    of = msgspec.json.decode(journey, type=Journey)
    return tuple((part, len(_drawn(of, part, origin, of.published_at))) for part in ALL)


ALL = (*papers.PARTS, "all")


def _drawn(of: Journey, part: str, origin: str, at: datetime) -> bytes:
    return press.printed("journey", papers.content(of, part, origin, at))


@get("/truck/{day:str}/papers/{file:str}", opt={"op": "truck_paper.read"})
async def one(
    request: Ask, day: FromPath[str], file: FromPath[str], permit: Mine, at: At
) -> Response[bytes]:  # fmt: skip
    """Of one truck: `driver.pdf` … `all.pdf`, and `journey.gpx`, `.geojson`, `.ics`, `.csv`."""
    of = await reached.journey(day, permit)
    stem, _, kind = file.rpartition(".")
    name = f"{of.on}-v{of.version}-{stem}"
    if kind == "pdf" and stem in ALL:
        origin = request.app.state.settings.origin
        return await press.pdf("journey", name, papers.content(of, stem, origin, at))
    if stem != "journey" or kind not in (*KINDS, "csv"):
        raise NoPaper()
    if kind == "csv":
        return journey_files.table(of, words_for(request), name)
    told = f'attachment; filename="{name}.{kind}"'
    headers = {"content-disposition": told, "cache-control": "no-store"}
    return Response(_file(request, of, kind, at), media_type=KINDS[kind], headers=headers)


def _file(request: Ask, of: Journey, kind: str, at: datetime) -> bytes:
    if kind == "gpx":
        return files.gpx(of)
    if kind == "geojson":
        return files.geojson(of)
    origin = request.app.state.settings.origin
    return journey_files.calendar(of, words_for(request), origin, at)


DOORS: list[Any] = [overview, one]
