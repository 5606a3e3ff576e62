"""Double entry in whole satang. Nothing here is ever changed; a mistake is answered."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN


class Account(Table, tablename="ledger_account", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    book = columns.word(36, index=True)
    """Whose books it stands in: a group's or network's id."""
    kind = columns.word(20)
    """See `rules.KINDS` for which side each grows on."""
    of = columns.word(36)
    """Whom or what it is about (a buyer, an order, a group, a farmer), or the book itself."""
    cycle = columns.word(36, null=True)
    name = column.Varchar(length=140, unique=True, default=None)
    """`kind:book:of[:cycle]`"""
    at = columns.instant()


class Entry(Table, tablename="ledger_entry", tags=[PROVEN, APPEND_ONLY]):
    """One thing that happened to money, made of one or more transfers."""

    id = columns.row_id()
    kind = columns.word(30)
    subject = columns.word(36, index=True)
    """The order, settlement or payout it came from."""
    reverses = columns.earlier(unique=True)
    by = columns.person()
    at = columns.instant()


class Transfer(Table, tablename="ledger_transfer", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    entry = columns.link(Entry)
    debit = columns.link(Account)
    credit = columns.link(Account)
    satang = columns.number()
    ledger_transfer_positive = Check(satang > 0)
    ledger_transfer_two_accounts = Check(debit != credit)


class Balance(Table, tablename="ledger_balance"):
    """The sums of the transfers, kept so that a claim can be checked as it is spent.

    Not told to the log: `market verify ledger` recomputes it from the transfers.
    """

    account = column.Varchar(length=36, primary_key=True)
    debits_satang = columns.number()
    credits_satang = columns.number()
    ledger_balance_sums = Check((debits_satang >= 0) & (credits_satang >= 0))
