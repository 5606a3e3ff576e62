"""Trainings: who was there, and how many hours somebody has."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.units import local_day
from certification.trainings import commands, queries
from certification.trainings.rules import RecordTraining, TrainingRecorded, TrainingView
from market.access import deeds, whose
from market.access.permit import Permit

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class Trained(msgspec.Struct, frozen=True):
    hours: int
    """In the twelve months until today."""
    trainings: list[TrainingView]


@get(
    "/api/v1/people/{id:str}/trainings",
    opt={"op": "training.read"},
    tags=["trainings"],
    summary="What somebody was trained in, and the hours of twelve months",
)
async def read_trainings(id: FromPath[str], permit: Mine, at: Now) -> Trained:
    await whose.ensure_member(permit, id, local_day(at))
    return Trained(await queries.hours(id, local_day(at)), await queries.of_person(id))


@post(
    "/api/v1/trainings",
    opt={"op": "training.record"},
    tags=["trainings"],
    summary="A training that was held, with those who were there",
)
async def record(data: JSONBody[RecordTraining], permit: Mine, at: Now) -> TrainingRecorded:
    permit.check(await whose.of_group(data.organ))
    return await deeds.once(commands.record, data, TrainingRecorded, by=permit.person, at=at)


DOORS = [read_trainings, record]
