"""A merchant's own account at a payment provider, what was asked of it, and what it told."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import AT_WORK, PROVEN
from certification.groups.tables import Group
from market.domain.payments.tables import PaymentRequest


class ProviderAccount(Table, tablename="provider_account"):
    """Not proven: what is sealed in it is erased when the account is ended."""

    id = columns.row_id()
    merchant = columns.link(Group)
    account = columns.word(40)
    """acct_…, or empty where nobody said."""
    wrapped = column.Bytea(null=True, default=None)
    """What opens the two below, itself under the vault's file."""
    sealed = column.Bytea(null=True, default=None)
    hook_sealed = column.Bytea(null=True, default=None)
    since = columns.instant()
    until = columns.instant(null=True)
    by = columns.person()


class Attempt(Table, tablename="provider_attempt", tags=[PROVEN]):
    id = columns.row_id()
    request = columns.link(PaymentRequest)
    provider = columns.link(ProviderAccount)
    number = column.Integer(default=None)
    method = columns.word(20)
    """promptpay, card"""
    satang = columns.number()
    state = columns.word(20, index=True)
    """created, awaiting, paid, failed, cancelled, unknown"""
    reference = column.Varchar(length=90, null=True, default=None, unique=True)
    """The provider's own id of it."""
    intent = columns.word(90, null=True)
    shown = column.Text(null=True, default=None)
    """What its QR holds, or the address on which one pays."""
    email_sealed = column.Bytea(null=True, default=None)
    """Under the buyer's own key; the provider writes there."""
    expires_at = columns.instant()
    claimed_at = columns.at_work()
    """Somebody is asking the provider since then."""
    tries = column.Integer(default=0, help_text=AT_WORK)
    next_at = columns.at_work()
    refunded_satang = columns.number()
    by = columns.person()
    at = columns.instant()
    provider_attempt_once = Unique([request, number])
    provider_attempt_refunded = Check("refunded_satang BETWEEN 0 AND satang")


class Refund(Table, tablename="provider_refund", tags=[PROVEN]):
    id = columns.row_id()
    attempt = columns.link(Attempt)
    satang = columns.number()
    state = columns.word(10, index=True)
    """created, sent, done, failed"""
    reference = columns.word(90, null=True)
    tries = column.Integer(default=0, help_text=AT_WORK)
    next_at = columns.at_work()
    claimed_at = columns.at_work()
    by = columns.person()
    at = columns.instant()
    provider_refund_positive = Check(satang > 0)


class InboxEvent(Table, tablename="provider_event"):
    """A message that came, signed: its id and what it is about, nothing else of it."""

    id = columns.row_id()
    provider = columns.link(ProviderAccount)
    external = column.Varchar(length=120, default=None)
    kind = columns.word(60)
    at = columns.instant()
    claimed_at = columns.instant(null=True)
    handled_at = columns.instant(null=True)
    outcome = columns.word(20, null=True)
    """moved, nothing, unmatched, quarantined"""
    because = columns.word(20, null=True)
    tries = column.Integer(default=0)
    next_at = columns.instant(null=True)
    provider_event_once = Unique([provider, external])
