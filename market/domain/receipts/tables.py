"""Receipts: numbered without a gap, never changed."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from market.domain.orders.tables import Order


class Receipt(Table, tablename="receipt", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    merchant = columns.link(Group)
    year = column.Integer(default=None)
    """พ.ศ.: the book"""
    number = column.Integer(default=None)
    order = columns.link(Order, unique=True)
    satang = columns.number()
    discount_satang = columns.number()
    at = columns.instant()
    receipt_counts_once = Unique([merchant, year, number])
    receipt_something = Check("satang > 0 AND discount_satang >= 0 AND number > 0")


class ReceiptBook(Table, tablename="receipt_book"):
    """The last number that was given; the row that two receipts at once wait for."""

    id = columns.row_id()
    merchant = columns.link(Group)
    year = column.Integer(default=None)
    number = column.Integer(default=None)
    receipt_book_once = Unique([merchant, year])
