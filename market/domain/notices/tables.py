"""Who was told what about which event, and that they were told once."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.people.tables import Person


class Notice(Table, tablename="notice"):
    id = columns.row_id()
    person = columns.link(Person)
    event_seq = columns.number()
    kind = columns.word(60)
    """The event's tag; the sentence is `notice.<tag>` in the catalogues."""
    subject = columns.word(36)
    facts = column.Text(default="{}")
    """JSON of codes, amounts and days; no names."""
    at = columns.instant()
    read_at = columns.instant(null=True)
    notice_once = Unique([person, event_seq, kind])
