"""What the scales said before the handover, and what they should have said at it.

Weighed while it is packed, a weight waits for the handover and moves nothing.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.transaction import transaction
from market.domain.lots import commands as lots
from market.domain.orders import queries, refusals, rules
from market.domain.orders.commands import Told
from market.domain.orders.rules import Weighed, WeighedLine
from market.domain.orders.tables import Order, OrderLine, Reservation


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
            raise refusals.NoSuchOrder()
        if not await in_use().query(
            "UPDATE preorder SET state = state WHERE id = {} AND state = 'confirmed' RETURNING id",
            order.id,
        ):
            rules.ensure_can_hand_over((await queries.stored(order.id)).state)
        if lines := await queries.unharvested(order.id):
            raise refusals.NotHarvested(lines=lines)
        weighed = rules.weigh(await queries.ordered_lines(order.id), given.lines)
        for one in weighed:
            await in_use().query(
                "UPDATE preorder_line SET packed_grams = {} WHERE id = {}", one.grams, one.line.id
            )
        packed = Packed(order.id, sum(one.grams for one in weighed))
        rows = [(OrderLine, one.line.id) for one in weighed]
        log.append(packed, (Order, order.id), *rows, subject=order.id, by=by, at=at)
    return packed


async def claim_handed_over(order: str) -> bool:
    """Held until the deed ends: of two that reckon with its weights one waits."""
    return bool(
        await in_use().query(
            "UPDATE preorder SET state = state WHERE id = {} AND state = 'handed_over'"
            " RETURNING id",
            order,
        )
    )


async def write_again(
    order: str, right: WeighedLine, before: int, final: int, *, by: str, at: datetime
) -> list[Told]:
    """The weight of a line, the sum of its order and the stock; for `complaints`, which has claimed
    the order and moves the money."""
    line = right.line
    await in_use().query("UPDATE preorder SET final_satang = {} WHERE id = {}", final, order)
    await in_use().query(
        "UPDATE preorder_line SET actual_grams = {}, actual_satang = {} WHERE id = {}",
        right.grams, right.satang, line.id,
    )  # fmt: skip
    await in_use().query(
        "UPDATE reservation SET grams = {} WHERE id = {}", right.grams, line.reservation
    )
    less = before - right.grams
    pour = lots.unsell if less > 0 else lots.take_directly
    await pour(line.stock, abs(less), subject=line.reservation, by=by, at=at)
    return [(Order, order), (OrderLine, line.id), (Reservation, line.reservation)]
