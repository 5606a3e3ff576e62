"""What was granted, for which crops and until when, and all that happened to it since."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.decisions.tables import Decision
from certification.groups.tables import Group
from certification.people.tables import Person
from certification.plots.tables import Plot
from certification.schemes.tables import SchemeVersion


class Certificate(Table, tablename="certificate", tags=[PROVEN, APPEND_ONLY]):
    """Per plot, scheme and crops; its status is never in the row but in `CertificateEvent`."""

    id = columns.row_id()
    code = columns.code()
    number = column.Varchar(length=40, unique=True, default=None)
    """`{SCHEME}-{province}-{BE year}-{running}-{check}`, gapless per scheme and year."""
    scheme = columns.word(20)
    scheme_version = columns.link(SchemeVersion)
    plot = columns.link(Plot)
    group = columns.link(Group)
    holder = columns.link(Person)
    decision = columns.link(Decision)
    turn = column.Integer(default=1)
    """1 as it was issued; 2, … when a meeting changed its crops."""
    stage = columns.word(20)
    """organic, in_conversion"""
    valid_from = columns.day()
    valid_until = columns.day(index=True)
    """The last day."""
    by = columns.person()
    at = columns.instant()
    certificate_lasts = Check(valid_until >= valid_from)
    certificate_in_turn = Unique([decision, turn])


class CertificateCrop(Table, tablename="certificate_crop", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    certificate = columns.link(Certificate)
    crop = columns.word(40)
    certificate_crop_once = Unique([certificate, crop])


class CertificateEvent(Table, tablename="certificate_event", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    certificate = columns.link(Certificate)
    kind = columns.word(20)
    """suspended, reinstated, revoked, surrendered, superseded"""
    from_on = columns.day()
    """It holds for harvests of this day and later."""
    because = columns.word(40)
    ruling = columns.word(36, null=True)
    """Of the meeting that decided it, where one did."""
    note = columns.private()
    by = columns.person()
    at = columns.instant()
    seq = column.BigInt(default=None)
    """1, 2, … per certificate: the order in which they were decided."""
    salt = columns.salt()
    certificate_event_in_turn = Unique([certificate, seq])


class CertificateReminder(Table, tablename="certificate_reminder", tags=[PROVEN, APPEND_ONLY]):
    """That a farmer was told how soon it ends: once for each mark."""

    id = columns.row_id()
    certificate = columns.link(Certificate)
    days = column.Integer(default=None)
    at = columns.instant()
    certificate_reminder_once = Unique([certificate, days])


class NumberSeries(Table, tablename="certificate_number"):
    """The last number given, per scheme, province and Buddhist year."""

    id = column.Varchar(length=40, primary_key=True)
    last = columns.number()
