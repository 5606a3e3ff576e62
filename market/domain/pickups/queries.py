"""What a seller promised for goods that nobody fetches, at a moment."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import in_use
from market.domain.pickups.rules import PickupRule


async def rule_at(merchant: str, at: datetime, cycle: str | None = None) -> PickupRule | None:
    """The newest by then, of the round if there is one: of an order, when it was placed. None where
    nobody had said."""
    rows = await in_use().query(
        "SELECT absent, moved, hold_days, at, kept_percent FROM pickup_rule WHERE merchant = {}"
        " AND at <= {} AND (cycle IS NULL OR cycle = {})"
        " ORDER BY CASE WHEN cycle IS NULL THEN 1 ELSE 0 END, at DESC, id DESC LIMIT 1",
        merchant, at, cycle or "",
    )  # fmt: skip
    return msgspec.convert(rows[0], PickupRule, strict=False) if rows else None
