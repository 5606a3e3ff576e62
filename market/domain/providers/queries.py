"""Whose account is used, what was asked there, and what waits to be asked or matched."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import in_use
from certification.people import sealed, vault
from market.domain.payments.rules import given_back
from market.domain.providers.going_back import GivingBack, SeenRefund
from market.domain.providers.rules import OPEN, Asked, NoProvider, NoSuchAttempt, once


class Account(msgspec.Struct, frozen=True):
    id: str
    merchant: str
    account: str
    since: datetime


class Secrets(msgspec.Struct, frozen=True):
    provider: str
    merchant: str
    account: str
    secret: str
    hook: str


class AttemptView(msgspec.Struct, frozen=True):
    attempt: str
    order: str
    order_code: str
    buyer: str
    merchant: str
    provider: str
    number: int
    method: str
    satang: int
    refunded_satang: int
    state: str
    reference: str | None
    intent: str | None
    shown: str | None
    expires_at: datetime
    at: datetime
    tries: int

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def status(self) -> str:
        """The state; once paid also part_refunded or refunded."""
        return given_back(self.state, self.satang, self.refunded_satang)


class EventView(msgspec.Struct, frozen=True):
    event: str
    provider: str
    external: str
    kind: str
    at: datetime
    because: str | None
    tries: int


ATTEMPTS = (
    'SELECT t.id AS attempt, o.id AS "order", o.code AS order_code, o.buyer, r.merchant,'
    " t.provider, t.number, t.method, t.satang, t.refunded_satang, t.state, t.reference, t.intent,"
    " t.shown, t.expires_at, t.at, t.tries FROM provider_attempt t"
    " JOIN payment_request r ON r.id = t.request"
    ' JOIN preorder o ON o.id = r."order"'
)
EVENTS = (
    "SELECT e.id AS event, e.provider, e.external, e.kind, e.at, e.because, e.tries"
    " FROM provider_event e"
)


async def account_of(merchant: str) -> Account | None:
    """The one in use."""
    rows = await in_use().query(
        "SELECT id, merchant, account, since FROM provider_account WHERE merchant = {}"
        " AND until IS NULL ORDER BY since DESC, id DESC LIMIT 1",
        merchant,
    )
    return Account(**rows[0]) if rows else None


async def secrets(provider: str) -> Secrets:
    """Opened; NoProvider where the account was ended."""
    rows = await in_use().query(
        "SELECT id, merchant, account, wrapped, sealed, hook_sealed FROM provider_account"
        " WHERE id = {} AND sealed IS NOT NULL",
        provider,
    )
    if not rows:
        raise NoProvider()
    row = rows[0]
    opened = (
        vault.unseal(row["id"], row["wrapped"], row[column], what).decode()
        for column, what in (("sealed", "provider"), ("hook_sealed", "provider hook"))
    )
    return Secrets(row["id"], row["merchant"], row["account"], *opened)


async def attempt(id: str) -> AttemptView:
    rows = await in_use().query(f"{ATTEMPTS} WHERE t.id = {{}}", id)
    if not rows:
        raise NoSuchAttempt()
    return AttemptView(**rows[0])


async def attempts_of(order: str) -> list[AttemptView]:
    """The newest first."""
    rows = await in_use().query(f'{ATTEMPTS} WHERE r."order" = {{}} ORDER BY t.number DESC', order)
    return [AttemptView(**row) for row in rows]


async def by_reference(reference: str) -> AttemptView | None:
    rows = await in_use().query(
        f"{ATTEMPTS} WHERE t.reference = {{}} OR t.intent = {{}}", reference, reference
    )
    return AttemptView(**rows[0]) if rows else None


async def asked(id: str) -> Asked:
    """What the provider is asked for; with an empty address where the buyer was erased."""
    found = await attempt(id)
    [row] = await in_use().query("SELECT email_sealed FROM provider_attempt WHERE id = {}", id)
    kept = row["email_sealed"]
    opened = await sealed.unseal({id: (found.buyer, kept)}) if kept else {}
    return Asked(
        id, found.order, found.order_code, found.satang, found.method,  # type: ignore[arg-type]
        opened.get(id, ""), once(found.order, found.number), found.at,
    )  # fmt: skip


async def to_call(at: datetime, limit: int = 20) -> list[str]:
    """Attempts nobody has asked for yet, or of which nobody knows what became."""
    rows = await in_use().query(
        "SELECT id FROM provider_attempt WHERE state IN ('created', 'unknown')"
        " AND (next_at IS NULL OR next_at <= {}) ORDER BY at, id LIMIT {}",
        at, limit,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def to_cancel(at: datetime, limit: int = 20) -> list[str]:
    rows = await in_use().query(
        "SELECT id FROM provider_attempt WHERE state = 'awaiting' AND expires_at <= {}"
        " AND (next_at IS NULL OR next_at <= {}) ORDER BY expires_at, id LIMIT {}",
        at, at, limit,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def to_handle(at: datetime, limit: int = 50) -> list[EventView]:
    rows = await in_use().query(
        f"{EVENTS} WHERE e.handled_at IS NULL AND e.next_at <= {{}} ORDER BY e.at, e.id LIMIT {{}}",
        at, limit,
    )  # fmt: skip
    return [EventView(**row) for row in rows]


async def quarantined(merchant: str, limit: int = 100) -> list[EventView]:
    """What a person has to look at, the newest first."""
    rows = await in_use().query(
        f"{EVENTS} JOIN provider_account p ON p.id = e.provider WHERE p.merchant = {{}}"
        " AND e.outcome IN ('quarantined', 'unmatched') ORDER BY e.at DESC, e.id LIMIT {}",
        merchant, limit,
    )  # fmt: skip
    return [EventView(**row) for row in rows]


async def anything(at: datetime) -> bool:
    """Whether something is due: asked every second, so in one step."""
    rows = await in_use().query(
        "SELECT 1 AS due WHERE EXISTS (SELECT 1 FROM provider_attempt WHERE"
        " (state IN ('created', 'unknown') OR (state = 'awaiting' AND expires_at <= {}))"
        " AND (next_at IS NULL OR next_at <= {}))"
        " OR EXISTS (SELECT 1 FROM provider_event WHERE handled_at IS NULL AND next_at <= {})"
        " OR EXISTS (SELECT 1 FROM provider_refund WHERE state IN ('created', 'sent')"
        " AND next_at <= {})",
        at, at, at, at,
    )  # fmt: skip
    return bool(rows)


class RefundView(msgspec.Struct, frozen=True):
    refund: str
    attempt: str
    order: str
    order_code: str
    provider: str
    merchant: str
    account: str
    intent: str
    satang: int
    state: str
    reference: str | None
    tries: int
    at: datetime


REFUNDS = (
    'SELECT f.id AS refund, f.attempt, t.request AS "order", o.code AS order_code,'
    " t.provider, p.merchant, p.account,"
    " t.intent, f.satang, f.state, f.reference, f.tries, f.at FROM provider_refund f"
    " JOIN provider_attempt t ON t.id = f.attempt JOIN provider_account p ON p.id = t.provider"
    " JOIN preorder o ON o.id = t.request"
)


async def refund(id: str) -> RefundView:
    [row] = await in_use().query(f"{REFUNDS} WHERE f.id = {{}}", id)
    return RefundView(**row)


async def refunds_of(order: str) -> list[RefundView]:
    rows = await in_use().query(f"{REFUNDS} WHERE t.request = {{}} ORDER BY f.at, f.id", order)
    return [RefundView(**row) for row in rows]


async def refunds(merchant: str, limit: int = 100) -> list[RefundView]:
    """What goes back through its providers: what failed first, else the newest."""
    rows = await in_use().query(
        f"{REFUNDS} WHERE p.merchant = {{}}"
        " ORDER BY CASE f.state WHEN 'failed' THEN 0 ELSE 1 END, f.at DESC, f.id LIMIT {}",
        merchant, limit,
    )  # fmt: skip
    return [RefundView(**row) for row in rows]


async def going_back(order: str) -> list[RefundView]:
    """For its buyer: what goes back or went, and of those that failed only one just now."""
    every = await refunds_of(order)
    return [one for one in every if one.state != "failed" or one is every[-1]]


async def to_refund(at: datetime, limit: int = 20) -> list[RefundView]:
    rows = await in_use().query(
        f"{REFUNDS} WHERE f.state IN ('created', 'sent') AND f.next_at <= {{}}"
        " ORDER BY f.at, f.id LIMIT {}",
        at, limit,
    )  # fmt: skip
    return [RefundView(**row) for row in rows]


async def refund_of(now: SeenRefund) -> str | None:
    """Which of ours it is, by what it says of itself, else by its reference."""
    rows = await in_use().query(
        "SELECT id FROM provider_refund WHERE id = {} OR reference = {} ORDER BY id LIMIT 1",
        now.refund, now.reference,
    )  # fmt: skip
    return rows[0]["id"] if rows else None


async def giving_back(one: RefundView) -> GivingBack:
    email = (await asked(one.attempt)).email
    return GivingBack(one.refund, one.intent, one.satang, email, f"tk:refund:{one.refund}")


REFUND_FAULTS = {
    ("provider_attempt", "refunded_satang", "not the sum of what goes back"): (
        "SELECT t.id FROM provider_attempt t WHERE t.refunded_satang <> (SELECT"
        " COALESCE(SUM(f.satang), 0) FROM provider_refund f WHERE f.attempt = t.id"
        " AND f.state <> 'failed')"
    ),
    ("provider_refund", "state", "and the ledger tell otherwise"): (
        "SELECT f.id FROM provider_refund f LEFT JOIN ledger_entry e ON e.id = f.id"
        " LEFT JOIN ledger_entry b ON b.reverses = f.id"
        " WHERE e.id IS NULL OR (f.state = 'failed') <> (b.id IS NOT NULL)"
    ),
}


async def refund_faults() -> list[tuple[str, str, str, str]]:
    """Each refund has left the credit once, and has come back to it where it failed."""
    return [
        (table, row["id"], column, why)
        for (table, column, why), statement in REFUND_FAULTS.items()
        for row in await in_use().query(statement)
    ]
