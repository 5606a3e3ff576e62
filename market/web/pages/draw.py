"""A draw as everybody may see it: fixed beforehand, and to be repeated when the visits are done."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.units import local_day
from certification.draws import queries
from certification.draws.queries import DrawTold
from certification.groups import queries as groups
from market.access import seasons
from market.answers.language import words_for
from market.web import sheets
from market.web.page import Ask, page
from market.web.pages.season_draws import year


@get("/draws/{id:str}", opt={"op": "draw.read"})
async def draw_told(
    request: Ask, id: FromPath[str], at: NamedDependency[datetime]
) -> Response[bytes]:
    found, _ = await seasons.draw(id)
    say, told = words_for(request), await queries.told(found, at)
    if sheets.kind(request):
        heads = ("Plot code", "Came out as", "Let it go", "Reason")
        return sheets.saved(request, f"draw-{told.season}-{told.number}", heads, _rows(told))
    return page(
        request,
        "draw_public.html",
        draw=told,
        year=year(say, found),
        organ=say.name(await groups.group(found.organ)),
    )


def _rows(told: DrawTold) -> list[tuple[object, ...]]:
    """The list, and what came out of it; nothing before the page itself tells them."""
    turns = {code: turn for turn, code in enumerate(told.drawn, 1)}
    gone = {one.plot: (local_day(one.at), one.reason) for one in told.let_go_told}
    return [(code, turns.get(code), *gone.get(code, (None, ""))) for code in told.items]


DOORS = [draw_told]
