"""A merchant's own account at a payment provider: what is asked there, and what its answers mean.

created ──called──> awaiting ──> paid            `paid` wins from every other state, whenever it
        ──no answer──> unknown ──looked up──>    comes: money that came is never lost
        ──refused──> failed
awaiting ──our time is over──> cancelled         asked to cancel there; paid all the same it counts

Whatever a message says, the provider is asked again before anything is posted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from market.domain.payments.rules import NotAnAmount

LEAST_SATANG = 1_000
"""Stripe takes no less in baht."""
CLAIMED_FOR = timedelta(minutes=1)
"""Who began a call and died: after this somebody else does it, with the same idempotency key."""
KEYS_KEPT = timedelta(hours=23)
"""A provider forgets them after a day; then only looking up is safe."""
PAUSES = tuple(timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 3_600, 14_400, 43_200))
EVENT_PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 720, 1440, 2880))
AHEAD_S = 300
"""A signature is no older, and from no further in the future."""

Method = Literal["promptpay", "card"]
METHODS: tuple[Method, ...] = ("promptpay", "card")
Status = Literal["awaiting", "paid", "failed", "cancelled"]
OPEN = ("created", "awaiting", "unknown")


class NoProvider(Refusal):
    """The merchant takes no payment by this way."""

    code = "providers.no_provider"


class NotASecret(Invalid):
    code = "providers.not_a_secret"


class TooLittle(Refusal):
    code = "providers.too_little"


class NotAnEmail(Invalid):
    code = "providers.not_an_email"


class NoSuchAttempt(Missing):
    code = "providers.no_such_attempt"


class NotForged(Missing):
    """No such address: there is no account, or nothing to check a signature with."""

    code = "providers.no_such_hook"


class BadSignature(Invalid):
    code = "providers.bad_signature"


class NothingToRefund(Refusal):
    """More than was paid, less what was given back before."""

    code = "providers.nothing_to_refund"


class NotCancelled(Refusal):
    code = "providers.not_cancelled"


class SetProvider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`secret`: of the account; `hook_secret`: its messages are signed with it."""

    id: str
    merchant: str
    account: str
    secret: str
    hook_secret: str


class EndProvider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    merchant: str


class Begin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    order: str
    method: Method
    email: str


class GiveBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    attempt: str
    satang: int


class PaidOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the provider sent to the bank, and what it kept of it."""

    id: str
    merchant: str
    satang: int
    fee_satang: int


class ProviderSet(msgspec.Struct, frozen=True, tag="providers.set"):
    provider: str
    merchant: str


class ProviderEnded(msgspec.Struct, frozen=True, tag="providers.ended"):
    provider: str
    merchant: str


class AttemptBegun(msgspec.Struct, frozen=True, tag="providers.attempt_begun"):
    attempt: str
    order: str
    satang: int
    number: int


class AttemptMoved(msgspec.Struct, frozen=True, tag="providers.attempt_moved"):
    attempt: str
    order: str
    state: str


class RefundBegun(msgspec.Struct, frozen=True, tag="providers.refund_begun"):
    refund: str
    order: str
    satang: int


class CameToBank(msgspec.Struct, frozen=True, tag="providers.came_to_bank"):
    entry: str
    merchant: str
    satang: int
    fee_satang: int


class Quarantined(msgspec.Struct, frozen=True, tag="providers.quarantined"):
    """What came is not what was asked: nothing is posted before a person has looked."""

    message: str
    merchant: str
    because: str


class Asked(msgspec.Struct, frozen=True):
    """What a provider is asked for, with the key under which it is asked once."""

    attempt: str
    order: str
    order_code: str
    satang: int
    method: Method
    email: str
    once: str
    begun_at: datetime


class Seen(msgspec.Struct, frozen=True):
    """A payment as the provider tells it now. `shown`: what a QR holds, or an address to go to."""

    reference: str
    status: Status
    satang: int
    currency: str
    attempt: str
    """Which of ours it says it is."""
    intent: str = ""
    shown: str = ""
    refunded_satang: int = 0


class Message(msgspec.Struct, frozen=True):
    """An event, asked for again by its id: about which payment or refund, of which account."""

    id: str
    kind: str
    reference: str
    account: str = ""


class NoAnswer(Exception):
    """Nobody knows whether it was done."""


class Declined(Exception):
    """It was not done, and never will be under this key."""


def ensure_secrets(asked: SetProvider) -> None:
    if not asked.secret.startswith(("sk_", "rk_")) or len(asked.secret) > 300:
        raise NotASecret(field="secret")
    if not asked.hook_secret.startswith("whsec_") or len(asked.hook_secret) > 300:
        raise NotASecret(field="hook_secret")
    if asked.account and not asked.account.startswith("acct_"):
        raise NotASecret(field="account")


def ensure_begun(satang: int, email: str) -> None:
    if satang < LEAST_SATANG:
        raise TooLittle(least_satang=LEAST_SATANG)
    name, at, domain = email.strip().rpartition("@")
    if not (name and at and "." in domain) or len(email) > 200 or " " in email.strip():
        raise NotAnEmail(field="email")


def ensure_whole(state: str) -> None:
    """Of an order that goes on, less weight and all else is credit: a provider's way back is long
    and asks the buyer for an account."""
    if state not in ("cancelled", "expired"):
        raise NotCancelled()


def ensure_paid_out(asked: PaidOut) -> None:
    if asked.satang <= 0 or asked.fee_satang < 0:
        raise NotAnAmount(field="satang")


def once(request: str, number: int) -> str:
    """The key under which an attempt is asked, for ever the same: `tk:pay:<payment>:<attempt>`."""
    return f"tk:pay:{request}:{number}"


def moved(state: str, status: Status) -> str | None:
    """The state it goes to; None where nothing changes. Paid wins, and nothing wins over paid."""
    if state == "paid" or state == status:
        return None
    if status == "paid":
        return "paid"
    return status if state in OPEN else None


def mismatch(seen: Seen, *, satang: int, known: str | None, account: str, told: str) -> str | None:
    """Why what the provider tells is not what was asked; None where it is."""
    if seen.satang != satang:
        return "amount"
    if seen.currency.lower() != "thb":
        return "currency"
    if account and told and account != told:
        return "account"
    return "reference" if known and known != seen.reference else None


def next_look(tries: int, at: datetime) -> datetime:
    return at + PAUSES[min(tries, len(PAUSES)) - 1]


def next_match(tries: int, at: datetime) -> datetime | None:
    """A message about nothing we know: asked again for four days, then left to people."""
    return at + EVENT_PAUSES[tries - 1] if tries <= len(EVENT_PAUSES) else None
