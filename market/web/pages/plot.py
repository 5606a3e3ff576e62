"""A plot as a stranger may see it: hereabouts, never where exactly, and whose only by consent."""

from __future__ import annotations

from datetime import date, datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from market.answers.language import words_for
from market.domain.trace import queries
from market.web.page import Ask, page
from market.web.scanned import scanned, whereabouts


@get(["/P/{typed:str}", "/p/{typed:str}"], opt={"op": "trace.read"})
async def plot_page(
    request: Ask, typed: FromPath[str], at: NamedDependency[datetime]
) -> Response[bytes]:
    async def show(code: str, today: date) -> Response[bytes]:
        land = await queries.plot_page(code, today)
        where, map = whereabouts(words_for(request), land.plot)
        return page(request, "plot_public.html", land=land, where=where, map=map)

    return await scanned(request, "P", typed, at, show)


DOORS = [plot_page]
