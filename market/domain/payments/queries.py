"""Where money goes, what is asked of whom, and what waits for the treasurer."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import Row, in_use
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit
from market.domain.orders.queries import DUE
from market.domain.payments import rules
from market.domain.payments.rules import (
    DISCOUNT_MAX_SATANG,
    NoAccount,
    PaymentRequested,
    given_back,
)


class Account(msgspec.Struct, frozen=True):
    """A merchant's own PromptPay id."""

    id: str
    kind: str
    number: str


class RequestView(msgspec.Struct, frozen=True):
    request: str
    order: str
    order_code: str
    order_state: str
    due_satang: int
    """Paid at the pick-up beside this, at most."""
    merchant: str
    buyer: str
    satang: int
    discount_satang: int
    state: str
    at: datetime
    expires_at: datetime | None
    paid_at: datetime | None
    account_kind: str
    account_number: str
    reference: str
    came_satang: int
    """All that came for it, what came beside what was asked too."""
    given_back_satang: int
    """Of that, what left again: through the provider it came by, or by hand for this order."""
    status: str = ""
    """The state; once paid also part_refunded or refunded, by the two sums above."""

    @property
    def payload(self) -> str:
        """What the QR holds."""
        ref = self.reference if self.account_kind == "biller" else ""
        return rules.payload(self.account_kind, self.account_number, self.satang, ref1=ref)


REQUEST = (
    'SELECT r.id AS request, r."order", o.code AS order_code, o.state AS order_state,'  # noqa: S608  (constants)
    f" {DUE} AS due_satang, r.merchant,"
    " o.buyer, r.satang, r.discount_satang, r.state, r.at, r.expires_at, r.paid_at,"
    " a.kind AS account_kind, a.number AS account_number, r.reference,"
    " CASE WHEN r.state = 'paid' THEN (SELECT COALESCE(SUM(e.satang), 0) FROM payment_evidence e"
    " WHERE e.request = r.id) ELSE 0 END AS came_satang,"
    " CASE WHEN r.state = 'paid' THEN (SELECT COALESCE(SUM(t.satang), 0) FROM ledger_entry e"
    ' JOIN ledger_transfer t ON t.entry = e.id WHERE e.subject = r."order"'
    " AND e.kind IN ('provider_refund', 'credit_paid_back')"
    " AND NOT EXISTS (SELECT 1 FROM ledger_entry b"
    " WHERE b.reverses = e.id)) ELSE 0 END AS given_back_satang FROM payment_request r"
    ' JOIN preorder o ON o.id = r."order" JOIN receiving_account a ON a.id = r.account'
)


def _view(row: Row) -> RequestView:
    """PostgreSQL sums to a number of its own kind."""
    sums = {name: int(row[name]) for name in ("came_satang", "given_back_satang")}
    return RequestView(**{**row, **sums}, status=given_back(row["state"], *sums.values()))


async def account(merchant: str) -> Account:
    """The one in use; NoAccount."""
    rows = await in_use().query(
        "SELECT id, kind, number FROM receiving_account WHERE merchant = {} AND until IS NULL"
        " ORDER BY since DESC, id DESC LIMIT 1",
        merchant,
    )
    if not rows:
        raise NoAccount()
    return Account(**rows[0])


async def requested(id: str) -> PaymentRequested | None:
    rows = await in_use().query(
        'SELECT id AS request, "order", satang, discount_satang FROM payment_request WHERE id = {}',
        id,
    )
    return PaymentRequested(**rows[0]) if rows else None


async def request_of(order: str) -> RequestView | None:
    """What is asked for an order, with the payload of its QR."""
    rows = await in_use().query(f'{REQUEST} WHERE r."order" = {{}}', order)
    return _view(rows[0]) if rows else None


async def to_pay_back(order: str) -> int:
    """Of what came for an order, what became its buyer's credit and is neither spent nor back."""
    asked = await request_of(order)
    if asked is None:
        return 0
    mine = credit(asked.merchant, asked.buyer)
    [row] = await in_use().query(
        "SELECT COALESCE(SUM(CASE WHEN t.credit = a.id THEN t.satang ELSE -t.satang END), 0)"
        " AS satang FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.debit, t.credit)"
        " JOIN ledger_entry e ON e.id = t.entry WHERE e.subject = {} AND a.name = {}",
        order, str(mine),
    )  # fmt: skip
    came = asked.came_satang - asked.given_back_satang
    return int(max(min(row["satang"], came, await balance(mine)), 0))


NOT_PAID = f"{REQUEST} WHERE r.merchant = {{}} AND r.state <> 'paid'"
NEWEST_FIRST = "ORDER BY r.at DESC, r.id DESC"


async def to_confirm(merchant: str, limit: int = 500) -> list[RequestView]:
    """All that was asked for and not paid, the newest first: money may come late."""
    rows = await in_use().query(f"{NOT_PAID} {NEWEST_FIRST} LIMIT {{}}", merchant, limit)
    return [_view(row) for row in rows]


async def awaited(merchant: str) -> list[RequestView]:
    """Of orders that wait for it; the newest first."""
    rows = await in_use().query(f"{NOT_PAID} AND o.state = 'held' {NEWEST_FIRST}", merchant)
    return [_view(row) for row in rows]


