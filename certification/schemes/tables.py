"""PGS schemes in versions: what was promised and asked at the time, never rewritten."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group


class Scheme(Table, tablename="scheme", tags=[PROVEN, APPEND_ONLY]):
    """Whose the rules are: only its owner publishes versions, others adopt them."""

    id = columns.row_id()
    code = column.Varchar(length=20, default=None, unique=True)
    """sgs-pgs, sdgspgs, …"""
    prefix = column.Varchar(length=8, default=None, unique=True)
    """Begins each number of its certificates; never changes, as their run has no gap."""
    owner = columns.link(Group)
    by = columns.person()
    at = columns.instant()


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
    """The number of the minutes."""
    minutes_on = columns.day(null=True)
    """The day of that meeting."""
    meeting = columns.word(36, null=True)
    """Where the meeting itself is in the record; the features above know it."""
    by = columns.person()
    at = columns.instant()
    scheme_version_once = Unique([scheme, version])


class SchemeDraft(Table, tablename="scheme_draft"):
    """What the owner's people are changing; one for each scheme, gone when it is published."""

    id = columns.row_id()
    scheme = column.Varchar(length=20, default=None, unique=True)
    revision = column.Integer(default=None)
    """Counts up with every save: who saves says which one was on the screen."""
    based_on = columns.word(36, null=True)
    """The version it was begun from."""
    content = column.Text(default=None)
    by = columns.person()
    at = columns.instant()


class SchemeAdoption(Table, tablename="scheme_adoption", tags=[PROVEN, APPEND_ONLY]):
    """A network works by a scheme that another owns."""

    id = columns.row_id()
    scheme = columns.word(20, index=True)
    network = columns.link(Group)
    meeting_ref = column.Varchar(length=120, default=None)
    minutes_on = columns.day(null=True)
    meeting = columns.word(36, null=True)
    by = columns.person()
    at = columns.instant()
    scheme_adoption_once = Unique([scheme, network])
