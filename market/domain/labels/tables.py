"""Which labels were printed for which lot: never more packets than the lot can fill."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from market.domain.lots.tables import Lot


class LabelRun(Table, tablename="label_run", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    lot = columns.link(Lot)
    sheet = columns.word(20)
    """a4-3x8, l7160, t50x30, t58x40"""
    packet_grams = columns.number()
    labels = column.Integer(default=None)
    start_at = column.Integer(default=None)
    """The first free place on the sheet, from 1."""
    reprint_of = columns.earlier()
    """A spoilt sheet printed again does not count against the lot."""
    level = columns.word(1)
    """M, Q"""
    reason = columns.word(20, null=True)
    """Of a reprint: jammed, faded, wet, lost"""
    by = columns.person()
    at = columns.instant()
    label_run_count = Check((labels > 0) & (packet_grams > 0))
    label_run_reason = Check(
        (reprint_of.is_null() & reason.is_null())
        | (reprint_of.is_not_null() & reason.is_not_null())
    )


class LabelShift(Table, tablename="label_shift", tags=[APPEND_ONLY]):
    """How a person's printer is put right; the last one counts."""

    id = columns.row_id()
    sheet = columns.word(20)
    right_tenths = column.Integer(default=None)
    down_tenths = column.Integer(default=None)
    """Of a millimetre."""
    by = columns.person()
    at = columns.instant()


class LabelTotal(Table, tablename="label_total"):
    """Grams that labels speak for, counted per lot, and per run for its reprints.

    Only there so that two runs at the same moment cannot both take the last grams; the runs prove
    it.
    """

    id = columns.row_id()
    grams = columns.number()
    label_total_positive = Check(grams > 0)
