"""The packing table: lots are weighed in, others come out; loss and claim are seen before it is
saved. Nothing is guessed: who lowers a claim ticks that it is meant."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import units
from certification.basis.refusal import Invalid, Refusal
from certification.people import queries as people
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.refusals import FieldMissing, FieldWrong
from market.answers.words import Words
from market.domain.lineage import commands, queries, refusals, rules
from market.domain.lineage.rules import LOTS_MAX, MakeLots, Parcel, Pick
from market.domain.lots import queries as lots
from market.domain.lots.queries import Lot
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages.farm_standing import claim_chip
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
SHOWN_MAX = 60
NEAR = timedelta(days=14)
"""Before the newest: what is older is folded away."""
IN = "in_"
"""Before the id of a lot: how much of it goes in."""


@get("/packing", opt={"op": "lot.make"})
async def packing_page(request: Ask, permit: Mine) -> Response[bytes]:
    first = request.query_params.get("lot", "")
    if first:
        permit.check((await whose.lot(first))[1])
    return await _table(request, permit, first)


@post("/packing", opt={"op": "lot.make"})
async def pack(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    for lot in form.all("lot")[:SHOWN_MAX]:
        permit.check((await whose.lot(lot))[1])
    first = form.raw("first")
    try:
        wanted = _wanted(form)
        if form.raw("step") != "save":
            found = await commands.preview(wanted, at)
            return await _table(request, permit, first, typed=form.typed, found=found, of=wanted)
        made = await deeds.done(commands.make_lots, wanted, by=permit.person, at=at)
    except Refusal as no:
        return await _table(request, permit, first, typed=form.typed, no=no)
    return onward(f"/packing/{made.deed}?new=1")


@get("/packing/{id:str}", opt={"op": "lot.read"})
async def packed_page(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    deed, place = await whose.lot_deed(id)
    permit.check(place)
    say, names = words_for(request), await people.names([deed.by])
    went_in, came_out = await queries.went_in(id), await queries.came_out(id)
    return page(
        request, "packed.html", deed=deed, by=names.get(deed.by, ""),
        went_in=[_link(say, one) for one in went_in], came_out=[_link(say, o) for o in came_out],
        new="new" in request.query_params,
    )  # fmt: skip


def _wanted(form: Form) -> MakeLots:
    shown = form.all("lot")
    inputs = tuple(Pick(lot, form.grams(IN + lot)) for lot in shown if form.raw(IN + lot).strip())
    if not inputs:
        form.wrong_is("out", FieldMissing(field="out"))
    outputs = _outputs(form)
    note = form.text("note", most=rules.NOTE_LETTERS_MAX, required=False)
    form.done()
    kind = MakeLots.kind_of(len(inputs), len(outputs))
    return MakeLots(form.id(), kind, inputs, outputs, form.ticked("lower"), note or None)


def _outputs(form: Form) -> tuple[Parcel, ...]:
    """`5` or `2.5 2.5 3`: kilos, one lot each."""
    said = form.text("out").split()
    try:
        weights = [units.weight_grams(one, field="out", unit="kg") for one in said]
    except Invalid as why:
        form.wrong_is("out", why)
        return ()
    if len(weights) > LOTS_MAX:
        form.wrong_is("out", FieldWrong(field="out"))
    return tuple(Parcel(grams) for grams in weights)


async def _table(
    request: Ask, permit: Permit, first: str, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None, found: rules.Outcome | None = None,
    of: MakeLots | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    there = await _there(permit)
    beside = next((one for one in there if one.id == first), None)
    if beside:
        alike = [one for one in there if (one.crop, one.group) == (beside.crop, beside.group)]
        there = sorted(alike, key=lambda one: one.id != first)
    names = await people.names(one.farmer for one in there if one.farmer)
    since = max((one.harvested_on for one in there), default=date.min) - NEAR
    return page(
        request, "packing.html", no=no, typed=typed or {}, first=first if beside else "",
        lots=[
            _row(say, one, names, typed or {}, no) | {"near": one.harvested_on >= since}
            for one in there[:SHOWN_MAX]
        ],
        ask_lower=isinstance(no, refusals.LowersClaim) or bool(typed and typed.get("lower")),
        outcome=_outcome(say, found, of) if found and of else None,
    )  # fmt: skip


async def _there(permit: Permit) -> list[Lot]:
    """Of which something is free: the own lots and those of the groups one works for."""
    found = {one.id: one for one in await lots.of_farmer(permit.person)}
    for group in await whose.groups_reached(permit):
        found |= {one.id: one for one in await lots.of_group(group)}
    free = [one for one in found.values() if one.grams_left > 0]
    return sorted(free, key=lambda one: (one.crop, -one.harvested_on.toordinal(), one.code))


def _row(
    say: Words, lot: Lot, names: dict[str, str], typed: dict[str, str], no: Refusal | None
) -> Shown:
    wrong = getattr(no, "wrong", {}).get(IN + lot.id)
    return {
        "lot": lot,
        "name": IN + lot.id,
        "crop": view.crop_name(say, lot.crop),
        "farmer": names.get(lot.farmer, "") if lot.farmer else say("several farmers"),
        "claim": claim_chip(say, lot.claim),
        "weight": typed.get(IN + lot.id, ""),
        "wrong": say.refusal(wrong) if wrong else "",
    }


def _outcome(say: Words, found: rules.Outcome, of: MakeLots) -> Shown:
    gone_in = sum(one.grams for one in of.inputs)
    return {
        "claim": claim_chip(say, found.claim),
        "because": say(f"lots.because.{found.because}"),
        "lowest": found.lowest if found.because == "lowest_of_sources" else "",
        "grams_in": gone_in,
        "grams_out": gone_in - found.loss_grams,
        "loss": found.loss_grams,
        "percent": round(100 * found.loss_grams / gone_in),
        "lots": len(of.outputs),
    }


def _link(say: Words, one: queries.Link) -> Shown:
    shown = msgspec.structs.asdict(one)
    return shown | {"crop": view.crop_name(say, one.crop), "claim": claim_chip(say, one.claim)}


DOORS = [packing_page, pack, packed_page]
