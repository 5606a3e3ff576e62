"""The farmer's diary of what was put on the land: product, amount, day; saved in a few taps.

Before something prohibited is saved the page says what follows; nothing typed is lost by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import blobs, pictures
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.inputs import commands, queries
from certification.inputs.rules import (
    AttachPhoto,
    Consequences,
    InputUsed,
    NoteUse,
    worst,
)
from certification.inputs.views import UseView
from certification.plots import queries as plots
from certification.plots.queries import PlotView
from certification.schemes.content import Input
from market.access import deeds, whose
from market.access.guard import may
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.picture import picture
from market.answers.words import Words
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
LOOKS = {
    "allowed": ("ok", "check"), "restricted": ("info", "flag"), "unknown": ("warn", "clock"),
    "prohibited": ("bad", "no"),
}  # fmt: skip
ORDER = [*LOOKS]
OTHER = "other"
HEADS = (
    "Used on", "Product", "How much?", "Plot", "Crop", "Area (m²)", "Bought from", "Judged",
    "Struck",
)  # fmt: skip


@get("/farm/inputs", opt={"op": "input.note"})
async def diary(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    person = await view.acting_for(request, permit, at)
    uses = await shown(words_for(request), await queries.of_farmer(person), permit.person)
    if sheets.kind(request):
        return sheets.saved(request, "inputs", HEADS, map(line, uses))
    return page(
        request,
        "farm_inputs.html",
        of="" if person == permit.person else person,
        helped=await view.helped(permit, person),
        uses=uses,
        saved=request.query_params.get("saved", ""),
    )


@get("/farm/inputs/new", opt={"op": "input.note"})
async def new_page(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    person = await view.acting_for(request, permit, at)
    return await _new(request, person, permit, at)


@post("/farm/inputs/new", opt={"op": "input.note"})
async def note(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    person = await view.acting_for(request, permit, at, form.raw("of"))
    try:
        wanted, place = await _wanted(form, permit, at)
        file = form.file("photo")
        kept = await pictures.keep(file, by=permit.person, at=at) if file else None
        whom = deeds.For(place.owner, place.group, wanted.plot)
        done = await deeds.once(
            commands.note_use, wanted, InputUsed, by=permit.person, at=at, whom=whom
        )
        if kept:
            attached = AttachPhoto(wanted.id, kept, place.owner)
            await run(commands.attach_photo, attached, by=permit.person, at=at)
    except Refusal as no:
        return await _new(request, person, permit, at, no=no, typed=form.typed)
    status = worst(one.status for one in done.judged)
    of = "" if person == permit.person else f"&of={person}"
    return onward(f"/farm/inputs?saved={status}{of}")


async def _wanted(form: Form, permit: Permit, at: datetime) -> tuple[NoteUse, Place]:
    today = local_day(at)
    plot = form.text("plot")
    chosen = form.text("what", most=40)
    product = form.text("product", most=80, required=chosen == OTHER)
    amount = form.text("amount", most=60)
    used_on = form.day("used_on", near=today)
    supplier = form.text("supplier", most=500, required=False)
    m2 = form.area_m2("area") if form.raw("area") else None
    form.done()
    _, place = await whose.plot(plot, at)
    permit.check(place)
    return NoteUse(
        id=form.id(), plot=plot, code=None if chosen == OTHER else chosen, product=product,
        amount=amount, used_on=used_on, crop=form.raw("crop") or None, area_m2=m2,
        supplier=supplier, knows=form.ticked("knows"), on_behalf_of=place.owner,
        strikes=form.raw("strikes") or None, strike_reason=form.raw("strike_reason"),
    ), place  # fmt: skip


async def _new(
    request: Ask,
    person: str,
    permit: Permit,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    mine = [p for p in await plots.of_farmer(person, today) if not p.replaced_by]
    asked = request.query_params.get("plot", "")
    strikes = (typed or {}).get("strikes", "") or request.query_params.get("strikes", "")
    old = await _old(strikes, person)
    return page(
        request,
        "farm_inputs_new.html",
        no=no,
        typed=typed or {},
        of="" if person == permit.person else person,
        helped=await view.helped(permit, person),
        plots=[[p.id, view.plot_name(say, p)] for p in mine],
        plot=asked if asked in [p.id for p in mine] else old.plot if old else "",
        struck=(await shown(say, [old]))[0] if old else None,
        products=[["", say("Choose")], *await _products(say, at), [OTHER, say("Something else")]],
        crops=[["", say("All of it")], *await _crops(say, mine)],
        today=say.day(today),
        warned=no if isinstance(no, Consequences) else None,
        restarts=say.day(str(no.facts["restarts_on"])) if isinstance(no, Consequences) else "",
    )


async def _old(id: str, person: str) -> UseView | None:
    """The entry that is to be struck; nothing where it is not of this diary."""
    found = {one.id: one for one in await queries.of_farmer(person)} if id else {}
    return found.get(id)


async def _products(say: Words, at: datetime) -> list[list[str]]:
    """What the schemes in force name, the allowed first; each says what it is."""
    found: dict[str, Input] = {}
    today = local_day(at)
    for version in await queries.versions_on(today):
        for one in version.content.inputs:
            if one.holds(today):
                found.setdefault(one.code, one)
    listed = sorted(found.values(), key=lambda one: (ORDER.index(one.status), say.name(one.name)))
    return [[one.code, f"{say.name(one.name)} · {say(f'inputs.{one.status}')}"] for one in listed]


async def _crops(say: Words, mine: Sequence[PlotView]) -> list[list[str]]:
    grown = {p.crop for plot in mine for p in await plots.plantings(plot.id)}
    return sorted(([crop, view.crop_name(say, crop)] for crop in grown), key=_by_name)


def _by_name(option: list[str]) -> str:
    return view.sort_key(option[1])


@get("/farm/plots/{id:str}/inputs", opt={"op": "input.read"})
async def plot_diary(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    plot, place = await whose.plot(id, at)
    permit.check(place)
    uses = await shown(words_for(request), await queries.of_plot(id))
    if sheets.kind(request):
        return sheets.saved(request, f"inputs-{plot.code}", HEADS, map(line, uses))
    return page(
        request,
        "farm_plot_inputs.html",
        plot=plot,
        name=view.plot_name(words_for(request), plot),
        of="" if place.owner == permit.person else place.owner,
        uses=uses,
        notes=may(request, "input.note", place),
    )


@get("/farm/inputs/{id:str}/photo", opt={"op": "input.read"})
async def photo(id: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await whose.input_use(id)
    permit.check(place)
    if found.photo is None:
        raise NotThere
    kind, content = await blobs.fetch(found.photo)
    return picture(kind, content, f"input-{id}")


async def shown(say: Words, uses: Sequence[UseView], writer: str = "") -> list[Shown]:
    """`writer`: whose entries may be struck, where it is not too late."""
    names = {one.id: view.plot_name(say, one) for one in [await plots.plot(p) for p in {
        use.plot for use in uses}]}  # fmt: skip
    return [
        {
            "of": use,
            "name": await called(say, use.code or "") or use.product,
            "brand": use.product if use.code else "",
            "plot": names[use.plot],
            "strikes": _strikes(use, writer),
            "crop": view.crop_name(say, use.crop) if use.crop else "",
            "chip": {
                "kind": LOOKS[use.status][0], "icon": LOOKS[use.status][1],
                "words": say(f"inputs.{use.status}"),
            },
        }
        for use in uses
    ]  # fmt: skip


def line(one: Shown) -> tuple[object, ...]:
    of, product = one["of"], " · ".join(filter(None, (one["name"], one["brand"])))
    return (
        of.used_on, product, of.amount, one["plot"], one["crop"], of.area_m2, of.supplier,
        one["chip"]["words"], of.struck,
    )  # fmt: skip


def _strikes(use: UseView, writer: str) -> str:
    late = use.struck is not None or (use.status == "prohibited" and use.word != "waiting")
    if late or writer not in (use.by, use.farmer):
        return ""
    of = "" if writer == use.farmer else f"&of={use.farmer}"
    return f"/farm/inputs/new?strikes={use.id}{of}"


async def called(say: Words, code: str) -> str:
    name = await queries.named(code) if code else None
    return say.name(name) if name else ""


DOORS = [diary, new_page, note, plot_diary, photo]
