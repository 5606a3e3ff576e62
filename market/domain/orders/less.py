"""Less than was ordered, before it is handed over: goods, stock, room and money at once.

Called by `shortage`, inside its transaction, which has decided who gets how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from certification.basis import log
from certification.basis.database import Row, in_use
from certification.basis.ids import following, new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.ledger import commands as ledger
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import discount
from market.domain.lots import commands as lots
from market.domain.offers import room
from market.domain.offers.rules import price
from market.domain.orders import commands, queries, rules
from market.domain.orders.commands import Told
from market.domain.orders.queries import StoredOrder
from market.domain.orders.rules import Added, Lessened, OrderLessened
from market.domain.orders.tables import Order, OrderLine, Reservation

CLAIM = "UPDATE preorder SET state = state WHERE id = {} AND state = 'confirmed' RETURNING id"
CLAIM_WAITING = (
    "UPDATE preorder SET state = state WHERE state = 'confirmed' AND id IN"
    ' (SELECT "order" FROM preorder_line WHERE offer = {}) RETURNING id'
)
LINE = (
    "SELECT pl.grams, pl.pieces, pl.satang_per_kg, r.id AS reservation, r.stock, f.piece_grams_max"
    " FROM preorder_line pl JOIN reservation r ON r.line = pl.id JOIN offer f ON f.id = pl.offer"
    ' WHERE pl.id = {} AND pl."order" = {}'
)
TOTAL = (
    "SELECT CAST(SUM(satang) AS BIGINT) AS satang, CAST(SUM(grams) AS BIGINT) AS grams"
    ' FROM preorder_line WHERE "order" = {}'
)
TOTALLED = (
    "UPDATE preorder SET total_satang = {}, deposit_satang = CASE WHEN deposit_satang > {} THEN {}"
    " ELSE deposit_satang END WHERE id = {}"
)
"""What was paid ahead stays so, as far as there is something to be paid."""


async def claim_waiting(offer: str) -> None:
    """Its confirmed orders, until the deed ends: who hands over or cancels waits."""
    await in_use().query(CLAIM_WAITING, offer)


async def lessen(order: str, lines: Sequence[Lessened], *, by: str, at: datetime) -> OrderLessened:
    """What was paid for the rest is credit at once; of nothing at all the order is cancelled.

    NotPaid, AlreadyHandedOver, Ended where it waits no more.
    """
    async with transaction():
        if not await in_use().query(CLAIM, order):
            rules.ensure_can_hand_over((await queries.stored(order)).state)
        stored = await queries.stored(order)
        if await _nothing_left(order, lines):
            gone = rules.CancelOrder(order, stored.merchant)
            cancelled = await commands.cancel(gone, by=by, at=at)
            return OrderLessened(order, 0, cancelled.credited_satang)
        rows: list[Told] = []
        for one in lines:
            rows += await _cut(order, one, by=by, at=at)
        for one in lines:
            if one.added:
                rows += await _add(order, one.added, by=by, at=at)
        [now] = await in_use().query(TOTAL, order)
        back = await _give_back(stored, now["satang"], by=by, at=at)
        await in_use().query(TOTALLED, now["satang"], now["satang"], now["satang"], order)
        lessened = OrderLessened(order, now["satang"], back)
        log.append(lessened, (Order, order), *rows, subject=order, by=by, at=at)
    return lessened


async def _nothing_left(order: str, lines: Sequence[Lessened]) -> bool:
    if any(one.grams or one.added for one in lines):
        return False
    cut = {one.line for one in lines}
    return all(line.id in cut or not line.grams for line in await queries.ordered_lines(order))


async def _cut(order: str, one: Lessened, *, by: str, at: datetime) -> list[Told]:
    [line] = await in_use().query(LINE, one.line, order)
    less = line["grams"] - one.grams
    assert less >= 0, "never more than was ordered"
    if not less:
        return []
    await in_use().query(
        "UPDATE preorder_line SET grams = {}, pieces = {}, satang = {} WHERE id = {}",
        one.grams, _pieces(line, one.grams), price(one.grams, line["satang_per_kg"]), one.line,
    )  # fmt: skip
    await in_use().query(
        "UPDATE reservation SET grams = {} WHERE id = {}", one.grams, line["reservation"]
    )
    await lots.unsell(line["stock"], less, subject=line["reservation"], by=by, at=at)
    await _lighten(order, less)
    return [(OrderLine, one.line), (Reservation, line["reservation"])]


def _pieces(line: Row, grams: int) -> int | None:
    return grams // line["piece_grams_max"] if line["pieces"] is not None else None


async def _add(order: str, added: Added, *, by: str, at: datetime) -> list[Told]:
    """`lots.SoldOut` where it was ordered away at this moment."""
    reserved = following(added.id, "reserved")
    await lots.take_directly(added.stock, added.grams, subject=reserved, by=by, at=at)
    await insert(
        OrderLine(
            id=added.id, order=order, offer=added.offer, grams=added.grams,
            satang_per_kg=added.satang_per_kg, satang=price(added.grams, added.satang_per_kg),
            if_short="less",
        )
    )  # fmt: skip
    await insert(
        Reservation(
            id=reserved, line=added.id, stock=added.stock, grams=added.grams, state="confirmed",
            expires_at=None,
        )
    )  # fmt: skip
    await _lighten(order, -added.grams)
    return [(OrderLine, added.id), (Reservation, reserved)]


async def _lighten(order: str, grams: int) -> None:
    [row] = await in_use().query("SELECT stop FROM preorder WHERE id = {}", order)
    await room.lighten(row["stop"], grams)


async def _give_back(order: StoredOrder, total: int, *, by: str, at: datetime) -> int:
    """What was not paid yet is not given back: less of it is due. The discount that stood for all
    of it goes first to nobody."""
    ahead = order.ahead_satang
    if (left := min(total, ahead)) == ahead:
        return 0
    less = await balance(discount(order.merchant, order.id))
    returned = rules.given_back(ahead, less, left)
    back = rules.handover_postings(order.id, order.merchant, order.buyer, {}, returned, 0)
    if back:
        await ledger.post(new_id(), "order_lessened", order.id, back, by=by, at=at)
    return returned[0]
