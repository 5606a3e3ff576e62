"""Registering a plot by three ways, looking at it, and saying what is planted."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.areas import queries as areas
from certification.basis import units
from certification.basis.refusal import Invalid, Refusal
from certification.basis.units import local_day
from certification.crops import queries as crops
from certification.inspections import queries as inspections
from certification.people import queries as people
from certification.plots import commands
from certification.plots import queries as plots
from certification.plots.queries import PlotView
from certification.plots.rules import CropPlanted, Kind, PlantCrop, PlotRegistered, RegisterPlot
from market.access import deeds, whose
from market.access.guard import may
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.answers.refusals import FieldWrong
from market.answers.words import Words
from market.domain.lots.rules import WINDOW_DAYS_EITHER_SIDE
from market.web import maps
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages.farm_drawing import drawing
from market.web.pages.farm_standing import plot_card
from market.web.pages.farm_view import Ask, Shown
from market.web.pages.inspect_view import findings
from market.web.pages.plot_map import beside, close_up
from market.web.stages import stages

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
KINDS = get_args(Kind)
WARNINGS = (
    "overlaps", "area_differs", "tambon_differs", "more_than_the_plot", "yield_unknown",
    "yield_guessed",
)  # fmt: skip
DEEDS = {
    "help": "farm.read", "plant": "planting.add", "harvest": "lot.harvest",
    "apply": "application.submit", "land": "land.read", "diary": "input.read",
    "pack": "pack.take",
    "draw": "plot.register", "answer": "finding.answer",
}  # fmt: skip
"""What the page of a plot offers to those who may."""
WINDOW = timedelta(days=WINDOW_DAYS_EITHER_SIDE)
PAIR = re.compile(r"\s*(-?[0-9]+\.[0-9]+)[\s,]+(-?[0-9]+\.[0-9]+)\s*")


class PlaceMissing(Invalid):
    """Neither drawn to the third corner, nor a point."""

    code = "farm_plots.place_missing"


@get("/farm/plots/new", opt={"op": "plot.register"})
async def new_plot_page(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    old = await _old(request.query_params.get("replaces", ""), permit, at)
    return await _new_plot(request, permit, at, old)


@post("/farm/plots/new", opt={"op": "plot.register"})
async def new_plot(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("whom"))
    old = await _old(form.raw("replaces"), permit, at)
    try:
        wanted = _plot(form)
        whom = deeds.For(wanted.farmer, wanted.group)
        made = await deeds.once(
            commands.register, wanted, PlotRegistered, by=permit.person, at=at, whom=whom
        )
    except Refusal as no:
        return await _new_plot(request, permit, at, old, no=no, typed=form.typed)
    warned = "".join(f"&warn={word}" for word in made.warnings)
    return onward(f"/farm/plots/{made.plot}?new=1{warned}")


async def _old(id: str, permit: Permit, at: datetime) -> tuple[PlotView, Place] | None:
    """The plot that is drawn anew."""
    if not id:
        return None
    plot, place = await whose.plot(id, at)
    permit.check(place)
    return plot, place


async def _new_plot(
    request: Ask,
    permit: Permit,
    at: datetime,
    old: tuple[PlotView, Place] | None,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say = words_for(request)
    chosen = request.query_params.get("of", "")
    whom = await view.farmers(say, permit, at)
    if old:
        chosen = f"{old[1].owner}|{old[0].group}"
        whom = [one for one in whom if one[0] == chosen]
    first = next((value for value, _ in whom if chosen and value.startswith(chosen)), "")
    return page(
        request,
        "farm_plot_new.html",
        no=no,
        typed=typed or ({"whom": first} | _as_before(old[0]) if old else {"whom": first}),
        old=old[0] if old else None,
        old_name=view.plot_name(say, old[0]) if old else "",
        whom=whom,
        of=first.partition("|")[0],
        kinds=[[kind, say(f"farm.kind.{kind}")] for kind in KINDS],
        drawing=await drawing(say, permit, at, old[0] if old else None) if whom else None,
    )


def _as_before(old: PlotView) -> dict[str, str]:
    return {"name": old.name or "", "kind": old.kind, "moo": str(old.moo or "")}


def _plot(form: Form) -> RegisterPlot:
    farmer, _, group = form.text("whom").rpartition("|")
    name, kind = form.text("name", most=80), form.choice("kind", KINDS)
    moo = form.whole("moo", least=1, most=99) if form.raw("moo") else None
    outline = _outline(form)
    lat, lon = (None, None) if outline else _point(form)
    pots = form.whole("pots", least=1, most=10_000) if form.raw("pots") else None
    told = form.raw("area") or (form.raw("point") and not outline and not pots)
    m2 = form.area_m2("area") if told else None
    form.done()
    return RegisterPlot(
        id=form.id(), group=group, farmer=farmer, name=name, kind=kind,  # type: ignore[arg-type]  # among KINDS
        outline=outline, lat=lat, lon=lon, area_m2=m2, moo=moo,
        pots=pots,
        replaces=form.raw("replaces") or None,
    )  # fmt: skip


def _outline(form: Form) -> str | None:
    """From the file, or pasted."""
    try:
        text = form.file("file").decode("utf-8-sig") or form.raw("outline")
    except UnicodeDecodeError:
        form.wrong_is("file", FieldWrong(field="file"))
        return None
    return text or None


def _point(form: Form) -> tuple[float, float]:
    """`7.0761, 100.2838`, as map programs copy it."""
    said = units.arabic(form.raw("point"))
    if not said:
        form.wrong_is("point", PlaceMissing(field="point"))
        return 0.0, 0.0
    pair = PAIR.fullmatch(said)
    if pair is None:
        form.wrong_is("point", FieldWrong(field="point"))
        return 0.0, 0.0
    return float(pair[1]), float(pair[2])


@get("/farm/plots/{id:str}", opt={"op": "plot.read"})
async def plot_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    plot, place = await whose.plot(id, at)
    permit.check(place)
    say, today = words_for(request), local_day(at)
    card = await plot_card(say, plot, today)
    warned = request.query_params.getall("warn", [])
    return page(
        request,
        "farm_plot.html",
        **{**card, "step": view.offered(request, card["step"], place)},
        farmer=(await people.names([place.owner])).get(place.owner, ""),
        holder=place.owner,
        own=place.owner == permit.person,
        may={word for word, operation in DEEDS.items() if may(request, operation, place)},
        plantings=await _plantings(say, id, today),
        stages=await stages(say, id, today),
        overlaps=len(await plots.overlaps(id)),
        findings=await findings(say, await inspections.open_findings(id), None),
        warned=[word for word in WARNINGS if word in warned and word != "overlaps"],
        done=[word for word in ("new", "planted", "applied") if word in request.query_params],
        map=await _map(say, plot),
    )


async def _plantings(say: Words, plot: str, on: date) -> list[Shown]:
    """The newest first."""
    return [
        {
            "of": one,
            "crop": view.crop_name(say, one.crop),
            "past": one.harvest_until + WINDOW < on,
            "ripe": one.harvest_from - WINDOW <= on <= one.harvest_until + WINDOW,
            "yearly": crops.crop(one.crop).crop_class == "perennial",
        }
        for one in reversed(await plots.plantings(plot))
    ]


async def _map(say: Words, plot: PlotView) -> Shown:
    """Exact: only who may see the plot sees this page."""
    name = view.plot_name(say, plot)
    if plot.shape_source == "polygon":
        return close_up(say, plot, await beside(plot, farmer=plot.farmer))
    if areas.polygon(plot.tambon[:4]) is None:
        return {}
    mark = maps.Mark(plot.lat_e7 / 1e7, plot.lon_e7 / 1e7, blurred=False)
    title = say("Where {name} lies", name=name)
    return {"svg": maps.district(plot.tambon, title, say.language, mark)}


@get("/farm/plots/{id:str}/plant", opt={"op": "planting.add"})
async def plant_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    plot, place = await whose.plot(id, at)
    permit.check(place)
    return _planting_form(request, plot, at)


@post("/farm/plots/{id:str}/plant", opt={"op": "planting.add"})
async def plant(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    plot, place = await whose.plot(id, at)
    permit.check(place)
    form = await Form.of(request)
    helper_for = place.owner if place.owner != permit.person else None
    try:
        wanted = _planting(form, id, helper_for, at)
        whom = deeds.For(place.owner, place.group, id)
        made = await deeds.once(
            commands.plant, wanted, CropPlanted, by=permit.person, at=at, whom=whom
        )
    except Refusal as no:
        return _planting_form(request, plot, at, no=no, typed=form.typed)
    warned = "".join(f"&warn={word}" for word in made.warnings)
    return onward(f"/farm/plots/{id}?planted=1{warned}#plantings")


def _planting(form: Form, plot: str, helper_for: str | None, at: datetime) -> PlantCrop:
    crop = form.choice("crop", [crop.id for crop in crops.crops()])
    m2 = form.area_m2("area")
    sown_on = form.day("sown_on", near=local_day(at))
    variety = form.text("variety", most=80, required=False) or None
    form.done()
    return PlantCrop(form.id(), plot, crop, m2, sown_on, variety, helper_for)


def _planting_form(
    request: Ask,
    plot: PlotView,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say = words_for(request)
    return page(
        request,
        "farm_plant.html",
        no=no,
        typed=typed or {},
        plot=plot,
        name=view.plot_name(say, plot),
        crops=[["", say("Choose a crop")], *view.crop_options(say)],
        today=say.day(local_day(at)),
        whole="-".join(units.rai_ngan_wah(plot.area_m2)),
    )


DOORS = [new_plot_page, new_plot, plot_page, plant_page, plant]
