"""Trainings that a group or network held, and who was there; what is counted are hours."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, get_args

import msgspec

from certification.basis.refusal import Invalid

MINUTES_MAX, TOPIC_MAX, PERSONS_MAX = 5 * 24 * 60, 200, 500
DAYS_BACK_MAX = 3 * 366
Skill = Literal["field", "orchard", "paddy", "rubber", "city_garden", "annual", "perennial"]
"""Kinds of land and classes of crops that one can know how to look at."""
SKILLS: tuple[Skill, ...] = get_args(Skill)
COUNTED = timedelta(days=365)
"""Twelve months before the day that is asked about."""


class TopicMissing(Invalid):
    code = "trainings.topic_missing"


class LengthOutOfRange(Invalid):
    code = "trainings.length_out_of_range"


class DayOutOfRange(Invalid):
    """Still to come, or more than three years ago."""

    code = "trainings.day_out_of_range"


class NobodyThere(Invalid):
    """Nobody is named, or somebody who does not belong to the group or its network."""

    code = "trainings.nobody_there"


class RecordTraining(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    organ: str
    """The group or network that held it."""
    topic: str
    held_on: date
    minutes: int
    persons: tuple[str, ...]
    skills: tuple[Skill, ...] = ()
    """What whoever was there knows since."""


class TrainingRecorded(msgspec.Struct, frozen=True, tag="trainings.recorded"):
    training: str
    organ: str
    held_on: str
    minutes: int
    persons: int


class TrainingView(msgspec.Struct, frozen=True):
    id: str
    organ: str
    topic: str
    held_on: date
    minutes: int
    persons: tuple[str, ...]
    skills: tuple[str, ...]


def ensure_sound(data: RecordTraining, belong: frozenset[str], *, today: date) -> None:
    if not data.topic.strip() or len(data.topic) > TOPIC_MAX:
        raise TopicMissing(field="topic", most=TOPIC_MAX)
    if not 0 < data.minutes <= MINUTES_MAX:
        raise LengthOutOfRange(field="minutes", most=MINUTES_MAX // 60)
    if not today - timedelta(days=DAYS_BACK_MAX) <= data.held_on <= today:
        raise DayOutOfRange(field="held_on")
    there = set(data.persons)
    if not there or len(there) > PERSONS_MAX or not there <= belong:
        raise NobodyThere(field="persons")


def hours(minutes: int) -> int:
    """Whole ones: what is begun is not counted."""
    return minutes // 60
