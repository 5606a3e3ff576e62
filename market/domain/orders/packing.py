"""Weighing while it is packed: what the scales said waits for the handover, and moves no money."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.transaction import transaction
from market.domain.orders import queries, rules
from market.domain.orders.rules import Weighed
from market.domain.orders.tables import Order, OrderLine


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order: str
    merchant: str
    lines: tuple[Weighed, ...]
    """Every one of it, as at handover."""


class Packed(msgspec.Struct, frozen=True, tag="orders.packed"):
    order: str
    grams: int


async def pack(given: Pack, *, by: str, at: datetime) -> Packed:
    """Until it is handed over; weighed again, the last weight stands."""
    async with transaction():
        order = await queries.stored(given.order)
        if order.merchant != given.merchant:
            raise rules.NoSuchOrder()
        if not await in_use().query(
            "UPDATE preorder SET state = state WHERE id = {} AND state = 'confirmed' RETURNING id",
            order.id,
        ):
            rules.ensure_can_hand_over((await queries.stored(order.id)).state)
        if lines := await queries.unharvested(order.id):
            raise rules.NotHarvested(lines=lines)
        weighed = rules.weigh(await queries.ordered_lines(order.id), given.lines)
        for one in weighed:
            await in_use().query(
                "UPDATE preorder_line SET packed_grams = {} WHERE id = {}", one.grams, one.line.id
            )
        packed = Packed(order.id, sum(one.grams for one in weighed))
        rows = [(OrderLine, one.line.id) for one in weighed]
        log.append(packed, (Order, order.id), *rows, subject=order.id, by=by, at=at)
    return packed
