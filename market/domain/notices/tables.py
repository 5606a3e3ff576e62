"""Who was told what about which event, and that they were told once."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.people.tables import Person
from market.domain.offers.tables import Cycle


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


class Delivery(Table, tablename="delivery"):
    """A notice on its way to where the person wishes to be told: one row for each channel."""

    id = columns.row_id()
    """What the world is given to know it by, when it is sent again."""
    notice = columns.link(Notice)
    person = columns.link(Person)
    channel = columns.word(10)
    state = columns.word(10, index=True)
    """waiting, sending, sent, failed, unknown"""
    why = columns.word(20, null=True)
    urgent = column.Boolean(default=False)
    tries = columns.number()
    due_at = columns.instant()
    lease_until = columns.instant(null=True)
    first_at = columns.instant(null=True)
    """When it was first handed to the world: for so long it is known there by its id."""
    at = columns.instant()
    settled_at = columns.instant(null=True)
    delivery_once = Unique([notice, channel])


class CycleTold(Table, tablename="cycle_told"):
    """That the clock said once of a round that it closes soon."""

    id = columns.row_id()
    cycle = columns.link(Cycle, unique=True)
    at = columns.instant()
