"""Money asked for, how we know it came, and which exact amounts are in use."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from market.domain.orders.tables import Order


class ReceivingAccount(Table, tablename="receiving_account", tags=[PROVEN]):
    """A merchant's own PromptPay id; money goes straight there, never through us."""

    id = columns.row_id()
    merchant = columns.link(Group)
    kind = columns.word(20)
    """phone, tax_id, ewallet (tag 29), biller (tag 30)"""
    number = column.Varchar(length=20, default=None)
    since = columns.instant()
    until = columns.instant(null=True)
    by = columns.person()


class PaymentRequest(Table, tablename="payment_request", tags=[PROVEN]):
    id = columns.row_id()
    order = columns.link(Order)
    merchant = columns.link(Group)
    rail = columns.word(20)
    """promptpay, deposit"""
    account = columns.link(ReceivingAccount, null=True)
    satang = columns.number()
    """Exactly what is to be paid: the order's total, or its deposit, less the discount; where less
    came and the rest is due at the pick-up, what came."""
    discount_satang = columns.number()
    """1 to 99, so that account and amount are unique among open requests; 0 on tag 30."""
    reference = columns.word(20)
    """Ref1 on tag 30: the order's code."""
    state = columns.word(20, index=True)
    """awaiting, paid, expired, cancelled, unknown"""
    expires_at = columns.instant(null=True)
    paid_at = columns.instant(null=True)
    at = columns.instant()
    payment_request_amounts = Check((satang > 0) & (discount_satang >= 0) & (discount_satang <= 99))


class OpenAmount(Table, tablename="open_amount"):
    """An exact amount in use on an account, kept 72 h after its request ended for late payers."""

    id = columns.row_id()
    account = columns.link(ReceivingAccount)
    satang = columns.number()
    request = columns.link(PaymentRequest)
    free_at = columns.instant(null=True)
    open_amount_once = Unique([account, satang])


class Repayment(Table, tablename="credit_repayment", tags=[PROVEN, APPEND_ONLY]):
    """A buyer's credit given back as money."""

    id = columns.row_id()
    merchant = columns.link(Group)
    buyer = columns.person()
    satang = columns.number()
    bank = columns.word(10)
    """cash: from the box"""
    trans_ref = columns.word(40)
    """Of the transfer, or the number of the signed receipt; each counts once."""
    by = columns.person()
    at = columns.instant()
    credit_repayment_something = Check(satang > 0)
    credit_repayment_one_slip = Unique([bank, trans_ref])


class Evidence(Table, tablename="payment_evidence", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    request = columns.link(PaymentRequest)
    kind = columns.word(20)
    """treasurer, cash, slip, slip_check, statement; extra: of money beside what was asked"""
    bank = columns.word(10, null=True)
    trans_ref = columns.word(40, null=True)
    """A slip counts once in the whole system."""
    satang = columns.number()
    by = columns.person()
    at = columns.instant()
    payment_evidence_one_slip = Unique([bank, trans_ref])


class SlipClaim(Table, tablename="slip_claim"):
    """What each transfer was used for: one payment, one payout or one repayment, and never two."""

    id = columns.row_id()
    bank = columns.word(10)
    trans_ref = columns.word(40)
    used_for = columns.word(20)
    """payment, payout, repayment"""
    subject = columns.word(36)
    """The request, payout or repayment."""
    at = columns.instant()
    slip_claim_once = Unique([bank, trans_ref])
