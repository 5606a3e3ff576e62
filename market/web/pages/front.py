"""The front page: the shop of the nearest round, and a box for the code on a label."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from certification.basis import codes
from certification.basis.refusal import Invalid, Missing, Refusal
from certification.basis.units import local_day
from market.access.permit import Permit
from market.answers.language import words_for
from market.domain.offers import queries
from market.domain.registry import queries as registry
from market.web import basket, goods
from market.web.aisle import aisle
from market.web.page import onward, page
from market.web.pages import search

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
ADDRESSES = {
    "lot": "/L/", "certificate": "/C/", "plot": "/P/", "group": "/G/", "order": "/order/",
    "crate": "/S/",
}  # fmt: skip


class CodeWrong(Invalid):
    """Too short, too long, or the check character says a letter is not as printed."""

    code = "front.code_wrong"


class CodeUnknown(Missing):
    code = "front.code_unknown"


@get("/", opt={"op": "shop.read"})
async def front(request: Ask, at: At, permit: NamedDependency[Permit]) -> Response[bytes]:
    return await _shown(request, at, person=permit.person)


@get("/find", opt={"op": "shop.read"})
async def find(request: Ask, at: At, code: FromQuery[str] = "") -> Response[bytes]:
    """From what is typed off a label to its page, whatever the label is on."""
    if not code.strip():
        return onward("/")
    read = codes.read(code)
    if not codes.well_formed(read) and not (await search.meant(code)).nothing:
        return onward(f"/search?q={quote(code)}")
    if not codes.well_formed(read):
        return await _shown(request, at, no=CodeWrong(field="code"), code=code[:40])
    kind = await codes.kind_of(read)
    if kind is None:
        return await _shown(request, at, no=CodeUnknown(code=read), code=code[:40])
    return onward(ADDRESSES.get(kind, "/L/") + read)


async def _shown(
    request: Ask, at: datetime, *, no: Refusal | None = None, code: str = "", person: str = ""
) -> Response[bytes]:
    say = words_for(request)
    glance = await _glance(at)
    nearest = await queries.nearest_cycle(at)
    if nearest is None:
        return page(request, "front.html", no=no, code=code, stop=None, counts=glance)
    there = await goods.stop(nearest, at, say)
    others = [
        await goods.stop(cycle, at, say)
        for cycle in await queries.open_cycles(at)
        if cycle.id != nearest.id
    ]
    held = basket.carried(request)
    open_ = there.state == "open"
    mine = await goods.some(nearest.id, held, held, say) if open_ else []
    return page(
        request, "front.html", no=no, code=code, stop=there, others=others, counts=glance,
        shelf=await aisle(nearest.id, held, say, {}, person) if open_ else None,
        map=goods.map_of(there, say), total=goods.total(mine), held=len(held),
    )  # fmt: skip


async def _glance(at: datetime) -> dict[str, int]:
    counted = await registry.counts("", local_day(at))
    certified = sum(stage.plots for stage in counted.certified.values())
    return {"plots": counted.plots, "groups": counted.groups, "kinds": counted.kinds,
            "certified": certified}  # fmt: skip


DOORS = [front, find]
