"""The least for which a farmer's crops may be sold; she or the committee says yes to less."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from litestar import Response, get, post
from litestar.di import NamedDependency

from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.crops import queries as crops
from market.access import deeds, whose
from market.access.guard import may
from market.access.permit import Permit
from market.answers.language import words_for
from market.domain.floors import commands, queries
from market.domain.floors.rules import AllowBelow, Allowed, FloorSet, SetFloor
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages.farm_view import Ask

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/farm/prices", opt={"op": "floor.read"})
async def prices(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    farmer = await view.acting_for(request, permit, at)
    return await _shown(request, permit, farmer, at)


@post("/farm/prices", opt={"op": "floor.set"})
async def set_floor(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """An empty price is none any more."""
    form = await Form.of(request)
    farmer = await view.acting_for(request, permit, at, form.raw("of"))
    try:
        crop = form.choice("crop", [crop.id for crop in crops.crops()])
        satang = form.satang("price") if form.raw("price") not in ("", "0") else 0
        form.done()
        reached = await whose.ensure_member(permit, farmer, local_day(at))
        whom = deeds.For(farmer if farmer != permit.person else "", reached[0] if reached else "")
        command = partial(commands.set_floor, farmer=farmer)
        wanted = SetFloor(form.id(), crop, satang)
        await deeds.once(command, wanted, FloorSet, by=permit.person, at=at, whom=whom)
    except Refusal as no:
        return await _shown(request, permit, farmer, at, no=no, form=form)
    return onward(_here(farmer, permit))


@post("/farm/prices/less", opt={"op": "floor.consent"})
async def allow(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    farmer = await view.acting_for(request, permit, at, form.raw("of"))
    try:
        crop = form.choice("crop", [one.crop for one in await queries.floors(farmer)])
        satang, until = form.satang("price"), form.day("until", near=local_day(at))
        own = farmer == permit.person
        decided = None if own else form.day("decided_on", near=local_day(at))
        form.done()
        wanted = AllowBelow(form.id(), farmer, crop, satang, until, decided)
        await deeds.once(commands.allow_below, wanted, Allowed, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, farmer, at, no=no, form=form)
    return onward(_here(farmer, permit))


def _here(farmer: str, permit: Permit) -> str:
    return "/farm/prices" + ("" if farmer == permit.person else f"?of={farmer}")


async def _shown(
    request: Ask, permit: Permit, farmer: str, at: datetime, *, no: Refusal | None = None,
    form: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    say, today = words_for(request), local_day(at)
    found = await queries.floors(farmer)
    reached = await whose.ensure_member(permit, farmer, today)
    place = await whose.of_group(reached[0], owner=farmer) if reached else None
    return page(
        request, "farm_prices.html", no=no, typed=form.typed if form else {},
        of=farmer if farmer != permit.person else "", helped=await view.helped(permit, farmer),
        floors=[
            {"of": one, "crop": view.crop_name(say, one.crop), "least": one.least(today),
             "consents": [each for each in one.consents if each.until >= today]}
            for one in found if one.satang_per_kg
        ],
        crops=[["", say("Choose a crop")], *view.crop_options(say)],
        sets=bool(place and may(request, "floor.set", place)),
        allows=bool(place and may(request, "floor.consent", place)),
    )  # fmt: skip


DOORS = [prices, set_floor, allow]
