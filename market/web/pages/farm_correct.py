"""A harvest was told wrongly: what was told, what it truly was, and what follows, seen first."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.crops import queries as crops
from certification.plots import queries as plots
from market.access import deeds, whose
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.lineage import correcting, queries
from market.domain.lineage.correcting import Derived
from market.domain.lineage.corrections import CorrectLot, rises
from market.domain.lineage.refusals import OnlyHarvests
from market.domain.lineage.rules import NOTE_LETTERS_MAX
from market.domain.lots.queries import Lot
from market.domain.lots.rules import Facts
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages.farm_standing import claim_chip
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/farm/lots/{id:str}/correct", opt={"op": "lot.correct"})
async def correct_page(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    lot, place = await whose.lot(id)
    permit.check(place)
    if lot.deed:
        raise OnlyHarvests(lot=lot.code)
    return await _form(request, lot, permit)


@post("/farm/lots/{id:str}/correct", opt={"op": "lot.correct"})
async def correct(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    lot, place = await whose.lot(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        told = _told(form, lot, at)
        if form.raw("step") != "save":
            found = await correcting.preview(told, by=permit.person, at=at)
            return await _form(request, lot, permit, typed=form.typed, found=found)
        await _save(told, place, permit, at)
    except Refusal as no:
        return await _form(request, lot, permit, typed=form.typed, no=no)
    return onward(f"/farm/lots/{id}?corrected=1#told")


async def _save(told: CorrectLot, place: Place, permit: Permit, at: datetime) -> None:
    whom = deeds.For(place.owner, place.group, told.lot)
    await deeds.done(correcting.correct, told, by=permit.person, at=at, whom=whom)


def _told(form: Form, lot: Lot, at: datetime) -> CorrectLot:
    crop = form.choice("crop", [crop.id for crop in crops.crops()])
    on = form.day("harvested_on", near=local_day(at))
    grams, planting = form.grams("weight"), form.raw("planting")
    reason = form.text("reason", most=NOTE_LETTERS_MAX)
    after = form.whole("after", most=10_000)
    form.done()
    return CorrectLot(
        form.id(), lot.id, crop, on, grams, planting or None, reason, after,
        form.ticked("higher"),
    )  # fmt: skip


async def _form(
    request: Ask, lot: Lot, permit: Permit, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None, found: Derived | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    sown = await plots.plantings(lot.plot) if lot.plot else []
    as_told = {
        "crop": lot.crop, "harvested_on": say.day(lot.harvested_on),
        "weight": f"{lot.grams / 1000:g}", "planting": lot.planting or "",
        "after": str(len(await queries.corrections(lot.id))),
    }  # fmt: skip
    own = lot.farmer == permit.person
    return page(
        request, "farm_correct.html", no=no, typed=typed or as_told, lot=lot,
        crop=view.crop_name(say, lot.crop), crops=view.crop_options(say),
        plantings=[["", say("None that was noted")], *(
            [one.id, f"{view.crop_name(say, one.crop)} · {say.day(one.sown_on)}"] for one in sown
        )],
        outcome=_outcome(say, found) if found else None, own=own,
        ask_higher=not own and (
            lot.because == "kept_lower" or (found and rises(found.before.claim, found.could_be))
        ),
    )  # fmt: skip


def _outcome(say: Words, found: Derived) -> Shown:
    return {
        "before": _said(say, found.before), "after": _said(say, found.after),
        "because": say(f"lots.because.{found.after.because}"),
        "could_be": claim_chip(say, found.could_be),
        "more": rises(found.after.claim, found.could_be),
    }  # fmt: skip


def _said(say: Words, facts: Facts) -> Shown:
    return {
        "crop": view.crop_name(say, facts.crop), "on": facts.harvested_on,
        "grams": facts.grams, "claim": claim_chip(say, facts.claim),
    }  # fmt: skip


DOORS = [correct_page, correct]
