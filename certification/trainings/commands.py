"""Writing down a training with those who were there."""

from __future__ import annotations

import secrets
from datetime import datetime

from certification.basis import log
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.trainings import queries, rules
from certification.trainings.rules import RecordTraining, TrainingRecorded
from certification.trainings.tables import Training, TrainingAttended


async def record(data: RecordTraining, *, by: str, at: datetime) -> TrainingRecorded:
    persons = sorted(set(data.persons))
    event = TrainingRecorded(data.id, data.organ, str(data.held_on), data.minutes, len(persons))
    async with transaction():
        belong = await queries.people_of(data.organ, data.held_on)
        rules.ensure_sound(data, belong, today=local_day(at))
        await insert(Training(
            id=data.id, organ=data.organ, topic=data.topic.strip(), held_on=data.held_on,
            minutes=data.minutes, skills=" ".join(dict.fromkeys(data.skills)), by=by, at=at,
            salt=secrets.token_bytes(16),
        ))  # fmt: skip
        there = [
            TrainingAttended(id=following(data.id, person), training=data.id, person=person)
            for person in persons
        ]
        await insert(*there)
        rows = [(TrainingAttended, row.id) for row in there]
        log.append(event, (Training, data.id), *rows, subject=data.id, by=by, at=at)
    return event
