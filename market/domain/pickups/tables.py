"""What a seller promises for goods that nobody fetches."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group


class PickupRuleRow(Table, tablename="pickup_rule", tags=[PROVEN, APPEND_ONLY]):
    """An order is under the one of its round that was the newest when it was placed, else under
    its seller's."""

    id = columns.row_id()
    merchant = columns.link(Group)
    cycle = columns.word(36, null=True, index=True)
    """The round that it is for; null: all of which nothing else was said."""
    absent = columns.word(10)
    """move, hold, credit, refund, donate"""
    moved = columns.word(10)
    """The same without donate."""
    hold_days = column.Integer(default=None)
    kept_percent = columns.number()
    """Of the price, as far as it was paid, kept for who grew the goods."""
    by = columns.person()
    at = columns.instant()
    pickup_rule_days = Check("hold_days BETWEEN 1 AND 14")
    pickup_rule_kept = Check("kept_percent BETWEEN 0 AND 100")
