"""The events as they were told, found again by id, by what they are about and by time."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY


class EpcisEvent(Table, tablename="epcis_event", tags=[APPEND_ONLY]):
    """Follows from the log and the rows it speaks of; what was once told is told the same again."""

    seq = column.BigInt(primary_key=True)
    """In the order of the log: a reader that has come so far misses nothing that comes later."""
    event = column.Varchar(length=100, unique=True, default=None)
    """Its `eventID`."""
    kind = columns.word(30)
    group = columns.word(8, index=True)
    """The code of the group whose lots or land it is about."""
    public = column.Boolean(default=False)
    at = columns.instant(index=True)
    told_at = columns.instant()
    body = column.Text(default=None)
    """The bytes, with the addresses of the origin they were told under."""
    epcis_event_seq_positive = Check(seq > 0)


class EpcisName(Table, tablename="epcis_name", tags=[APPEND_ONLY]):
    """What an event is about."""

    id = columns.row_id()
    event = columns.link(EpcisEvent)
    name = columns.word(20, index=True)
    """`L/`, `P/`, … and the code."""
    epcis_name_once = Unique([event, name])
