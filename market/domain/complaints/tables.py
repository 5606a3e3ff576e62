"""What buyers said of goods, and how it was answered."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.blobs import Blob
from certification.basis.schema import PROVEN
from certification.people.tables import Person
from market.domain.orders.tables import Order, OrderLine


class Complaint(Table, tablename="goods_complaint", tags=[PROVEN]):
    """Only `state` changes."""

    id = columns.row_id()
    order = columns.link(Order)
    line = columns.link(OrderLine, unique=True)
    buyer = columns.link(Person)
    farmer = columns.person(null=True)
    group = columns.word(36)
    kind = columns.word(20)
    """spoilt, short, wrong, quality, other"""
    words = columns.private(null=False)
    photo = columns.link(Blob, null=True)
    state = columns.word(20, index=True)
    """open, answered, appealed, closed"""
    appeal = columns.private()
    due_at = columns.instant()
    at = columns.instant()
    salt = columns.salt()


class ComplaintAnswer(Table, tablename="goods_complaint_answer", tags=[PROVEN]):
    """Only `taken_at` changes."""

    id = columns.row_id()
    complaint = columns.link(Complaint)
    instance = columns.word(20)
    """treasurer, committee"""
    outcome = columns.word(20)
    satang = columns.number()
    bearer = columns.word(20, null=True)
    """farmer, group, fund, merchant"""
    reason = columns.private(null=False)
    taken_at = columns.instant(null=True)
    """When it was taken from what farmer or group are owed."""
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    goods_complaint_answer_once = Unique([complaint, instance])
    goods_complaint_answer_satang = Check(satang >= 0)


class ComplaintSum(Table, tablename="goods_complaint_sum"):
    """What was given for an order, kept so that two at once never give more than was paid."""

    order = column.Varchar(length=36, primary_key=True)
    satang = columns.number()


class WeightCorrection(Table, tablename="weight_correction", tags=[PROVEN]):
    """A weight that was written wrong at handover, and the right one."""

    id = columns.row_id()
    order = columns.link(Order)
    line = columns.link(OrderLine)
    grams_before = columns.number()
    grams = columns.number()
    satang_before = columns.number()
    satang = columns.number()
    credited_satang = columns.number()
    """To the buyer's credit; below nothing where it was taken back from there."""
    reason = columns.private(null=False)
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    weight_correction_grams = Check("grams >= 0 AND satang >= 0")
