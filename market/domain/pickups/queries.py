"""What a seller promised for goods that nobody fetches, at a moment."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import in_use
from market.domain.pickups.rules import PickupRule


async def rule_at(merchant: str, at: datetime) -> PickupRule | None:
    """The newest by then: of an order, when it was placed. None where nobody had said."""
    rows = await in_use().query(
        "SELECT absent, moved, hold_days, at FROM pickup_rule WHERE merchant = {} AND at <= {}"
        " ORDER BY at DESC, id DESC LIMIT 1",
        merchant, at,
    )  # fmt: skip
    return msgspec.convert(rows[0], PickupRule, strict=False) if rows else None
