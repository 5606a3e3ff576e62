"""The meeting is the legal act: who was there, what stood on the agenda, what was agreed."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person


class Meeting(Table, tablename="meeting", tags=[PROVEN]):
    id = columns.row_id()
    organ = columns.link(Group)
    """The group or network whose meeting it is."""
    body = columns.word(20)
    """In which capacity: group, screening, committee, board, secretariat"""
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
    seat = columns.word(40)
    """Its code in the charter, or in an appointment."""
    leg = columns.word(20)
    """citizens, academia, local_government, state"""
    late = column.Boolean(default=False)
    """Came after the beginning."""
    by = columns.person()
    at = columns.instant()
    attendance_once = Unique([meeting, person])


class Movement(Table, tablename="attendance_change", tags=[PROVEN, APPEND_ONLY]):
    """Who went before the end, and who came back."""

    id = columns.row_id()
    meeting = columns.link(Meeting)
    person = columns.link(Person)
    kind = columns.word(10)
    """left, returned"""
    by = columns.person()
    at = columns.instant()
    seq = column.BigInt(default=None)
    """1, 2, … of this person in this meeting."""
    attendance_change_in_turn = Unique([meeting, person, seq])


class AgendaItem(Table, tablename="agenda_item", tags=[PROVEN, APPEND_ONLY]):
    """What the secretary put on the agenda; plots, last minutes and open actions stand there by
    themselves."""

    id = columns.row_id()
    meeting = columns.link(Meeting)
    part = columns.word(10)
    """inform, adopt, matters, decide"""
    title = columns.private(null=False)
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class AgendaWithdrawal(Table, tablename="agenda_withdrawal", tags=[PROVEN, APPEND_ONLY]):
    """Taken off the agenda of this meeting. An item stays written; a case, a hearing and a finding
    wait as they did before, for the next meeting of the body whose turn it is."""

    id = columns.row_id()
    meeting = columns.link(Meeting)
    what = columns.word(10)
    """item, case, hearing, finding"""
    of = columns.word(36, index=True)
    """The id of the item, the application, the hearing or the finding."""
    reason = columns.private(null=False)
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    agenda_withdrawal_once = Unique([meeting, of])


class AgendaNote(Table, tablename="agenda_note", tags=[PROVEN, APPEND_ONLY]):
    """What was said or agreed on an item; a further note mends it, none is overwritten."""

    id = columns.row_id()
    item = columns.link(AgendaItem)
    text = columns.private(null=False)
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class Action(Table, tablename="meeting_action", tags=[PROVEN, APPEND_ONLY]):
    """Who does what until when; open ones stand on every later agenda of the same body."""

    id = columns.row_id()
    meeting = columns.link(Meeting)
    owner = columns.link(Person)
    what = columns.private(null=False)
    due_on = columns.day()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class ActionDone(Table, tablename="meeting_action_done", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    action = columns.link(Action, unique=True)
    note = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()


class MinutesAdopted(Table, tablename="minutes_adopted", tags=[PROVEN, APPEND_ONLY]):
    """A later meeting of the same body has found them right, with the corrections noted."""

    id = columns.row_id()
    meeting = columns.link(Meeting, unique=True)
    """Whose minutes they are."""
    adopted_in = columns.word(36, index=True)
    """The meeting that adopted them."""
    corrections = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
