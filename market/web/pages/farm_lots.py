"""A lot: what it may be called and why, where its grams are, and its labels."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import convert

from certification.basis.refusal import Refusal
from certification.people import queries as people
from certification.plots import queries as plots
from market.access import deeds, whose
from market.access.guard import may
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.domain.labels import commands, files
from market.domain.labels import queries as labels
from market.domain.labels.layouts import LAYOUTS, LEVELS, is_paper
from market.domain.labels.rules import AGAIN, LABELS_MAX, PrintLabels, check
from market.domain.lineage import queries as lineage
from market.domain.lots import commands as lot_commands
from market.domain.lots import queries as lots
from market.domain.lots.queries import Lot
from market.domain.lots.rules import Poured, Spoil
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages.farm_standing import claim_chip
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
SHEETS = tuple(LAYOUTS)
UNITS = ("g", "kg")
PRINTERS = frozenset({"leader", "secretariat", "operator"})
"""Besides the farmer; the command asks again."""


@get("/farm/lots/{id:str}", opt={"op": "lot.read"})
async def lot_page(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    lot, place = await whose.lot(id)
    permit.check(place)
    return await _shown(request, lot, permit, place)


@post("/farm/lots/{id:str}/labels", opt={"op": "label.print"})
async def print_labels(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    lot, place = await whose.lot(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        wanted = _labels(form, id)
        if form.ticked("look"):
            check(wanted)
            return await _shown(request, lot, permit, place, typed=form.typed, look=wanted)
        by, whom = permit.person, deeds.For(place.owner, place.group, id)
        made = await deeds.helped(commands.print_run, form.id(), wanted, by=by, at=at, whom=whom)
    except Refusal as no:
        return await _shown(request, lot, permit, place, no=no, typed=form.typed)
    return onward(f"/farm/lots/{id}?run={made.run}#labels")


@post("/farm/lots/{id:str}/spoilt", opt={"op": "lot.spoil"})
async def spoil(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    lot, place = await whose.lot(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        wanted = Spoil(form.id("spoil_id"), id, form.grams("spoilt"))
        form.done()
        by, whom = permit.person, deeds.For(place.owner, place.group, id)
        await deeds.once(lot_commands.spoil, wanted, Poured, by=by, at=at, whom=whom)
    except Refusal as no:
        return await _shown(request, lot, permit, place, no=no, typed=form.typed)
    return onward(f"/farm/lots/{id}#stock")


def _labels(form: Form, lot: str) -> PrintLabels:
    sheet = form.choice("sheet", SHEETS)
    unit = form.choice("unit", UNITS)
    grams, many = (
        form.grams("packet", unit=unit if unit in UNITS else None),
        form.whole("labels", least=1, most=LABELS_MAX),
    )
    start = form.whole("start_at", least=1, most=100)
    level = form.choice("level", LEVELS) if form.raw("level") else "M"
    again = form.raw("reprint_of") or None
    reason = form.choice("reason", AGAIN) if again else None
    form.done()
    wanted = {"sheet": sheet, "level": level, "reason": reason}
    return convert(
        {**wanted, "lot": lot, "packet_grams": grams, "labels": many, "start_at": start,
         "reprint_of": again}, PrintLabels,
    )  # fmt: skip


@get("/farm/lots/{id:str}/labels/{file:str}", opt={"op": "label.print"})
async def sheet(
    request: Ask, id: FromPath[str], file: FromPath[str], permit: Mine
) -> Response[bytes]:
    lot, place = await whose.lot(id)
    permit.check(place)
    origin = request.app.state.settings.origin
    made = await files.file(id, file, origin, reader=permit.person)
    ending = file.rpartition(".")[2]
    shown = "inline" if ending in ("pdf", "png") else "attachment"
    headers = {"content-disposition": f'{shown}; filename="{lot.code}.{ending}"'}
    return Response(made.content, media_type=made.media_type, headers=headers)


async def _shown(
    request: Ask,
    lot: Lot,
    permit: Permit,
    place: Place,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
    look: PrintLabels | None = None,
) -> Response[bytes]:
    say, own = words_for(request), lot.farmer == permit.person
    plot = await plots.plot(lot.plot) if lot.plot else None
    roles = {grant.role for grant in permit.grants}
    left = lot.grams - await labels.labelled_grams(lot.id)
    return page(
        request,
        "farm_lot.html",
        no=no,
        typed=typed or {},
        lot=lot,
        crop=view.crop_name(say, lot.crop),
        plot=view.plot_name(say, plot) if plot else say("several plots"),
        place=view.place_of(say, plot) if plot else "",
        farmer=""
        if own or not lot.farmer
        else (await people.names([lot.farmer])).get(lot.farmer, ""),
        claim=claim_chip(say, lot.claim),
        because=say(f"lots.because.{lot.because}"),
        stock=await lots.stock_of(lot.id),
        runs=await labels.runs(lot.id),
        unlabelled=left,
        stands=await labels.claim_stands(lot),
        may_make=may(request, "lot.make", place),
        may_correct=may(request, "lot.correct", place),
        made_of=await lineage.inputs_of(lot.id),
        made_into=await lineage.outputs_of(lot.id),
        told=await _corrections(lot.id),
        may_spoil=may(request, "lot.spoil", place),
        may_print=own or bool(PRINTERS & roles),
        units=[[unit, say(f"farm.unit.{unit}")] for unit in UNITS],
        sheets=[[sheet, say(f"farm.sheet.{sheet}")] for sheet in SHEETS],
        levels=[[level, say(f"farm.level.{level}")] for level in LEVELS],
        again=[[why, say(f"farm.again.{why}")] for why in AGAIN],
        look=f"look-{look.sheet}-{look.level}-{look.packet_grams}.png" if look else "",
        rolls=[sheet for sheet in SHEETS if not is_paper(sheet)],
        new="new" in request.query_params,
        printed=request.query_params.get("run", ""),
    )


async def _corrections(lot: str) -> list[Shown]:
    told = await lineage.corrections(lot)
    names = await people.names(one.by for one in told)
    return [
        {"at": one.at, "who": names.get(one.by, ""), "old": one.old, "new": one.new,
         "reason": one.reason}
        for one in told
    ]  # fmt: skip


DOORS = [lot_page, print_labels, spoil, sheet]
