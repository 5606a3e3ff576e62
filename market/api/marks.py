"""Papers by others: GAP, Organic Thailand, FSC, halal, FDA number, GI; no part of the guarantee."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.marks import commands, queries, rules
from certification.marks.queries import MarkView, PublicMark
from certification.marks.rules import (
    EndMark,
    MarkHasEnded,
    MarkNoted,
    NoteMark,
    OriginalSeen,
    SeeMark,
)
from certification.plots import queries as plots
from market.access import deeds, guarantee, whose
from market.access.permit import Permit
from market.access.refusals import NotThere

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
TAGS = ["papers by others"]


class Paper(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    holder: str
    kind: rules.Kind
    issuer: str
    number: str
    issued_on: date
    valid_until: date | None = None
    name: str = ""
    """Of what no kind names."""
    plots: tuple[str, ...] = ()
    """None: all that the holder farms."""
    covers: str = ""
    replaces: str | None = None


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    seen_on: date


class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    why: rules.Why
    ended_on: date


@get(
    "/api/v1/people/{id:str}/marks",
    opt={"op": "mark.read"},
    tags=TAGS,
    summary="The papers by others that somebody holds",
)
async def of_person(id: FromPath[str], permit: Mine, at: Now) -> list[MarkView]:
    await whose.ensure_member(permit, id, local_day(at))
    return await queries.of_holder(id)


@get(
    "/api/v1/plots/by-code/{code:str}/marks",
    opt={"op": "trace.read"},
    tags=TAGS,
    summary="What a stranger may see of papers by others for a plot; no part of the guarantee",
)
async def of_plot(code: FromPath[str], at: Now) -> list[PublicMark]:
    plot, today = await plots.by_code(code), local_day(at)
    farmer = await plots.holder(plot.id, today) or ""
    return list(await queries.on_plot(plot.code, farmer, today))


@get(
    "/api/v1/groups/by-code/{code:str}/marks",
    opt={"op": "trace.read"},
    tags=TAGS,
    summary="The same of a group's own papers",
)
async def of_group(code: FromPath[str], at: Now) -> list[PublicMark]:
    group = await groups.by_code(code)
    if group is None:
        raise NotThere
    return list(await queries.of_group(group.id, local_day(at)))


@post(
    "/api/v1/marks",
    opt={"op": "mark.note"},
    tags=TAGS,
    summary="Write down a farmer's paper by others; its scan is sent with the page",
)
async def note(data: JSONBody[Paper], permit: Mine, at: Now) -> MarkNoted:
    found = await whose.ensure_member(permit, data.holder, local_day(at))
    if not found:
        raise NotThere
    wanted = NoteMark(
        id=data.id, organ=found[0], kind=data.kind, issuer=data.issuer, number=data.number,
        issued_on=data.issued_on, valid_until=data.valid_until, holder=data.holder,
        name=data.name, plots=data.plots, covers=data.covers, replaces=data.replaces,
    )  # fmt: skip
    whom = deeds.For("" if data.holder == permit.person else data.holder, found[0], data.id)
    return await deeds.once(commands.note, wanted, MarkNoted, by=permit.person, at=at, whom=whom)


@post(
    "/api/v1/marks/{id:str}/seen",
    opt={"op": "mark.see"},
    tags=TAGS,
    summary="Say that one had the original in hand; never the holder",
)
async def seen(id: FromPath[str], data: JSONBody[Seen], permit: Mine, at: Now) -> OriginalSeen:
    found, place = await guarantee.mark(id)
    permit.check(place)
    wanted = SeeMark(data.id, found.id, data.seen_on)
    return await deeds.once(commands.see, wanted, OriginalSeen, by=permit.person, at=at)


@post(
    "/api/v1/marks/{id:str}/end",
    opt={"op": "mark.end"},
    tags=TAGS,
    summary="Say that it was revoked, or written down by mistake",
)
async def end(id: FromPath[str], data: JSONBody[Ended], permit: Mine, at: Now) -> MarkHasEnded:
    found, place = await guarantee.mark(id)
    permit.check(place)
    wanted = EndMark(data.id, found.id, data.why, data.ended_on)
    own = found.holder == permit.person
    whom = deeds.For("" if own else found.holder or "", found.organ, found.id)
    return await deeds.once(commands.end, wanted, MarkHasEnded, by=permit.person, at=at, whom=whom)


DOORS = [of_person, of_plot, of_group, note, seen, end]
