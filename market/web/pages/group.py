"""A producer group or a network: what it farms and sells, in numbers."""

from __future__ import annotations

from datetime import date, datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.assignment import gathered
from certification.draws import queries as draws
from certification.residues import queries as residues
from market.answers.language import words_for
from market.domain.trace import past, queries
from market.web import known
from market.web.page import Ask, page
from market.web.pages.season_draws import year
from market.web.scanned import scanned


@get(["/G/{typed:str}", "/g/{typed:str}"], opt={"op": "trace.read"})
async def group_page(
    request: Ask, typed: FromPath[str], at: NamedDependency[datetime]
) -> Response[bytes]:
    async def show(code: str, today: date) -> Response[bytes]:
        id, say = await past.subject(code, "group", "network"), words_for(request)
        since = today.replace(day=1, year=today.year - 1)
        return page(
            request,
            "group_public.html",
            group=await queries.group_page(code, today),
            samples=await residues.share({id, *await gathered.groups_under(id)}, since, today),
            since=since,
            draws=[[one.id, one.number, year(say, one)] for one in await draws.of_organs([id])],
        )

    return await scanned(request, "G", typed, at, show, known.group)


DOORS = [group_page]
