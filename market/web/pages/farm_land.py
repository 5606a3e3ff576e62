"""A plot's land, told step by step: papers, the last years, the four sides, water.

Each step is saved by itself, and says what comes next; what is missing stands on top.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.applications import queries as applications
from certification.basis import blobs, pictures
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import BUDDHIST, local_day
from certification.land import commands, complete, queries, rules
from certification.land.complete import Lack
from certification.land.rules import (
    AttachScan,
    EndPaper,
    NotePaper,
    NoteSide,
    NoteWater,
    NoteYear,
    PaperNoted,
    SideNoted,
    WaterNoted,
    YearNoted,
)
from certification.land.views import LandView
from certification.plots.queries import PlotView
from certification.schemes.rules import RuleSet
from market.access import deeds, whose
from market.access.guard import may
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.picture import picture
from market.answers.words import Words
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
PARTS = ("papers", "years", "sides", "water")
COMMANDS: dict[str, tuple[Any, Any]] = {
    "papers": (commands.note_paper, PaperNoted),
    "years": (commands.note_year, YearNoted),
    "sides": (commands.note_side, SideNoted),
    "water": (commands.note_water, WaterNoted),
}


@get("/farm/plots/{id:str}/land", opt={"op": "land.read"})
async def land_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    plot, place = await whose.plot(id, at)
    permit.check(place)
    say, today = words_for(request), local_day(at)
    land, version = await queries.land(id, today), await applications.charter(id, today)
    lacks = await applications.land_lacks(id, version, today) if version else ()
    return page(
        request,
        "farm_land.html",
        **await _head(say, plot, place, permit),
        land=land,
        strongest=complete.strongest(land.papers),
        charter=version,
        lacks=[lack_words(say, one) for one in lacks],
        tells=may(request, "land.tell", place),
        years=[_year(say, one.year) for one in land.years],
    )


@get("/farm/plots/{id:str}/land/{part:str}", opt={"op": "land.tell"})
async def part_page(
    request: Ask, id: FromPath[str], part: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    found = await whose.plot(id, at)
    permit.check(found[1])
    _ensure_part(part)
    return await _part(request, part, found, permit, at)


@post("/farm/plots/{id:str}/land/{part:str}", opt={"op": "land.tell"})
async def tell(
    request: Ask, id: FromPath[str], part: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    found = await whose.plot(id, at)
    place = found[1]
    permit.check(place)
    _ensure_part(part)
    form = await Form.of(request)
    whom = deeds.For(place.owner, place.group, id)
    try:
        if form.raw("take_out"):
            await _take_out(form.raw("take_out"), id, whom, permit, at)
        else:
            wanted, file = _wanted(form, part, id, place.owner, at), form.file("scan")
            kept = await pictures.keep(file, by=permit.person, at=at) if file else None
            do, event = COMMANDS[part]
            await deeds.once(do, wanted, event, by=permit.person, at=at, whom=whom)
            if kept and part == "papers":
                shown = AttachScan(wanted.id, kept, place.owner)
                await run(commands.attach_scan, shown, by=permit.person, at=at)
    except Refusal as no:
        return await _part(request, part, found, permit, at, no=no, typed=form.typed)
    return onward(f"/farm/plots/{id}/land/{part}?saved=1")


@get("/farm/land-papers/{id:str}/scan", opt={"op": "land.read"})
async def scan(id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    plot, place = await whose.land_paper(id, at)
    permit.check(place)
    found = next((one for one in await queries.papers(plot) if one.id == id), None)
    if found is None or found.scan is None:
        raise NotThere
    kind, content = await blobs.fetch(found.scan)
    return picture(kind, content, f"paper-{id}")


def _ensure_part(part: str) -> None:
    if part not in PARTS:
        raise NotThere


async def _take_out(paper: str, plot: str, whom: deeds.For, permit: Permit, at: datetime) -> None:
    stands, _ = await whose.land_paper(paper, at)
    if stands != plot:
        raise NotThere
    ended = EndPaper(paper, whom.person)
    await deeds.claimed(commands.end_paper, ended, by=permit.person, at=at, whom=whom)


def _wanted(form: Form, part: str, plot: str, farmer: str, at: datetime) -> Any:
    match part:
        case "papers":
            return _paper(form, plot, farmer)
        case "years":
            return _year_told(form, plot, farmer)
        case "sides":
            return _side(form, plot, farmer)
    return _water(form, plot, farmer, local_day(at))


def _paper(form: Form, plot: str, farmer: str) -> NotePaper:
    kind = form.choice("kind", get_args(rules.PaperKind))
    relation = form.choice("relation", get_args(rules.Relation))
    number = form.text("number", most=rules.NUMBER_MAX, required=False)
    holder = form.text("holder", most=rules.TEXT_MAX, required=False)
    m2 = form.area_m2("area") if form.raw("area") else None
    form.done()
    return NotePaper(
        id=form.id(), plot=plot, kind=kind, number=number, area_m2=m2, holder=holder,  # type: ignore[arg-type]  # among them
        relation=relation, on_behalf_of=farmer,  # type: ignore[arg-type]
    )  # fmt: skip


def _year_told(form: Form, plot: str, farmer: str) -> NoteYear:
    """Written as พ.ศ. or as of the common era."""
    year = form.whole("year", least=1_900, most=2_700)
    crop = form.text("crop", most=rules.TEXT_MAX)
    used = form.choice("used", get_args(rules.Used))
    inputs = form.text("inputs", most=rules.NOTE_MAX, required=False)
    form.done()
    year -= BUDDHIST if year > 2_300 else 0
    return NoteYear(
        id=form.id(), plot=plot, year=year, crop=crop, used=used, inputs=inputs,  # type: ignore[arg-type]
        on_behalf_of=farmer,
    )  # fmt: skip


def _side(form: Form, plot: str, farmer: str) -> NoteSide:
    side = form.choice("side", rules.SIDES)
    use = form.choice("use", get_args(rules.Use))
    risk = form.choice("risk", get_args(rules.Risk))
    buffer = form.choice("buffer", get_args(rules.Buffer))
    metres = form.degrees("buffer_m") if form.raw("buffer_m") else 0.0
    note = form.text("note", most=rules.NOTE_MAX, required=False)
    form.done()
    return NoteSide(
        id=form.id(), plot=plot, side=side, use=use, risk=risk, buffer=buffer,  # type: ignore[arg-type]
        buffer_cm=_cm(metres), note=note, on_behalf_of=farmer,
    )  # fmt: skip


def _cm(metres: float) -> int:
    return round(min(max(metres, -1.0), 10_000.0) * 100) if metres == metres else -1


def _water(form: Form, plot: str, farmer: str, today: date) -> NoteWater:
    sources = tuple(one for one in rules.SOURCES if form.ticked(f"source_{one}"))
    days = form.whole("flood_days", most=rules.DAYS_MAX) if form.raw("flood_days") else 0
    until = form.day("flooded_until", near=today) if form.raw("flooded_until") else None
    tested = form.day("soil_tested_on", near=today) if form.raw("soil_tested_on") else None
    note = form.text("note", most=rules.NOTE_MAX, required=False)
    form.done()
    return NoteWater(
        id=form.id(), plot=plot, sources=sources, flood_days=days, flooded_until=until,
        soil_tested_on=tested, note=note, on_behalf_of=farmer,
    )  # fmt: skip


async def _part(
    request: Ask,
    part: str,
    found: tuple[PlotView, Place],
    permit: Permit,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    land = await queries.land(found[0].id, today)
    ask = request.query_params.get("ask", "")
    version = await applications.charter(land.plot, today)
    return page(
        request,
        f"farm_land_{part}.html",
        no=no,
        typed=typed or {},
        saved="saved" in request.query_params and no is None,
        **await _head(say, *found, permit),
        land=land,
        **_asked(say, part, land, ask, today, version.content.rules if version else None),
    )


def _asked(
    say: Words, part: str, land: LandView, ask: str, today: date, rules_of: RuleSet | None
) -> Shown:
    """The choices of the step, and which year or side is asked for: the first not yet told."""
    if part == "papers":
        garden = land.kind == "city_garden"
        kinds = [*rules.LEVELS]
        kinds.sort(key=lambda kind: kind != "consent" if garden else False)
        return {
            "kinds": [["", say("Choose")], *[[k, say(f"land.paper.{k}")] for k in kinds]],
            "relations": _choices(say, "relation", rules.Relation),
            "garden": garden,
        }
    if part == "years":
        told = {one.year for one in land.years}
        asked = [
            today.year - back for back in range(1, (rules_of.history_years if rules_of else 0) + 1)
        ]
        left = [year for year in asked if year not in told]
        year = int(ask) if ask.isdecimal() and len(ask) == 4 else next(iter(left), 0)
        before = next((one for one in land.years if one.year == year), None)
        return {
            "year": _year(say, year) if year else "",
            "all_told": not left,
            "before": before,
            "used": _choices(say, "used", rules.Used),
            "listed": [[_year(say, one.year), one] for one in land.years],
        }
    if part == "sides":
        told_sides = {one.side: one for one in land.sides}
        left_sides = [one for one in rules.SIDES if one not in told_sides]
        side = ask if ask in rules.SIDES else next(iter(left_sides), "")
        return {
            "side": side,
            "before": told_sides.get(side),
            "uses": _choices(say, "use", rules.Use),
            "risks": _choices(say, "risk", rules.Risk),
            "buffers": _choices(say, "buffer", rules.Buffer),
        }
    return {
        "sources": _choices(say, "source", rules.Source)[1:],
        "flood": rules_of.flood_days_soil_test if rules_of else 0,
    }


def lack_words(say: Words, lack: Lack) -> Shown:
    """A sentence with its numbers; widths in metres, areas as areas."""
    about = say(f"land.side.{lack.about}") if lack.what in ("side", "buffer") else lack.about
    width = lack.what == "buffer"
    said = say(
        f"land.lack.{lack.what}",
        about=about,
        have=_metres(lack.have) if width else lack.have,
        need=_metres(lack.need) if width else _year(say, lack.need)
        if lack.what == "whole_by" else lack.need,
        have_m2=lack.have,
        need_m2=lack.need,
    )  # fmt: skip
    return {"words": said, "step": lack.step, "setting": lack.setting, "what": lack.what}


def _metres(cm: int) -> str:
    return f"{cm / 100:g}"


def _year(say: Words, year: int) -> str:
    return str(year + BUDDHIST if say.language == "th" else year)


def _choices(say: Words, name: str, of: Any) -> list[list[str]]:
    """None of them is chosen beforehand: a fact is not to be had by a press."""
    return [["", say("Choose")], *[[one, say(f"land.{name}.{one}")] for one in get_args(of)]]


async def _head(say: Words, plot: PlotView, place: Place, permit: Permit) -> Shown:
    return {
        "plot": plot,
        "name": view.plot_name(say, plot),
        "holder": place.owner,
        "own": place.owner == permit.person,
        "helped": await view.helped(permit, place.owner),
    }


DOORS = [land_page, part_page, tell, scan]
