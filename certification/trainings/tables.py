"""Trainings and who was there."""

from __future__ import annotations

from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person


class Training(Table, tablename="training", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    organ = columns.link(Group)
    topic = columns.private(null=False)
    held_on = columns.day()
    minutes = columns.number()
    skills = columns.word(120)
    """What whoever was there knows since, parted by blanks: kinds of land, classes of crops."""
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    training_minutes_positive = Check(minutes > 0)


class TrainingAttended(Table, tablename="training_attended", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    training = columns.link(Training)
    person = columns.link(Person)
    training_attended_once = Unique([training, person])
