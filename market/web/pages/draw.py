"""A draw as everybody may see it: fixed beforehand, and to be repeated when the visits are done."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.draws import queries
from certification.groups import queries as groups
from market.access import seasons
from market.answers.language import words_for
from market.web.page import Ask, page
from market.web.pages.season_draws import year


@get("/draws/{id:str}", opt={"op": "draw.read"})
async def draw_told(
    request: Ask, id: FromPath[str], at: NamedDependency[datetime]
) -> Response[bytes]:
    found, _ = await seasons.draw(id)
    say = words_for(request)
    return page(
        request,
        "draw_public.html",
        draw=await queries.told(found, at),
        year=year(say, found),
        organ=say.name(await groups.group(found.organ)),
    )


DOORS = [draw_told]
