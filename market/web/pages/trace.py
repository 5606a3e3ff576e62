"""What a scan of a packet shows."""

from __future__ import annotations

from datetime import date, datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import codes
from market.domain.labels.drawing import qr_svg
from market.domain.labels.rules import address
from market.domain.trace import queries
from market.domain.trace.queries import Trace
from market.domain.trace.rules import UnknownCode
from market.web.kept import kept
from market.web.page import Ask, page
from market.web.produce import look_of
from market.web.scanned import scanned, way_of, whereabouts

At = NamedDependency[datetime]


@get(["/L/{typed:str}", "/l/{typed:str}"], opt={"op": "trace.read"})
async def lot_page(request: Ask, typed: FromPath[str], at: At) -> Response[bytes]:
    async def show(code: str, today: date) -> Response[bytes]:
        return shown(request, await queries.by_code(code, today))

    return await scanned(request, "L", typed, at, show)


@get(["/L/{typed:str}/qr.svg", "/l/{typed:str}/qr.svg"], opt={"op": "trace.read"})
async def lot_qr(request: Ask, typed: FromPath[str]) -> Response[bytes]:
    """The very code that the label bears; also of one that is printed and not yet reported."""
    code = codes.read(typed)
    if not codes.well_formed(code) or await codes.kind_of(code) != "lot":
        raise UnknownCode(code=code[:20])
    svg = qr_svg(address(request.app.state.settings.origin, "L", code))
    drawn = Response(svg.encode(), status_code=200, media_type="image/svg+xml", headers={})
    return kept(request, drawn)


def shown(request: Ask, lot: Trace) -> Response[bytes]:
    where, map = whereabouts(request, lot.plot)
    return page(
        request,
        "trace.html",
        lot=lot,
        look=look_of(lot.crop),
        level=_level(lot),
        steps=way_of(lot),
        where=where,
        map=map,
    )


def _level(lot: Trace) -> str:
    """How the first card looks: ok, wait, bad or off; a word always stands beside the colour."""
    if lot.verdict.level in ("bad", "warning"):
        return "bad"
    if lot.claim == "organic" and lot.verdict.level == "ok":
        return "ok"
    return "wait" if lot.claim == "in_conversion" else "off"


DOORS = [lot_page, lot_qr]
