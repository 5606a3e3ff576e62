"""PGS schemes in versions: what was promised and asked at the time, never rewritten."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN


class SchemeVersion(Table, tablename="scheme_version", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    scheme = columns.word(20, index=True)
    """sgs-pgs, sdgspgs, …"""
    version = column.Integer(default=None)
    name_th = column.Varchar(length=120, default=None)
    name_en = column.Varchar(length=120, default=None)
    effective_from = columns.day()
    content = column.Text(default=None)
    """RFC 8785 JSON of `rules.Content`: rule set, checklist, pledge, input list."""
    digest = columns.word(64)
    """SHA-256 of `content`."""
    meeting_ref = column.Varchar(length=120, default=None)
    by = columns.person()
    at = columns.instant()
    scheme_version_once = Unique([scheme, version])
