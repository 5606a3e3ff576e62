"""What a farmer says of the land: papers, years, sides, water, and all that is farmed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.applications import queries as applications
from certification.basis import pictures
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.land import commands, queries
from certification.land.complete import Lack
from certification.land.rules import (
    AttachScan,
    DeclareHolding,
    EndPaper,
    HoldingDeclared,
    NotePaper,
    NoteSide,
    NoteWater,
    NoteYear,
    PaperNoted,
    PaperScanned,
    PaperTakenOut,
    SideNoted,
    WaterNoted,
    YearNoted,
)
from certification.land.views import HoldingView, LandView
from market.access import deeds, whose
from market.access.permit import Permit, Place
from market.api.photos import PhotoSent

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class LandShown(msgspec.Struct, frozen=True):
    land: LandView
    lacking: tuple[Lack, ...]
    """What the scheme still asks for, each with its setting."""


@get(
    "/api/v1/plots/{id:str}/land",
    opt={"op": "land.read"},
    tags=["land"],
    summary="Papers, years, sides and water of a plot, and what is still missing",
)
async def read_land(id: FromPath[str], permit: Mine, at: Now) -> LandShown:
    _, place = await whose.plot(id, at)
    permit.check(place)
    today = local_day(at)
    version = await applications.charter(id, today)
    lacks = await applications.land_lacks(id, version, today) if version else ()
    return LandShown(await queries.land(id, today), lacks)


@post("/api/v1/land/papers", opt={"op": "land.tell"}, tags=["land"], summary="A land paper")
async def note_paper(data: JSONBody[NotePaper], permit: Mine, at: Now) -> PaperNoted:
    told, by, whom = await _told(data, permit, at)
    return await deeds.once(commands.note_paper, told, PaperNoted, by=by, at=at, whom=whom)


@put(
    "/api/v1/land/papers/{id:str}/scan",
    opt={"op": "land.tell"},
    tags=["land"],
    summary="A picture of the paper as raw bytes, once",
    operation_class=PhotoSent,
)
async def attach_scan(
    request: Request[Any, Any, Any], id: FromPath[str], permit: Mine, at: Now
) -> PaperScanned:
    plot, _ = await whose.land_paper(id, at)
    place = await _checked(plot, permit, at)
    kept = await pictures.keep(await request.body(), by=permit.person, at=at)
    wanted = AttachScan(id, kept, place.owner)
    return await run(commands.attach_scan, wanted, by=permit.person, at=at)


@put(
    "/api/v1/land/papers/{id:str}/end",
    opt={"op": "land.tell"},
    tags=["land"],
    summary="A paper was written down wrongly, or holds no more",
)
async def end_paper(id: FromPath[str], permit: Mine, at: Now) -> PaperTakenOut:
    plot, _ = await whose.land_paper(id, at)
    place = await _checked(plot, permit, at)
    wanted = EndPaper(id, place.owner)
    whom = deeds.For(place.owner, place.group, plot)
    return await deeds.claimed(commands.end_paper, wanted, by=permit.person, at=at, whom=whom)


@post("/api/v1/land/years", opt={"op": "land.tell"}, tags=["land"], summary="What a year saw")
async def note_year(data: JSONBody[NoteYear], permit: Mine, at: Now) -> YearNoted:
    told, by, whom = await _told(data, permit, at)
    return await deeds.once(commands.note_year, told, YearNoted, by=by, at=at, whom=whom)


@post("/api/v1/land/sides", opt={"op": "land.tell"}, tags=["land"], summary="A side's neighbour")
async def note_side(data: JSONBody[NoteSide], permit: Mine, at: Now) -> SideNoted:
    told, by, whom = await _told(data, permit, at)
    return await deeds.once(commands.note_side, told, SideNoted, by=by, at=at, whom=whom)


@post("/api/v1/land/water", opt={"op": "land.tell"}, tags=["land"], summary="Water and floods")
async def note_water(data: JSONBody[NoteWater], permit: Mine, at: Now) -> WaterNoted:
    told, by, whom = await _told(data, permit, at)
    return await deeds.once(commands.note_water, told, WaterNoted, by=by, at=at, whom=whom)


@get(
    "/api/v1/people/{id:str}/holding",
    opt={"op": "land.read"},
    tags=["land"],
    summary="All land that a person farms, as declared",
)
async def read_holding(id: FromPath[str], permit: Mine, at: Now) -> HoldingView | None:
    await whose.ensure_member(permit, id, local_day(at))
    return await queries.holding(id, local_day(at))


@post(
    "/api/v1/land/holdings",
    opt={"op": "land.tell"},
    tags=["land"],
    summary="Declare all land that a person farms; never less than what is registered",
)
async def declare_holding(data: JSONBody[DeclareHolding], permit: Mine, at: Now) -> HoldingDeclared:
    reached = await whose.ensure_member(permit, data.person, local_day(at))
    whom = deeds.For(data.person, reached[0], data.person) if reached else None
    told = msgspec.structs.replace(data, on_behalf_of=data.person)
    by = permit.person
    return await deeds.once(
        commands.declare_holding, told, HoldingDeclared, by=by, at=at, whom=whom
    )


async def _told(data: Any, permit: Permit, at: datetime) -> tuple[Any, str, deeds.For]:
    """Said for who farms the plot, whoever types."""
    place = await _checked(data.plot, permit, at)
    told = msgspec.structs.replace(data, on_behalf_of=place.owner)
    return told, permit.person, deeds.For(place.owner, place.group, data.plot)


async def _checked(plot: str, permit: Permit, at: datetime) -> Place:
    _, place = await whose.plot(plot, at)
    permit.check(place)
    return place


DOORS = [
    read_land, note_paper, attach_scan, end_paper, note_year, note_side, note_water,
    read_holding, declare_holding,
]  # fmt: skip
