"""What becomes of money that goes back through a provider, which may say no days later.

created ──called──> sent ──arrived──> done
   └────────────────┴──────────────────┴──> failed     whenever it is told, and nothing follows it

A message about it is not believed either: the refund is asked for again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import msgspec

RefundStatus = Literal["sent", "done", "failed"]
KINDS = ("refund.", "charge.refund.")
LOOKED_AFTER = timedelta(days=1)
"""One that is under way is asked for again so often, should its message be lost."""


class RefundEnded(msgspec.Struct, frozen=True, tag="providers.refund_ended"):
    """`then`: sent, the provider took it on; done, it has arrived."""

    refund: str
    order: str
    satang: int
    then: str


class RefundFailed(msgspec.Struct, frozen=True, tag="providers.refund_failed"):
    """At once or days later: it is the buyer's credit as before, and with the provider again."""

    refund: str
    order: str
    merchant: str
    satang: int


class GivingBack(msgspec.Struct, frozen=True):
    """What a provider is asked for, with the key under which it is asked once."""

    refund: str
    intent: str
    satang: int
    email: str
    once: str


class SeenRefund(msgspec.Struct, frozen=True):
    """A refund as the provider tells it now."""

    reference: str
    status: RefundStatus
    satang: int
    currency: str
    intent: str
    refund: str
    """Which of ours it says it is."""


def mismatch(seen: SeenRefund, asked: GivingBack, *, account: str, told: str) -> str | None:
    """Why what the provider tells is not what was asked; None where it is."""
    if seen.satang != asked.satang:
        return "amount"
    if seen.currency.lower() != "thb":
        return "currency"
    if account and told and account != told:
        return "account"
    return None if seen.intent == asked.intent else "reference"
