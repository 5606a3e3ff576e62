"""A transfer is used once: for a payment, a payout or a repayment, in the whole system."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from certification.basis.database import in_use
from certification.basis.ids import new_id
from market.domain.payments.banks import IN_CASH
from market.domain.payments.rules import SlipUsed

Use = Literal["payment", "payout", "repayment"]


async def claim(
    bank: str | None, trans_ref: str | None, used_for: Use, subject: str, *, at: datetime
) -> None:
    """Claimed again for the same it is the same; SlipUsed where it was used for something else.

    A receipt for cash is no transfer: its number counts once among those of its kind.
    """
    if bank is None or bank == IN_CASH:
        return
    if not await in_use().query(
        "INSERT INTO slip_claim (id, bank, trans_ref, used_for, subject, at)"
        " VALUES ({}, {}, {}, {}, {}, {}) ON CONFLICT (bank, trans_ref) DO UPDATE"
        " SET at = slip_claim.at WHERE slip_claim.used_for = excluded.used_for"
        " AND slip_claim.subject = excluded.subject RETURNING id",
        new_id(), bank, trans_ref, used_for, subject, at,
    ):  # fmt: skip
        raise SlipUsed()


async def let_go(bank: str | None, trans_ref: str | None, subject: str) -> None:
    """Nothing came of it: whoever really has that slip may show it."""
    await in_use().query(
        "DELETE FROM slip_claim WHERE bank = {} AND trans_ref = {} AND subject = {}"
        " AND NOT EXISTS (SELECT 1 FROM payment_evidence e WHERE e.bank = slip_claim.bank"
        " AND e.trans_ref = slip_claim.trans_ref)",
        bank, trans_ref, subject,
    )  # fmt: skip
