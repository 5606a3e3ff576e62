"""What went wrong with a truck, and the plan that answers it."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Literal

import msgspec
from litestar import post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.ids import following, is_id
from certification.basis.transaction import run
from market.access import deeds, rides
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.domain.trips import queries as trips
from market.domain.truck_day import (
    mishaps,
    rules,
)

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
READ, WORK = {"op": "truck_day.read"}, {"op": "truck_day.work"}
TAGS = ["truck rides"]
AT = "/api/v1/truck-rides/{id:str}"


class HandingOn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    to_truck: str | None = None
    cause: Literal["breakdown", "other"] = "breakdown"


class Publication(msgspec.Struct, frozen=True):
    version: int


@post(f"{AT}/mishaps", opt=WORK, tags=TAGS, summary="What went wrong, and a plan that answers it")
async def go_wrong(
    id: FromPath[str], data: JSONBody[rules.GoWrong], permit: Mine, at: Now
) -> rules.WentWrong:
    """The plan is kept and not published: look at it first, then publish it."""
    ride = await rides.ride(id, permit)
    deeds.ensure_storable(data, data.id)
    wrong = msgspec.structs.replace(data, truck=ride.id)
    newest = await trips.newest(ride.day)
    made = await mishaps.answer(wrong, clock=time.monotonic, at=at)
    return await run(mishaps.tell, wrong, made, newest, by=permit.person, at=at)


@put(
    f"{AT}/mishaps/{{mishap:str}}/publication", opt=WORK, tags=TAGS,
    summary="Publish the plan that answers it; buyers of moved stops are told",
)  # fmt: skip
async def publish(id: FromPath[str], mishap: FromPath[str], permit: Mine, at: Now) -> Publication:
    ride = await rides.ride(id, permit)
    if not is_id(mishap):
        raise NotThere
    version = following(mishap, "plan")
    return Publication(await run(mishaps.publish, version, ride.id, by=permit.person, at=at))


@post(f"{AT}/handing-on", opt=WORK, tags=TAGS, summary="All that is aboard goes to another truck")
async def hand_on(
    id: FromPath[str], data: JSONBody[HandingOn], permit: Mine, at: Now
) -> rules.WentOn:
    """Without another truck the goods are with who asks."""
    ride = await rides.ride(id, permit)
    deeds.ensure_storable(data, data.id)
    to_person = None if data.to_truck else permit.person
    wanted = rules.HandOn(data.id, ride.id, data.to_truck, to_person, data.cause)
    return await run(mishaps.hand_on, wanted, by=permit.person, at=at)


DOORS = [
    go_wrong, publish, hand_on,
]  # fmt: skip
