"""What a scan of a packet shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import codes
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.labels.drawing import qr_svg
from market.domain.labels.rules import address
from market.domain.trace import made, told_otherwise
from market.domain.trace.alike import Trace, held_back, of_lot
from market.domain.trace.made import MadeTrace
from market.domain.trace.rules import Recalled, UnknownCode, Verdict
from market.domain.trace.scan import Lone
from market.web import known, residue_words
from market.web.drawings import drawing
from market.web.kept import kept
from market.web.page import Ask, laid_out, page
from market.web.produce import look_of
from market.web.scanned import Step, proved, scanned, steps, whereabouts
from market.web.templating import Placed, parts, to_html

At = NamedDependency[datetime]
PAGE = "trace.html"
OF_THE_LAND = ("plots.registered", "applications.submitted")
"""What an eater of one lot need not read."""
OF_THE_LOT = ("lots.harvested", "labels.printed", "lineage.used", "lineage.corrected")

Part = Callable[..., bytes]
Told = tuple[date, int, bytes]
"""A step of the way: its day, its place in the log, and as it is shown."""


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


def shown(request: Ask, lot: Trace) -> Response[bytes]:
    say = words_for(request)
    its_own = {**that_day(say, lot), **own(say, lot, lot, told(say, lot))}
    return laid_out(request, PAGE, level_of(lot, lot.code, lot.recalled), alike(say, lot), its_own)


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


def alike(say: Words, lot: Trace) -> Placed:
    """What the pages of lots of the same land, planting, farmer, claim and papers say alike."""
    where, map = whereabouts(say, lot.plot)
    part = parts(say.language).html
    return {
        "crop": to_html(say.name(lot.crop_name)),
        "picture": drawing(look_of(lot.crop)).encode(),
        "group": to_html(say.name(lot.place.group)),
        "where": to_html(where),
        "who": part("trace_who.html", place=lot.place, farmer_name=lot.farmer_name, where=where),
        "vouched": part("trace_vouched.html", inspected=lot.inspected, decided=lot.decided),
        "map": map.encode(),
        "plot": to_html(lot.plot.code),
        "paper": part("trace_paper.html", certificate=lot.certificate, also=lot.also),
        "marks": part("marks_public.html", marks=lot.marks),
    }


def that_day(say: Words, lot: Trace) -> Placed:
    """What it further says alike of lots that were harvested on the same day."""
    part = parts(say.language).html
    return {
        "since": part("trace_since.html", days_since=lot.days_since),
        "say": part(
            "trace_say.html", level=level_of(lot), verdict=lot.verdict, claim=lot.claim,
            because=lot.because, certificate=lot.certificate, harvested_on=lot.harvested_on,
            beside=lot.beside,
        ),
    }  # fmt: skip


def told(say: Words, lot: Trace) -> list[Told]:
    """The planting, and what befell land and papers."""
    others = steps(one for one in lot.timeline if one.tag not in (*OF_THE_LAND, *OF_THE_LOT))
    if lot.planted_on:
        others.append(Step("seed", "planted", lot.planted_on))
    return [_told(parts(say.language).html, lot, step) for step in others]


def own(say: Words, day: Trace, lot: Trace | Lone, before: Sequence[Told]) -> Placed:
    """What it says of no other lot; the way from planting to label begins with what is told."""
    part, code = parts(say.language).html, lot.code
    offered = lot.offered if level_of(day, code, lot.recalled) != "bad" else None
    tests = residue_words.lines(say, of_lot(day.tests, code))
    mine = [
        _harvested(say, day, lot, step)
        if step.tag == "lots.harvested"
        else _corrected(part, code, step)
        if step.tag == "lineage.corrected"
        else _told(part, day, step)
        for step in steps(one for one in lot.timeline if one.tag in OF_THE_LOT)
    ]
    way = sorted([*before, *mine])
    return {
        "code": code.encode(),
        "code_shown": f"{code[:4]}-{code[4:]}".encode(),
        "way": b"".join([html for _, _, html in way]),
        "next": part("trace_next.html", offered=offered),
        "order": part("trace_order.html", offered=offered, gone=lot.gone),
        "proof": proved(say, lot.proof),
        "noted": part("trace_noted.html", of=lot.noted, code=code) if lot.noted else b"",
        "tested": part("trace_tested.html", tests=tests) if tests else b"",
        **_held_back(say, day, lot),
    }


def _held_back(say: Words, day: Trace, lot: Trace | Lone) -> Placed:
    """In the place of what is said of its kin: this lot is called back, or its sample had too much
    of something."""
    if lot.recalled:
        return {"say": parts(say.language).html("trace_recalled.html", of=lot.recalled)}
    why = held_back(day.tests, lot.code)
    if not why or level_of(day) == "bad":
        return {}
    html = parts(say.language).html(
        "trace_say.html", level="bad", verdict=Verdict("bad", why), claim=day.claim,
        because=day.because, certificate=day.certificate, harvested_on=day.harvested_on,
    )  # fmt: skip
    return {"say": html}


def _harvested(say: Words, day: Trace, lot: Trace | Lone, step: Step) -> Told:
    """It stands on its day, though it may be reported later. Hardly two lots weigh the same, so the
    template runs for none of them."""
    on = day.harvested_on
    told = {
        "grams": to_html(say.kilos(lot.grams)),
        "reported": to_html(step.on.isoformat()),
        "harvested": to_html(say.day(on)),
    }
    html = parts(say.language).layout("trace_harvested.html", {}, told).whole(told)
    return on, step.seq, html


def _corrected(part: Part, code: str, step: Step) -> Told:
    return step.on, step.seq, part("trace_corrected.html", code=code, on=step.on)


def _told(part: Part, lot: Trace, step: Step) -> Told:
    facts = _facts(lot, step.tag)
    html = part("public_step.html", shown=step.icon, tag=step.tag, on=step.on, **facts)
    return step.on, step.seq, html


def _facts(lot: Trace, tag: str) -> dict[str, object]:
    """Given only what its deed is told with, a step is made once for all lots that share it."""
    match tag:
        case "planted":
            return {"crop": lot.crop_name}
        case "inspections.finished":
            return {"inspected": lot.inspected}
        case "decisions.decided":
            return {"decided": lot.decided}
    return {}


def level_of(lot: Trace, code: str = "", recalled: Recalled | None = None) -> str:
    """How the first card looks: ok, wait, bad or off; a word always stands beside the colour."""
    if recalled or lot.verdict.level in ("bad", "warning") or (code and held_back(lot.tests, code)):
        return "bad"
    if lot.claim == "organic" and lot.verdict.level == "ok":
        return "ok"
    return "wait" if lot.claim == "in_conversion" else "off"


def level_of_made(lot: MadeTrace) -> str:
    bad = lot.recalled or lot.verdict.level in ("bad", "warning")
    plain = "wait" if lot.claim == "in_conversion" else "off"
    return "bad" if bad else "ok" if lot.claim == "organic" else plain


DOORS = [lot_page, lot_qr, corrections_page]
