"""A forgotten PIN: one begins, a second confirms and is told the code."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access import recoveries
from market.access.permit import Permit
from market.domain.recovery import commands
from market.domain.recovery.rules import Begun, RecoveryView, Stopped

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class NewRecovery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str


class Recovered(msgspec.Struct, frozen=True):
    """Told once, to be handed to the person; it lasts 14 days."""

    person: str
    code: str


@get(
    "/api/v1/recoveries",
    opt={"op": "recovery.read"},
    tags=["people"],
    summary="New codes that wait for a second person",
)
async def list_recoveries(permit: Mine, at: Now) -> list[RecoveryView]:
    return await recoveries.waiting(permit, at)


@post(
    "/api/v1/people/{id:str}/recoveries",
    opt={"op": "recovery.begin"},
    tags=["people"],
    summary="The PIN was forgotten: a second person has 72 hours to confirm",
)
async def begin(id: FromPath[str], data: JSONBody[NewRecovery], permit: Mine, at: Now) -> Begun:
    return await recoveries.begin(data.id, id, permit, at)


@put(
    "/api/v1/recoveries/{id:str}/confirmation",
    opt={"op": "recovery.confirm"},
    tags=["people"],
    summary="The second person; all devices of the person end, and the code is told once",
)
async def confirm(id: FromPath[str], permit: Mine, at: Now) -> Recovered:
    found, code = await recoveries.confirm(id, permit, at)
    return Recovered(found.person, code)


@put(
    "/api/v1/recoveries/{id:str}/stop",
    opt={"op": "recovery.stop"},
    tags=["people"],
    summary="It shall not be; by those who may confirm, and by whom it is about",
)
async def stop(id: FromPath[str], permit: Mine, at: Now) -> Stopped:
    await recoveries.reached(id, permit, at)
    return await run(commands.stop, id, by=permit.person, at=at)


DOORS = [list_recoveries, begin, confirm, stop]
