"""Visits that a committee called, and which one came of it."""

from __future__ import annotations

from piccolo.table import Table

from certification.applications.tables import Application
from certification.basis import columns
from certification.basis.schema import PROVEN
from certification.inspections.tables import Inspection


class VisitCall(Table, tablename="visit_call", tags=[PROVEN]):
    id = columns.row_id()
    application = columns.link(Application)
    kind = columns.word(20)
    """random, complaint, follow_up"""
    reason = columns.private(null=False)
    inspection = columns.link(Inspection, null=True)
    """The visit; called off, the call waits again."""
    taken_back_by = columns.person(null=True)
    taken_back_at = columns.instant(null=True)
    taken_back_because = columns.private()
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
