"""A certificate as anybody may see it."""

from __future__ import annotations

from datetime import date, datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.certificates import queries as certificates
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.trace import queries
from market.domain.trace.queries import CertificatePage
from market.web import known
from market.web.page import Ask, page
from market.web.pages.plot import overridden
from market.web.scanned import proved, scanned, steps, whereabouts

LEVELS = {"not_yet": "wait", "suspended": "bad", "revoked": "bad"}
"""By the state today; every other end is told without alarm."""


@get(["/C/{typed:str}", "/c/{typed:str}"], opt={"op": "trace.read"})
async def certificate_page(
    request: Ask, typed: FromPath[str], at: NamedDependency[datetime]
) -> Response[bytes]:
    async def show(code: str, today: date) -> Response[bytes]:
        paper = await queries.certificate_page(code, today)
        say = words_for(request)
        where_, map = where(say, paper)
        return page(
            request,
            "certificate.html",
            paper=paper,
            level=level_of(paper),
            steps=steps(paper.timeline),
            where=where_,
            map=map,
            overrides=await overridden(say, (await certificates.by_code(code)).plot),
            proof=proved(say, paper.proof).decode(),
        )

    return await scanned(request, "C", typed, at, show, known.certificate)


def level_of(paper: CertificatePage) -> str:
    if paper.now.held:
        return "wait" if paper.stage == "in_conversion" else "ok"
    return LEVELS.get(paper.now.state, "off")


def where(say: Words, paper: CertificatePage) -> tuple[str, str]:
    """As near as the charter tells it; the map only where all of the land is public."""
    if paper.plot:
        return whereabouts(say, paper.plot)
    place = paper.place
    told = [one for one in (place.tambon, place.amphoe, place.province) if one]
    return " ".join(say.name(one) for one in told), ""


DOORS = [certificate_page]
