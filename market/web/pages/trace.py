"""What a scan of a packet shows."""

from __future__ import annotations

from datetime import date, datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import codes
from market.answers.language import words_for
from market.domain.labels.drawing import qr_svg
from market.domain.labels.rules import address
from market.domain.trace import made, told_otherwise
from market.domain.trace.made import MadeTrace
from market.domain.trace.rules import UnknownCode
from market.web import known
from market.web.drawings import drawing
from market.web.kept import kept
from market.web.lot_sheet import shown
from market.web.page import Ask, page
from market.web.produce import look_of
from market.web.scanned import proved, scanned, steps

At = NamedDependency[datetime]


@get(["/L/{typed:str}", "/l/{typed:str}"], opt={"op": "trace.read"})
async def lot_page(request: Ask, typed: FromPath[str], at: At) -> Response[bytes]:
    async def show(code: str, today: date) -> Response[bytes]:
        found = await made.of_any(code, today)
        return packed(request, found) if isinstance(found, MadeTrace) else shown(request, found)

    return await scanned(request, "L", typed, at, show, known.lot)


@get(["/L/{typed:str}/qr.svg", "/l/{typed:str}/qr.svg"], opt={"op": "trace.read"})
async def lot_qr(request: Ask, typed: FromPath[str]) -> Response[bytes]:
    """The very code that the label bears; also of one that is printed and not yet reported."""
    code = codes.read(typed)
    if not codes.well_formed(code) or await codes.kind_of(code) != "lot":
        raise UnknownCode(code=code[:20])
    svg = qr_svg(address(request.app.state.settings.origin, "L", code))
    drawn = Response(svg.encode(), status_code=200, media_type="image/svg+xml", headers={})
    return kept(request, drawn)


def packed(request: Ask, lot: MadeTrace) -> Response[bytes]:
    """Of a lot that was made of others: every harvest in it."""
    say, of = words_for(request), lot.code
    return page(
        request, "trace_made.html", lot=lot, level=level_of_made(lot), crop=say.name(lot.crop_name),
        picture=drawing(look_of(lot.crop)), code_shown=f"{of[:4]}-{of[4:]}",
        shares=[round(100 * one.grams / lot.grams) for one in lot.harvests],
        steps=steps(lot.timeline), proof=proved(say, lot.proof).decode(),
    )  # fmt: skip


@get(["/L/{typed:str}/corrections", "/l/{typed:str}/corrections"], opt={"op": "trace.read"})
async def corrections_page(request: Ask, typed: FromPath[str], at: At) -> Response[bytes]:
    """What was told before and what is known now; why, is for the group to read."""

    async def show(code: str, _: date) -> Response[bytes]:
        return page(request, "trace_corrections.html", of=await told_otherwise.of(code))

    return await scanned(request, "L", typed, at, show, below="/corrections")


def level_of_made(lot: MadeTrace) -> str:
    bad = lot.recalled or lot.verdict.level in ("bad", "warning")
    plain = "wait" if lot.claim == "in_conversion" else "off"
    return "bad" if bad else "ok" if lot.claim == "organic" else plain


DOORS = [lot_page, lot_qr, corrections_page]
