"""A flood, a storm, a heat: where and when, and what is proposed because of it."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person


class AreaEvent(Table, tablename="area_event", tags=[PROVEN]):
    """A correction is an event of its own that takes the place of the one before."""

    id = columns.row_id()
    kind = columns.word(10)
    """flood, storm, heat"""
    from_on = columns.day(index=True)
    until_on = columns.day(null=True)
    """The last day; null while it goes on."""
    less_percent = column.Integer(default=None)
    """So much less is expected of a harvest in its days and the weeks after."""
    source = columns.word(10)
    """officer; forecast: proposed from the weather, without effect before an officer's yes"""
    corrects = columns.earlier(unique=True)
    by = columns.person()
    at = columns.instant()
    confirmed_by = columns.person(null=True)
    confirmed_at = columns.instant(null=True)
    struck_by = columns.person(null=True)
    struck_at = columns.instant(null=True)
    """Mistaken, corrected or not confirmed."""
    area_event_less = Check((less_percent >= 0) & (less_percent <= 100))
    area_event_days = Check((until_on >= from_on) | until_on.is_null())


class AreaEventTambon(Table, tablename="area_event_tambon", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    event = columns.link(AreaEvent)
    tambon = columns.word(6, index=True)
    area_event_tambon_once = Unique([event, tambon])


class AreaProposal(Table, tablename="area_proposal", tags=[PROVEN]):
    """What an event asks of somebody; it changes nothing before that person's word."""

    id = columns.row_id()
    event = columns.link(AreaEvent)
    kind = columns.word(10)
    """lower: a forecast; stop: of a truck's day; soil: a test of a plot's soil"""
    subject = columns.word(36, index=True)
    organ = columns.link(Group)
    person = columns.link(Person, null=True)
    """Whose word it needs; of a stop: the operator's."""
    grams = columns.number(null=True)
    due_on = columns.day(null=True)
    state = columns.word(10)
    """open, done, declined, void: its event was struck"""
    answered_by = columns.person(null=True)
    answered_at = columns.instant(null=True)
    area_proposal_once = Unique([event, kind, subject])
