"""One crate: what is in it, with whom it is, and what may be done with it now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import codes
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.crops import queries as crops
from certification.people import queries as people
from market.access import crates
from market.access.guard import may
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.domain.custody import commands, loans, queries
from market.domain.custody.queries import CrateView
from market.domain.custody.rules import CHANGES, GO, RAILS, Fill, GiveBack, Lend, OfCrate, Swap
from market.domain.lots import queries as lots
from market.domain.orders import queries as orders
from market.domain.places import queries as places
from market.web.form import Form
from market.web.page import Ask, onward, page
from market.web.pages.crates import loan_shown, shown_code

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
STEPS_SHOWN = 20


@get("/crates/{crate:str}", opt={"op": "crate.read"})
async def one(request: Ask, crate: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await crates.crate(crate)
    permit.check(place)
    return await _one(request, found, place, at)


@post("/crates/{crate:str}", opt={"op": "crate.work"})
async def work(request: Ask, crate: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """`deed`: fill, empty, lend, return, swap, forfeit, wash, lose, find, retire."""
    found, place = await crates.crate(crate)
    permit.check(place)
    form = await Form.of(request)
    try:
        await _do(form, found, permit, at)
    except Refusal as no:
        return await _one(request, await queries.crate(crate), place, at, no=no, typed=form.typed)
    return onward(f"/crates/{crate}")


async def _do(form: Form, crate: CrateView, permit: Permit, at: datetime) -> None:
    deed, id = form.raw("deed"), form.id()
    match deed:
        case "fill":
            lot, grams = form.text("lot", most=40), form.grams("grams")
            form.done()
            asked = Fill(id, crate.id, (await lots.by_code(_code(lot))).id, grams)
            await run(commands.fill, asked, by=permit.person, at=at)
        case "lend":
            await run(loans.lend, await _lend(form, id, crate), by=permit.person, at=at)
        case "return":
            back = GiveBack(id, crate.id, form.choice("rail", RAILS))
            form.done()
            await run(loans.give_back, back, by=permit.person, at=at)
        case "swap":
            swap = await _swap(form, id, crate, permit)
            await run(loans.swap, swap, by=permit.person, at=at)
        case _:
            await _simple(deed, OfCrate(id, crate.id), permit.person, at)


async def _simple(deed: str, asked: OfCrate, by: str, at: datetime) -> None:
    if deed == "empty":
        await run(commands.empty, asked, by=by, at=at)
    elif deed == "forfeit":
        await run(loans.lose, asked, by=by, at=at)
    elif deed in CHANGES:
        await run(commands.change, deed, asked, by=by, at=at)


def _code(typed: str) -> str:
    """As typed, or the whole address that a scanner gives."""
    return codes.read(typed.rstrip("/").rpartition("/")[2])


async def _lend(form: Form, id: str, crate: CrateView) -> Lend:
    rail, order = form.choice("rail", RAILS), form.text("order", most=20, required=False)
    place = form.text("place", most=36, required=False)
    form.done()
    of = await orders.id_of(_code(order)) if order else None
    return Lend(id, crate.id, rail, of, None, None if of else place or None)


async def _swap(form: Form, id: str, crate: CrateView, permit: Permit) -> Swap:
    rail, out = form.choice("rail", RAILS), form.text("out", most=80)
    form.done()
    other, place = await crates.crate((await queries.by_code(_code(out))).id)
    permit.check(place)
    return Swap(id, crate.id, other.id, rail)


async def _one(
    request: Ask, crate: CrateView, place: Place, at: datetime, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    say, loan = words_for(request), await queries.loan_of(crate.id)
    steps = (await queries.steps(crate.id))[:STEPS_SHOWN]
    names = await people.names({step.by for step in steps})
    inside = await queries.inside(crate.id)
    return page(
        request, "crate.html", no=no, typed=typed or {}, crate=crate,
        code=shown_code(crate.code),
        inside=[{"of": one, "crop": say.name(crops.crop(one.crop).name)} for one in inside],
        loan=await loan_shown(say, loan, local_day(at)) if loan else None,
        terms=await queries.kind(crate.kind),
        steps=[[step, names.get(step.by, say("Name removed"))] for step in steps],
        can={deed for deed, (before, _) in GO.items() if crate.state in before},
        works=may(request, "crate.work", place),
        stops=[["", say("Nobody named")]]
        + [[one.id, say.name(one)] for one in await places.places(place.network)],
    )  # fmt: skip


DOORS: list[Any] = [one, work]
