"""In the morning: what goes aboard in which order, what is missing, the float, and off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import codes
from certification.basis.refusal import Missing, Refusal
from certification.basis.transaction import run
from market.access import deeds, rides
from market.access.permit import Permit
from market.domain.lots import queries as lots
from market.domain.offers import queries as offers
from market.domain.products import queries as products
from market.domain.truck_day import drawer, loading, manifest
from market.domain.truck_day.queries import TruckView
from market.domain.truck_day.rules import CASH_KINDS, CAUSES, WALKUP, LeaveBehind, Load, Pieces
from market.web.form import Form
from market.web.page import Ask, onward, page

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/truck/{day:str}/load", opt={"op": "truck_day.read"})
async def load_page(request: Ask, day: FromPath[str], permit: Mine) -> Response[bytes]:
    return await _shown(request, await rides.ride(day, permit))


@post("/truck/{day:str}/load", opt={"op": "truck_day.work"})
async def load(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    ride, form = await rides.ride(day, permit), await Form.of(request)
    try:
        if await _done(form, ride, permit.person, at) == "depart":
            return onward(f"/truck/{ride.id}/route")
    except Refusal as no:
        return await _shown(request, ride, no=no, form=form)
    return onward(f"/truck/{ride.id}/load")


async def _done(form: Form, ride: TruckView, by: str, at: datetime) -> str:
    deed = form.raw("deed")
    if deed == "depart":
        await run(loading.depart, ride.id, by=by, at=at)
    elif deed == "unload":
        await run(loading.unload, form.raw("loading")[:36], ride.id, by=by, at=at)
    elif deed == "without":
        left = LeaveBehind(
            form.id(), ride.id, form.raw("place"), form.raw("lot"),
            "call_off" if form.raw("decision") == "call_off" else "short",
            form.raw("cause") if form.raw("cause") in CAUSES else "short",  # type: ignore[arg-type]
        )  # fmt: skip
        deeds.ensure_storable(left, left.id)
        await run(loading.leave_behind, left, by=by, at=at)
    else:
        wanted = await _load(form, ride)
        await run(loading.load, wanted, by=by, at=at)
    return deed


async def _load(form: Form, ride: TruckView) -> Load:
    """A line of the list with its weight; or a lot by its code, to be sold on the way."""
    lot = form.raw("lot") or await _lot_of(form)
    goes_to = form.raw("goes_to") or WALKUP
    grams = form.grams("grams")
    pack = form.raw("pack") if form.raw("pack") in ("bag", "bunch") else None
    wanted = Load(
        form.id(), ride.id, lot, goes_to, grams,
        satang_per_kg=form.satang("price") if form.raw("price") else None,
        product=await _product(form, ride, lot),
        pack=pack,  # type: ignore[arg-type]
        pack_grams=form.grams("pack_grams") if pack else None,
        pack_satang=form.satang("pack_price") if pack else None,
    )  # fmt: skip
    form.done()
    deeds.ensure_storable(wanted, wanted.id)
    return wanted


async def _lot_of(form: Form) -> str:
    said = codes.read(form.text("lot_code", most=200).rsplit("/", 1)[-1])
    try:
        return (await lots.by_code(said)).id
    except Missing as no:
        form.wrong_is("lot_code", no)
    return ""


async def _product(form: Form, ride: TruckView, lot: str) -> str | None:
    """Of the network's products the one of that crop, where a price was typed for it."""
    if not form.raw("price") or not lot:
        return None
    crop = (await lots.lot(lot)).crop
    for network in await offers.selling_as(ride.operator):
        for one in await products.of_crop(network, crop):
            return one.id
    return None


async def _shown(
    request: Ask, ride: TruckView, *, no: Refusal | None = None, form: Form | None = None
) -> Response[bytes]:
    lines = await manifest.load_list(ride)
    loaded = {line.lot for line in lines if line.goes_to == WALKUP}
    return page(
        request, "truck_load.html", no=no, typed=form.typed if form else {}, ride=ride,
        causes=CAUSES,
        lines=[line for line in lines if line.goes_to != WALKUP],
        walkup=[line for line in lines if line.goes_to == WALKUP],
        to_sell=[one for one in await manifest.to_sell(ride) if one.lot not in loaded],
        aboard=sum(line.loaded_grams for line in lines),
        missing=sum(line.is_missing and not line.on_the_way for line in lines),
        suspended=sorted({line.lot_code for line in lines if line.loading and not line.stands}),
    )  # fmt: skip


@get("/truck/{day:str}/float", opt={"op": "truck_day.read"})
async def float_page(request: Ask, day: FromPath[str], permit: Mine) -> Response[bytes]:
    return await _drawer(request, await rides.ride(day, permit))


@post("/truck/{day:str}/float", opt={"op": "truck_day.work"})
async def count_float(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    ride, form = await rides.ride(day, permit), await Form.of(request)
    try:
        cash = pieces(form)
        await run(loading.count_float, ride.id, cash, by=permit.person, at=at)
    except Refusal as no:
        return await _drawer(request, ride, no=no, typed=form.typed)
    return onward(f"/truck/{ride.id}/load")


def pieces(form: Form) -> tuple[Pieces, ...]:
    """`n-2000`: how many of twenty baht; what is left empty is none."""
    found = tuple(
        Pieces(each, form.whole(f"n-{each}", most=100_000))
        for each in CASH_KINDS
        if form.raw(f"n-{each}")
    )
    form.done()
    return found


async def _drawer(
    request: Ask, ride: TruckView, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    counted = await drawer.counted(ride.id, "float")
    return page(
        request, "truck_float.html", no=no, typed=typed or {}, ride=ride, kinds=CASH_KINDS,
        counted={str(each): many for each, many in counted.items() if many},
        sum=sum(each * many for each, many in counted.items()),
    )  # fmt: skip


DOORS: list[Any] = [load_page, load, float_page, count_float]
