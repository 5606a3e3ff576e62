"""Naming a crop as goods: by the kilo or by the piece."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.crops import queries as crops
from certification.groups import queries as groups
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.products import commands, queries
from market.domain.products.rules import (
    CRATE_GRAMS,
    PIECE_GRAMS_MAX,
    DefineProduct,
    KeepProduct,
    Product,
)
from market.web.form import Form
from market.web.page import onward, page
from market.web.sheets import sheet, wanted

Ask = Request[Any, Any, Any]
Mine = NamedDependency[Permit]


@get("/products/new", opt={"op": "product.define"})
async def new_page(request: Ask, permit: Mine) -> Response[bytes]:
    return await _shown(request, permit)


@post("/products/new", opt={"op": "product.define"})
async def define(request: Ask, permit: Mine, at: NamedDependency[datetime]) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("network"))
    try:
        id, asked = form.id(), _product(form)
        form.done()
        deeds.ensure_storable(asked, id)
        await run(commands.define, id, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, form=form, no=no)
    return onward("/products/new")


@post("/products/{id:str}/keeping", opt={"op": "product.define"})
async def keep(
    request: Ask, id: FromPath[str], permit: Mine, at: NamedDependency[datetime]
) -> Response[bytes]:
    found, place = await whose.product(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        asked = _keeping(form)
        form.done()
        deeds.ensure_storable(asked)
        await run(commands.keep, found.id, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, kept=form, of=found.id, no=no)
    return onward(f"/products/new#p-{found.id}")


def _keeping(form: Form) -> KeepProduct:
    """Empty days are as the list of crops says, an empty crate is an estimate."""
    days = form.whole("days", most=10_000) if form.raw("days") else None
    crate = form.grams("crate") if form.raw("crate") else None
    return KeepProduct(form.ticked("cold"), days, crate)


def _product(form: Form) -> DefineProduct:
    unit = form.choice("unit", ("kg", "piece"))
    grams = form.grams("piece", unit="g") if form.raw("piece") else None
    kept = _keeping(form)
    return DefineProduct(
        form.text("network"), form.text("crop"), form.text("name_th", required=False),
        form.text("name_en", required=False), "piece" if unit == "piece" else "kg",
        min(grams, PIECE_GRAMS_MAX + 1) if grams is not None and unit == "piece" else None,
        shelf_life_days=kept.shelf_life_days, cold=kept.cold, crate_grams=kept.crate_grams,
    )  # fmt: skip


async def _shown(
    request: Ask, permit: Permit, *, form: Form | None = None, kept: Form | None = None,
    of: str = "", no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    """`kept`: what was typed of how the product `of` is kept."""
    say = words_for(request)
    reached = [await groups.group(id) for id in sorted(permit.groups())]
    known = [product for group in reached for product in await queries.of_network(group.id)]
    if wanted(request):
        return _csv(say, known)
    named = sorted((say.name(crop.name), crop.id) for crop in crops.crops())
    return page(
        request, "product_new.html", no=no, typed=form.typed if form else {}, products=known,
        networks=[[group.id, say.name(group)] for group in reached],
        crops=[[id, name] for name, id in named], of=of, kept=kept.typed if kept else {},
        crate_kg=CRATE_GRAMS // 1000,
    )  # fmt: skip


def _csv(say: Words, known: list[Product]) -> Response[bytes]:
    head = [say("Name in Thai"), say("Name in English"), say("Sold by the"),
            say("Weight of one piece, grams"), say("Must be kept cold"), say("Keeps, days"),
            say("A full crate holds, kg")]  # fmt: skip
    rows = [
        (one.name.th, one.name.en, say("piece" if one.piece_grams else "kg"), one.piece_grams,
         say("yes") if one.cold else say("no"), one.shelf_life_days,
         (one.crate_grams or CRATE_GRAMS) / 1000)
        for one in known
    ]  # fmt: skip
    return sheet("products", head, rows)


DOORS = [new_page, define, keep]
