"""What a scan of a crate shows to anybody: what is in it and whose it is, never who has it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.crops import queries as crops
from certification.groups import queries as groups
from market.answers.language import words_for
from market.domain.custody import queries
from market.domain.trace import past
from market.web import known
from market.web.page import Ask, page
from market.web.pages.crates import shown_code
from market.web.scanned import scanned

At = NamedDependency[datetime]


@get(["/S/{typed:str}", "/s/{typed:str}"], opt={"op": "trace.read"})
async def crate_page(request: Ask, typed: FromPath[str], at: At) -> Response[bytes]:
    async def show(code: str, _: date) -> Response[bytes]:
        return await _shown(request, await past.subject(code, "crate"))

    return await scanned(request, "S", typed, at, show, known.crate)


async def _shown(request: Ask, id: str) -> Response[bytes]:
    say, crate = words_for(request), await queries.crate(id)
    inside = [
        {
            "code": one.lot_code, "crop": say.name(crops.crop(one.crop).name),
            "grams": one.grams, "group": await groups.group(one.group),
        }
        for one in await queries.inside(id)
    ]  # fmt: skip
    return page(
        request, "crate_public.html", crate=crate, code=shown_code(crate.code), inside=inside,
        owner=await groups.group(crate.owner), terms=await queries.kind(crate.kind),
    )  # fmt: skip


DOORS: list[Any] = [crate_page]
