"""Ask for what nobody offers; what is asked for, as sums."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.ids import is_id
from certification.basis.transaction import run
from certification.basis.units import local_day
from market.access import deeds
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.domain.demand import commands, queries, rules
from market.domain.demand.queries import Wanted, WishView

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Secret = Annotated[
    str,
    msgspec.Meta(min_length=rules.GUEST_KEY_LETTERS, max_length=200, pattern="^[A-Za-z0-9_-]*$"),
]


class NewWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`guest`: a secret of your own making, where you are not signed in: with it you take it
    back."""

    id: str
    crop: str
    place: str
    week: date
    grams: Annotated[int, msgspec.Meta(ge=rules.GRAMS_MIN, le=rules.GRAMS_MAX)]
    guest: Secret | None = None


class Taken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    guest: Secret | None = None


@get("/api/v1/wishes", opt={"op": "demand.read"}, tags=["demand"],
     summary="What is asked for, where and in which week: sums of all who asked")  # fmt: skip
async def listed(at: At, crop: FromQuery[str] = "") -> list[Wanted]:
    return await queries.wanted(local_day(at), crop[:40].replace("\0", ""))


@get("/api/v1/wishes/mine", opt={"op": "demand.read"}, tags=["demand"],
     summary="What you asked for, and the offer that met it")  # fmt: skip
async def mine(permit: Mine, at: At) -> list[WishView]:
    return await queries.of_asker(permit.person, local_day(at)) if permit.person else []


@post("/api/v1/wishes", opt={"op": "demand.ask"}, tags=["demand"],
      summary="Ask for a crop at a place in a week; again is the newer amount")  # fmt: skip
async def ask(data: JSONBody[NewWish], permit: Mine, at: At) -> rules.Asked:
    deeds.ensure_storable(data, data.id, data.place)
    asker = _asker(permit, data.guest)
    wanted = rules.Ask(data.id, data.crop, data.place, data.week, data.grams)
    return await run(commands.ask, wanted, asker, is_guest=not permit.person, by=asker, at=at)


@put("/api/v1/wishes/{id:str}/withdrawal", opt={"op": "demand.ask"}, tags=["demand"],
     summary="Ask for it no longer")  # fmt: skip
async def withdraw(
    id: FromPath[str], data: JSONBody[Taken], permit: Mine, at: At
) -> rules.Withdrawn:
    if not is_id(id) or not (permit.person or data.guest):
        raise NotThere
    asker = _asker(permit, data.guest)
    return await run(commands.withdraw, id, asker, by=asker, at=at)


def _asker(permit: Permit, secret: str | None) -> str:
    if permit.person:
        return permit.person
    if secret is None:
        raise rules.SecretMissing(field="guest")
    return commands.guest(secret)


DOORS = [listed, mine, ask, withdraw]
