"""What is not harvested yet, offered by who grows it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.units import local_day
from market.access import deeds, whose
from market.access.permit import Permit
from market.domain.forecasts import queries
from market.domain.forecasts.queries import ForecastView
from market.domain.forecasts.rules import GRAMS_MAX, Expected, GivenUp, Lowered
from market.domain.offers import ahead
from market.domain.offers.rules import (
    SATANG_PER_KG_MAX,
    STEP_GRAMS_MAX,
    LowerAhead,
    OfferAhead,
    TakeBackAhead,
)
from market.domain.orders import queries as orders
from market.domain.orders.queries import Touched

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Grams = Annotated[int, msgspec.Meta(ge=1, le=GRAMS_MAX)]
BEFORE = timedelta(days=30)


class NewForecast(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    planting: str
    cycle: str
    product: str
    ready_on: date
    grams: Grams
    satang_per_kg: Annotated[int, msgspec.Meta(ge=1, le=SATANG_PER_KG_MAX)]
    step_grams: Annotated[int, msgspec.Meta(ge=1, le=STEP_GRAMS_MAX)] = 500


class Amount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    grams: Grams


@post(
    "/api/v1/forecasts",
    opt={"op": "forecast.offer"},
    tags=["offers"],
    summary="Offer what will be ripe; answers with the part that can be ordered, and why that",
)
async def offer(request: Ask, data: JSONBody[NewForecast], permit: Mine, at: At) -> Expected:
    deeds.ensure_storable(data, data.id, data.planting, data.cycle, data.product)
    _, place = await whose.planting(data.planting, at)
    permit.check(place)
    wanted = OfferAhead(**{name: getattr(data, name) for name in OfferAhead.__struct_fields__})
    bounds = request.app.state.settings.presold
    command = partial(ahead.offer_ahead, farmer=place.owner, bounds=bounds)
    whom = deeds.For(place.owner, place.group)
    return await deeds.done(command, wanted, by=permit.person, at=at, whom=whom)


@get(
    "/api/v1/forecasts",
    opt={"op": "forecast.offer"},
    tags=["offers"],
    summary="What was offered before its harvest, of the last thirty days and to come",
)
async def listed(permit: Mine, at: At, of: FromQuery[str] = "") -> list[ForecastView]:
    today = local_day(at)
    if of and of != permit.person:
        await whose.ensure_member(permit, of, today)
    return await queries.of_farmer(of or permit.person, today - BEFORE)


@get(
    "/api/v1/forecasts/{id:str}/touched",
    opt={"op": "forecast.offer"},
    tags=["offers"],
    summary="Which orders could not be filled if only so many grams came",
)
async def touched(id: FromPath[str], permit: Mine, grams: FromQuery[int]) -> list[Touched]:
    """Codes are for who runs the round or leads the group; the farmer is told how much it is."""
    known, place = await whose.forecast(id)
    permit.check(place)
    found = await orders.touched(known.stock, grams)
    leads = permit.person != known.farmer
    return found if leads else [msgspec.structs.replace(o, order="", code="") for o in found]


@put(
    "/api/v1/forecasts/{id:str}/amount",
    opt={"op": "forecast.offer"},
    tags=["offers"],
    summary="Say that less will come; never less than is ordered",
)
async def lower(id: FromPath[str], data: JSONBody[Amount], permit: Mine, at: At) -> Lowered:
    known, place = await whose.forecast(id)
    permit.check(place)
    wanted, whom = LowerAhead(id, data.grams), deeds.For(known.farmer, known.group, id)
    return await deeds.claimed(ahead.lower, wanted, by=permit.person, at=at, whom=whom)


@put(
    "/api/v1/forecasts/{id:str}/withdrawal",
    opt={"op": "forecast.offer"},
    tags=["offers"],
    summary="Offer it no longer; what is ordered stays promised",
)
async def take_back(id: FromPath[str], permit: Mine, at: At) -> GivenUp | Lowered:
    known, place = await whose.forecast(id)
    permit.check(place)
    whom = deeds.For(known.farmer, known.group, id)
    return await deeds.claimed(
        ahead.take_back, TakeBackAhead(id), by=permit.person, at=at, whom=whom
    )


DOORS = [offer, listed, touched, lower, take_back]
