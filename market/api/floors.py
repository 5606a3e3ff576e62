"""A farmer's minimum prices, and who allowed less."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

from certification.basis.units import local_day
from market.access import deeds, whose
from market.access.permit import Permit
from market.domain.floors import commands, queries
from market.domain.floors.queries import Floor
from market.domain.floors.rules import SATANG_PER_KG_MAX, AllowBelow, Allowed, FloorSet, SetFloor

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class NewFloor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    crop: str
    satang_per_kg: Annotated[int, msgspec.Meta(ge=0, le=SATANG_PER_KG_MAX)]
    on_behalf_of: str | None = None


class NewConsent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    farmer: str
    crop: str
    satang_per_kg: Annotated[int, msgspec.Meta(ge=1, le=SATANG_PER_KG_MAX)]
    until: date
    decided_on: date | None = None


@get("/api/v1/price-floors", opt={"op": "floor.read"}, tags=["offers"],
     summary="A farmer's minimum prices, with each yes to less")  # fmt: skip
async def listed(permit: Mine, at: At, of: FromQuery[str] = "") -> list[Floor]:
    if of and of != permit.person:
        await whose.ensure_member(permit, of, local_day(at))
    return await queries.floors(of or permit.person)


@post("/api/v1/price-floors", opt={"op": "floor.set"}, tags=["offers"],
      summary="Set the least for which a crop of yours may be sold")  # fmt: skip
async def set_floor(data: JSONBody[NewFloor], permit: Mine, at: At) -> FloorSet:
    farmer = data.on_behalf_of or permit.person
    reached = await whose.ensure_member(permit, farmer, local_day(at))
    wanted = SetFloor(data.id, data.crop, data.satang_per_kg)
    command = partial(commands.set_floor, farmer=farmer)
    whom = deeds.For(farmer if farmer != permit.person else "", reached[0] if reached else "")
    return await deeds.once(command, wanted, FloorSet, by=permit.person, at=at, whom=whom)


@post("/api/v1/price-floors/consents", opt={"op": "floor.consent"}, tags=["offers"],
      summary="Allow less for a time: the farmer, or the committee by a decision")  # fmt: skip
async def allow(data: JSONBody[NewConsent], permit: Mine, at: At) -> Allowed:
    await whose.ensure_member(permit, data.farmer, local_day(at))
    wanted = AllowBelow(**{name: getattr(data, name) for name in AllowBelow.__struct_fields__})
    return await deeds.once(commands.allow_below, wanted, Allowed, by=permit.person, at=at)


DOORS = [listed, set_floor, allow]
