"""Who sits in the bodies of a group or network."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person


class Appointment(Table, tablename="appointment", tags=[PROVEN]):
    id = columns.row_id()
    organ = columns.link(Group)
    body = columns.word(20)
    """group, screening, committee, board, secretariat"""
    person = columns.link(Person)
    seat = columns.word(40)
    """A seat's code in the scheme."""
    leg = columns.word(20)
    """citizens, academia, local_government, state"""
    since = columns.day()
    until = columns.day(null=True)
    """The last day."""
    chosen_by = column.Varchar(length=120, default=None)
    """The minutes of the meeting that chose this person."""
    by = columns.person()
    at = columns.instant()
    ended_by = columns.person(null=True)
    ended_at = columns.instant(null=True)
    appointment_once = Unique([organ, body, person, since])
    appointment_ends_after_it_began = Check((until >= since) | until.is_null())
