"""What meetings have granted on evidence; every stage is reckoned, none is kept."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.applications.tables import Application
from certification.basis import columns
from certification.basis.blobs import Blob
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.meetings.tables import Meeting
from certification.plots.tables import Plot


class ConversionShortened(Table, tablename="conversion_shortened", tags=[PROVEN, APPEND_ONLY]):
    """So many months fewer for one class of crops, in the conversion that ran on that day."""

    id = columns.row_id()
    meeting = columns.link(Meeting)
    application = columns.link(Application)
    plot = columns.link(Plot)
    scheme = columns.word(20)
    crop_class = columns.word(20)
    """annual, perennial"""
    months = column.Integer(default=None)
    evidence = columns.link(Blob)
    reason = columns.private(null=False)
    votes_for = column.Integer(default=None)
    votes_against = column.Integer(default=None)
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    conversion_shortened_once = Unique([meeting, application, crop_class])
    conversion_shortened_some = Check(months > 0)
