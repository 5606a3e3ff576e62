"""Recording a harvest: from which planting, when, how much. The claim follows from the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from litestar import Response, get, post
from litestar.di import NamedDependency

from certification.basis.ids import is_id
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.certificates import queries as certificates
from certification.certificates.queries import Holding
from certification.crops import queries as crops
from certification.inputs import queries as inputs
from certification.inputs import rules as input_rules
from certification.plots import queries as plots
from certification.plots.queries import PlotView
from certification.schemes import queries as schemes
from market.access import deeds, whose
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.answers.refusals import FieldMissing
from market.answers.words import Words
from market.domain.lots import commands
from market.domain.lots.refusals import SoonAfterManure, Unlikely
from market.domain.lots.rules import HarvestLot
from market.domain.lots.uncertified import UNCERTIFIED
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
OTHER = "other"
"""Instead of a planting: a plot and a crop that nobody said was planted."""
BESIDE = timedelta(days=60)
"""Plantings stay on offer so long after their window; the claim's own rule is narrower."""


@get("/farm/harvest/new", opt={"op": "lot.harvest"})
async def harvest_page(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    farmer = await view.acting_for(request, permit, at)
    return await _harvest_form(request, permit, farmer, at)


@post("/farm/harvest/new", opt={"op": "lot.harvest"})
async def harvest(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    farmer = await view.acting_for(request, permit, at, form.raw("of"))
    id = form.id()
    try:
        wanted, place = await _harvest(form, permit, farmer, at)
        by, whom = permit.person, deeds.For(place.owner, place.group)
        record = commands.harvest if form.ticked("sure") else commands.harvest_if_likely
        made = await deeds.helped(record, id, wanted, by=by, at=at, whom=whom)
    except Refusal as no:
        return await _harvest_form(request, permit, farmer, at, no=no, typed=form.typed)
    return onward(f"/farm/lots/{made.lot}?new=1")


async def _harvest(
    form: Form, permit: Permit, farmer: str, at: datetime
) -> tuple[HarvestLot, Place]:
    plot, crop, planting = await _what(form)
    on, grams = _day(form, local_day(at)), form.grams("weight")
    form.done()
    _, place = await whose.plot(plot, at)
    permit.check(place)
    wanted = HarvestLot(
        plot, crop, on, grams, planting,
        wish="plain" if form.ticked("plain") else "organic",
        code=form.raw("label_code") or None,
        on_behalf_of=farmer if farmer != permit.person else None,
        as_plain=form.ticked("as_plain"),
    )  # fmt: skip
    return wanted, place


async def _what(form: Form) -> tuple[str, str, str | None]:
    """Plot, crop and planting; `permit.check` comes after."""
    chosen = form.text("what")
    if chosen == OTHER:
        crop = form.choice("crop", [crop.id for crop in crops.crops()])
        return form.text("plot"), crop, None
    if not is_id(chosen):
        form.wrong_is("what", FieldMissing(field="what"))
        return "", "", None
    planting = await plots.planting(chosen)
    return planting.plot, planting.crop, planting.id


def _day(form: Form, today: date) -> date:
    match form.raw("day"):
        case "today":
            return today
        case "yesterday":
            return today - timedelta(days=1)
    return form.day("harvested_on", near=today)


async def _harvest_form(
    request: Ask,
    permit: Permit,
    farmer: str,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    mine = await plots.of_farmer(farmer, today)
    grown = [one for plot in mine for one in await _grown(say, plot, today)]
    asked = request.query_params.get("planting", "")
    return page(
        request,
        "farm_harvest.html",
        no=no,
        typed=typed
        or {
            "what": asked or (grown[0]["id"] if grown else OTHER),
            "day": "today",
            "label_code": request.query_params.get("code", "")[:20],
        },
        of=farmer if farmer != permit.person else "",
        ask_sure=isinstance(no, Unlikely),
        ask_manured=isinstance(no, SoonAfterManure),
        ask_plain=isinstance(no, UNCERTIFIED),
        helped=await view.helped(permit, farmer),
        grown=grown,
        plots=[[plot.id, view.plot_name(say, plot)] for plot in mine if not plot.replaced_by],
        crops=[["", say("Choose a crop")], *view.crop_options(say)],
        today=today,
        yesterday=today - timedelta(days=1),
    )


async def _grown(say: Words, plot: PlotView, on: date) -> list[Shown]:
    """What may be ripe now, with what its certificate says of a harvest of today."""
    found = []
    for one in await plots.growing(plot.id, on - BESIDE):
        if one.sown_on > on:
            continue
        held = await certificates.holding(plot.id, one.crop, on)
        stages = {each.stage for each in held}
        found.append({
            "id": one.id,
            "crop": view.crop_name(say, one.crop),
            "plot": view.plot_name(say, plot),
            "sown_on": one.sown_on,
            "expected": one.expected_grams,
            "stage": "organic" if "organic" in stages else "in_conversion" if stages else "",
            "ripe_on": await _ripe_on(plot.id, one.crop, held, on),
        })  # fmt: skip
    return found


async def _ripe_on(plot: str, crop: str, held: Sequence[Holding], on: date) -> date | None:
    """The first day on which no raw manure stands in the way of a claim, where that is to come."""
    manured = await inputs.manured_on(plot, crop, on)
    if manured is None or not held:
        return None
    charter = (await schemes.version(held[0].scheme_version)).content.rules
    touches = crops.crop(crop).touches_soil
    ripe = input_rules.ripe_on(manured, charter.manure_days, touches_soil=touches)
    return ripe if ripe > on else None


DOORS = [harvest_page, harvest]
