"""Draws of plots for unannounced visits: fixed, drawn, followed, and repeated by anybody."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from certification.draws import commands, queries
from certification.draws.queries import DrawnView, DrawTold
from certification.draws.rules import (
    Drawn,
    DrawPrepared,
    LetGo,
    PlotLetGo,
    PrepareDraw,
    SendInspectors,
)
from certification.inspections.panel import Assigned
from certification.inspections.rules import InspectionAssigned
from market.access import deeds, members, seasons, whose
from market.access.permit import Permit

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class NewVisit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    plot: str
    """The code of a plot that came out."""
    members: tuple[Assigned, ...]
    planned_on: date


class NewLetGo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    plot: str
    """The code of a plot that came out."""
    reason: str


@get(
    "/api/v1/groups/{id:str}/draws",
    opt={"op": "draw.read"},
    tags=["draws"],
    summary="All draws of a group or network, the newest first, with what everybody may know",
)
async def read_draws(id: FromPath[str], at: Now) -> list[DrawTold]:
    await whose.of_group(id)
    return [await queries.told(one, at) for one in await queries.of_organs([id])]


@get(
    "/api/v1/draws/{id:str}",
    opt={"op": "draw.read"},
    tags=["draws"],
    summary="A draw: its digests beforehand; list, seed and plots when all are visited",
)
async def read_draw(id: FromPath[str], at: Now) -> DrawTold:
    found, _ = await seasons.draw(id)
    return await queries.told(found, at)


@post(
    "/api/v1/draws",
    opt={"op": "draw.make"},
    tags=["draws"],
    summary="Fix the list of certified plots, how many are drawn, and a secret number",
)
async def prepare(data: JSONBody[PrepareDraw], permit: Mine, at: Now) -> DrawPrepared:
    permit.check(await whose.of_group(data.organ))
    return await deeds.once(commands.prepare, data, DrawPrepared, by=permit.person, at=at)


@put(
    "/api/v1/draws/{id:str}/drawing",
    opt={"op": "draw.make"},
    tags=["draws"],
    summary="Draw, by the first checkpoint signed since; again answers the same",
)
async def draw(id: FromPath[str], permit: Mine, at: Now) -> Drawn:
    _, place = await seasons.draw(id)
    permit.check(place)
    return await run(commands.draw, id, by=permit.person, at=at)


@get(
    "/api/v1/draws/{id:str}/plots",
    opt={"op": "draw.make"},
    tags=["draws"],
    summary="What came out and how far the visits are; of your own land nothing",
)
async def read_plots(id: FromPath[str], permit: Mine, at: Now) -> list[DrawnView]:
    _, place = await seasons.draw(id)
    permit.check(place)
    return await queries.followed(id, permit.person, at)


@post(
    "/api/v1/draws/{id:str}/visits",
    opt={"op": "draw.make"},
    tags=["draws"],
    summary="Send inspectors to a drawn plot, without a word to its farmer",
)
async def send(
    id: FromPath[str], data: JSONBody[NewVisit], permit: Mine, at: Now
) -> InspectionAssigned:
    found, place = await seasons.draw(id)
    permit.check(place)
    await members.ensure_within(permit, [m.person for m in data.members], [found.organ], at)
    asked = SendInspectors(data.id, id, data.plot, data.members, data.planned_on)
    return await deeds.once(commands.send, asked, InspectionAssigned, by=permit.person, at=at)


@post(
    "/api/v1/draws/{id:str}/let-go",
    opt={"op": "draw.make"},
    tags=["draws"],
    summary="Nobody is sent to a drawn plot whose certificate ended meanwhile; public in the end",
)
async def let_go(id: FromPath[str], data: JSONBody[NewLetGo], permit: Mine, at: Now) -> PlotLetGo:
    _, place = await seasons.draw(id)
    permit.check(place)
    asked = LetGo(data.id, id, data.plot, data.reason)
    return await deeds.once(commands.let_go, asked, PlotLetGo, by=permit.person, at=at)


DOORS = [read_draws, read_draw, prepare, draw, read_plots, send, let_go]
