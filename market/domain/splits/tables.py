"""Where each baht of a sale goes: the versions that hold, and what waits for a second person."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group

SHARES = (
    "merchant_bp >= 0 AND truck_bp >= 0 AND fund_bp >= 0 AND group_bp >= 0"
    " AND merchant_bp + truck_bp + fund_bp + group_bp <= 10000"
)


class SplitProposal(Table, tablename="split_proposal", tags=[PROVEN]):
    """What a meeting decided, as one person wrote it down. Nothing follows it before a second."""

    id = columns.row_id()
    merchant = columns.link(Group)
    merchant_bp = column.Integer(default=None)
    truck_bp = column.Integer(default=None)
    fund_bp = column.Integer(default=None)
    group_bp = column.Integer(default=None)
    decided_on = columns.day()
    """The day of the meeting."""
    holds_from = columns.day()
    after_version = column.Integer(default=None)
    """The newest approved when it was written down: one approved since overtakes it."""
    state = columns.word(10)
    """proposed, approved, returned, withdrawn"""
    by = columns.person()
    at = columns.instant()
    decided_by = columns.person(null=True)
    decided_at = columns.instant(null=True)
    reason = columns.private()
    """Why it was sent back."""
    salt = columns.salt()
    split_proposal_shares = Check(SHARES)
    split_proposal_two_people = Check(
        "state NOT IN ('approved', 'returned') OR (decided_by IS NOT NULL AND decided_by <> \"by\")"
    )


class SplitRule(Table, tablename="split_rule", tags=[PROVEN, APPEND_ONLY]):
    """In basis points of the sale; the rest is the farmers'. Its id is the proposal's."""

    id = columns.row_id()
    merchant = columns.link(Group)
    version = column.Integer(default=None)
    merchant_bp = column.Integer(default=None)
    truck_bp = column.Integer(default=None)
    fund_bp = column.Integer(default=None)
    group_bp = column.Integer(default=None)
    holds_from = columns.day()
    by = columns.person()
    """Who approved it."""
    at = columns.instant()
    split_rule_once = Unique([merchant, version])
    split_rule_shares = Check(SHARES)
