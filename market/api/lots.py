"""Harvests reported as lots; the claim is answered, never asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from market.access import deeds, whose
from market.access.permit import Permit
from market.domain.lots import commands, queries
from market.domain.lots.queries import Buckets, Lot
from market.domain.lots.rules import GRAMS_MAX, Claim, HarvestLot, LotHarvested, Poured, Spoil

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Grams = Annotated[int, msgspec.Meta(ge=1, le=GRAMS_MAX)]


class NewLot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`wish` can only lower the claim; `code` is one issued to the device beforehand.

    Where no certificate held for the crop on the day of harvest it is refused, unless `as_plain`
    says that it is to be saved as ordinary produce.
    """

    id: str
    plot: str
    crop: str
    harvested_on: date
    grams: Grams
    planting: str | None = None
    wish: Claim = "organic"
    scheme: str | None = None
    code: str | None = None
    on_behalf_of: str | None = None
    as_plain: bool = False


class Spoilt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    grams: Grams


class LotShown(msgspec.Struct, frozen=True):
    lot: Lot
    stock: Buckets
    also: list[str]
    """Other certificates that held."""


@post(
    "/api/v1/lots",
    opt={"op": "lot.harvest"},
    tags=["lots"],
    summary="Report a harvest; answers with the claim it has earned and why no higher",
)
async def harvest(data: JSONBody[NewLot], permit: Mine, at: Now) -> LotHarvested:
    _, place = await whose.plot(data.plot, at)
    permit.check(place)
    wanted = HarvestLot(**{name: getattr(data, name) for name in HarvestLot.__struct_fields__})
    by, whom = permit.person, deeds.For(place.owner, place.group)
    return await deeds.helped(commands.harvest, data.id, wanted, by=by, at=at, whom=whom)


@get("/api/v1/lots", opt={"op": "lot.read"}, tags=["lots"], summary="My lots, or those of a group")
async def list_lots(permit: Mine, group: FromQuery[str] = "") -> list[Lot]:
    if not group:
        return await queries.of_farmer(permit.person)
    permit.check(await whose.of_group(group))
    return await queries.of_group(group)


@get("/api/v1/lots/{id:str}", opt={"op": "lot.read"}, tags=["lots"], summary="One lot, its grams")
async def read_lot(id: FromPath[str], permit: Mine) -> LotShown:
    lot, place = await whose.lot(id)
    permit.check(place)
    return LotShown(lot, await queries.stock_of(id), await queries.also(id))


@post(
    "/api/v1/lots/{id:str}/spoilt",
    opt={"op": "lot.spoil"},
    tags=["lots"],
    summary="Spoilt or given away: of what nobody has ordered",
)
async def spoil(id: FromPath[str], data: JSONBody[Spoilt], permit: Mine, at: Now) -> Poured:
    _, place = await whose.lot(id)
    permit.check(place)
    wanted = Spoil(data.id, id, data.grams)
    by, whom = permit.person, deeds.For(place.owner, place.group, id)
    return await deeds.once(commands.spoil, wanted, Poured, by=by, at=at, whom=whom)


DOORS = [harvest, list_lots, read_lot, spoil]
