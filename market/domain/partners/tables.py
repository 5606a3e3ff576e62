"""Who may tell us what befell our goods elsewhere, and what was told, unchanged."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group


class Partner(Table, tablename="partner", tags=[PROVEN]):
    id = columns.row_id()
    network = columns.link(Group)
    name = columns.word(80)
    """Of a company or an office, as everybody reads it beside what it told."""
    fingerprint = columns.code(64)
    """SHA-256 of what the partner shows at the door; that itself is kept nowhere."""
    since = columns.instant()
    until = columns.instant(null=True)
    by = columns.person()
    ended_by = columns.person(null=True)


class PartnerCapture(Table, tablename="partner_capture", tags=[PROVEN, APPEND_ONLY]):
    """A document as it came, byte by byte: an outsider's word, and no fact of ours."""

    id = columns.row_id()
    partner = columns.link(Partner)
    digest = columns.word(64)
    """SHA-256 of the bytes: the same document again is the same capture."""
    events = columns.number()
    at = columns.instant()
    body = column.Bytea(default=None)
    partner_capture_once = Unique([partner, digest])
    partner_capture_events_positive = Check(events > 0)


class PartnerWord(Table, tablename="partner_word", tags=[APPEND_ONLY]):
    """Follows from the document: what one event of it says of one thing of ours."""

    id = columns.row_id()
    capture = columns.link(PartnerCapture)
    place = columns.number()
    """Which event of the document; 1 is the first."""
    code = columns.word(16, index=True)
    """The public code of the lot, plot or group."""
    event = columns.word(64)
    kind = columns.word(30)
    step = columns.word(40, null=True)
    at = columns.instant()
    whereabouts = columns.word(80, null=True)
    taken_back = column.Boolean(default=False)
    partner_word_once = Unique([capture, place, code])


class PartnerHour(Table, tablename="partner_hour"):
    """How many documents came in the hour that is running."""

    id = columns.row_id()
    documents = columns.number()
    ends_at = columns.instant()
