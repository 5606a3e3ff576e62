"""What stands in the books, and whether they are true."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import Row, in_use
from market.domain.ledger import rules
from market.domain.ledger.rules import AccountName, Posting

Fault = tuple[str, str, str, str]
"""Table, row, column (empty for the whole row) and what is wrong."""


class KnownEntry(msgspec.Struct, frozen=True):
    id: str
    kind: str
    subject: str
    reverses: str | None
    postings: list[Posting]


class BookLine(msgspec.Struct, frozen=True):
    """One transfer as one account sees it; `satang` is negative where it makes it smaller."""

    at: datetime
    entry: str
    kind: str
    subject: str
    account: str
    satang: int


class AccountBalance(msgspec.Struct, frozen=True):
    kind: str
    of: str
    cycle: str | None
    satang: int


class AccountView(msgspec.Struct, frozen=True):
    id: str
    book: str
    kind: str
    of: str
    cycle: str | None
    satang: int


ACCOUNT = (
    'SELECT a.id, a.book, a.kind, a."of", a.cycle, b.debits_satang AS debits,'
    " b.credits_satang AS credits FROM ledger_account a JOIN ledger_balance b ON b.account = a.id"
)

BOOK_LINE = (
    "SELECT e.at, e.id AS entry, e.kind, e.subject, a.kind AS account, t.satang,"
    " CASE WHEN t.debit = a.id THEN 1 ELSE 0 END AS debited"
    " FROM ledger_account a JOIN ledger_transfer t ON t.debit = a.id OR t.credit = a.id"
    " JOIN ledger_entry e ON e.id = t.entry"
)


async def balance(name: AccountName) -> int:
    """In satang, on the side on which its kind grows; 0 for an account nobody used yet."""
    rows = await in_use().query(
        "SELECT b.debits_satang AS debits, b.credits_satang AS credits FROM ledger_balance b"
        " JOIN ledger_account a ON a.id = b.account WHERE a.name = {}",
        str(name),
    )
    return sum(rules.balance(name.kind, row["debits"], row["credits"]) for row in rows)


async def balances(book: str, kind: str | None = None) -> list[AccountBalance]:
    """Of a whole book, or of its accounts of one kind; those at zero too."""
    rows = await in_use().query(
        'SELECT a.kind, a."of", a.cycle, b.debits_satang AS debits, b.credits_satang AS credits'
        " FROM ledger_account a JOIN ledger_balance b ON b.account = a.id"
        " WHERE a.book = {} AND a.kind = COALESCE({}, a.kind) ORDER BY a.name",
        book, kind,
    )  # fmt: skip
    return [
        AccountBalance(
            row["kind"], row["of"], row["cycle"],
            rules.balance(row["kind"], row["debits"], row["credits"]),
        )
        for row in rows
    ]  # fmt: skip


async def accounts(book: str, kind: str | None = None) -> list[AccountView]:
    """Of a whole book, or of one kind, by name; those at zero too."""
    rows = await in_use().query(
        f"{ACCOUNT} WHERE a.book = {{}} AND a.kind = COALESCE({{}}, a.kind) ORDER BY a.name",
        book, kind,
    )  # fmt: skip
    return [_account_view(row) for row in rows]


async def account(id: str) -> AccountView:
    """NoSuchAccount."""
    rows = await in_use().query(f"{ACCOUNT} WHERE a.id = {{}}", id)
    if not rows:
        raise rules.NoSuchAccount()
    return _account_view(rows[0])


def _account_view(row: Row) -> AccountView:
    satang = rules.balance(row["kind"], row.pop("debits"), row.pop("credits"))
    return AccountView(**row, satang=satang)


async def entries(account: str) -> list[BookLine]:
    """Every transfer that touched this account, oldest first."""
    rows = await in_use().query(f"{BOOK_LINE} WHERE a.id = {{}} ORDER BY e.at, e.id, t.id", account)
    return [_book_line(row) for row in rows]


async def statement(book: str, of: str) -> list[BookLine]:
    """Every transfer that touched an account of this book about `of`, oldest first."""
    rows = await in_use().query(
        f'{BOOK_LINE} WHERE a.book = {{}} AND a."of" = {{}} ORDER BY e.at, e.id, t.id',
        book, of,
    )  # fmt: skip
    return [_book_line(row) for row in rows]


def _book_line(row: Row) -> BookLine:
    debit, credit = (row["satang"], 0) if row["debited"] else (0, row["satang"])
    satang = rules.balance(row["account"], debit, credit)
    place = (row["at"], row["entry"], row["kind"], row["subject"], row["account"])
    return BookLine(*place, satang)


async def entry(id: str) -> KnownEntry | None:
    rows = await in_use().query(
        "SELECT e.kind, e.subject, e.reverses, t.satang,"
        ' d.kind AS d_kind, d.book AS d_book, d."of" AS d_of, d.cycle AS d_cycle,'
        ' c.kind AS c_kind, c.book AS c_book, c."of" AS c_of, c.cycle AS c_cycle'
        " FROM ledger_entry e JOIN ledger_transfer t ON t.entry = e.id"
        " JOIN ledger_account d ON d.id = t.debit JOIN ledger_account c ON c.id = t.credit"
        " WHERE e.id = {} ORDER BY t.id",
        id,
    )
    if not rows:
        return None
    postings = [Posting(_name(row, "d"), _name(row, "c"), row["satang"]) for row in rows]
    return KnownEntry(id, rows[0]["kind"], rows[0]["subject"], rows[0]["reverses"], postings)


def _name(row: Row, side: str) -> AccountName:
    return AccountName(*(row[f"{side}_{part}"] for part in ("kind", "book", "of", "cycle")))


FAULTS = {
    ("ledger_entry", "", "an entry without a transfer"): (
        "SELECT e.id FROM ledger_entry e"
        " WHERE NOT EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.entry = e.id)"
    ),
    ("ledger_transfer", "satang", "a transfer of nothing, or from an account to itself"): (
        "SELECT id FROM ledger_transfer WHERE satang <= 0 OR debit = credit"
    ),
    ("ledger_transfer", "debit", "a transfer of an account or entry that is not there"): (
        "SELECT t.id FROM ledger_transfer t"
        " LEFT JOIN ledger_account d ON d.id = t.debit"
        " LEFT JOIN ledger_account c ON c.id = t.credit LEFT JOIN ledger_entry e ON e.id = t.entry"
        " WHERE d.id IS NULL OR c.id IS NULL OR e.id IS NULL"
    ),
    ("ledger_transfer", "credit", "a transfer between two books"): (
        "SELECT t.id FROM ledger_transfer t JOIN ledger_account d ON d.id = t.debit"
        " JOIN ledger_account c ON c.id = t.credit WHERE d.book <> c.book"
    ),
    ("ledger_balance", "", "an account without a balance"): (
        "SELECT a.id FROM ledger_account a"
        " WHERE NOT EXISTS (SELECT 1 FROM ledger_balance b WHERE b.account = a.id)"
    ),
    ("ledger_balance", "debits_satang", "not the sum of the transfers"): (
        "SELECT b.account AS id FROM ledger_balance b LEFT JOIN (SELECT debit, SUM(satang) AS sum"
        " FROM ledger_transfer GROUP BY debit) t ON t.debit = b.account"
        " WHERE b.debits_satang <> COALESCE(t.sum, 0)"
    ),
    ("ledger_balance", "credits_satang", "not the sum of the transfers"): (
        "SELECT b.account AS id FROM ledger_balance b LEFT JOIN (SELECT credit, SUM(satang) AS sum"
        " FROM ledger_transfer GROUP BY credit) t ON t.credit = b.account"
        " WHERE b.credits_satang <> COALESCE(t.sum, 0)"
    ),
}
"""(table, column, why) and the statement that finds such rows."""


async def ledger_faults() -> list[Fault]:
    """Every row that is not as it must be; none in a true ledger."""
    found = [
        (table, str(row["id"]), column, why)
        for (table, column, why), statement in FAULTS.items()
        for row in await in_use().query(statement)
    ]
    rows = await in_use().query(
        "SELECT a.id, a.kind, a.name, b.debits_satang AS debits, b.credits_satang AS credits"
        " FROM ledger_account a JOIN ledger_balance b ON b.account = a.id"
    )
    return found + [fault for row in rows for fault in _claim_faults(row)]


def _claim_faults(row: Row) -> list[Fault]:
    id, kind = str(row["id"]), row["kind"]
    if kind not in rules.KINDS:
        return [("ledger_account", id, "kind", f"{kind} is no kind of account")]
    below = rules.balance(kind, row["debits"], row["credits"]) < 0
    if kind in rules.CLAIMS and below:
        return [("ledger_balance", id, "", f"{row['name']} is below zero")]
    return []
