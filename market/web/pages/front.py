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
from market.domain.offers.queries import CycleView
from market.domain.registry import queries as registry
from market.web import basket, choice, goods
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
    wished = choice.asked(request.query_params)
    round = await _round(wished, at)
    if round is None:
        return page(request, "front.html", no=no, code=code, stop=None, counts=glance)
    choices = await choice.choices(round, wished, at, say)
    there = await goods.stop(round, at, say, choices.chosen)
    held = basket.carried(request)
    open_, kept = there.state == "open", {choice.STOP: choices.chosen}
    mine = await goods.some(round.id, held, held, say) if open_ else []
    return page(
        request, "front.html", no=no, code=code, stop=there, choices=choices, counts=glance,
        shelf=await aisle(round.id, held, say, kept, person) if open_ else None,
        map=goods.map_of(there, say), total=goods.total(mine), held=len(held),
    )  # fmt: skip


async def _round(wished: str, at: datetime) -> CycleView | None:
    """That of the stop that was chosen; else the nearest."""
    every = await queries.open_cycles(at)
    of = [one for one in every if choice.chosen(one, wished)]
    return next(iter([*of, *every]), None) or await queries.nearest_cycle(at)


async def _glance(at: datetime) -> dict[str, int]:
    counted = await registry.counts("", local_day(at))
    certified = sum(stage.plots for stage in counted.certified.values())
    return {"plots": counted.plots, "groups": counted.groups, "kinds": counted.kinds,
            "certified": certified}  # fmt: skip


DOORS = [front, find]