async def late(merchant: str, before: str, limit: int) -> list[RequestView]:
    """Of orders that ended unpaid, the newest first; `before` is the last that was seen, or ''."""
    ended = f"{NOT_PAID} AND o.state <> 'held'"
    if before:
        seen = "(SELECT at, id FROM payment_request WHERE id = {})"
        statement = f"{ended} AND (r.at, r.id) < {seen} {NEWEST_FIRST} LIMIT {{}}"
        rows = await in_use().query(statement, merchant, before, limit)
    else:
        rows = await in_use().query(f"{ended} {NEWEST_FIRST} LIMIT {{}}", merchant, limit)
    return [_view(row) for row in rows]


class ExtraView(msgspec.Struct, frozen=True):
    satang: int
    at: datetime


async def extras(request: str) -> list[ExtraView]:
    """What came for it beside what was asked, and was left as credit; the oldest first."""
    rows = await in_use().query(
        "SELECT satang, at FROM payment_evidence WHERE request = {} AND kind = 'extra'"
        " ORDER BY at, id",
        request,
    )
    return [ExtraView(**row) for row in rows]


async def amounts_in_use(account: str, total: int, at: datetime) -> set[int]:
    """Of those a discount could give."""
    rows = await in_use().query(
        "SELECT satang FROM open_amount WHERE account = {} AND satang BETWEEN {} AND {}"
        " AND (free_at IS NULL OR free_at > {})",
        account, total - DISCOUNT_MAX_SATANG, total - 1, at,
    )  # fmt: skip
    return {row["satang"] for row in rows}


Fault = tuple[str, str, str, str]
"""Table, row, column (empty for the whole row) and what is wrong."""

FAULTS = {
    ("payment_request", "state", "paid, and nothing shows it"): (
        "SELECT r.id FROM payment_request r WHERE r.state = 'paid'"
        " AND NOT EXISTS (SELECT 1 FROM payment_evidence e WHERE e.request = r.id"
        " AND e.kind <> 'extra')"
    ),
    ("payment_evidence", "", "of a request that is not paid, or of another amount"): (
        "SELECT e.id FROM payment_evidence e JOIN payment_request r ON r.id = e.request"
        " WHERE e.kind <> 'extra' AND (r.state <> 'paid' OR r.satang <> e.satang)"
    ),
    ("payment_evidence", "", "without its entry in the ledger"): (
        "SELECT e.id FROM payment_evidence e"
        " WHERE NOT EXISTS (SELECT 1 FROM ledger_entry l WHERE l.id = e.id)"
    ),
    ("credit_repayment", "", "without its entry in the ledger"): (
        "SELECT r.id FROM credit_repayment r"
        " WHERE NOT EXISTS (SELECT 1 FROM ledger_entry l WHERE l.id = r.id)"
    ),
    ("preorder", "state", "confirmed by PromptPay and not paid"): (
        "SELECT o.id FROM preorder o WHERE o.rail IN ('promptpay', 'deposit')"
        " AND o.state IN ('confirmed', 'handed_over') AND NOT EXISTS (SELECT 1"
        " FROM payment_request r WHERE r.\"order\" = o.id AND r.state = 'paid')"
        # placed with credit, and what was added later is due
        " AND NOT (o.rail = 'deposit' AND EXISTS (SELECT 1 FROM ledger_entry e"
        " WHERE e.subject = o.id AND e.kind = 'credit_spent'))"
    ),
    ("payment_evidence", "satang", "not what came to the bank, the box or the provider"): (
        "SELECT e.id FROM payment_evidence e WHERE e.satang <> (SELECT COALESCE(SUM(t.satang), 0)"
        " FROM ledger_transfer t JOIN ledger_account a ON a.id = t.debit"
        " WHERE t.entry = e.id AND a.kind IN ('bank', 'cash', 'clearing'))"
    ),
    ("credit_repayment", "satang", "not what left the bank or the box"): (
        "SELECT r.id FROM credit_repayment r WHERE r.satang <> (SELECT COALESCE(SUM(t.satang), 0)"
        " FROM ledger_transfer t JOIN ledger_account a ON a.id = t.credit"
        " WHERE t.entry = r.id AND a.kind IN ('bank', 'cash'))"
    ),
    ("credit_repayment", "satang", "for an order, and together more than came for it"): (
        "SELECT r.id FROM credit_repayment r JOIN ledger_entry l ON l.id = r.id"
        " WHERE l.subject <> r.id AND (SELECT SUM(b.satang) FROM ledger_entry m"
        " JOIN credit_repayment b ON b.id = m.id WHERE m.subject = l.subject) > (SELECT"
        " COALESCE(SUM(e.satang), 0) FROM payment_evidence e JOIN payment_request q"
        ' ON q.id = e.request WHERE q."order" = l.subject)'
    ),
    ("preorder", "total_satang", "not what is held for it until it is fetched"): (
        "SELECT o.id FROM preorder o LEFT JOIN ledger_account a ON a.kind = 'held'"
        ' AND a."of" = o.id LEFT JOIN ledger_balance b ON b.account = a.id'
        " WHERE o.rail IN ('promptpay', 'credit', 'deposit') AND COALESCE(b.credits_satang"
        " - b.debits_satang, 0) <> CASE WHEN o.state <> 'confirmed' THEN 0"
        " WHEN o.rail = 'deposit' THEN o.deposit_satang ELSE o.total_satang END"
    ),
}


async def payment_faults() -> list[Fault]:
    """Payments nothing shows, and proofs that prove nothing."""
    return [
        (table, row["id"], column, why)
        for (table, column, why), statement in FAULTS.items()
        for row in await in_use().query(statement)
    ]
