"""The meeting is the legal act: who was there, who voted how, and what followed."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.applications.tables import Application
from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person


class Meeting(Table, tablename="meeting", tags=[PROVEN]):
    id = columns.row_id()
    organ = columns.link(Group)
    """The group or network whose meeting it is."""
    held_on = columns.day(index=True)
    place = column.Varchar(length=120, default=None)
    opened_by = columns.person()
    opened_at = columns.instant()
    closed_by = columns.person(null=True)
    closed_at = columns.instant(null=True)


class Attendance(Table, tablename="attendance", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    meeting = columns.link(Meeting)
    person = columns.link(Person)
    seat = columns.word(20)
    """producer, consumer, agency"""
    by = columns.person()
    at = columns.instant()
    attendance_once = Unique([meeting, person])


class Vote(Table, tablename="vote", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    meeting = columns.link(Meeting)
    application = columns.link(Application)
    person = columns.link(Person)
    value = columns.word(10)
    """for, against, abstain, recused"""
    by = columns.person()
    """The voter, or the secretary who counted hands."""
    at = columns.instant()
    vote_once = Unique([meeting, application, person])


class Decision(Table, tablename="decision", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    meeting = columns.link(Meeting)
    application = columns.link(Application)
    outcome = columns.word(10)
    """approved, rejected, deferred"""
    stage = columns.word(20, null=True)
    """organic, in_conversion: reckoned from dates, not chosen"""
    present = column.Integer(default=None)
    quorum_needed = column.Integer(default=None)
    votes_for = column.Integer(default=None)
    votes_against = column.Integer(default=None)
    abstained = column.Integer(default=None)
    recused = column.Integer(default=None)
    reason = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    decision_once = Unique([meeting, application])
