"""What waits for a second person, and whether somebody's PIN was recovered lately."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from certification.basis.database import in_use
from market.domain.accounts import queries as accounts
from market.domain.recovery import rules
from market.domain.recovery.tables import Recovery

VIEW = (
    Recovery.id, Recovery.person, Recovery.group, Recovery.begun_by, Recovery.begun_at,
    Recovery.expires_at,
)  # fmt: skip


async def recovery(id: str) -> rules.RecoveryView:
    row = await Recovery.select(*VIEW).where(Recovery.id == id).first()
    if row is None:
        raise rules.Unknown
    return rules.RecoveryView(**row)


async def waiting(at: datetime, persons: Collection[str] = ()) -> list[rules.RecoveryView]:
    """For a second person, the oldest first; of these persons, or of everybody."""
    open_now = (
        Recovery.confirmed_at.is_null() & Recovery.stopped_at.is_null() & (Recovery.expires_at > at)
    )
    found = Recovery.select(*VIEW).where(open_now).order_by(Recovery.begun_at, Recovery.id)
    rows = await (found.where(Recovery.person.is_in(list(persons))) if persons else found)
    return [rules.RecoveryView(**row) for row in rows]


async def ensure_rested(person: str, at: datetime) -> None:
    """For whoever is about to change where money goes."""
    rows = await in_use().query(
        "SELECT confirmed_at FROM recovery WHERE person = {} AND confirmed_at IS NOT NULL"
        " ORDER BY confirmed_at DESC LIMIT 1",
        person,
    )
    recovered_at = rows[0]["confirmed_at"] if rows else None
    rules.ensure_rested(recovered_at, await accounts.pin_since(person), at)
