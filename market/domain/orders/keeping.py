"""What was ordered as a guest becomes one's own: of whoever signs in and holds the link."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import transaction
from market.domain.ledger import commands as ledger
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit, postings
from market.domain.orders import queries, refusals
from market.domain.orders.tables import Order


class OrderKept(msgspec.Struct, frozen=True, tag="orders.kept"):
    """Now of a person who signs in; with the credit that came of it as a guest's."""

    order: str
    person: str
    satang: int


async def keep(order: str, key_hash: str, *, by: str, at: datetime) -> OrderKept:
    """NoSuchOrder without the secret of its link, and of one that somebody else keeps already.

    The phone on it proves nothing: only the link does, and it opens nothing from then on. Kept
    twice it is kept.
    """
    async with transaction():
        if await _is_own(order, by):
            return OrderKept(order, by, 0)
        stored = (await queries.guests(order, key_hash)).order
        if not await in_use().query(
            "UPDATE preorder SET buyer = {}, guest_key_hash = NULL WHERE id = {}"
            " AND guest_key_hash = {} RETURNING id",
            by, order, key_hash,
        ):  # fmt: skip
            raise refusals.NoSuchOrder
        was, now = credit(stored.merchant, stored.buyer), credit(stored.merchant, by)
        satang = await balance(was)
        if satang:
            moved = postings((was, now, satang))
            await ledger.post(new_id(), "order_kept", order, moved, by=by, at=at)
        kept = OrderKept(order, by, satang)
        log.append(kept, (Order, order), subject=order, by=by, at=at)
    return kept


async def _is_own(order: str, person: str) -> bool:
    rows = await in_use().query(
        "SELECT id FROM preorder WHERE id = {} AND buyer = {}", order, person
    )
    return bool(rows)
