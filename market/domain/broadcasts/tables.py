"""What a leader wrote to a group, or an officer to an area."""

from __future__ import annotations

from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import PROVEN
from certification.groups.tables import Group


class Broadcast(Table, tablename="broadcast", tags=[PROVEN]):
    id = columns.row_id()
    organ = columns.link(Group, null=True)
    area = columns.word(8, null=True, index=True)
    """One of the two."""
    place = columns.word(36)
    """Whichever it is: so many a day and no more, also when two write at once."""
    on_day = columns.day()
    turn = columns.number()
    text_th = columns.private(null=False)
    text_en = columns.private(null=False)
    people = columns.number()
    """Whom it would have reached when it was written."""
    goes_at = columns.instant()
    by = columns.person()
    at = columns.instant()
    went_at = columns.instant(null=True)
    stopped_at = columns.instant(null=True)
    stopped_by = columns.person(null=True)
    salt = columns.salt()
    broadcast_turn_once = Unique([place, on_day, turn])
