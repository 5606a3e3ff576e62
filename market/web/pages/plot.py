"""A plot as a stranger may see it: hereabouts, never where exactly, and whose only by consent."""

from __future__ import annotations

from datetime import date, datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.assignment import queries as assignment
from certification.inspections import queries as inspections
from certification.plots import queries as plots
from certification.residues import queries as residues
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.trace import queries
from market.web import known, residue_words
from market.web.page import Ask, page
from market.web.scanned import scanned, whereabouts
from market.web.stages import public_stages


@get(["/P/{typed:str}", "/p/{typed:str}"], opt={"op": "trace.read"})
async def plot_page(
    request: Ask, typed: FromPath[str], at: NamedDependency[datetime]
) -> Response[bytes]:
    async def show(code: str, today: date) -> Response[bytes]:
        land = await queries.plot_page(code, today)
        say = words_for(request)
        where, map = whereabouts(say, land.plot)
        id = (await plots.by_code(code)).id
        tests = [residues.told(one) for one in await residues.of_plot(id)]
        return page(
            request,
            "plot_public.html",
            land=land,
            where=where,
            map=map,
            overrides=await overridden(say, id),
            stages=await public_stages(say, code, today),
            tests=residue_words.lines(say, tests),
        )

    return await scanned(request, "P", typed, at, show, known.plot)


async def overridden(say: Words, plot: str) -> list[dict[str, object]]:
    """Where two let an inspector go whom the charter does not; who it was stays with the group."""
    signed = await assignment.signed_on_plot(plot)
    excused = await inspections.excused_on(plot)
    let: list[dict[str, object]] = [
        {"why": say(f"inspect.against.{one.why}"), "reason": one.reason, "on": one.signed_at}
        for one in excused
    ]
    return let + [
        {
            "why": " · ".join(say(f"season.why.{one}") for one in each.why.split()),
            "reason": each.reason,
            "on": each.signed_at,
        }
        for each in signed
    ]


DOORS = [plot_page]
