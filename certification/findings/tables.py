"""What happened to a finding since it was made, one row after the other."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.blobs import Blob
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.inspections.tables import Finding
from certification.meetings.tables import Meeting


class FindingStep(Table, tablename="finding_step", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    finding = columns.link(Finding)
    seq = column.BigInt(default=None)
    """1, 2, … of one finding: who comes second at the same moment finds the number taken."""
    kind = columns.word(20)
    """agreed, extended, replied, claimed, disputed, sent_back, stands, withdrawn,
    retested, verified;
    by the clock: reminded, overdue, escalated"""
    words = columns.private()
    due_on = columns.day(null=True)
    photo = columns.link(Blob, null=True)
    decided_on = columns.day(null=True)
    meeting_ref = columns.private()
    meeting = columns.link(Meeting, null=True)
    """Where it was held with this program; else the reference says which."""
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    finding_step_in_turn = Unique([finding, seq])
