"""Slips that buyers showed, and what became of each."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.table import Table

from certification.basis import columns
from certification.basis.blobs import Blob
from certification.basis.schema import PROVEN
from market.domain.payments.tables import PaymentRequest


class Slip(Table, tablename="payment_slip", tags=[PROVEN]):
    id = columns.row_id()
    request = columns.link(PaymentRequest)
    bank = columns.word(10, null=True)
    trans_ref = columns.word(40, null=True)
    """Of the small code; none where only a photo could be kept."""
    code = column.Varchar(length=200, null=True, default=None)
    """The small code itself, as a checker is asked with it."""
    photo = columns.link(Blob, null=True)
    state = columns.word(10, index=True)
    """checking, waiting, accepted, refused"""
    because = columns.word(20, null=True)
    """Why it waits, or was refused."""
    satang = columns.number(null=True)
    """What a checker read, or the treasurer saw."""
    tries = column.Integer(default=0)
    next_at = columns.instant(null=True)
    """When the checker is asked again."""
    by = columns.person()
    at = columns.instant()
    answered_by = columns.person(null=True)
    answered_at = columns.instant(null=True)
