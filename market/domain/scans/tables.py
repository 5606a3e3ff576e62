"""How often a lot's page was opened, in sums that name nobody; and lots of which that was much."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import PROVEN
from market.domain.lots.tables import Lot


class ScanCount(Table, tablename="scan_count"):
    """A sum of one day: no address, no browser, no moment. Lost with a process that falls: at most
    what it counted in a minute."""

    id = columns.row_id()
    lot = columns.link(Lot)
    on_day = columns.day(index=True)
    area = columns.word(4)
    """Empty for pages that were opened; else a district or province that who held a packet chose
    to tell, which is another sum."""
    times = columns.number()
    scan_count_once = Unique([lot, on_day, area])
    scan_count_positive = Check(times > 0)


class ScanSignal(Table, tablename="scan_signal", tags=[PROVEN]):
    """That a lot was scanned more often than its packets explain, and what it was."""

    id = columns.row_id()
    lot = columns.link(Lot)
    seq = column.Integer(default=None)
    scans = columns.number()
    """Since it was reported, or since the last signal of it was closed."""
    packets = columns.number()
    day = column.Integer(default=None)
    at = columns.instant()
    looked_by = columns.person(null=True)
    looked_at = columns.instant(null=True)
    because = columns.word(20, null=True)
    """A word of `rules.BECAUSE`."""
    words = columns.private()
    ended_scans = columns.number(null=True)
    """All that were counted when it was closed: what comes later is judged anew."""
    ended_by = columns.person(null=True)
    ended_at = columns.instant(null=True)
    salt = columns.salt()
    scan_signal_in_turn = Unique([lot, seq])
