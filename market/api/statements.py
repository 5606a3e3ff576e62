"""What a farmer was given and paid."""

from __future__ import annotations

from datetime import datetime

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.units import local_day
from market.access import books
from market.access.permit import Permit
from market.domain.settlement.queries import FarmerStatement

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get(
    "/api/v1/statements/{farmer:str}",
    opt={"op": "statement.read"},
    tags=["statements"],
    summary="One's own; a treasurer or leader sees what came through their groups",
)
async def read(farmer: FromPath[str], permit: Mine, at: Now) -> FarmerStatement:
    return await books.statement(farmer, permit, local_day(at))


DOORS = [read]
