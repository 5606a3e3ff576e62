"""A producer group or a network: what it farms and sells, in numbers."""

from __future__ import annotations

from datetime import date, datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from market.domain.trace import queries
from market.web.page import Ask, page
from market.web.scanned import scanned


@get(["/G/{typed:str}", "/g/{typed:str}"], opt={"op": "trace.read"})
async def group_page(
    request: Ask, typed: FromPath[str], at: NamedDependency[datetime]
) -> Response[bytes]:
    async def show(code: str, today: date) -> Response[bytes]:
        return page(request, "group_public.html", group=await queries.group_page(code, today))

    return await scanned(request, "G", typed, at, show)


DOORS = [group_page]
