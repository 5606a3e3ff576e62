"""What the page of a lot says, part by part: alike in its kin, of its day, and of it alone."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from datetime import date
from operator import itemgetter

from market.answers.words import Words
from market.domain.trace.alike import Trace, held_back, of_lot
from market.domain.trace.rules import Happening, Recalled, Verdict
from market.domain.trace.scan import Lone
from market.web import residue_words
from market.web.drawings import drawing
from market.web.layout import Layout, Placed, joined
from market.web.produce import look_of
from market.web.scanned import PROOF, Step, steps, whereabouts
from market.web.templating import parts, to_html

OF_THE_LAND = ("plots.registered", "applications.submitted")
"""What an eater of one lot need not read."""
OF_THE_LOT = ("lots.harvested", "labels.printed", "lineage.used", "lineage.corrected")

Place = tuple[date, int]
"""Of a step of the way: its day, and its place in the log."""
Told = tuple[Place, bytes | Layout]

Course = tuple[tuple[str, date, int], ...]
"""What befell a lot, of each deed the day, and how much of what its kin tell comes before."""


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


def before(say: Words, lot: Trace) -> list[Told]:
    """The planting, and what befell land and papers, in order."""
    others = steps(one for one in lot.timeline if one.tag not in (*OF_THE_LAND, *OF_THE_LOT))
    if lot.planted_on:
        others.append(Step("seed", "planted", lot.planted_on))
    told = [((step.on, step.seq), _step(say, lot, step)) for step in others]
    return sorted(told, key=itemgetter(0))


def course(day: Trace, lot: Trace | Lone, told: Sequence[Place]) -> Course:
    """Lots that are alike in it too are told the same way, but for what they weigh."""
    return tuple([
        (one.tag, one.on, bisect(told, (_on(day, one), one.seq)))
        for one in lot.timeline
        if one.tag in OF_THE_LOT
    ])  # fmt: skip


def way(say: Words, day: Trace, lot: Trace | Lone, told: Sequence[Told]) -> Layout:
    """From planting to label; it begins with what is told of its kin."""
    mine = [
        ((_on(day, step), step.seq), _own_step(say, day, step))
        for step in steps(one for one in lot.timeline if one.tag in OF_THE_LOT)
    ]
    return joined(html for _, html in sorted([*told, *mine], key=itemgetter(0)))


def proof(say: Words, lot: Trace | Lone) -> Layout | bytes:
    return parts(say.language).layout("public_proof.html", {}, PROOF) if lot.proof else b""


def besides(say: Words, day: Trace, lot: Trace | Lone) -> Placed:
    """What is said of few lots, and of most is empty."""
    part, code = parts(say.language).html, lot.code
    offered = lot.offered if level_of(day, code, lot.recalled) != "bad" else None
    tests = residue_words.lines(say, of_lot(day.tests, code))
    return {
        "next": part("trace_next.html", offered=offered),
        "order": part("trace_order.html", offered=offered, gone=lot.gone),
        "noted": part("trace_noted.html", of=lot.noted, code=code) if lot.noted else b"",
        "tested": part("trace_tested.html", tests=tests) if tests else b"",
        **_held_back(say, day, lot),
    }


def is_plain(day: Trace, lot: Trace | Lone) -> bool:
    """Then `besides` are those of any other that is."""
    return not (day.tests or lot.offered or lot.gone or lot.noted or lot.recalled)


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


def _on(day: Trace, step: Step | Happening) -> date:
    """The harvest stands on its day, though it may be reported later."""
    return day.harvested_on if step.tag == "lots.harvested" else step.on


def _own_step(say: Words, day: Trace, step: Step) -> Layout | bytes:
    """Hardly two lots weigh the same, so the template runs for none of them."""
    part = parts(say.language)
    if step.tag == "lots.harvested":
        of = part.layout("trace_harvested.html", {}, ("grams", "reported", "harvested"))
        harvested = to_html(say.day(day.harvested_on))
        return of.filled({"reported": step.on.isoformat().encode(), "harvested": harvested})
    if step.tag == "lineage.corrected":
        of = part.layout("trace_corrected.html", {}, ("code", "on", "shown"))
        return of.filled({"on": step.on.isoformat().encode(), "shown": to_html(say.day(step.on))})
    return _step(say, day, step)


def _step(say: Words, lot: Trace, step: Step) -> bytes:
    html, facts = parts(say.language).html, _facts(lot, step.tag)
    return html("public_step.html", shown=step.icon, tag=step.tag, on=step.on, **facts)


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
