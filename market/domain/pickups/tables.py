"""What a seller promises for goods that nobody fetches."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group


class PickupRuleRow(Table, tablename="pickup_rule", tags=[PROVEN, APPEND_ONLY]):
    """An order is under the one that was the newest when it was placed."""

    id = columns.row_id()
    merchant = columns.link(Group)
    absent = columns.word(10)
    """move, hold, credit, refund, donate"""
    moved = columns.word(10)
    """The same without donate."""
    hold_days = column.Integer(default=None)
    by = columns.person()
    at = columns.instant()
    pickup_rule_days = Check("hold_days BETWEEN 1 AND 14")
