"""The desk at the collection point: what was promised for a round, weighed in, and refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access import intakes, shortages, whose
from market.access.permit import Permit
from market.domain.intake import queries
from market.domain.intake.queries import IntakeView, Promised
from market.domain.intake.rules import GRAMS_MAX, Because, WeighedIn, WeighIn

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Grams = Annotated[int, msgspec.Meta(ge=0, le=GRAMS_MAX)]


class Brought(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`last`: no more of it comes. `corrects`: the weighing that this one stands for instead.

    Of an expected harvest what is accepted becomes a lot, cut on `harvested_on` (today where it is
    left out), unless it is of `lot`, which its farmer has written down. `as_plain`: what no
    certificate covers is ordinary produce; `sure`: it is more than the land is likely to give.
    `weighed_at`: by the desk's clock, where there was no signal then; a week ago at most.
    """

    id: str
    weighed_grams: Grams
    accepted_grams: Grams
    because: Because | None = None
    last: bool = False
    corrects: str | None = None
    harvested_on: date | None = None
    lot: str | None = None
    as_plain: bool = False
    sure: bool = False
    weighed_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


@get(
    "/api/v1/cycles/{id:str}/intake",
    opt={"op": "intake.read"},
    tags=["intake"],
    summary="What was promised for a round, and what of it was weighed in",
)
async def desk(id: FromPath[str], permit: Mine) -> list[Promised]:
    _, place = await whose.cycle(id)
    permit.check(place)
    return await queries.desk(id)


@put(
    "/api/v1/offers/{id:str}/intake",
    opt={"op": "intake.weigh"},
    tags=["intake"],
    summary="Weigh in what was brought of an offer; of an expected harvest its lot is made",
)
async def weigh_in(id: FromPath[str], data: JSONBody[Brought], permit: Mine, at: At) -> WeighedIn:
    of, place = await shortages.offer(id)
    permit.check(place)
    asked = WeighIn(offer=id, **msgspec.structs.asdict(data))
    return await run(intakes.weigh_in, asked, of, by=permit.person, at=at)


@get(
    "/api/v1/intake/{id:str}",
    opt={"op": "intake.slip"},
    tags=["intake"],
    summary="One weighing, as on the farmer's slip",
)
async def slip(id: FromPath[str], permit: Mine) -> IntakeView:
    found, place = await intakes.intake(id)
    permit.check(place)
    return found


DOORS = [desk, weigh_in, slip]
