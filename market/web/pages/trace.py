"""What a scan of a packet shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import codes
from market.answers.language import words_for
from market.domain.labels.drawing import qr_svg
from market.domain.labels.rules import address
from market.domain.trace import queries
from market.domain.trace.queries import Trace
from market.domain.trace.rules import UnknownCode
from market.web.drawings import drawing
from market.web.kept import kept
from market.web.page import Ask, laid_out
from market.web.produce import look_of
from market.web.scanned import Step, scanned, way_of, whereabouts
from market.web.templating import parts

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
    say, level = words_for(request), _level(lot)
    part, paper = parts(say.language).html, lot.certificate
    offered = lot.offered if level != "bad" else None
    since = lot.days_since
    return laid_out(
        request,
        "trace.html",
        level,
        code=lot.code,
        code_shown=f"{lot.code[:4]}-{lot.code[4:]}",
        crop=say.name(lot.crop_name),
        picture=drawing(look_of(lot.crop)).encode(),
        group=say.name(lot.place.group),
        where=where,
        since=part("trace_since.html", days_since=since),
        say=part(
            "trace_say.html", level=level, verdict=lot.verdict, claim=lot.claim,
            because=lot.because, certificate=paper, harvested_on=lot.harvested_on,
        ),
        who=part("trace_who.html", place=lot.place, farmer_name=lot.farmer_name, where=where),
        vouched=part("trace_vouched.html", inspected=lot.inspected, decided=lot.decided),
        way=b"".join(_step(part, lot, step) for step in way_of(lot)),
        next=part("trace_next.html", offered=offered),
        order=part("trace_order.html", offered=offered),
        map=map.encode(),
        plot=lot.plot.code,
        paper=part("trace_paper.html", certificate=paper, also=lot.also),
        proof=part("public_proof.html", proof=lot.proof),
    )  # fmt: skip


def _step(part: Callable[..., bytes], lot: Trace, step: Step) -> bytes:
    """Given only what its deed is told with, it is made once for all lots that share the deed."""
    match step.tag:
        case "lots.harvested":
            about = {"grams": lot.grams, "on": step.on, "harvested_on": lot.harvested_on}
            return part("trace_harvested.html", **about)
        case "planted":
            told: dict[str, object] = {"crop": lot.crop_name}
        case "inspections.finished":
            told = {"inspected": lot.inspected}
        case "decisions.decided":
            told = {"decided": lot.decided}
        case _:
            told = {}
    return part("public_step.html", shown=step.icon, tag=step.tag, on=step.on, **told)


def _level(lot: Trace) -> str:
    """How the first card looks: ok, wait, bad or off; a word always stands beside the colour."""
    if lot.verdict.level in ("bad", "warning"):
        return "bad"
    if lot.claim == "organic" and lot.verdict.level == "ok":
        return "ok"
    return "wait" if lot.claim == "in_conversion" else "off"


DOORS = [lot_page, lot_qr]
